"""A problem: what was asked, as a graph with values, whoever said it: a file, layers, formulas or nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy
from numpy.typing import NDArray

from chalkgrad.core.node import Node, toposort
from chalkgrad.errors import ChalkgradError, Fault, ProblemError, UsageError
from chalkgrad.ops import OPS, OpSet
from chalkgrad.reading.assembly import Exact
from chalkgrad.reading.data_sources import listed_dataset
from chalkgrad.reading.dataset import Dataset, class_numbers
from chalkgrad.reading.dataset_checks import fitted_dataset
from chalkgrad.reading.problem_faults import refuse_faults
from chalkgrad.reading.problem_file import ProblemFile, parse_problem
from chalkgrad.reading.problem_graph import ProblemGraph
from chalkgrad.reading.python_keys import as_problem_file
from chalkgrad.reading.samples import Samples, given_sample, listed_samples, loaded_samples, picked_samples
from chalkgrad.reading.splitting import Parts, split_rows
from chalkgrad.reading.starting_values import draw_arrays, draw_values, exact_array

__all__ = ["Problem", "Samples"]

# What was read or built once is not read again for the same problem on other samples or from other values.
_KEPT = ("loaded", "dataset", "parts", "classes", "assembled", "_graphs", "known_names")


@dataclass(frozen=True)
class Problem(ProblemGraph):
    """What was asked.

    Make one with `Problem.from_file`, `Problem.from_layers`, `Problem.from_formula` or `Problem.from_nodes`.

    Args:
        file: the keys with all their defaults, and where each stands.
        nodes: lines written with Python's operators on nodes, if the problem came so.
        rows: which samples of its source it is about, from 0; empty for all that train.
        trained: for each parameter the numbers to start from, in the shape of its node, if they are those of a run.
        trained_in: what the run or its file is called.
    """

    rows: tuple[int, ...] = ()
    trained: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    trained_in: str = ""

    @classmethod
    def from_file(cls, file: ProblemFile) -> Problem:
        """The problem of a file; its graph is built, so that every fault of it is found now."""
        problem = cls(file)
        refuse_faults(problem)
        return problem

    @classmethod
    def from_layers(
        cls, input: int | Sequence[str], layers: Sequence[Mapping[str, Any]], *, ops: OpSet = OPS, **keys: Any
    ) -> Problem:
        """A network of layers, said as in a problem file.

        Args:
            input: how many inputs, or their names.
            layers: for each its `units`, `activation`, `weights`, `bias`.
            ops: what may be named; `OPS.extend(...)` brings in records of one's own.
            keys: any other key of the problem file, such as `loss`, `data`, `given`, `optimizer`.

        Raises:
            ProblemError: with all faults at once.

        >>> Problem.from_layers(2, [{"units": 1, "activation": "sigmoid"}], loss="half_sse").title
        'problem'
        """
        return cls.from_keys({"network": {"input": input, "layers": list(layers)}, **keys}, ops)

    @classmethod
    def from_formula(cls, *lines: str, ops: OpSet = OPS, **keys: Any) -> Problem:
        """Lines of formulas, and any other key of the problem file.

        >>> Problem.from_formula("f = x^2 + y^3", differentiate={"f": ["x", "y"]}).output.name
        'f'
        """
        return cls.from_keys({"formula": "\n".join(lines), **keys}, ops)

    @classmethod
    def from_keys(cls, keys: Mapping[str, Any], ops: OpSet = OPS) -> Problem:
        """The keys of a problem file as a Python mapping."""
        return cls.from_file(as_problem_file(keys, ops))

    @classmethod
    def from_nodes(cls, lines: Mapping[str, Node], *, ops: OpSet = OPS, **keys: Any) -> Problem:
        """Lines built with Python's operators on nodes; a variable named `x` or `y` is filled by the data.

        Args:
            lines: each quantity by its name, in order; the last is the output.
            ops: what may be named.
            keys: any other key of the problem file.
        """
        text = "\n".join(f"{name} = 0" for name in lines)
        problem = cls(as_problem_file({"formula": text, **keys}, ops), dict(lines))
        refuse_faults(problem)
        return problem

    def with_dataset(self, dataset: Dataset) -> Problem:
        """The same problem on samples from memory.

        Args:
            dataset: takes the place of what stands behind `data`.

        Raises:
            ProblemError: with all that does not fit.

        >>> problem = Problem.from_layers(2, [{"units": 1}], loss="mse")
        >>> len(problem.with_dataset(Dataset(numpy.zeros((3, 2)), numpy.zeros((3, 1)))).samples)
        3
        """
        keys = self.keys.model_copy(update={"data": dataset})
        problem = replace(self, file=replace(self.file, keys=keys), rows=())
        refuse_faults(problem)
        return problem

    def with_samples(self, rows: Sequence[int]) -> Problem:
        """The problem of a few samples alone, in one step: of whatever part, on the scale of the training part.

        Args:
            rows: where they stand in their source, from 0.

        Raises:
            UsageError: `no-data`; `no-such-sample`, with how many there are.

        >>> listed = [{"x": k, "y": k} for k in range(5)]
        >>> problem = Problem.from_layers(1, [{"units": 1}], loss="mse", data=listed)
        >>> problem.with_samples([3]).samples.inputs == ((3,),)
        True
        """
        count = self._sample_count
        if not count:
            raise UsageError(Fault("no-data", "the problem has no samples to choose from", hint="leave --sample out"))
        for row in rows:
            if not 0 <= row < count:
                message = f"there is no sample {row}: there {_counted(count)}, counted from 0"
                raise UsageError(Fault("no-such-sample", message))
        update = {"epochs": 1, "batch": "full", "order": "given"}
        file = replace(self.file, keys=self.keys.model_copy(update=update))
        return self._changed(file=file, rows=tuple(dict.fromkeys(rows)))

    def with_values(self, values: Mapping[str, Any], trained_in: str = "") -> Problem:
        """The same problem with other numbers to start from, such as those of a trained run.

        Args:
            values: for each parameter of the graph its numbers, in the shape of its node.
            trained_in: what the run or its file is called.

        Raises:
            UsageError: `wrong-values`, where names or shapes are not those of the problem.

        >>> problem = Problem.from_layers(2, [{"units": 1}], loss="mse", data=[{"x": [1, 2], "y": 3}])
        >>> problem.with_values({"W1": [[1], [2]], "b1": [[0.5]]}).starting_arrays()["b1"]
        array([[0.5]])
        """
        expected = {node.name: tuple(axis.size or 1 for axis in node.shape) for node in self.graph(None).parameters}
        arrays = {name: numpy.asarray(array, dtype=numpy.float64) for name, array in values.items()}
        found = {name: array.shape for name, array in arrays.items()}
        wrong = [name for name in {**expected, **found} if found.get(name) != expected.get(name)]
        if wrong:
            raise UsageError([Fault("wrong-values", _misfit(name, expected, found)) for name in wrong])
        return self._changed(trained=arrays, trained_in=trained_in)

    def _changed(self, **fields: Any) -> Problem:
        changed = replace(self, **fields)
        changed.__dict__.update({name: self.__dict__[name] for name in _KEPT if name in self.__dict__})
        return changed

    # --- copies ---

    def without_samples(self) -> Problem:
        """The same problem with a source of no samples, for where only its network is wanted."""
        known = self.loaded
        empty = replace(known, x=known.x[:0].copy(), y=None if known.y is None else known.y[:0].copy(), exact=())
        keys = self.keys.model_copy(update={"data": empty})
        return replace(self, file=replace(self.file, keys=keys), rows=())

    def __copy__(self) -> Problem:
        return self

    def __deepcopy__(self, memo: Any) -> Problem:
        return self

    def __reduce__(self) -> Any:
        """For other processes, as its text or its keys; it is read there again."""
        if self.nodes:
            raise TypeError("a problem made of nodes is not pickled; write its lines as formulas")
        source, data = self.file.source, self.keys.data
        in_memory = data if isinstance(data, Dataset) else None
        said: Any = "\n".join(source.lines) + "\n"
        if in_memory is not None or not source.lines:
            value: Any = source.value
            said = {key: entry for key, entry in value.items() if in_memory is None or key != "data"}
        ops = None if self.ops is OPS else self.ops
        place = (self.file.name, self.file.directory)
        return _read_again, (said, *place, in_memory, ops, self.rows, dict(self.trained), self.trained_in)

    # --- its samples, and the values it starts from ---

    @cached_property
    def dataset(self) -> Dataset:
        """All samples, as arrays, with targets as the loss takes them.

        Raises:
            ChalkgradError: with the place of every fault in the file, or that of `data` where samples do not fit.
        """
        if isinstance(self.keys.data, tuple):
            return listed_dataset(self.keys.data, self.class_count)
        graph, data = self.graph(1), self.loaded
        sizes: dict[str, int] = {node.name: node.shape[1 - graph.sample_axis].size or 1 for node in graph.inputs}
        inputs = sizes["x"] if "x" in sizes else data.x.shape[1]
        try:
            return fitted_dataset(data, inputs, sizes.get("y"), self.keys.named_loss)
        except ProblemError as error:
            raise ProblemError(fault.at(self.file.place("data")) for fault in error.faults) from None

    @cached_property
    def parts(self) -> Parts:
        """Which samples of `dataset` train, which are for validation, and which for the test.

        Raises:
            ProblemError: `empty-part`, `nothing-to-stratify`, `too-few-of-class`, with the place of `split`.
        """
        split, data = self.keys.split, self.dataset
        classes = self.classes if split is not None and split.stratify else None
        try:
            return split_rows(len(data), split, self.keys.seed, classes, data.class_names)
        except ChalkgradError as error:
            raise type(error)(fault.at(self.file.place("split")) for fault in error.faults) from None

    @cached_property
    def classes(self) -> NDArray[numpy.int64] | None:
        """The class of each sample of `dataset`, or `None` where the targets are no classes."""
        loss = self.keys.named_loss
        return class_numbers(self.dataset, loss.targets if loss is not None else "")

    @cached_property
    def samples(self) -> Samples | None:
        """The samples of longhand, scaled as asked, or `None` if there are none or too many to be written out.

        They are the training part, or those that were picked.
        """
        names = self.file.names
        if self.rows and self.keys.data is not None:
            return picked_samples(self.dataset, self.rows, self.parts.train, self.keys, self.class_count)
        if self.keys.data is None:
            return given_sample(self.keys.given, names) if names is not None else None
        if self.has_listed_samples:
            return listed_samples(self.keys, self.parts.train, self.class_count)
        return loaded_samples(self.dataset, self.parts.train, self.keys, self.class_count)

    @property
    def _sample_count(self) -> int:
        """How many samples there are, in all parts together."""
        return len(self.samples or ()) if self.keys.data is None else len(self.dataset)

    @property
    def has_numbers(self) -> bool:
        """Whether every leaf has a value and every function a formula, so that there is something to compute."""
        graph = self.graph(1)
        known, drawn = self._starts
        if {node.name for node in graph.parameters} - {*known, *drawn}:
            return False
        if any(node.op.name == "unnamed" for line in graph.lines for node in toposort([line.formula])):
            return False
        return not graph.inputs or self.samples is not None

    @property
    def _starts(self) -> tuple[dict[str, Exact], dict[str, Node]]:
        """The values that are given or written in the network, and the parameters that are drawn."""
        assembly = self.assembled
        known: dict[str, Exact] = {**assembly.values, **self.keys.given}
        if self.keys.data is None and self.samples is None:
            return known, {}
        drawn = {k: node for k, node in assembly.parameters.items() if k not in known and k in assembly.starts}
        return known, drawn

    @cached_property
    def values(self) -> dict[str, Exact]:
        """The exact value that each parameter starts from: given, written in the network, or drawn by `initial`."""
        known, drawn = self._starts
        starts = self.assembled.starts
        known |= draw_values(drawn, starts, self.keys.initial, self.keys.seed, self.ops)
        known |= {name: _exact_numbers(array) for name, array in self.trained.items()}
        return {name: known[name] for name in self.assembled.parameters if name in known}

    def starting_arrays(self) -> dict[str, NDArray[numpy.float64]]:
        """The numbers of `values` for each parameter of the graph: float64, in the shape of its node.

        Raises:
            ProblemError: `value-missing`, for a parameter that is neither given nor drawn.
        """
        known, _ = self._starts
        made = {**self._drawn, **self.trained}
        nodes = self.graph(None).parameters
        missing = [node.name for node in nodes if node.name not in known and node.name not in made]
        if missing:
            hint = "write it under `given`"
            raise ProblemError(Fault("value-missing", f"`{missing[0]}` has no value to start from", hint=hint))
        return {n.name: made[n.name] if n.name in made else exact_array(known[n.name], n) for n in nodes}

    def exact_start(self, node: Node) -> Exact | NDArray[numpy.float64]:
        """What a parameter starts from, to all its digits: a number as it is written, or the floats that were drawn.

        Unlike `values` this makes no fraction of each of a million drawn numbers.
        """
        if node.name in self.trained:
            return self.trained[node.name]
        known, _ = self._starts
        initial = self.keys.initial
        if node.name in known or (initial is not None and initial.name == "constant"):
            return self.values[node.name]
        return self._drawn[node.name]

    @cached_property
    def _drawn(self) -> dict[str, NDArray[numpy.float64]]:
        """The numbers that are drawn, as floats."""
        return draw_arrays(self._starts[1], self.assembled.starts, self.keys.initial, self.keys.seed, self.ops)


def _read_again(
    said: Any,
    name: str,
    directory: Path | None,
    data: Dataset | None,
    ops: OpSet | None,
    rows: tuple[int, ...],
    trained: Mapping[str, NDArray[Any]],
    trained_in: str,
) -> Problem:
    """A problem that comes from another process, where its faults were looked for."""
    known = OPS if ops is None else ops
    if isinstance(said, str):
        file = parse_problem(said, name, directory, known)
    else:
        keys = as_problem_file(said if data is None else {**said, "data": data}, known)
        file = replace(keys, name=name, directory=directory)
    problem = Problem(file)
    problem = problem.with_samples(rows) if rows else problem
    return problem.with_values(trained, trained_in) if trained else problem


def _misfit(name: str, expected: Mapping[str, tuple[int, ...]], found: Mapping[str, tuple[int, ...]]) -> str:
    """Why the values of one parameter cannot be taken."""
    if name not in expected:
        return f"there are values for {name}, but the problem has no such parameter"
    if name not in found:
        return f"there are no values for {name}"
    have, needed = (" × ".join(map(str, shapes[name])) or "a single number" for shapes in (found, expected))
    return f"the values of {name} are {have}, but the problem has {needed}"


def _counted(count: int) -> str:
    return f"are {count:,}" if count > 1 else "is 1"


def _exact_numbers(array: NDArray[Any]) -> Exact:
    """Floats as exact numbers: one, or rows of them."""
    if not array.shape:
        return Fraction(array.item())
    return [[Fraction(entry) for entry in row] for row in array.tolist()]
