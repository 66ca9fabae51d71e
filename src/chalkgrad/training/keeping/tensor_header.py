"""The header of a safetensors file, checked entry by entry before anything behind it is trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NoReturn

import numpy as np

from chalkgrad.errors import Fault, ProblemError

__all__ = ["DTYPES", "LENGTH_BYTES", "MOST_HEADER_BYTES", "TensorEntry", "TensorHeader", "read_header", "shown_name"]

LENGTH_BYTES = 8
MOST_HEADER_BYTES = 16_000_000  # some hundred thousand parameters; the JSON of it takes about ten times the memory
_MOST_DIMENSIONS = 32

DTYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "I64": np.dtype("<i8"),
    "U64": np.dtype("<u8"),
    "I32": np.dtype("<i4"),
    "U32": np.dtype("<u4"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}


@dataclass(frozen=True, slots=True)
class TensorEntry:
    """One array of the file: its kind of number as the file spells it, its shape, its first byte and the one behind."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class TensorHeader:
    """What the header says: each array by its name, and texts beside them."""

    entries: dict[str, TensorEntry]
    metadata: dict[str, str]


def shown_name(name: str) -> str:
    """A name from a file as it may stand in a message: in quotes, short, and nothing in it that moves a cursor."""
    short = name if len(name) <= 60 else f"{name[:57]}..."
    return '"' + "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in short) + '"'


def read_header(text: bytes, file: str, body_bytes: int, allowed: Sequence[str] = tuple(DTYPES)) -> TensorHeader:
    """Read a header and hold it against the size of what follows it.

    Args:
        text: the JSON of the header.
        file: what the file is called in messages.
        body_bytes: how many bytes follow the header.
        allowed: the kinds of number that are read, as the format spells them.

    Raises:
        ProblemError: `damaged-weights`, `wrong-dtype`.

    Source of the format: Hugging Face, safetensors, README.
    """
    try:
        tree = json.loads(text.decode(), object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except _TwiceError as error:
        _damaged(file, f"its header names {shown_name(str(error))} twice")
    except (ValueError, RecursionError):
        _damaged(file, "its header is no JSON")
    if not isinstance(tree, dict):
        _damaged(file, "its header is not a list of arrays by their names")
    metadata = tree.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        _damaged(file, "its metadata are not texts")
    entries = {name: _entry(name, value, file, allowed) for name, value in tree.items()}
    _check_places(entries, file, body_bytes)
    return TensorHeader(entries, metadata)


class _TwiceError(ValueError):
    """A key that stands twice; JSON allows it, and each reader then takes another one of the two."""


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _damaged(file: str, why: str) -> NoReturn:
    hint = "take another copy of it: nothing in it can be relied on"
    raise ProblemError(Fault("damaged-weights", f"`{file}` is damaged: {why}", hint=hint))


def _entry(name: str, value: Any, file: str, allowed: Sequence[str]) -> TensorEntry:
    """One array of the header, if everything it claims can be so."""
    shown = shown_name(name)
    if not isinstance(value, dict) or value.keys() != {"dtype", "shape", "data_offsets"}:
        _damaged(file, f"{shown} does not say its dtype, its shape and its place, and nothing else")
    dtype, shape, place = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str) or not _are_counts(shape) or not _are_counts(place) or len(place) != 2:
        _damaged(file, f"the dtype, shape or place of {shown} is not what such a thing can be")
    if len(shape) > _MOST_DIMENSIONS:
        _damaged(file, f"{shown} claims {len(shape)} dimensions")
    if dtype not in allowed:
        message = f"{shown} in `{file}` holds {shown_name(dtype)}; expected {' or '.join(allowed)}"
        raise ProblemError(Fault("wrong-dtype", message, hint="turn it into float32 and save it again"))
    entry = TensorEntry(dtype, tuple(shape), *place)
    if entry.end - entry.begin != math.prod(shape) * DTYPES[dtype].itemsize:
        _damaged(file, f"{shown} has another size than its shape says")
    return entry


def _are_counts(values: Any) -> bool:
    # `True` is an int to Python, and no count.
    return isinstance(values, list) and all(type(value) is int and value >= 0 for value in values)


def _check_places(entries: dict[str, TensorEntry], file: str, body_bytes: int) -> None:
    """Refuse arrays that overlap, leave bytes between them, or do not end where the file ends."""
    ordered = sorted((entry.begin, entry.end) for entry in entries.values())
    for (_, end), (begin, _) in pairwise([(0, 0), *ordered]):
        if begin != end:
            _damaged(file, "its arrays overlap" if begin < end else "there are bytes that belong to no array")
    claimed = ordered[-1][1] if ordered else 0
    if claimed != body_bytes:
        _damaged(file, f"its arrays take {claimed:,} bytes, and {body_bytes:,} are there")
