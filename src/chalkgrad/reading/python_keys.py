"""Keys given as Python values, in the form in which a problem file brings them: exact numbers, lists, texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from numbers import Real
from typing import Any

from chalkgrad.errors import ChalkgradError, Fault, FormulaError, ProblemError, UsageError
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.file_checks import checked
from chalkgrad.reading.problem_file import ProblemFile
from chalkgrad.reading.source import Path, SourceTree, Span
from chalkgrad.reading.written_numbers import WrittenNumber, read_written

__all__ = ["as_problem_file", "without_places"]

_NAME = "problem"
_DEEPEST = 20
_LONGEST_PATH = 40


def as_problem_file(keys: Mapping[str, Any], ops: OpSet = OPS) -> ProblemFile:
    """The problem that a Python mapping says, through the same checks as a file.

    A float is taken as the decimal that Python prints for it: 0.1 is exactly 1/10. Keys with the value `None` are left
    out.

    Args:
        keys: the keys.
        ops: what the problem may name.

    Raises:
        ProblemError: with all faults at once; they have no place.
        UsageError: `not-a-value`, for a value that no problem file can hold.
    """
    tree = {str(key): _plain(value, str(key)) for key, value in keys.items() if value is not None}
    start = Span(0, 0, 0, 0)
    texts: dict[Path, Span] = {(key,): start for key in ("formula", "loss") if key in tree}
    source = SourceTree(_NAME, (), tree, texts, {})
    found, faults = checked(source, ops)
    if faults or found is None:
        raise ProblemError(without_places(faults))
    return ProblemFile(_NAME, found, source)


def without_places(faults: Sequence[Fault]) -> list[Fault]:
    """Faults without places that show nothing: Python values stand on no line."""
    return [f if f.place is None or f.place.text else replace(f, place=None) for f in faults]


def _plain(value: Any, where: str, depth: int = 0) -> Any:
    """A value as a reader of YAML would bring it."""
    if depth > _DEEPEST:
        raise _refusal(where, "lists and mappings nested without end")
    if value is None or isinstance(value, bool | str) or (where == "data" and isinstance(value, Dataset)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(entry, f"{where}.{key}", depth + 1) for key, entry in value.items()}
    if hasattr(value, "tolist") and getattr(value, "shape", ()) != ():
        # Through text, so that a float32 keeps the decimal that it prints.
        value = [_row(row) for row in value] if value.dtype.kind in "fiub" else value.tolist()
    if isinstance(value, list | tuple | range):
        return [_plain(entry, f"{where}[{number}]", depth + 1) for number, entry in enumerate(value)]
    return _number(value, where)


def _row(row: Any) -> Any:
    return list(row) if getattr(row, "shape", ()) != () else row


def _number(value: Any, where: str) -> WrittenNumber:
    if hasattr(value, "item") and hasattr(value, "dtype"):
        value = value.item() if value.dtype.kind != "f" else float(str(value))
    if isinstance(value, Decimal | Real):
        try:
            return value if isinstance(value, WrittenNumber) else read_written(str(value))
        except FormulaError:
            raise _refusal(where, f"the number {value}") from None
    raise _refusal(where, f"a value of type {type(value).__name__}")


def _refusal(where: str, read: str) -> ChalkgradError:
    hint = "numbers are finite; arrays are of NumPy; formulas are text"
    where = where if len(where) <= _LONGEST_PATH else where[:_LONGEST_PATH] + "..."
    return UsageError(
        Fault("not-a-value", f"{where}: expected a number, text, list or mapping, read {read}", hint=hint)
    )
