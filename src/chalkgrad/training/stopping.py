"""When to stop before the last epoch, and which epoch was the best: keys and meaning as in Keras' EarlyStopping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalkgrad.reading.problem import Problem

__all__ = ["Watch", "watch_of"]


@dataclass(slots=True)
class Watch:
    """What is watched, and how it went so far.

    Args:
        monitor: which number of each epoch.
        larger_is_better: whether more of it is better.
        patience: how many epochs without a gain are let pass; None for all.
        min_delta: by how much it must get better to count.
        start_from_epoch: how many epochs are not watched, at the beginning.
        best: the best value so far.
        best_epoch: when it came; 0 before the first.
        waited: how many epochs ago.
    """

    monitor: str
    larger_is_better: bool
    patience: int | None = None
    min_delta: float = 0.0
    start_from_epoch: int = 0
    best: float = math.nan
    best_epoch: int = 0
    waited: int = 0

    def look(self, epoch: int, record: Mapping[str, Any]) -> bool:
        """Take an epoch in; the answer is whether it is the best so far.

        Args:
            epoch: its number, from 1.
            record: what was measured.
        """
        if epoch <= self.start_from_epoch:
            return False
        value = float(record[self.monitor])
        if self.best_epoch == 0 or self._is_better(value):
            self.best, self.best_epoch, self.waited = value, epoch, 0
            return True
        self.waited += 1
        return False

    def _is_better(self, value: float) -> bool:
        gain = value - self.best if self.larger_is_better else self.best - value
        # Whatever is a number is better than what is none.
        return gain > self.min_delta or (math.isnan(self.best) and not math.isnan(value))

    @property
    def is_over(self) -> bool:
        """Whether there were too many epochs without a gain."""
        return self.patience is not None and self.best_epoch > 0 and self.waited >= max(1, self.patience)


def watch_of(problem: Problem, has_validation: bool) -> Watch:
    """What a run of a problem watches: as `stop_early` says, else the loss, of the validation part if there is one."""
    stop = problem.keys.stop_early
    if stop is None:
        return Watch("val_loss" if has_validation else "loss", False)
    larger = stop.mode == "max" or (stop.mode == "auto" and stop.monitor.endswith("accuracy"))
    return Watch(stop.monitor, larger, int(stop.patience), float(stop.min_delta), int(stop.start_from_epoch))
