"""Pages are marked in processes of our own; what brings one down costs one page."""

import io
import json
import sys
from pathlib import Path

import pytest

from chalkgrad.api.solving import read, read_text
from chalkgrad.errors import UsageError
from chalkgrad.marking.folder import workers
from chalkgrad.marking.folder.job import Job, Options
from chalkgrad.marking.folder.worker import READY, job_line, options_line, serve
from chalkgrad.marking.folder.workers import core_count, mark_jobs

OPTIONS = Options(read("parabola"), "html", "full")


def jobs_in(folder, count):
    """Pages that are empty, so that what comes of them is known."""
    for number in range(count):
        (folder / f"{number}.md").write_text("")
    return [Job(str(folder / f"{k}.md"), f"{k}.md", str(folder / f"{k}.md.html")) for k in range(count)]


def collected(jobs, **more):
    rows = {}
    assert mark_jobs(jobs, OPTIONS, rows.__setitem__, **more)
    return rows


@pytest.mark.parametrize("processes", [1, 2])
def test_every_page_has_its_row(tmp_path, processes):
    rows = collected(jobs_in(tmp_path, 9), processes=processes)
    assert [rows[place].page for place in range(9)] == [f"{k}.md" for k in range(9)]
    assert {row.cause for row in rows.values()} == {"empty-page"}


def test_a_process_that_ends_costs_its_page_alone(tmp_path, monkeypatch):
    jobs = jobs_in(tmp_path, 6)
    asked = workers._Worker.mark

    def mark(self, job):
        if job.name == "2.md":
            self.kill()
        return asked(self, job)

    monkeypatch.setattr(workers._Worker, "mark", mark)
    rows = collected(jobs, processes=2)
    assert [place for place, row in rows.items() if row.status == "fault of ours"] == [2]
    assert rows[2].words == "the process that marked it ended"


def test_no_process_can_be_started(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    assert len(collected(jobs_in(tmp_path, 3), processes=2)) == 3


def test_a_problem_that_cannot_be_said_is_marked_here(tmp_path, monkeypatch):
    def refuse(options):
        raise TypeError("cannot be pickled")

    monkeypatch.setattr(workers, "options_line", refuse)
    assert len(collected(jobs_in(tmp_path, 8), processes=2)) == 8


@pytest.mark.parametrize("processes", [1, 2])
def test_an_interruption_ends_with_what_is_done(tmp_path, processes):
    rows = []

    def done(place, row):
        rows.append(row)
        raise KeyboardInterrupt

    assert not mark_jobs(jobs_in(tmp_path, 6), OPTIONS, done, processes)
    assert len(rows) == 1


class TestAProcess:
    def test_what_it_is_told_and_what_it_answers(self, tmp_path):
        orders = io.StringIO(options_line(OPTIONS) + "".join(map(job_line, jobs_in(tmp_path, 2))))
        answers = io.StringIO()
        serve(orders, answers)
        ready, *rows = answers.getvalue().splitlines()
        assert ready == READY
        assert [json.loads(row)["row"]["page"] for row in rows] == ["0.md", "1.md"]

    def test_a_report_that_cannot_be_written_ends_the_work(self, tmp_path, monkeypatch):
        from tests.marking.reports import a_page

        from chalkgrad.marking.folder import job

        monkeypatch.setattr(job, "mark_text", lambda *_: a_page())
        (tmp_path / "a.md").write_text("z = 1")
        orders = [Job(str(tmp_path / "a.md"), "a.md", str(tmp_path / "none" / "a.html"))]
        answers = io.StringIO()
        serve(io.StringIO(options_line(OPTIONS) + "".join(map(job_line, orders))), answers)
        assert json.loads(answers.getvalue().splitlines()[1])["fault"][0] == "cannot-write"
        with pytest.raises(UsageError, match="cannot write"):
            mark_jobs(orders, OPTIONS, lambda *_: None)

    def test_another_problem_travels(self):
        problem = read_text("formula: f = x^2\ngiven: {x: 3}")
        orders = io.StringIO(options_line(Options(problem, "md", "kind")))
        answers = io.StringIO()
        serve(orders, answers)
        assert answers.getvalue() == f"{READY}\n"


def test_there_is_a_core():
    assert core_count() >= 1
    assert Path(workers.__file__).is_file()
