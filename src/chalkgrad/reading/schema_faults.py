"""What the models refuse, as faults in plain words with their places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalkgrad.errors import Fault, nearest
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading import schema_data, schema_marks, schema_network, schema_showing, schema_training
from chalkgrad.reading.schema import ProblemKeys
from chalkgrad.reading.schema_data import data_kind
from chalkgrad.reading.schema_of_ops import optimizer_meanings, regularizer_meanings
from chalkgrad.reading.schema_values import Keys
from chalkgrad.reading.source import Path, SourceTree
from chalkgrad.reading.written_numbers import WrittenNumber

__all__ = ["described", "keys_of", "path_of", "schema_fault", "spoken"]

_PARTS: Mapping[Path, type[Keys]] = {
    (): ProblemKeys,
    ("network",): schema_network.NetworkKeys,
    ("network", "layers", 0): schema_network.LayerKeys,
    ("data", 0): schema_data.SampleKeys,
    ("split",): schema_data.SplitKeys,
    ("stop_early",): schema_training.StopEarlyKeys,
    ("convention",): schema_showing.ConventionKeys,
    ("equal",): schema_showing.EqualKeys,
    ("marks",): schema_marks.MarksKeys,
    ("show",): schema_showing.ShowKeys,
}
_DATA_PARTS: Mapping[str, type[Keys]] = {
    "<csv>": schema_data.CsvKeys,
    "<folder>": schema_data.FolderKeys,
    "<images>": schema_data.ImageKeys,
    "<npz>": schema_data.ArchiveKeys,
    "<set>": schema_data.SetKeys,
}
_NAMED = ("optimizer", "schedule")

# What other books and libraries call the same key.
_OTHER_KEYS = {
    "lr": "learning_rate",
    "eta": "learning_rate",
    "alpha": "learning_rate",
    "eps": "epsilon",
    "rho": "decay",
    "neurons": "units",
    "nodes": "units",
    "inputs": "input",
    "biases": "bias",
    "weight": "weights",
    "model": "network",
    "cost": "loss",
    "objective": "loss",
    "values": "given",
    "parameters": "given",
    "batch_size": "batch",
    "iterations": "epochs",
    "random_state": "seed",
    "early_stopping": "stop_early",
    "regularization": "regularizer",
    "init": "initial",
    "gamma": "factor",
    "step_size": "every",
    "val": "validation",
    "labels": "y",
    "inputs_x": "x",
    "digits": "round",
    "colour": "color",
    "directory": "folder",
}


def schema_fault(error: Mapping[str, Any], source: SourceTree, ops: OpSet = OPS) -> tuple[Fault, Path]:
    """One error of the models as a fault, and the path of what must be left out for the rest to be read."""
    kind, loc = str(error["type"]), _without_tags(error["loc"])
    path = path_of(loc, source.value)
    if kind == "extra_forbidden":
        return _unknown_key(str(loc[-1]), path, source, ops), path
    if kind == "missing":
        return _missing_key(str(loc[-1]), path, source, ops), path[:1]
    context = error.get("ctx", {})
    if loc and loc[-1] == "[key]":
        place = source.key_place(path)
        return Fault(kind, f"{spoken(path[:-1])}: expected {error['msg']}, read `{path[-1]}`", place), path
    read = described(error["input"])
    expected, hint = _expected(kind, error)
    path, read = _at(context, path, read, source)
    message = f"{spoken(path)}: expected {expected}, read {read}"
    return Fault(_code(kind), message, source.place(path), hint), path[:1]


def _at(context: Mapping[str, Any], path: Path, read: str, source: SourceTree) -> tuple[Path, str]:
    """Go down to the entry that a reader of a whole list or mapping has named."""
    key = context.get("at", "")
    if not key:
        return path, read
    deeper = (*path, int(key) if key.isdigit() else key)
    return deeper, described(_value_at(deeper, source.value))


def _value_at(path: Path, value: Any) -> Any:
    for key in path:
        value = value[key]
    return value


def _expected(kind: str, error: Mapping[str, Any]) -> tuple[str, str]:
    """What was expected, and a hint."""
    context = error.get("ctx", {})
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        read = error["input"]
        return f"one of {', '.join(choices)}", nearest(read, choices) if isinstance(read, str) else ""
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "a mapping `key: value`", ""
    if kind == "tuple_type":
        return "a list", ""
    return str(error["msg"]), str(context.get("hint", ""))


def _code(kind: str) -> str:
    codes = {
        "literal_error": "unknown-choice",
        "model_type": "not-a-mapping",
        "model_attributes_type": "not-a-mapping",
        "dict_type": "not-a-mapping",
        "tuple_type": "not-a-list",
    }
    return codes.get(kind, kind.replace("_", "-"))


def _unknown_key(key: str, path: Path, source: SourceTree, ops: OpSet) -> Fault:
    holder, known = path[:-1], keys_of(path[:-1], source.value, ops)
    other, named = _OTHER_KEYS.get(key), _named_part(holder, source)
    hint = f'it is called "{other}" here' if other in known else nearest(key, list(known))
    if not hint:
        hint = _takers_of(key, str(holder[0]), ops) if named else _home_of(key, other, ops)
    who = named or (spoken(holder) if holder else "a problem")
    takes = f"; it takes {', '.join(known)}" if named or not hint else ""
    return Fault("unknown-key", f"{who} has no key `{key}`{takes}", source.key_place(path), hint)


def _takers_of(key: str, section: str, ops: OpSet) -> str:
    """A hint for a setting of another optimizer or schedule."""
    found = [name for name, keys in _named_parts(section, ops).items() if key in keys]
    return f"`{key}` is taken by {', '.join(found)}" if found else ""


def _home_of(key: str, other: str | None, ops: OpSet) -> str:
    """A hint for a key that stands one step too high or too low."""
    parts = {path: _fields(part) for path, part in _PARTS.items()} | {("regularizer",): regularizer_meanings(ops)}
    for path, keys in parts.items():
        home = spoken(path).replace("layer 1", "each layer").replace("sample 1", "each sample")
        if {key, other} & keys.keys():
            return f"`{other or key}` is a key of {home if path else 'the whole problem, in the first column'}"
    for section in _NAMED:
        taken = {name for keys in _named_parts(section, ops).values() for name in keys}
        if {key, other} & taken:
            name = key if key in taken else other
            return f"`{name}` is a key of {section}: `{section}: {{name: .., {name}: ..}}`"
    return ""


def _missing_key(key: str, holder: Path, source: SourceTree, ops: OpSet) -> Fault:
    field = keys_of(holder, source.value, ops).get(key, "")
    hint = f"`{key}`: {field[:1].lower()}{field[1:]}" if field else ""
    place = source.key_place(holder)
    return Fault("missing-key", f"{spoken(holder)} needs the key `{key}`", place, hint)


def _named_part(path: Path, source: SourceTree) -> str:
    value = _value_at(path, source.value)
    return f"the {path[0]} {value['name']}" if path and path[0] in _NAMED and isinstance(value, dict) else ""


def keys_of(path: Path, tree: Any, ops: OpSet = OPS) -> dict[str, str]:
    """The keys that the mapping at a path takes, each with what it means."""
    if path and path[0] in _NAMED and len(path) == 1:
        return _named_parts(str(path[0]), ops).get(tree[path[0]]["name"], {})
    if path == ("regularizer",):
        return regularizer_meanings(ops)
    if path == ("data",):
        part = _DATA_PARTS.get(data_kind(tree["data"]) or "")
    else:
        part = _PARTS.get(tuple(0 if isinstance(key, int) else key for key in path))
    return {} if part is None else _fields(part)


def _fields(part: type[Keys]) -> dict[str, str]:
    fields = sorted(part.model_fields.items(), key=lambda entry: entry[0] != "name")
    return {field.alias or name: field.description or "" for name, field in fields}


def _named_parts(section: str, ops: OpSet) -> dict[str, dict[str, str]]:
    """The keys of each optimizer, or of each schedule, by its name."""
    if section == "optimizer":
        return {name: optimizer_meanings(record) for name, record in ops.optimizers.items()}
    parts = [getattr(schema_training, name) for name in schema_training.__all__]
    named = [part for part in parts if "name" in getattr(part, "model_fields", {})]
    return {str(part.model_fields["name"].default): _fields(part) for part in named}


def _without_tags(loc: Path) -> Path:
    """Where an error is, without the tags that say which of several ways to write a value was taken."""
    if len(loc) > 1 and loc[0] == "schedule":
        loc = (loc[0], *loc[2:])
    return tuple(key for key in loc if not (isinstance(key, str) and key.startswith("<")))


def path_of(loc: Path, value: Any) -> Path:
    """The part of a location that stands in the file."""
    path: list[str | int] = []
    for key in loc:
        is_entry = isinstance(value, list) and isinstance(key, int) and key < len(value)
        if not is_entry and not (isinstance(value, dict) and key in value):
            break
        value = value[key]
        path.append(key)
    return tuple(path)


def spoken(path: Path) -> str:
    """A path in words, counted from 1: `layer 2, weights, row 1, entry 2`, `optimizer.learning_rate`."""
    parts: list[str] = []
    for index, key in enumerate(path):
        if isinstance(key, int):
            parts.append(_counted(path, index))
        elif parts and index and isinstance(path[index - 1], str) and parts[-1] != "network":
            parts[-1] += f".{key}"
        elif not (path[0] == "network" and index == 0 and len(path) > 1):
            parts.append(key)
    text = ", ".join(parts)
    return text.replace("layers, layer", "layer").replace("data, sample", "sample") or "the file"


def _counted(path: Path, index: int) -> str:
    before = path[index - 1] if index else ""
    number = int(path[index]) + 1
    if before == "layers":
        return f"layer {number}"
    if before == "data":
        return f"sample {number}"
    is_row = before == "weights" or (len(path) > index + 1 and isinstance(path[index + 1], int))
    return f"row {number}" if is_row else f"entry {number}"


def described(value: Any) -> str:
    """What was read, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, WrittenNumber):
        return value.written
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, dict):
        keys = ", ".join(f"`{key}`" for key in list(value)[:4])
        return f"a mapping with {keys}" if value else "an empty mapping"
    text = str(value).strip().splitlines()
    if not text:
        return "an empty text"
    first = text[0]
    return f"`{first[:40]}{'...' if len(first) > 40 or len(text) > 1 else ''}`"
