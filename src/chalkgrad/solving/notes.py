"""What is to be said of a solution as a whole: what it leaves out, and where its numbers come from."""

from __future__ import annotations

from collections.abc import Sequence

from chalkgrad.reading.problem import Problem

__all__ = ["notes_on"]

_MOST_NAMED = 6


def notes_on(problem: Problem) -> list[str]:
    """What a solution with numbers leaves out of what the problem asks for, and where its numbers come from."""
    keys, notes = problem.keys, _picked(problem)
    if problem.trained:
        where = f"in `{problem.trained_in}`" if problem.trained_in else "handed over"
        start = f"The parameters are those {where}, not the starting values of the problem"
        notes.append(f"{start}; the optimizer starts anew, with nothing in its memory.")
    if keys.split is not None and not problem.rows:
        notes.append(_kept_by_split(problem))
    if keys.network is not None and any(layer.dropout for layer in keys.network.layers):
        notes.append("Dropout is off: no unit is left out in longhand.")
    if keys.stop_early is not None and not problem.rows:
        notes.append("`stop_early` is for training: here all epochs are worked out.")
    return notes


def _picked(problem: Problem) -> list[str]:
    """Which samples were picked, out of how many."""
    rows = problem.rows
    if not rows or problem.keys.data is None:
        return []
    scaled = "; the samples that train fix the scale" if problem.keys.scale != "none" else ""
    first = f"`--sample` and JSON count from 0 and call {'it' if len(rows) == 1 else 'the first'} {rows[0]}"
    return [f"One step on {_named(rows)} of {len(problem.dataset):,} ({first}){scaled}."]


def _kept_by_split(problem: Problem) -> str:
    """Which samples are worked on, and which are not."""
    parts, scaled = problem.parts, ", and they alone fix the scale" if problem.keys.scale != "none" else ""
    kept = {"for validation": parts.validation, "for the test": parts.test}
    said = [f"{_named(rows.tolist())} {purpose}" for purpose, rows in kept.items() if len(rows)]
    if not said:
        return "`split` is for training: here every sample is used."
    numbered = ", numbered from 1 again" if parts.train[-1] >= len(parts.train) else ""
    return f"`split` keeps {' and '.join(said)}: here the other {len(parts.train)} are used{numbered}{scaled}."


def _named(rows: Sequence[int]) -> str:
    """A few samples by their numbers, many by their count."""
    if len(rows) > _MOST_NAMED:
        return f"{len(rows):,} samples"
    *first, last = [str(row + 1) for row in rows]
    return f"samples {', '.join(first)} and {last}" if first else f"sample {last}"
