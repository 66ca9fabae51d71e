"""All that is wrong with a problem file at once: in its keys, and in how they fit together."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from chalkgrad.errors import Fault, FormulaError
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.data_checks import data_complaints, loss_complaints
from chalkgrad.reading.formulas import canonical_name
from chalkgrad.reading.network_checks import Complaint, network_complaints
from chalkgrad.reading.network_names import name_network
from chalkgrad.reading.schema import ProblemKeys
from chalkgrad.reading.schema_faults import schema_fault, spoken
from chalkgrad.reading.schema_marks import spelled as quantity_spelled
from chalkgrad.reading.schema_of_ops import each_error
from chalkgrad.reading.source import Path, SourceTree

__all__ = ["checked", "written_path"]

_MOST_FAULTS = 50


def written_path(path: Path, tree: Any) -> Path:
    """A path with names in their one spelling, as a path with names as the file spells them."""
    if path[:2] == ("marks", "quantities") and len(path) > 2 and isinstance(tree, dict):
        return _written_quantity(path, tree)
    if len(path) < 2 or path[0] not in ("given", "differentiate") or not isinstance(tree, dict):
        return path
    holder = tree.get(path[0])
    for key in holder if isinstance(holder, dict) else ():
        if key == path[1] or _spelling(key) == path[1]:
            return (path[0], key, *path[2:])
    return path


def _written_quantity(path: Path, tree: Any) -> Path:
    """The path of a worth, with the quantity as the file spells it."""
    holder = tree.get("marks", {}).get("quantities", {})
    written = next((key for key in holder if quantity_spelled(key) == path[2]), path[2])
    return ("marks", "quantities", written, *path[3:])


def _spelling(key: str) -> str:
    try:
        return canonical_name(key.strip())
    except FormulaError:
        return key


def checked(source: SourceTree, ops: OpSet = OPS) -> tuple[ProblemKeys | None, list[Fault]]:
    """The keys of a problem file, and all its faults in the order of their places.

    What is broken is left out, so that all the rest is still checked; the keys are None where too little is left.

    Args:
        source: the file.
        ops: what a problem may name.
    """
    tree, faults, broken = _without_nothing(source)
    faults.extend(source.faults)
    keys: ProblemKeys | None = None
    try:
        keys = ProblemKeys.model_validate(tree, context=ops)
    except ValidationError as error:
        for entry in each_error(error.errors(include_url=False)):
            fault, path = schema_fault(entry, source, ops)
            faults.append(fault)
            broken.add(path)
        keys = _rest(tree, broken, ops)
    if keys is not None:
        names = frozenset(str(path[0]) for path in broken if path)
        for path, fault in _complaints(keys, names, source):
            written = written_path(path, source.value)
            at_key = fault.code in ("unknown-name", "computed-name") and isinstance(written[-1], str)
            faults.append(fault.at(source.key_place(written) if at_key else source.place(written)))
    return keys, _in_order(faults)


def _without_nothing(source: SourceTree) -> tuple[Any, list[Fault], set[Path]]:
    """The tree without keys that have no value, a fault for each of them, and their paths."""
    faults: list[Fault] = []
    broken: set[Path] = set()
    for path in source.values:
        if path and not str(path[-1]).endswith(" (again)") and _is_nothing(source.value, path):
            hint = "write a colon, a space and a value, or leave the key out" if isinstance(path[-1], str) else ""
            message = f"{spoken(path)} has no value"
            faults.append(Fault("value-missing", message, source.key_place(path), hint))
            broken.add(path)
    return (_cut(source.value, broken) if broken else source.value), faults, broken


def _is_nothing(tree: Any, path: Path) -> bool:
    for key in path:
        is_there = key in tree if isinstance(tree, dict) else _is_index(tree, key)
        if not is_there:
            return False
        tree = tree[key]
    return tree is None


def _is_index(tree: Any, key: str | int) -> bool:
    return isinstance(tree, list) and isinstance(key, int) and key < len(tree)


def _cut(tree: Any, broken: Iterable[Path]) -> Any:
    """A copy of the tree without some of its parts; from inside a list, the whole top-level key goes."""
    paths = list(broken)
    whole = {path[0] for path in paths if len(path) == 1 or any(isinstance(key, int) for key in path)}
    tree = {key: value for key, value in tree.items() if key not in whole}
    for path in paths:
        if path and path[0] in tree:
            _cut_one(tree, path)
    return tree


def _cut_one(holder: dict[Any, Any], path: Path) -> None:
    for key in path[:-1]:
        if key not in holder:  # it is gone already, with something above it
            return
        holder[key] = copy.copy(holder[key])
        holder = holder[key]
    holder.pop(path[-1], None)


def _rest(tree: Any, broken: Iterable[Path], ops: OpSet) -> ProblemKeys | None:
    """What is left of the file without its broken parts, or without their whole top-level keys."""
    for parts in (broken, {path[:1] for path in broken}):
        try:
            return ProblemKeys.model_validate(_cut(tree, parts), context=ops)
        except ValidationError:
            continue
    return None


def _complaints(keys: ProblemKeys, broken: frozenset[str], source: SourceTree) -> Iterator[Complaint]:
    """What does not fit together, among the keys that are not broken."""
    names = None
    if not {"network", "formula"} & broken:
        yield from _either_network_or_formula(keys)
    yield from _same_name_twice(source)
    if keys.network is not None and "network" not in broken:
        names = name_network(keys.network)
        yield from network_complaints(keys, keys.network, names)
    if "loss" not in broken:
        yield from loss_complaints(keys, names, not {"network", "formula"} & broken)
    yield from data_complaints(keys, names, broken)


def _either_network_or_formula(keys: ProblemKeys) -> Iterator[Complaint]:
    if keys.network is not None and keys.formula is not None:
        yield ("formula",), Fault("network-and-formula", "a problem has `network` or `formula`, and this has both")
    if keys.network is None and keys.formula is None:
        message = "a problem needs `network` or `formula`, and this has neither"
        yield (), Fault("nothing-to-solve", message, hint="`chalkgrad new` writes a problem file to start from")


def _same_name_twice(source: SourceTree) -> Iterator[Complaint]:
    """Two spellings of one name in `given` or `differentiate`, or of one quantity in `marks`."""
    for path in (("given",), ("differentiate",), ("marks", "quantities")):
        holder: Any = source.value
        for key in path:
            holder = holder.get(key) if isinstance(holder, dict) else None
        spelling = _spelling if len(path) == 1 else quantity_spelled
        seen: dict[str | None, str] = {}
        for spelled in holder if isinstance(holder, Mapping) else ():
            first = seen.setdefault(spelling(spelled), spelled)
            if first != spelled and spelling(spelled) is not None:
                message = f"`{spelled}` and `{first}` are two spellings of one name"
                yield (*path, spelled), Fault("duplicate-key", message, hint="keep one of them")


def _in_order(faults: list[Fault]) -> list[Fault]:
    """Faults by their places; of very many only the first."""
    found = sorted(faults, key=lambda fault: (fault.place.line, fault.place.column) if fault.place else (0, 0))
    if len(found) <= _MOST_FAULTS:
        return found
    more = Fault("more-faults", f"and {len(found) - _MOST_FAULTS:,} more faults, which are not shown")
    return [*found[:_MOST_FAULTS], more]
