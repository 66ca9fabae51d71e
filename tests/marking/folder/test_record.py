"""What is known of a page that was marked before, and when it holds no more."""

import json

from chalkgrad.api.solving import read, read_text
from chalkgrad.marking.folder.job import Job, Options
from chalkgrad.marking.folder.record import fingerprint, page_fingerprint, read_record, write_record
from chalkgrad.marking.folder.rows import Row

TEXT = "formula: z = w x\nloss: half_sse\ndata: [{x: 1, y: 2}]\ngiven: {w: 1}\n"


def options(text=TEXT, format="html", hints="full"):
    return Options(read_text(text), format, hints)


def test_what_decides_how_a_page_is_marked():
    known = fingerprint(options())
    assert known == fingerprint(options())
    others = [options(TEXT + "marks: {default: 2}\n"), options(format="md"), options(hints="kind")]
    assert len({known, *map(fingerprint, others)}) == 4


def test_numbers_of_a_run_are_part_of_it():
    problem = read_text(TEXT)
    trained = problem.with_values({"w": 2.0})
    assert fingerprint(Options(problem, "md", "full")) != fingerprint(Options(trained, "md", "full"))


def test_samples_of_a_file_are_part_of_it(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text("formula: z = w x\nloss: half_sse\ndata: {csv: d.csv, target: y}\ngiven: {w: 1}\n")
    (tmp_path / "d.csv").write_text("x,y\n1,2\n")
    first = fingerprint(Options(read(path), "md", "full"))
    (tmp_path / "d.csv").write_text("x,y\n1,3\n")
    assert fingerprint(Options(read(path), "md", "full")) != first


def test_a_page_is_its_text_and_its_name(tmp_path):
    page = tmp_path / "a.md"
    page.write_text("z = 1")
    job = Job(str(page), "a.md", "a.md.html")
    first = page_fingerprint(job, "options")
    assert first == page_fingerprint(job, "options")
    assert first != page_fingerprint(job, "others")
    page.write_text("z = 2")
    assert first != page_fingerprint(job, "options")
    assert page_fingerprint(Job(str(tmp_path / "none.md"), "a", "a"), "options") is None


class TestTheRecord:
    row = Row("a.md", "no mistake", 1, 1, report="a.md.html")

    def write(self, folder):
        (folder / "a.md.html").write_text("report")
        rows = [self.row, Row("b.md", "not read"), Row("c.md", "fault of ours")]
        write_record(folder, {f"{row.page}.html": ("print", row) for row in rows})
        known = read_record(folder)
        assert known is not None
        return known

    def test_there_and_back_without_faults_of_ours(self, tmp_path):
        known = self.write(tmp_path)
        assert list(known) == ["a.md.html", "b.md.html"]
        assert known["a.md.html"].row == self.row

    def test_it_holds_while_neither_page_nor_report_changes(self, tmp_path):
        kept, report = self.write(tmp_path)["a.md.html"], tmp_path / "a.md.html"
        assert kept.still_holds("print", report)
        assert not kept.still_holds("other", report)
        assert not kept.still_holds("print", tmp_path / "b.md.html")
        report.write_text("edited")
        assert not kept.still_holds("print", report)
        report.unlink()
        assert not kept.still_holds("print", report)

    def test_a_page_that_could_not_be_read_stays_so_while_it_does_not_change(self, tmp_path):
        kept = self.write(tmp_path)["b.md.html"]
        assert kept.still_holds("print", tmp_path / "b.md.html")
        assert not kept.still_holds("other", tmp_path / "b.md.html")

    def test_no_record(self, tmp_path):
        assert read_record(tmp_path) is None

    def test_it_names_no_path_of_the_machine(self, tmp_path):
        self.write(tmp_path)
        assert str(tmp_path) not in json.dumps((tmp_path / "record.json").read_text())
