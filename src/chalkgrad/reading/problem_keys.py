"""What the keys of a problem say, without a look at its graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from chalkgrad.core.node import Node
from chalkgrad.ops import OpSet, Optimizer
from chalkgrad.reading.data_sources import load_data
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem_file import ProblemFile
from chalkgrad.reading.schema import ProblemKeys

__all__ = ["WrittenProblem"]


@dataclass(frozen=True)
class WrittenProblem:
    """A problem as far as its keys alone say it.

    Args:
        file: the keys with all their defaults, and where each stands.
        nodes: lines written with Python's operators on nodes, if the problem came so.
    """

    file: ProblemFile
    nodes: Mapping[str, Node] = field(default_factory=dict)

    @property
    def keys(self) -> ProblemKeys:
        """The keys of the problem file, with defaults."""
        return self.file.keys

    @property
    def ops(self) -> OpSet:
        """What it may name."""
        return self.keys.ops

    @property
    def title(self) -> str:
        """The title."""
        return self.file.title

    @property
    def columns(self) -> bool:
        """Whether vectors are columns."""
        return self.keys.convention.vectors == "columns"

    @property
    def relu_attributes(self) -> dict[str, Any]:
        """What every ReLU of the problem is given: its slope at 0, where it is not 0."""
        at_zero = Fraction(self.keys.convention.relu_at_zero)
        return {"at_zero": at_zero} if at_zero else {}

    @property
    def optimizer(self) -> Optimizer:
        """The update rule."""
        return self.ops.optimizer(self.keys.optimizer.name)

    @property
    def settings(self) -> dict[str, Fraction]:
        """The numbers of the optimizer: as written, else its defaults."""
        return {name: Fraction(value) for name, value in self.keys.optimizer.settings.items()}

    @property
    def strengths(self) -> dict[str, Fraction]:
        """λ of each regularizer that is asked for."""
        written = self.keys.regularizer
        return {} if written is None else {name: Fraction(value) for name, value in written.strengths.items()}

    @property
    def has_listed_samples(self) -> bool:
        """Whether the samples are written out in the problem itself."""
        return isinstance(self.keys.data, tuple)

    @cached_property
    def loaded(self) -> Dataset:
        """The samples that are not written out in the problem: of a file, a set, or from memory.

        Raises:
            ChalkgradError: with the place of every fault in the file.
        """
        spec = self.keys.data
        assert spec is not None, "a problem without data has no data set"
        return load_data(spec, self.file.directory, self.file.place("data"))
