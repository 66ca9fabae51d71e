"""The figures of a problem as a document: its data, its layers, its parameters, and the memory that they take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalkgrad.errors import counted
from chalkgrad.reading.problem import Problem
from chalkgrad.render.document import Block, Document, Heading, Inline, Paragraph, Table, words
from chalkgrad.render.names import name_box
from chalkgrad.render.numbers import NumberStyle, show_number
from chalkgrad.solving.describing import describe_data

__all__ = ["describe_document"]

_STYLE = NumberStyle(4, significant=True)
_MOST_ROWS = 30
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def describe_document(problem: Problem) -> Document:
    """What `describe_data` finds, to be read.

    Args:
        problem: whose figures.

    Raises:
        ChalkgradError: for data that cannot be read or do not fit.
    """
    found = describe_data(problem)
    blocks = [*_data(found["data"]), *_network(found), *_memory(found["memory"]), *_learning(found["learning"])]
    return Document(problem.title, tuple(blocks))


def _data(data: Mapping[str, Any] | None) -> Iterator[Block]:
    yield Heading(words("Data"))
    if data is None:
        yield Paragraph(words("The problem has no data."))
        return
    yield Paragraph(words(f"{data['source']}. {_scale(data['scale'])}"))
    parts = {name: count for name, count in data["parts"].items() if count}
    if len(parts) > 1 or data["folds"]:
        rows = [(words(name), words(f"{count:,}")) for name, count in parts.items()]
        folds = f"Of what is not for the test, {data['folds']} folds are cut." if data["folds"] else ""
        yield Table((words("part"), words("samples")), tuple(rows), "lr", words(folds) if folds else ())
    yield _features(data["features"])
    if data["classes"]:
        yield _classes(data["classes"])
    elif data["target"]:
        yield Paragraph(words(*_target(data["target"])))


def _scale(how: str) -> str:
    if how == "none":
        return "Inputs are taken as they stand."
    to = {"standard": "to mean 0 and standard deviation 1", "0..1": "to lie from 0 to 1"}[how]
    return f"Inputs are scaled {to}, by the training part."


def _number(value: float) -> Inline:
    return words(show_number(value, _STYLE).box)


def _features(features: Sequence[Mapping[str, Any]]) -> Block:
    header = tuple(words(name) for name in ("input", "smallest", "mean", "largest", "missing"))
    rows = tuple(
        (words(row["name"]), *(_number(row[key]) for key in ("min", "mean", "max")), words(f"{row['missing']:,}"))
        for row in features
    )
    return Table(header, rows, "lrrrr")


def _classes(classes: Sequence[Mapping[str, Any]]) -> Block:
    parts = [part for part in ("train", "validation", "test") if any(row[part] for row in classes)]
    shown = parts if len(parts) > 1 else []
    header = tuple(words(name) for name in ("class", "samples", *shown))
    rows = tuple(
        (words(row["name"]), *(words(f"{row[key]:,}") for key in ("samples", *shown))) for row in classes[:_MOST_ROWS]
    )
    left = len(classes) - len(rows)
    return Table(header, rows, "l" + "r" * (len(header) - 1), words(f"and {left:,} more classes") if left else ())


def _target(target: Mapping[str, Any]) -> list[Any]:
    name = f"The target {target['name']}" if target["name"] else "The target"
    count = "is 1 number" if target["numbers"] == 1 else f"has {target['numbers']} numbers"
    return [
        f"{name} {count} a sample, from ",
        *_number(target["min"]),
        " to ",
        *_number(target["max"]),
        ", with mean ",
        *_number(target["mean"]),
        ".",
    ]


def _network(found: Mapping[str, Any]) -> Iterator[Block]:
    count, learned = found["parameters"]["count"], found["parameters"]["learned"]
    if "layers" in found:
        yield Heading(words("Layers"))
        names = ("layer", "inputs", "units", "activation", "parameters", "shapes")
        rows = tuple(_layer(layer) for layer in found["layers"])
        yield Table(tuple(words(name) for name in names), rows, "lrrlrl")
    else:
        yield Heading(words("Formulas"))
        rows = tuple((words(name_box(line["name"])), words(_shape(line["shape"]))) for line in found["lines"])
        yield Table((words("quantity"), words("size for one sample")), rows, "ll")
    how = {count: "all learned", 0: "none learned"}.get(learned, f"{learned:,} of them learned")
    yield Paragraph(words(f"{counted(count, 'parameter')}, {how}."))


def _layer(layer: Mapping[str, Any]) -> tuple[Inline, ...]:
    shapes: list[Any] = []
    for name, shape in layer["shapes"].items():
        again = " again" if name in layer["shared"] else ""
        size = f" {_shape(shape)}" if shape else ""
        shapes += [", " if shapes else "", *words(name_box(name)), f"{size}{again}"]
    dropout = f", dropout {layer['dropout']:g}" if layer["dropout"] else ""
    return (
        words(layer["name"]),
        words(f"{layer['inputs']:,}"),
        words(f"{layer['units']:,}"),
        words(f"{layer['activation']}{dropout}"),
        words(f"{layer['parameters']:,}"),
        tuple(piece for piece in shapes if piece),
    )


def _shape(sizes: Sequence[int]) -> str:
    return " × ".join(str(size) for size in sizes) if sizes else "one number"


def _memory(memory: Mapping[str, Any]) -> Iterator[Block]:
    batch = memory["batch"]
    rows = [
        ("parameters", memory["parameters"]),
        ("gradients", memory["gradients"]),
        ("memory of the optimizer", memory["optimizer_state"]),
        (f"values of a batch of {batch:,}", memory["batch_values"]),
        ("samples", memory["data"]),
    ]
    yield Heading(words("Memory"))
    caption = (
        "Numbers in float32, samples in the type in which they came. Values of a batch are those of the forward pass."
    )
    yield Table(
        (words("what"), words("bytes"), words("in words")),
        tuple((words(name), words(f"{size:,}"), words(in_words(size))) for name, size in rows),
        "lrr",
        words(caption),
    )


def in_words(size: int) -> str:
    """A number of bytes in the largest unit of which there is at least one.

    >>> in_words(999), in_words(46_960), in_words(2_500_000)
    ('999 bytes', '47 KB', '2.5 MB')
    """
    amount, unit = float(size), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.3g} {_UNITS[unit]}" if size != 1 else "1 byte"


def _learning(learning: Mapping[str, Any] | None) -> Iterator[Block]:
    if learning is None:
        return
    settings = ", ".join(f"{name} {value:g}" for name, value in learning["settings"].items())
    epochs = counted(learning["epochs"], "epoch")
    order = "shuffled" if learning["order"] == "shuffled" else "in the given order"
    rows = {
        "loss": learning["loss"] or "the last line",
        "regularizer": ", ".join(f"{name} {value:g}" for name, value in learning["regularizer"].items()),
        "optimizer": f"{learning['optimizer']} ({settings})" if settings else learning["optimizer"],
        "schedule": learning["schedule"],
        "batch": f"{counted(learning['batch'], 'sample')}, {order}",
        "steps": f"{learning['steps_per_epoch']:,} an epoch, {learning['steps']:,} in {epochs}",
        "stop early": f"watching {learning['stop_early']}" if learning["stop_early"] else "",
        "seed": str(learning["seed"]),
    }
    yield Heading(words("Learning"))
    yield Table(
        (words("what"), words("how")), tuple((words(name), words(text)) for name, text in rows.items() if text), "ll"
    )
