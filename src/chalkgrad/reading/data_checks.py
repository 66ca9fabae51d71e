"""What can be wrong with samples and with what is asked of them although every key is right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalkgrad.errors import Fault, counted, nearest
from chalkgrad.reading.known_names import OTHER_WORDS
from chalkgrad.reading.network_checks import Complaint
from chalkgrad.reading.network_names import NetworkNames
from chalkgrad.reading.schema import ProblemKeys
from chalkgrad.reading.schema_data import SampleKeys
from chalkgrad.reading.schema_faults import spoken
from chalkgrad.reading.source import Path

__all__ = ["data_complaints", "loss_complaints"]

_WORD = re.compile(r"[^\W\d]\w*")
_WORDS = re.compile(r"[^\W\d_]{2,}(?:[-_ ][^\W\d_]{2,})+")
_TARGET = re.compile(r"(?<![\w^])y(?![\w^])(?!_)|(?<![\w^])y_\d")
_BINARY = ("binary_cross_entropy", "binary_cross_entropy_from_logits")


def loss_complaints(keys: ProblemKeys, names: NetworkNames | None, names_are_known: bool) -> Iterator[Complaint]:
    """A loss that is a word, and neither a known loss nor, as far as they are known, a name of the problem."""
    loss, known = keys.loss, list(keys.ops.losses)
    if loss is None or keys.named_loss is not None:
        if keys.takes_classes and names is not None and len(names.outputs) == 1:
            message = f"{loss} needs one output for each class, and the network has one output"
            yield ("loss",), Fault("loss-does-not-fit", message, hint=f"use {_BINARY[0]} for two classes")
        return
    spelled = re.sub(r"[-\s]+", "_", loss.strip().lower())
    other = OTHER_WORDS.get(spelled, "")
    hint = f'it is called "{other}" here' if other in known else nearest(spelled, known)
    is_word = _WORD.fullmatch(loss.strip()) is not None
    is_slip = bool(hint) and (is_word or _WORDS.fullmatch(loss.strip()) is not None)
    is_name = is_word and _is_name(loss.strip(), keys, names)
    if (is_slip and not is_name) or (is_word and names_are_known and not is_name):
        message = f"loss: expected an expression in the output and `y`, or one of {', '.join(known)}, read `{loss}`"
        yield ("loss",), Fault("unknown-loss", message, hint=hint)


def _is_name(word: str, keys: ProblemKeys, names: NetworkNames | None) -> bool:
    """Whether a word can be a name of this problem; of a formula only its text is known here."""
    if keys.formula is not None:
        return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", keys.formula) is not None
    return names is not None and (word == "y_hat" or any(word in layer for layer in names.units))


def data_complaints(keys: ProblemKeys, names: NetworkNames | None, broken: frozenset[str]) -> Iterator[Complaint]:
    """Everything about samples that does not fit, with the path of each; nothing about keys that are `broken`."""
    if keys.data is None and "data" not in broken:
        yield from _without_data(keys)
    if keys.stop_early is not None and not {"split", "stop_early"} & broken:
        yield from _nothing_to_monitor(keys)
    if isinstance(keys.data, tuple):
        yield from _samples(keys, keys.data, names)


def _without_data(keys: ProblemKeys) -> Iterator[Complaint]:
    for key, is_asked in (("split", keys.split is not None), ("scale", keys.scale != "none")):
        if is_asked:
            yield (key,), Fault("needs-data", f"`{key}` needs `data`, and there is none", hint=f"remove `{key}`")


def _nothing_to_monitor(keys: ProblemKeys) -> Iterator[Complaint]:
    stop, split = keys.stop_early, keys.split
    has_validation = split is not None and (split.validation > 0 or split.folds is not None)
    if stop is not None and stop.monitor.startswith("val_") and not has_validation:
        message = f"stop_early watches {stop.monitor}, and no samples are kept for validation"
        hint = "write `split: {validation: 0.2}`, or `monitor: loss`"
        yield ("stop_early", "monitor"), Fault("nothing-to-monitor", message, hint=hint)


def _samples(keys: ProblemKeys, samples: tuple[SampleKeys, ...], names: NetworkNames | None) -> Iterator[Complaint]:
    needs_target = keys.loss is not None and (keys.named_loss is not None or bool(_TARGET.search(keys.loss)))
    has_target = needs_target or any(sample.y is not None for sample in samples)
    for index, sample in enumerate(samples):
        path: Path = ("data", index)
        yield from _inputs(sample, samples[0], path, names)
        if sample.y is None:
            if has_target:
                why = "the loss compares the output with it" if needs_target else "other samples have it"
                yield path, Fault("target-missing", f"{spoken(path)} has no `y`, and {why}")
            continue
        yield from _targets(keys, sample, samples[0], path, names)


def _inputs(sample: SampleKeys, first: SampleKeys, path: Path, names: NetworkNames | None) -> Iterator[Complaint]:
    size, where = _size(sample.x), (*path, "x")
    if names is not None and size != len(names.inputs):
        listed = ", ".join(names.inputs[:6])
        expected = f"{counted(len(names.inputs), 'number')}, one for each input ({listed})"
        yield where, Fault("wrong-size", f"{spoken(where)}: expected {expected}, read {size}")
    elif names is None and size != _size(first.x):
        message = f"{spoken(where)}: expected {counted(_size(first.x), 'number')} as in sample 1, read {size}"
        yield where, Fault("wrong-size", message)


def _targets(
    keys: ProblemKeys, sample: SampleKeys, first: SampleKeys, path: Path, names: NetworkNames | None
) -> Iterator[Complaint]:
    where: Path = (*path, "y")
    size = _size(sample.y)
    outputs = len(names.outputs) if names is not None else None
    if outputs is not None and outputs > 1 and not isinstance(sample.y, tuple) and keys.takes_classes:
        yield from _class_number(sample, where, outputs)
    elif outputs is not None and size != outputs and keys.loss is not None:
        listed = ", ".join(names.outputs[:6]) if names is not None else ""
        expected = f"{counted(outputs, 'number')}, one for each output ({listed})"
        yield where, Fault("wrong-size", f"{spoken(where)}: expected {expected}, read {size}")
    elif outputs is None and first.y is not None and size != _size(first.y):
        message = f"{spoken(where)}: expected {counted(_size(first.y), 'number')} as in sample 1, read {size}"
        yield where, Fault("wrong-size", message)
    elif keys.loss in _BINARY:
        yield from _between_zero_and_one(sample, where)


def _class_number(sample: SampleKeys, where: Path, outputs: int) -> Iterator[Complaint]:
    number = sample.y
    if isinstance(number, tuple) or number is None:
        return
    if number.denominator != 1 or not 0 <= number < outputs:
        message = f"{spoken(where)}: expected a class from 0 to {outputs - 1}, read {number}"
        yield where, Fault("not-a-class", message, hint="classes are counted from 0")


def _between_zero_and_one(sample: SampleKeys, where: Path) -> Iterator[Complaint]:
    targets = sample.y if isinstance(sample.y, tuple) else (sample.y,)
    for target in targets:
        if target is not None and not 0 <= target <= 1:
            message = f"{spoken(where)}: binary_cross_entropy expects 0 and 1 and what is between, read {target}"
            yield where, Fault("not-a-class", message)


def _size(value: object) -> int:
    return len(value) if isinstance(value, tuple) else 1
