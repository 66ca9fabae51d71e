"""Rows as CSV that a spreadsheet reads, and never runs as formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

__all__ = ["cell", "csv_lines", "plain_number"]

# What begins a formula, in the wide letters of East Asian keyboards as well; OWASP, "CSV Injection".
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain_number(value: Any) -> int | float | str | bool | None:
    """A value as plain Python, whatever array library it comes from; the same value to the bit.

    Raises:
        TypeError: for what is no number, no text and not None.
    """
    if value is None or type(value) in (bool, int, float, str):
        return value  # type: ignore[no-any-return]
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return plain_number(value.item())
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    raise TypeError(f"a history holds numbers, and this is a {type(value).__name__}")


def cell(value: Any) -> str | int | float | bool:
    """A value as it may stand in a CSV file: a text that a spreadsheet would take for a formula gets a quote before it.

    >>> cell("=1+1"), cell(-0.5), cell(None)
    ("'=1+1", -0.5, '')
    """
    plain = plain_number(value)
    if isinstance(plain, str) and plain.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{plain}"
    return "" if plain is None else plain


def csv_lines(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], with_head: bool, *, all_quoted: bool = False
) -> str:
    """Rows as CSV (RFC 4180, with plain line ends).

    Args:
        rows: each a mapping from column to value.
        columns: which of them, in order.
        with_head: whether the names of the columns stand above them.
        all_quoted: whether every text stands in quotes, so that a spreadsheet that takes `;` or a tab for the end of a
            cell finds none in a text.
    """
    text = io.StringIO()
    quoting: Any = csv.QUOTE_NONNUMERIC if all_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)
    if with_head and columns:
        writer.writerow([cell(name) for name in columns])
    writer.writerows([cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()
