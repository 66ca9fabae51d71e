"""A graph while it is being put together: leaves, lines, and the names of their units."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from chalkgrad.core.gradient import Line
from chalkgrad.core.node import Node, variable
from chalkgrad.core.shape import Axis, Shape
from chalkgrad.ops.structure import part

__all__ = ["Assembly", "Exact", "Start", "entry_names", "entry_of_name", "exact_shape", "name_of_entry"]

Exact = Fraction | Sequence[Fraction] | Sequence[Sequence[Fraction]]

# Naming each weight of a large layer would take longer than everything else about it.
_MOST_NAMED_ENTRIES = 10_000
_LETTER_AND_NUMBER = re.compile(r"(?P<letter>[^\W\d_])(?P<number>\d*)")


@dataclass(frozen=True, slots=True)
class Start:
    """Where a parameter of a layer stands, for drawing its first value."""

    inputs: int
    units: int
    activation: str
    is_bias: bool = False


@dataclass
class Assembly:
    """What is known of a graph so far.

    Args:
        columns: whether vectors are columns.
        samples: how many samples stand side by side, `None` if any number may.
        given: the values that the problem gives.
        reserved: names that later lines will have, which no line of our own may take.
        names: every quantity by name.
        inputs: the leaves that the data fill, by name.
        lines: the lines so far.
        parameters: the parameters so far, by name.
        values: values that come with the graph itself, such as numbers written in place of weights.
        unit_names: the names of the units of each quantity.
        starts: where each parameter of a layer stands, for drawing its first value.
        masks: the leaves that dropout fills, each with the share of units that it keeps.
    """

    columns: bool
    samples: int | None
    given: Mapping[str, Exact]
    reserved: frozenset[str] = frozenset()
    names: dict[str, Node] = field(default_factory=dict)
    inputs: dict[str, Node] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    parameters: dict[str, Node] = field(default_factory=dict)
    values: dict[str, Exact] = field(default_factory=dict)
    unit_names: dict[Node, tuple[str, ...]] = field(default_factory=dict)
    starts: dict[str, Start] = field(default_factory=dict)
    masks: dict[Node, Fraction] = field(default_factory=dict)

    @property
    def sample_axis(self) -> int:
        """The axis along which samples stand."""
        return 1 if self.columns else 0

    @property
    def feature_axis(self) -> int:
        """The axis of inputs and units."""
        return 0 if self.columns else 1

    def per_sample(self, features: Axis) -> Shape:
        """The shape of so many numbers for each sample."""
        samples = Axis("samples", self.samples)
        return (features, samples) if self.columns else (samples, features)

    def vector(self, features: Axis) -> Shape:
        """The shape of a vector that all samples share."""
        return (features, Axis("", 1)) if self.columns else (Axis("", 1), features)

    def matrix(self, inputs: Axis, outputs: Axis) -> Shape:
        """The shape of a weight matrix: z = x W with rows, z = W x with columns."""
        return (outputs, inputs) if self.columns else (inputs, outputs)

    def input(self, name: str, features: Axis, units: Sequence[str] = ()) -> Node:
        """A leaf that the data fill."""
        node = self.inputs[name] = self._named(name, variable(name, self.per_sample(features)))
        self.unit_names[node] = tuple(units) or entry_names(name, (features.size or 1,))
        return node

    def masked(self, symbol: Node, share: Fraction) -> Node:
        """A layer after dropout: each unit of each sample times 0, or times 1/share so that the mean stays.

        Source: Srivastava et al. (2014), in the inverted form that leaves prediction alone.
        """
        mask = variable(f"mask_{symbol.name}", symbol.shape)
        self.masks[mask] = share
        return self.line(self.free(f"{symbol.name}_kept"), symbol * mask)

    def parameter(self, name: str, shape: Shape = ()) -> Node:
        """A leaf that is given or learned; the same name is the same parameter."""
        if name not in self.parameters:
            node = self.parameters[name] = self._named(name, variable(name, shape))
            self.unit_names[node] = self._entries_of(name, tuple(axis.size or 1 for axis in shape))
        return self.parameters[name]

    def _entries_of(self, name: str, sizes: tuple[int, ...]) -> tuple[str, ...]:
        """The names of the entries of a parameter; none where so many are never looked at one by one."""
        if math.prod(sizes) > _MOST_NAMED_ENTRIES:
            return ()
        letter = _small(name) if math.prod(sizes) > 1 else name
        return entry_names(letter, sizes if 1 not in sizes else (max(sizes, default=1),), self.names)

    def line(self, name: str, formula: Node, units: Sequence[str] = ()) -> Node:
        """A line, and the symbol that stands for it from now on."""
        symbol = self._named(name, variable(name, formula.shape))
        self.lines.append(Line(symbol, formula))
        self.unit_names[symbol] = tuple(units) or self._line_units(name, formula.shape)
        return symbol

    def free(self, *names: str) -> str:
        """The first of some names that is not taken yet; if all are, the last with a number behind its letter.

        >>> assembly = Assembly(False, 1, {}, names={"z_o": variable("z_o")})
        >>> assembly.free("z_o"), assembly.free("z_o", "z_p")
        ('z2_o', 'z_p')
        """
        taken = {*self.names, *self.given, *self.reserved}
        taken.update(unit for units in self.unit_names.values() for unit in units)
        letter, rest = names[-1][:1], names[-1][1:]
        numbered = (f"{letter}{number}{rest}" for number in itertools.count(2))
        return next(name for name in itertools.chain(names, numbered) if name not in taken)

    def unit(self, name: str) -> Node | None:
        """The entry that a unit or an entry of a parameter is, or `None` if nothing has a unit of that name."""
        for symbol, units in self.unit_names.items():
            if name in units and symbol.shape:
                return self._entry(symbol, units.index(name))
        return None

    def _entry(self, symbol: Node, index: int) -> Node:
        columns = symbol.shape[1].size or 1
        if symbol.shape[self.sample_axis].name == "samples":
            if symbol.shape[self.feature_axis].size == 1:
                return symbol
            return part(symbol, row=index) if self.columns else part(symbol, column=index)
        return part(symbol, row=index // columns, column=index % columns)

    def _line_units(self, name: str, shape: Shape) -> tuple[str, ...]:
        sizes = [axis.size or 1 for axis in shape if axis.name != "samples"]
        sizes = [size for size in sizes if size != 1] or [1]
        if name.startswith("z_") and len(sizes) == 1 and sizes[0] > 1:
            return tuple(f"z_{unit}" for unit in entry_names(name[2:], tuple(sizes)))
        return entry_names(name, tuple(sizes))

    def _named(self, name: str, node: Node) -> Node:
        self.names[name] = node
        return node


def entry_names(name: str, sizes: tuple[int, ...], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of the entries of a quantity, row by row.

    A matrix `W1` has entries w⁽¹⁾ with row and column, a vector `b2` entries b⁽²⁾; a single number keeps its name.

    >>> entry_names("W1", (1, 2))
    ('w^(1)_11', 'w^(1)_12')
    >>> entry_names("t", (2,))
    ('t_1', 't_2')
    """
    if all(size == 1 for size in sizes) and len(sizes) <= 1:
        return (name,)
    base = _entry_base(name, len(sizes) == 2)
    indices = [str(k + 1) for k in range(sizes[0])]
    if len(sizes) == 2:
        joint = "" if max(sizes) < 10 else ","
        indices = [f"{i}{joint}{k + 1}" for i in indices for k in range(sizes[1])]
    made = tuple(f"{base}_{index}" if index.isdigit() else f"{base}_{{{index}}}" for index in indices)
    clash = set(made) & set(taken)
    return tuple(f"{name}_{{entry {index}}}" for index in indices) if clash else made


def _small(name: str) -> str:
    """Single weights are written in small letters, w for the entries of W."""
    return name[0].lower() + name[1:] if _LETTER_AND_NUMBER.fullmatch(name) else name


def _entry_base(name: str, is_matrix: bool) -> str:
    """What the entries of a quantity have in common: w⁽¹⁾ for those of the matrix W1."""
    found = _LETTER_AND_NUMBER.fullmatch(name)
    if not found:
        return name
    letter = found["letter"].lower() if is_matrix else found["letter"]
    return letter + (f"^({found['number']})" if found["number"] else "")


def name_of_entry(name: str, sizes: tuple[int, ...], index: tuple[int, ...]) -> str:
    """The name of one entry of a parameter so large that not all of its entries are named.

    >>> name_of_entry("W1", (784, 512), (2, 16))
    'w^(1)_{3,17}'
    """
    numbers = [str(k + 1) for k, size in zip(index, sizes, strict=True) if size > 1]
    base = _entry_base(_small(name), len(numbers) == 2)
    return f"{base}_{{{','.join(numbers)}}}" if len(numbers) == 2 else f"{base}_{numbers[0]}"


def entry_of_name(name: str, sizes: tuple[int, ...], entry: str) -> tuple[int, ...] | None:
    """The place of the entry that `name_of_entry` gives a name to, or `None` if no entry is called so.

    >>> entry_of_name("W1", (784, 512), "w^(1)_{3,17}"), entry_of_name("W1", (784, 512), "w^(1)_{3,900}")
    ((2, 16), None)
    """
    numbers = [int(digits) - 1 for digits in re.findall(r"\d+", entry.rpartition("_")[2])]
    long = [size > 1 for size in sizes]
    if len(numbers) != sum(long):
        return None
    left = iter(numbers)
    index = tuple(next(left) if is_long else 0 for is_long in long)
    fits = all(0 <= k < size for k, size in zip(index, sizes, strict=True))
    return index if fits and name_of_entry(name, sizes, index) == entry else None


def exact_shape(value: Exact) -> tuple[int, ...]:
    """The sizes of a given value: `()`, `(n,)` or `(rows, columns)`."""
    if isinstance(value, Fraction):
        return ()
    first: Any = value[0]
    return (len(value),) if isinstance(first, Fraction) else (len(value), len(first))
