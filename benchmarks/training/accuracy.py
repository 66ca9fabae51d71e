"""Measures the share of test images that are read right after training on the bundled problem `digits`.

Chalkgrad, scikit-learn and PyTorch train by the settings of the same file, on the same parts, and stop by the same
rule; each draws its starting weights and shuffles in its own way. Told are the mean over the seeds and their spread.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, stdev
from typing import Any

import numpy
from ours import parts_of, seeded, trained

__all__ = ["main"]

_PROBLEM = "digits"
_WANTED = 0.97

Parts = dict[str, tuple[Any, Any]]
# Probabilities of each class, for rows of pixels; and how many epochs there were.
Fitted = tuple[Callable[[Any], Any], int]


def main() -> int:
    """Print one table; the exit code is 0."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--only", default=",".join(ENGINES), help="engines, with commas")
    reader.add_argument("--seeds", type=int, default=5, help="how many seeds, from 0")
    reader.add_argument("--quick", action="store_true", help="two seeds and two epochs: to see that it runs")
    said = reader.parse_args()
    seeds = range(2 if said.quick else said.seeds)
    print(f"{_PROBLEM}: share of the test part read right, seeds {seeds.start} to {seeds.stop - 1}\n")
    print(f"{'engine':18}{'mean':>8}{'spread':>8}{'lowest':>8}{'highest':>9}{'epochs':>8}  target")
    for name in said.only.split(","):
        try:
            print(_row(name, [_measured(name, seed, said.quick) for seed in seeds]), flush=True)
        except (ImportError, NotImplementedError) as reason:
            print(f"{name}: left out, {reason}")
    return 0


def _row(name: str, results: list[tuple[float, int]]) -> str:
    shares = [share for share, _ in results]
    epochs = mean(count for _, count in results)
    target = ""
    if name.startswith("chalkgrad"):
        target = f"  at least {_WANTED}: {'met' if mean(shares) >= _WANTED else 'NOT MET'}"
    spread = stdev(shares) if len(shares) > 1 else 0.0
    return f"{name:18}{mean(shares):8.4f}{spread:8.4f}{min(shares):8.4f}{max(shares):9.4f}{epochs:8.1f}{target}"


def _measured(name: str, seed: int, quick: bool) -> tuple[float, int]:
    """The share read right, and how many epochs there were."""
    problem = seeded(_PROBLEM, seed, **({"epochs": 2} if quick else {}))
    parts = parts_of(problem)
    probabilities, epochs = ENGINES[name](problem, parts)
    x, y = parts["test"]
    return float(numpy.mean(numpy.argmax(probabilities(x), axis=1) == y)), epochs


@dataclass
class Stopping:
    """The rule of the file: stop when the loss on the validation part has not fallen for so many epochs.

    Args:
        patience: how many epochs without a gain are let pass.
        min_delta: by how much it must fall.
        best: the lowest loss so far.
        kept: what was given with it.
        waited: epochs without a gain.
    """

    patience: int
    min_delta: float
    best: float = float("inf")
    kept: Any = None
    waited: int = 0

    def is_over(self, loss: float, weights: Any) -> bool:
        """Take note of an epoch."""
        self.waited += 1
        if loss < self.best - self.min_delta:
            self.best, self.kept, self.waited = loss, copy.deepcopy(weights), 0
        return self.waited >= self.patience


def _stopping(problem: Any) -> Stopping:
    keys = problem.keys.stop_early
    assert keys.monitor == "val_loss", "only this rule is written here"
    assert keys.restore_best_weights, "only this rule is written here"
    return Stopping(keys.patience, float(keys.min_delta))


def _with_ours(engine: str) -> Callable[[Any, Parts], Fitted]:
    def fit(problem: Any, parts: Parts) -> Fitted:
        weights, epochs = trained(problem, engine)
        return lambda x: _by_formulas(weights, x), epochs

    return fit


def _by_formulas(weights: list[Any], x: Any) -> Any:
    """What ReLU layers and a softmax say, reckoned here and not by what is measured."""
    a = x
    for w, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        a = numpy.maximum(a @ w + b, 0)
    z = a @ weights[-2] + weights[-1]
    raised = numpy.exp(z - z.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _with_sklearn(problem: Any, parts: Parts) -> Fitted:
    from sklearn.neural_network import MLPClassifier

    hidden = tuple(layer.units for layer in problem.keys.network.layers[:-1])
    model = MLPClassifier(
        hidden,
        alpha=0,
        batch_size=problem.keys.batch,
        learning_rate_init=float(problem.settings["learning_rate"]),
        random_state=problem.keys.seed,
    )
    (x, y), (x_validation, y_validation) = parts["train"], parts["validation"]
    classes, rule, epochs = numpy.unique(y), _stopping(problem), 0
    while epochs < problem.keys.epochs:
        epochs += 1
        # One epoch in shuffled batches; its own rule looks at another part and another number.
        model.partial_fit(x, y, classes=classes if epochs == 1 else None)
        right = model.predict_proba(x_validation)[numpy.arange(len(y_validation)), y_validation]
        loss = float(-numpy.log(numpy.maximum(right, numpy.finfo(numpy.float32).tiny)).mean())
        if rule.is_over(loss, (model.coefs_, model.intercepts_)):
            break
    model.coefs_, model.intercepts_ = rule.kept
    return model.predict_proba, epochs


def _with_pytorch(problem: Any, parts: Parts) -> Fitted:
    import torch

    torch.manual_seed(problem.keys.seed)
    (x, y), (x_validation, y_validation) = (
        tuple(torch.from_numpy(array) for array in parts[name]) for name in ("train", "validation")
    )
    model, loss_of = _torch_network(problem, x.shape[1]), torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=float(problem.settings["learning_rate"]))
    rule, epochs = _stopping(problem), 0
    while epochs < problem.keys.epochs:
        epochs += 1
        for rows in torch.randperm(len(x)).split(problem.keys.batch):
            optimizer.zero_grad()
            loss_of(model(x[rows]), y[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            loss = loss_of(model(x_validation), y_validation).item()
        if rule.is_over(loss, model.state_dict()):
            break
    model.load_state_dict(rule.kept)

    @torch.no_grad()
    def probabilities(x: Any) -> Any:
        return torch.softmax(model(torch.from_numpy(x)), 1).numpy()

    return probabilities, epochs


def _torch_network(problem: Any, inputs: int) -> Any:
    import torch

    units = [inputs, *(layer.units for layer in problem.keys.network.layers)]
    modules: list[Any] = []
    for before, after in pairwise(units):
        modules += [torch.nn.Linear(before, after), torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1])


ENGINES: dict[str, Callable[[Any, Parts], Fitted]] = {
    "chalkgrad-numpy": _with_ours("numpy"),
    "chalkgrad-jax": _with_ours("jax"),
    "scikit-learn": _with_sklearn,
    "pytorch": _with_pytorch,
}


if __name__ == "__main__":
    sys.exit(main())
