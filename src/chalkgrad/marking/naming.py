"""What a page may call each quantity: the file's names, and the habits of the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy

from chalkgrad.core.node import Node
from chalkgrad.marking.course import Course, Stage
from chalkgrad.marking.page.written import Name
from chalkgrad.marking.quantities import Quantity, entries_of

__all__ = ["Key", "aliases_of", "key_of", "key_of_text", "layers_of", "settings_named"]

LOSS_LETTERS = (
    *("L", "loss", "Loss", "E", "J", "C", "cost", "Cost", "error", "Error", "LOSS", "l", "ell"),
    *("MSE", "SSE", "SE", "RMSE", "MAE", "BCE", "CE", "NLL"),
)
SETTING_LETTERS = {
    "learning_rate": ("eta", "alpha", "lr", "gamma", "epsilon", "LR", "mu", "η", "α", "a", "learning_rate", "ita"),
    "momentum": ("mu", "beta", "gamma", "rho", "momentum", "alpha", "m"),
    "decay": ("rho", "beta", "gamma", "decay"),
    "epsilon": ("epsilon", "eps", "varepsilon"),
    "weight_decay": ("lambda", "wd"),
    "l2": ("lambda", "alpha", "l2"),
    "l1": ("lambda", "l1"),
}
_NAME = re.compile(r"(?P<base>[^\W\d_]+?)(?:_(?P<accent>hat|bar|tilde))?(?P<digits>\d*)(?P<rest>(?:[_^].*)?)")
_ABOVE = re.compile(r"\^(\[[^\]]*\]|\([^)]*\)|[^_^]+)")
_BELOW = re.compile(r"_([^_^]+)")
Habits = dict[Node | tuple[Node, ...], list[tuple[int, "Key"]]]
_PLAIN = re.compile(r"[\W_]+")
_WHOLE_NAME = re.compile(r"([^^]*)\^(\[[^\]]*\]|\([^)]*\)|\w)(.*)")


@dataclass(frozen=True, slots=True)
class Key:
    """A name without typography: `w^{(1)}_{1,1}` and `w_{11}^{[1]}` have one key."""

    base: str
    below: str = ""
    above: str = ""


def key_of(name: Name) -> Key:
    """The key of a name on a page; its primes are left out."""
    base = f"{name.base}_{name.accent}" if name.accent in ("hat", "bar", "tilde") else name.base
    whole = _WHOLE_NAME.fullmatch(name.subscript) if not name.superscript else None
    if whole is not None:
        # A whole name below, as in z_{a^{[1]}}: what it has above stays above.
        return Key(base, _plain(whole[1] + whole[3]), _plain(whole[2]))
    return Key(base, _plain(name.subscript), _plain(name.superscript))


@lru_cache(maxsize=20_000)
def key_of_text(text: str) -> Key:
    """The key of a name of the problem file.

    >>> key_of_text("w^(1)_11"), key_of_text("y_hat_1"), key_of_text("z_h1")
    (Key(base='w', below='11', above='1'), Key(base='y_hat', below='1', above=''), Key(base='z', below='h1', above=''))
    """
    found = _NAME.fullmatch(text)
    if found is None:
        return Key(text)
    base = f"{found['base']}_{found['accent']}" if found["accent"] else found["base"]
    below = found["digits"] + "".join(_BELOW.findall(_ABOVE.sub("", found["rest"])))
    return Key(base, _plain(below), _plain("".join(_ABOVE.findall(found["rest"]))))


@lru_cache(maxsize=20_000)
def _plain(script: str) -> str:
    return _PLAIN.sub("", script)


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as a drawing has it: its number from 1, and the symbols of its units before and after the activation."""

    number: int
    before: tuple[Node, ...]
    after: tuple[Node, ...]
    is_last: bool


def layers_of(stage: Stage) -> tuple[Layer, ...]:
    """The layers of a stage, in the order of the forward pass; a line without an activation is one before itself."""
    lines = [made for made in stage.matrix.statements if made.kind == "forward" and made.formula.op.name != "stack"]
    pairs: list[tuple[Node, Node]] = []
    for made in lines:
        source = made.formula.arguments[0] if made.formula.arguments else None
        if made.formula.op.role == "activation" and pairs and pairs[-1][1] is source:
            pairs[-1] = (pairs[-1][0], made.symbol)
        else:
            pairs.append((made.symbol, made.symbol))
    entries = stage.matrix_entries
    return tuple(
        Layer(number, entries_of(entries[z]), entries_of(entries[a]), number == len(pairs))
        for number, (z, a) in enumerate(pairs, start=1)
        if z in entries and a in entries
    )


def aliases_of(course: Course, quantities: Iterable[Quantity]) -> dict[Key, list[Quantity]]:
    """For each key, the quantities that it may stand for, the likeliest first."""
    found: dict[Key, list[tuple[int, Quantity]]] = {}
    habits = {stage.number: _habits(stage) for stage in course.stages}
    for quantity in quantities:
        for rank, key in _keys(quantity, habits[quantity.stage]):
            found.setdefault(key, []).append((rank, quantity))
    ordered: dict[Key, list[Quantity]] = {}
    for key, ranked in found.items():
        ordered[key] = list(dict.fromkeys(q for _, q in sorted(ranked, key=lambda pair: pair[0])))
    return ordered


def _keys(quantity: Quantity, habits: Habits) -> Iterator[tuple[int, Key]]:
    """The keys of what is no gradient, new value or memory: those are spoken of by what they belong to."""
    if quantity.kind == "setting":
        yield from ((0 if place == 0 else 3, key) for place, key in enumerate(settings_named(quantity.name)))
        return
    if quantity.kind == "loss":
        yield 0, key_of_text(quantity.of)
        if quantity.of in ("loss", "loss_n"):
            numbered = "" if quantity.sample is None else str(quantity.sample + 1)
            yield from ((1, Key(letter, numbered)) for letter in LOSS_LETTERS)
            if quantity.sample is not None:
                yield from ((1, Key(letter, "", numbered)) for letter in LOSS_LETTERS)
            yield from ((2, Key(letter, below)) for letter in LOSS_LETTERS for below in ("total", "tot", "mean", "avg"))
    if quantity.kind == "given" and key_of_text(quantity.of).base in ("x", "X"):
        yield from _of_sample([(6, Key("i", key_of_text(quantity.of).below))], quantity.sample)
    if quantity.kind == "given" and key_of_text(quantity.of).base in ("y", "Y"):
        below = key_of_text(quantity.of).below
        named = [(0, Key(letter, below)) for letter in ("t", "target", "label", "Y")]
        yield from _of_sample([*named, (6, Key("T", below)), (6, Key("d", below))], quantity.sample)
    if quantity.kind == "error":
        yield from _of_sample(_errors(quantity), quantity.sample)
    if quantity.kind == "share":
        yield from _of_sample(_shares(quantity), quantity.sample)
    if quantity.kind not in ("given", "forward", "loss") or quantity.role == "before":
        return
    own = key_of_text(quantity.of)
    named = [(0, own)]
    if isinstance(quantity.symbols, Node):
        named += habits.get(quantity.symbols, ())
    else:
        named += [*_of_matrix(own), *habits.get(quantity.flat, ()), *_of_entries(quantity)]
        if quantity.of == "loss_n":
            named += [(1, Key(letter, "", "n")) for letter in LOSS_LETTERS]
    yield from _of_sample(named, quantity.sample)


def _of_sample(named: Iterable[tuple[int, Key]], sample: int | None) -> Iterator[tuple[int, Key]]:
    """Keys as they are, and with the number of the sample above or below."""
    for rank, key in named:
        yield rank, key
        if sample is None:
            continue
        number = str(sample + 1)
        if not key.above:
            yield rank + 1, Key(key.base, key.below, number)
        yield rank + 2, Key(key.base, key.below + number, key.above)


def _errors(quantity: Quantity) -> Iterator[tuple[int, Key]]:
    """What the difference of a prediction and its target is called."""
    below = "".join(re.findall(r"\d+$", quantity.of))
    for letter in ("e", "err", "error", "d", "r", "diff", "residual", "E"):
        yield 3, Key(letter, below)
        if isinstance(quantity.symbols, Node):
            yield 4, Key(letter, key_of_text(quantity.of).base + below)


def _shares(quantity: Quantity) -> Iterator[tuple[int, Key]]:
    """What the loss of one output is called: `E_{o1}`, `E_1`, `L_1`."""
    own = key_of_text(quantity.of)
    place = "".join(re.findall(r"\d+$", own.below))
    for letter in LOSS_LETTERS:
        yield 2, Key(letter, own.base + own.below)
        if place:
            yield 2, Key(letter, place)
            yield 2, Key(letter, "o" + place)


def _of_matrix(own: Key) -> Iterator[tuple[int, Key]]:
    """A matrix `W1` is also `W^{[1]}`, and a small or capital letter."""
    swapped = own.base.lower() if own.base[:1].isupper() else own.base[:1].upper() + own.base[1:]
    yield 1, Key(own.base, own.above, own.below)
    yield 2, Key(swapped, own.below, own.above)
    yield 3, Key(swapped, own.above, own.below)


def _of_entries(quantity: Quantity) -> Iterator[tuple[int, Key]]:
    """A vector or matrix of u1, u2 and so on is also `u`."""
    names = [key_of_text(node.name.partition("#")[0]) for node in quantity.flat]
    bases = {name.base if name.below and not name.above else "" for name in names}
    if quantity.kind == "given" and len(bases) == 1 and bases != {""}:
        yield 5, Key(*bases)


def settings_named(name: str) -> list[Key]:
    """The keys of a number of the optimizer, its own name first."""
    if name in ("beta1", "beta2"):
        return [Key("beta", name[-1])]
    if name == "t":
        return [Key("t:setting"), Key("t")]
    return [Key(name), *(Key(letter) for letter in SETTING_LETTERS.get(name, ()))]


def _habits(stage: Stage) -> Habits:
    """What units are called by layer and place: `net_{h1}`, `z^{[1]}_2`, `a_2`, `\\hat{y}`."""
    found: Habits = {}
    for node, named in _by_layer_and_place(stage):
        found.setdefault(node, []).append(named)
    layers = layers_of(stage)
    samples = max(1, stage.units.samples)
    for layer in layers:
        letters = ("a", "h", "out") + (("o", "y_hat", "p", "y", "x_hat") if layer.is_last else ())
        for together in _together(layer.before) if len(layer.after) > 1 else ():
            found.setdefault(together, []).extend(_whole(layer, ("z", "net", "in"), len(layers)))
        for together in _together(layer.after) if len(layer.after) > 1 else ():
            found.setdefault(together, []).extend(_whole(layer, letters, len(layers)))
        for place, (z, a) in enumerate(zip(layer.before, layer.after, strict=True)):
            unit = place % max(1, len(layer.after) // samples) + 1
            name, alone = key_of_text(a.name.partition("#")[0]), len(layer.after) // samples == 1
            if z is not a:
                found.setdefault(z, []).extend(_before_activation(name, layer, unit, alone))
            found.setdefault(a, []).extend(_after_activation(name, layer, unit, alone, z is a))
    return found


def _together(units: Sequence[Node]) -> list[tuple[Node, ...]]:
    """The units of a layer for all samples, and for each sample if that has several."""
    of_sample: dict[str, list[Node]] = {}
    for unit in units:
        of_sample.setdefault(unit.name.partition("#")[2], []).append(unit)
    each = [tuple(group) for group in of_sample.values() if 1 < len(group) < len(units)]
    return [tuple(units), *each]


def _by_layer_and_place(stage: Stage) -> Iterator[tuple[Node, tuple[int, Key]]]:
    """What weights are called by their layer and the units that they join: `w^{(2)}_{13}`, `W_{2,31}`."""
    for symbol, symbols in stage.units.entries.items():
        own = key_of_text(symbol.name)
        number = own.below + own.above
        if isinstance(symbols, Node) or own.base not in ("w", "W") or not number.isdigit() or symbols.size > 81:
            continue
        for (row, column), node in numpy.ndenumerate(symbols):
            for rank, place in ((5, f"{column + 1}{row + 1}"), (6, f"{row + 1}{column + 1}")):
                for letter in "wW":
                    yield node, (rank, Key(letter, place, number))
                    yield node, (rank, Key(letter, number + place))


def _whole(layer: Layer, letters: Sequence[str], count: int) -> Iterator[tuple[int, Key]]:
    """What all units of a layer together are called: `z_1`, `Z^{[1]}`, `h` where there is one hidden layer."""
    number = str(layer.number)
    for letter in (spelling for known in letters for spelling in (known, known[:1].upper() + known[1:])):
        yield 3, Key(letter, number)
        yield 3, Key(letter, "", number)
        if (
            (count == 2 and letter in "hH" and not layer.is_last)
            or (layer.is_last and letter not in "hH")
            or count == 1
        ):
            yield 4, Key(letter)
        else:
            yield 6, Key(letter)


def _before_activation(name: Key, layer: Layer, unit: int, alone: bool) -> Iterator[tuple[int, Key]]:
    own, number, place = name.base + name.below, str(layer.number), str(unit)
    yield from ((6, Key(letter)) for letter in ("z", "net"))
    for rank, letter in enumerate(("z", "net", "in", "s", "u", "n", "Z", "Net", "a", "i")):
        # Where `a` is what an activation gives, it is not what it takes.
        late = 4 if letter == "a" else 0
        yield 1 + late, Key(letter, own)
        yield 2 + late, Key(letter, place, number)
        yield 2 + late, Key(letter, number + place)
        yield 4 + late + rank, Key(letter, place)
        if alone:
            yield 3 + late, Key(letter, "", number)
            yield 4 + late, Key(letter, number)
    yield 5, name
    if layer.is_last:
        yield 4, Key("o", place)
        yield from ((4, Key(letter, "o" + place)) for letter in ("z", "net", "in", "Z"))
        yield from ((5, Key(letter)) for letter in ("z", "net", "o", "s", "logit"))
        yield 4, Key("logit", place)


def _after_activation(name: Key, layer: Layer, unit: int, alone: bool, bare: bool) -> Iterator[tuple[int, Key]]:
    own, number, place = name.base + name.below, str(layer.number), str(unit)
    for letter in ("out", "a", "h", "y", "f"):
        yield 1, Key(letter, own)
        yield 2, Key(letter, place, number)
        yield 2, Key(letter, number + place)
        if alone:
            yield 3, Key(letter, "", number)
            yield 4, Key(letter, number)
    yield from ((4, Key(letter, place)) for letter in (("a", "h", "out") if not layer.is_last else ("a", "out")))
    yield from ((6, Key(letter)) for letter in ("a", "h", "out"))
    if bare:
        yield from ((3, Key(letter, own)) for letter in ("z", "net", "in", "Z"))
    if layer.is_last:
        for letter in (
            "y_hat",
            "o",
            "p",
            "y_pred",
            "out",
            "output",
            "pred",
            "yhat",
            "prediction",
            "Y_hat",
            "O",
            "y_bar",
            "x_hat",
        ):
            yield 3, Key(letter, place)
            if alone:
                yield 3, Key(letter)
        yield from ((4, Key(letter, "o" + place)) for letter in ("out", "a", "h"))
        if alone:
            yield from ((4, Key(letter)) for letter in ("a", "h", "f"))
    elif alone:
        yield from ((4, Key(letter)) for letter in ("a", "h"))
