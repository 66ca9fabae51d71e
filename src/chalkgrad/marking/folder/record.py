"""The record of a marked folder: which page was marked when it read so and so, so that it is not marked again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from chalkgrad.files import write_whole
from chalkgrad.marking.folder.job import Job, Options
from chalkgrad.marking.folder.rows import Row
from chalkgrad.marking.page_text import MOST_BYTES
from chalkgrad.reading.changing import problem_text
from chalkgrad.reading.problem import Problem

__all__ = ["FILE", "Kept", "fingerprint", "page_fingerprint", "read_record", "write_record"]

FILE = "record.json"
_MOST_RECORD = 100_000_000
_PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a page that was marked before: how it read, how its report read, and its row."""

    page: str
    report: str
    row: Row

    def still_holds(self, page: str, report: Path) -> bool:
        """Whether neither the page nor its report has changed since."""
        if self.page != page:
            return False
        if not self.row.report:  # it could not be read, and reads no better now
            return True
        if self.row.report != report.name or report.is_symlink():
            return False
        try:
            return _digest(report.read_bytes()) == self.report
        except OSError:
            return False


def fingerprint(options: Options) -> str | None:
    """What decides how a page is marked, apart from the page: the problem, its numbers, the options, the program.

    `None` for a problem that cannot be told by its text; its pages are marked every time.
    """
    problem = options.problem
    if problem.nodes:
        return None
    said = [problem_text(problem), _numbers_of(problem), options.format, options.hints, _program()]
    return _digest("\0".join(said).encode("utf-8", "surrogatepass"))


def _numbers_of(problem: Problem) -> str:
    """The numbers that a problem takes from elsewhere: samples of a file, values of a run."""
    samples = problem.samples if problem.keys.data is not None else None
    trained = {name: array.tolist() for name, array in problem.trained.items()}
    return repr((samples, problem.rows, trained))


@cache
def _program() -> str:
    """The version of the program, and of its source, which changes more often than its version."""
    try:
        version = metadata.version("chalkgrad")
    except metadata.PackageNotFoundError:
        version = "unknown"
    digest = hashlib.sha256(version.encode())
    for path in sorted(_PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def page_fingerprint(job: Job, options: str) -> str | None:
    """The fingerprint of a page marked with options of a fingerprint, or `None` where it cannot be read."""
    try:
        with open(job.page, "rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError):
        return None
    return _digest(options.encode() + b"\0" + job.name.encode("utf-8", "surrogatepass") + b"\0" + raw)


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def read_record(folder: Path) -> dict[str, Kept] | None:
    """What is known of the pages of a folder, by the file of their report; `None` where nothing was kept.

    A record that makes no sense is one of nothing.
    """
    path = folder / FILE
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MOST_RECORD)
    except OSError:
        return None
    try:
        pages = json.loads(raw)["pages"]
        return {str(file): Kept(str(k["page"]), str(k["report"]), Row.of(k["row"])) for file, k in pages.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def write_record(folder: Path, rows: Mapping[str, tuple[str, Row]]) -> None:
    """Keep what was marked.

    Args:
        folder: where the reports are.
        rows: by the file of the report, the fingerprint of the page and its row.
    """
    pages: dict[str, Any] = {}
    for file, (page, row) in sorted(rows.items()):
        if row.report or row.status == "not read":
            report = _digest((folder / file).read_bytes()) if row.report else ""
            pages[file] = {"page": page, "report": report, "row": row.data()}
    write_whole(folder / FILE, json.dumps({"pages": pages}, indent=1) + "\n")
