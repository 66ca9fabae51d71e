"""The weights of a network on disk, and what is wrong with those of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalkgrad.errors import Fault, ProblemError, nearest
from chalkgrad.files import write_whole
from chalkgrad.training.keeping.tensor_files import Arrays, packed, read_tensors
from chalkgrad.training.keeping.tensor_header import TensorHeader, shown_name

__all__ = ["Weights", "check_finite", "check_parameters", "load_weights", "save_weights"]

_KINDS = ("F32", "F64")
_MOST_FAULTS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Parameters by their names, float32 or float64 as they were kept, and texts beside them."""

    arrays: Arrays
    metadata: dict[str, str] = field(default_factory=dict)


def save_weights(path: str | Path, arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> None:
    """Keep weights in a file of the safetensors format, written whole or not at all.

    The same weights and texts give the same bytes.

    Args:
        path: the file; one that is there is replaced.
        arrays: each parameter by its name, float32 or float64.
        metadata: texts beside them, such as the title of the problem.

    Raises:
        UsageError: `cannot-write`, `wrong-dtype`.
        ProblemError: `not-finite`, for weights that `load_weights` would refuse.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_weights(Path(folder, "w.safetensors"), {"W1": np.ones((2, 1))}, {"title": "mine"})
    ...     load_weights(Path(folder, "w.safetensors"), {"W1": (2, 1)}).arrays["W1"].tolist()
    [[1.0], [1.0]]
    """
    check_finite(arrays, Path(path).name)
    write_whole(path, packed(arrays, metadata, _KINDS))


def load_weights(path: str | Path, expected: Mapping[str, tuple[int, ...]] | None = None) -> Weights:
    """Read weights; nothing of the file is trusted before it was checked, and nothing in it is run.

    Args:
        path: the file, in the safetensors format.
        expected: the shape of each parameter of the problem; None takes what there is.

    Returns:
        The weights, in the order of `expected`.

    Raises:
        ProblemError: `file-not-found`, `file-not-readable`; `not-weights` for a file of another kind, such as a renamed
            pickle; `damaged-weights`; `wrong-dtype`; `parameter-missing`, `parameter-unknown`, `wrong-shape`;
            `not-finite`.
    """
    path = Path(path)

    def accept(header: TensorHeader) -> None:
        if expected is not None:
            check_parameters({name: entry.shape for name, entry in header.entries.items()}, expected, path.name)

    arrays, metadata = read_tensors(path, _KINDS, accept)
    check_finite(arrays, path.name)
    return Weights({name: arrays[name] for name in expected or arrays}, metadata)


def check_parameters(found: Mapping[str, tuple[int, ...]], expected: Mapping[str, tuple[int, ...]], file: str) -> None:
    """Refuse parameters that are not those of the problem, by name and shape.

    Args:
        found: the shape of each parameter that is there.
        expected: the shape of each parameter of the problem.
        file: what the file is called in messages.

    Raises:
        ProblemError: `parameter-missing`, `parameter-unknown`, `wrong-shape`, all at once.
    """
    # A foreign file may hold very many; to look for the nearest name of each would take long.
    faults = list(islice(_misfits(found, expected, file), _MOST_FAULTS + 1))
    if len(faults) > _MOST_FAULTS:
        faults[-1] = Fault("more-faults", "and more faults, which are not shown")
    if faults:
        raise ProblemError(faults)


def _misfits(
    found: Mapping[str, tuple[int, ...]], expected: Mapping[str, tuple[int, ...]], file: str
) -> Iterator[Fault]:
    unknown = [name for name in found if name not in expected]
    missing = [name for name in expected if name not in found]
    for name in expected:
        if name in found and found[name] != expected[name]:
            message = f"{name} is {_size(found[name])} here, the problem has {_size(expected[name])}"
            yield Fault("wrong-shape", f"`{file}`: {message}", hint="these weights belong to another network")
    for name in missing:
        yield Fault("parameter-missing", f"`{file}` has no {name}, and the problem has")
    for name in unknown:
        hint = nearest(name, missing)
        yield Fault("parameter-unknown", f"`{file}` holds {shown_name(name)}, and the problem does not", hint=hint)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(length) for length in shape) or "a single number"


def check_finite(arrays: Mapping[str, NDArray[Any]], file: str) -> None:
    """Refuse weights with a NaN or an infinity, and name the first place of each.

    Args:
        arrays: each parameter by its name.
        file: what the file is called in messages.

    Raises:
        ProblemError: `not-finite`.
    """
    faults = []
    for name, array in arrays.items():
        finite = np.isfinite(array)
        if not finite.all():
            place = np.unravel_index(int(np.argmin(finite)), np.shape(array))
            value = "NaN" if np.isnan(array[place]) else "infinity"
            message = f"`{file}`: {shown_name(name)} holds {value}{_place(place)}"
            faults.append(Fault("not-finite", message, hint="such weights come from a run that diverged"))
    if faults:
        raise ProblemError(faults[:_MOST_FAULTS])


def _place(place: tuple[Any, ...]) -> str:
    """Where an entry stands, counted from 1 as in a matrix on paper."""
    counted = [int(index) + 1 for index in place]
    if len(counted) == 2:
        return f" in row {counted[0]}, column {counted[1]}"
    return f" at entry {', '.join(map(str, counted))}" if counted else ""
