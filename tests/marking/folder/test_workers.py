"""Pages are marked several at a time; what brings a process down costs one page."""

import pytest

from chalkgrad.api.solving import read, read_text
from chalkgrad.errors import UsageError
from chalkgrad.marking.folder import workers
from chalkgrad.marking.folder.job import Job, Options
from chalkgrad.marking.folder.workers import mark_jobs
from chalkgrad.processes import NoProcessError

OPTIONS = Options(read("parabola"), "html", "full")


def jobs_in(folder, count):
    """Pages that are empty, so that what comes of them is known."""
    for number in range(count):
        (folder / f"{number}.md").write_text("")
    return [Job(str(folder / f"{k}.md"), f"{k}.md", str(folder / f"{k}.md.html")) for k in range(count)]


def collected(jobs, options=OPTIONS, **more):
    rows = {}
    assert mark_jobs(jobs, options, rows.__setitem__, **more)
    return rows


@pytest.mark.parametrize("processes", [None, 1, 2])
def test_every_page_has_its_row(tmp_path, processes):
    rows = collected(jobs_in(tmp_path, 9), processes=processes)
    assert [rows[place].page for place in range(9)] == [f"{k}.md" for k in range(9)]
    assert {row.cause for row in rows.values()} == {"empty-page"}


def test_a_process_that_ends_costs_its_page_alone():
    row = workers._crashed((b"", Job("a/2.md", "2.md", "2.html")))
    assert (row.page, row.status, row.words) == ("2.md", "fault of ours", "the process that marked it ended")


def test_no_process_can_be_started(tmp_path, monkeypatch):
    def none(*given):
        raise NoProcessError

    monkeypatch.setattr(workers, "in_processes", none)
    assert len(collected(jobs_in(tmp_path, 3), processes=2)) == 3


def refuses(problem):
    raise TypeError("it is made of what lives here")


def test_a_problem_that_cannot_be_said_is_marked_here(tmp_path, monkeypatch):
    problem = read("parabola")
    monkeypatch.setattr(type(problem), "__reduce__", refuses)
    options = Options(problem, "html", "full")
    assert workers._said(options) == b""
    assert len(collected(jobs_in(tmp_path, 8), options, processes=2)) == 8


def test_another_problem_travels(tmp_path):
    options = Options(read_text("formula: f = x^2\ngiven: {x: 3}"), "md", "kind")
    assert workers._heard(workers._said(options)).problem.title == options.problem.title
    (tmp_path / "a.md").write_text("f = 3^2 = 9")
    order = Job(str(tmp_path / "a.md"), "a.md", str(tmp_path / "a.md.md"))
    assert collected([order, order], options, processes=2)[1].status == "no mistake"


@pytest.mark.parametrize("processes", [1, 2])
def test_an_interruption_ends_with_what_is_done(tmp_path, processes):
    rows = []

    def done(place, row):
        rows.append(row)
        raise KeyboardInterrupt

    assert not mark_jobs(jobs_in(tmp_path, 6), OPTIONS, done, processes)
    assert len(rows) == 1


@pytest.mark.parametrize("processes", [1, 2])
def test_a_report_that_cannot_be_written_ends_the_work(tmp_path, processes):
    (tmp_path / "a.md").write_text("f = 1")
    orders = [Job(str(tmp_path / "a.md"), "a.md", str(tmp_path / "none" / "a.html"))] * 2
    with pytest.raises(UsageError, match="cannot write"):
        mark_jobs(orders, OPTIONS, lambda *_: None, processes)
