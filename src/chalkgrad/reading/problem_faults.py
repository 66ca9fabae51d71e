"""All that is wrong with a problem at once, each fault at its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chalkgrad.errors import ChalkgradError, Fault, ProblemError
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.dataset_checks import memory_faults
from chalkgrad.reading.formulas import canonical_name
from chalkgrad.reading.problem_checks import asked_faults, formula_faults, network_faults, sample_faults
from chalkgrad.reading.python_keys import without_places

if TYPE_CHECKING:
    from chalkgrad.reading.problem import Problem
    from chalkgrad.reading.problem_file import ProblemFile

__all__ = ["faults_beside", "refuse_faults"]


def refuse_faults(problem: Problem) -> None:
    """Look for every fault of a problem: of its formulas, its names, its samples.

    Raises:
        ProblemError: with all of them, from the top of the file down.
    """
    kind, faults = _found(problem)
    if faults:
        placed = without_places([_in_its_line(problem, fault) for fault in dict.fromkeys(faults)])
        raise kind(sorted(placed, key=lambda f: (f.place.line, f.place.column) if f.place else (0, 0)))


def faults_beside(file: ProblemFile, faults: Sequence[Fault]) -> list[Fault]:
    """What is wrong with the formulas of a file whose keys have faults too.

    Args:
        file: the file without its broken parts.
        faults: what is wrong with its keys.

    Returns:
        The faults of the formulas that do not only follow from a broken key.
    """
    from chalkgrad.reading.problem import Problem

    if file.keys.formula is None:
        return []
    broken = {_top_level(file, fault) for fault in faults}
    problem = Problem(file)
    if not broken & {"formula", "given", "data", "convention", None}:
        try:
            found = _found(problem)[1]
        except ChalkgradError:
            found = []
        return [_in_its_line(problem, fault) for fault in found if _top_level(file, fault) not in broken]
    try:
        _ = problem.written_lines
    except ChalkgradError as error:
        return [_in_its_line(problem, fault) for fault in error.faults]
    return []


def _top_level(file: ProblemFile, fault: Fault) -> str | None:
    """The key of the file that a fault stands under."""
    if fault.place is None or not isinstance(file.source.value, dict):
        return None
    above = [key for key in file.source.value if file.source.key_place((key,)).line <= fault.place.line]
    return str(max(above, key=lambda key: file.source.key_place((key,)).line)) if above else None


def _found(problem: Problem) -> tuple[type[ChalkgradError], list[Fault]]:
    """The faults, and the class of the error that they make."""
    names = problem.file.names
    if isinstance(problem.keys.data, Dataset) and (faults := list(memory_faults(problem.keys.data))):
        return ProblemError, [fault.at(problem.file.place("data")) for fault in faults]
    if names is not None and (faults := list(network_faults(problem.file, names))):
        return ProblemError, faults
    try:
        graph = problem.graph(1)
    except ChalkgradError as error:
        return type(error), [*error.faults, *_faults_of_text(problem)]
    found = [
        *_faults_of_names(problem),
        *_faults_of_equality(problem),
        *sample_faults(problem.file, graph),
        *_faults_of_batches(problem),
    ]
    return ProblemError, found or [*_faults_of_data(problem)]


def _faults_of_names(problem: Problem) -> Iterator[Fault]:
    """Names that a formula does not have; those of a network are checked with its file."""
    if problem.file.names is not None:
        return
    known = problem.known_names
    spelled = [*known, *(canonical_name(name) for name in known if "^" in name), "loss"]
    parameters = [node.name for node in problem.graph(1).parameters]
    yield from asked_faults(problem.file, parameters, spelled)
    try:
        used = problem.used_names
    except ChalkgradError:
        return  # a side of `equal` cannot be read, which is said by itself
    yield from formula_faults(problem.file, used)


def _faults_of_text(problem: Problem) -> Iterator[Fault]:
    """The names that mean nothing beside a formula that has faults itself, as far as its text tells."""
    if problem.file.names is not None:
        return
    try:
        used = problem.used_names
        lines = [line.name for line in problem.written_lines]
    except ChalkgradError:
        return
    known = list(dict.fromkeys([*problem.keys.given, *lines, *used, "x", "y", "loss"]))
    yield from asked_faults(problem.file, known, known)
    yield from formula_faults(problem.file, used)


def _faults_of_equality(problem: Problem) -> Iterator[Fault]:
    equal = problem.keys.equal
    if equal is None:
        return
    for side, text in (("left", equal.left), ("right", equal.right)):
        try:
            problem.expression(text, f"equal.{side}")
        except ChalkgradError as error:
            yield from error.faults


def _faults_of_batches(problem: Problem) -> list[Fault]:
    """What works for one sample alone, where a batch has several."""
    data, batch = problem.keys.data, problem.keys.batch
    if data is None or batch == 1 or (isinstance(data, tuple) and len(data) == 1):
        return []
    try:
        problem.graph(None)
    except ChalkgradError as error:
        return [_of_batch(fault) for fault in error.faults]
    return []


def _faults_of_data(problem: Problem) -> Sequence[Fault]:
    """Samples that do not fit, and parts that cannot be drawn; files are not read for this, which may take long."""
    is_known = isinstance(problem.keys.data, Dataset) or (problem.keys.split and problem.has_listed_samples)
    if not is_known:
        return []
    try:
        _ = problem.parts
    except ChalkgradError as error:
        return error.faults
    return []


def _of_batch(fault: Fault) -> Fault:
    if fault.code == "samples-mixed":
        return fault
    said = "this works for one sample, but not for several side by side: "
    return Fault("samples-mixed", said + fault.message, fault.place, "write it for one sample and set `batch: 1`")


def _in_its_line(problem: Problem, fault: Fault) -> Fault:
    """The fault with the whole line of the file, where only the formula in it was known."""
    place, source = fault.place, problem.file.source
    if place is None or place.source != source.name or not 0 < place.line <= len(source.lines):
        return fault
    return replace(fault, place=replace(place, text=source.lines[place.line - 1]))
