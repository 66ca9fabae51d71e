"""Problems of every kind, and what their first losses are by the engine of the solutions."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy
import pytest

from chalkgrad.core.algebra import exp, multiply, negate, power, summation
from chalkgrad.core.node import Facts
from chalkgrad.ops import OPS, Loss, Optimizer, Regularizer, Setting
from chalkgrad.ops.functions import absolute, unary
from chalkgrad.ops.structure import mean
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.steps import Walk, batches
from chalkgrad.solving.values import as_array
from chalkgrad.solving.views import matrix_view
from chalkgrad.training.export import export

STEPS = 5


def material(problem: Problem, steps: int = STEPS) -> dict[str, Any]:
    """What `export` takes beside the problem: the values to start from, the samples, the first batches."""
    samples = problem.samples
    given = {
        node.name: as_array(problem.values[node.name], tuple(axis.size or 1 for axis in node.shape), numpy)
        for node in problem.graph(1).parameters
    }
    found: dict[str, Any] = {"parameters": given}
    if samples is not None and problem.graph(1).inputs:
        found["x"] = numpy.array([[float(entry) for entry in row] for row in samples.inputs])
        found["y"] = numpy.array([[float(entry) for entry in row] for row in samples.targets])
    found["batches"] = [batch.samples for batch in itertools.islice(batches(problem), steps)]
    return found


def losses_of(problem: Problem, steps: int = STEPS) -> list[float]:
    """The losses of the first steps, statement by statement in float64."""
    walk, found = Walk(problem, numpy), []
    for batch in itertools.islice(batches(problem), steps):
        view = matrix_view(problem, max(1, len(batch.samples)))
        found.append(numpy.asarray(walk.take(view, batch).values[view.loss]).item())
    return found


def script_of(problem: Problem, to: str, **more: Any) -> str:
    """The text of a script."""
    files = export(problem, to=to, **{**material(problem), **more})
    return next(content.decode() for name, content in files.items() if name.endswith(".py"))


def run(
    files: dict[str, bytes], folder: Path, warnings: str = "error", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Write the files of a script to a folder, and run it as anybody would; what it prints goes beside its errors."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (script,) = (name for name in files if name.endswith(".py"))
    command = [sys.executable, "-W", warnings, script]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | environment
    )


# --- problems ---------------------------------------------------------------------------------------------------------


def _rows(count: int, inputs: int, outputs: int, targets: str) -> list[dict[str, Any]]:
    chance = numpy.random.default_rng(count + 10 * inputs + 100 * outputs)
    rows = []
    for _ in range(count):
        if targets == "one_hot":
            y: Any = numpy.eye(outputs)[chance.integers(outputs)].astype(int).tolist()
        elif targets == "signs":
            y = chance.choice([-1, 1], outputs).tolist()
        elif targets == "probabilities":
            drawn = chance.uniform(0.1, 1, outputs)
            y = (drawn / drawn.sum()).round(3).tolist() if outputs > 1 else [round(float(drawn[0]), 3)]
            y[-1] = round(1 - sum(y[:-1]), 3) if outputs > 1 else y[-1]
        else:
            y = chance.normal(size=outputs).round(3).tolist()
        rows.append({"x": chance.normal(size=inputs).round(3).tolist(), "y": y})
    return rows


def network(
    *, hidden: str = "tanh", output: str = "linear", loss: str = "mse", outputs: int = 2, count: int = 5, **keys: Any
) -> Problem:
    """A network 3-4-outputs."""
    ops = keys.pop("ops", OPS)
    layers = [{"units": 4, "activation": hidden}, {"units": outputs, "activation": output}]
    layers = keys.pop("layers", layers)
    kind = ops.losses[loss].targets if loss in ops.losses else "numbers"
    keys = {"optimizer": {"name": "sgd", "learning_rate": 0.1}, "epochs": STEPS, "seed": 1} | keys
    return Problem.from_layers(3, layers, loss=loss, data=_rows(count, 3, outputs, kind), ops=ops, **keys)


def formula(*lines: str, inputs: int = 2, outputs: int = 1, targets: str = "numbers", **keys: Any) -> Problem:
    """Lines of a formula on five samples."""
    data = _rows(5, inputs, outputs, targets)
    keys = {"loss": "half_sse", "optimizer": {"name": "sgd", "learning_rate": 0.02}, "epochs": STEPS} | keys
    return Problem.from_formula(*lines, data=data, **keys)


OUTPUTS = {
    "binary_cross_entropy": "sigmoid",
    "cross_entropy": "softmax",
    "kl": "softmax",
}


def _own_optimizer(u: Any) -> None:
    trace = u.line("trace", u.settings["keep"] * u.state["trace"] + u.gradient * u.settings["t"])
    u.move(u.settings["learning_rate"] * trace / u.settings["t"])


bump = unary(
    "bump",
    lambda xp, z: xp.exp(-(z**2)),
    lambda z, a: multiply(-2, multiply(z, a)),
    definition=lambda z: exp(negate(power(z, 2))),
    role="activation",
    facts=Facts("bump"),
)
OWN_OPS = OPS.extend(
    bump,
    Loss(
        "quartic",
        lambda p, y, axis: summation(power(p - y, 4), axes=(axis,)) if p.shape else power(p - y, 4),
        mean,
        "numbers",
        Facts("quartic"),
    ),
    Regularizer("l3", lambda w, strength: strength * summation(absolute(power(w, 3))), Facts("l3")),
    Optimizer(
        "keeping",
        (Setting("learning_rate", "0.01", "", ""), Setting("keep", "0.5", "", "")),
        {"trace": 0},
        _own_optimizer,
        Facts("gradient descent that keeps"),
    ),
)

SETTINGS = {
    "sgd": {},
    "momentum": {"momentum": 0.8},
    "nesterov": {"momentum": 0.7},
    "adagrad": {"epsilon": 0.01},
    "rmsprop": {"decay": 0.9, "epsilon": 0.001},
    "adam": {"epsilon": 0.001},
    "adamw": {"weight_decay": 0.1, "beta2": 0.99},
    "nadam": {"momentum_decay": 0.01},
}

# With 5 samples and batches of 2 an epoch has 3 steps, the last of them smaller.
_MINI: dict[str, Any] = {"batch": 2, "epochs": 4, "order": "shuffled"}

_SHARED = [
    {"units": 3, "activation": "tanh", "weights": "W", "bias": "b"},
    {"units": 3, "activation": "sigmoid", "weights": "W", "bias": "b"},
]
_NAMED = [
    {
        "units": ["h1", "h2"],
        "activation": "relu",
        "weights": [["w1", "w2", 0.5], ["w3", "w1", "w4"]],
        "bias": ["c", "c"],
    },
    {"units": 1, "activation": "linear", "weights": [["v1", "v2"]], "bias": "none"},
]
_NUMBERS = dict.fromkeys(("w1", "w2", "w3", "w4", "v1", "v2", "c"), 0.3) | {"w3": -0.4, "v2": 0.7}


def _cases() -> dict[str, Callable[[], Problem]]:
    made: dict[str, Callable[[], Problem]] = {}
    for name in OPS.activations:
        made[f"hidden {name}"] = lambda name=name: network(hidden=name)
        made[f"hidden {name}, columns"] = lambda name=name: network(hidden=name, convention={"vectors": "columns"})
    for name in OPS.losses:
        output = OUTPUTS.get(name, "linear")
        made[f"loss {name}"] = lambda name=name, output=output: network(loss=name, output=output)
        made[f"loss {name}, columns"] = lambda name=name, output=output: network(
            loss=name, output=output, convention={"vectors": "columns"}
        )
    for name, settings in SETTINGS.items():
        chosen = {"name": name, "learning_rate": 0.05, **settings}
        made[f"optimizer {name}"] = lambda chosen=chosen: network(optimizer=chosen, **_MINI)
        made[f"optimizer {name}, scheduled"] = lambda chosen=chosen: network(
            optimizer=chosen, schedule={"name": "exponential", "factor": 0.5}, **_MINI
        )
        if OPS.optimizer(name).corrects_bias:
            off = {**chosen, "bias_correction": "off"}
            made[f"optimizer {name}, uncorrected"] = lambda off=off: network(optimizer=off, **_MINI)
    for name, settings in {
        "step": {"every": 1, "factor": 0.3},
        "cosine": {"lowest": 0.01},
        "cosine over 2": {"name": "cosine", "epochs": 2},
        "one_cycle": {},
        "one_cycle high": {"name": "one_cycle", "highest": 0.4, "rise": 0.5},
        "one_cycle fall": {"name": "one_cycle", "rise": 0},
        "warmup": {"epochs": 3, "start": 0.1},
    }.items():
        schedule = {"name": name, **settings}
        made[f"schedule {name}"] = lambda schedule=schedule: network(schedule=schedule, **_MINI)
    return made | _more_cases()


def _more_cases() -> dict[str, Callable[[], Problem]]:
    return {
        "l2": lambda: network(regularizer={"l2": 0.1}),
        "l1 and l2": lambda: network(regularizer={"l1": 0.05, "l2": 0.1}),
        "l2 on a bias": lambda: network(regularizer={"l2": 0.3, "on": ["b1", "W2"]}),
        "l2 with adam": lambda: network(regularizer={"l2": 0.3}, optimizer={"name": "adam", "learning_rate": 0.05}),
        "clipped norm": lambda: network(clip={"norm": 0.5}, regularizer={"l2": 0.1}),
        "clipped norm, adam": lambda: network(clip={"norm": 1}, optimizer="adam", learn=["W1", "b2"]),
        "clipped norm, named": lambda: network(
            layers=_NAMED, outputs=1, given=_NUMBERS, clip={"norm": 0.3}, optimizer={"name": "keeping"}, ops=OWN_OPS
        ),
        "clipped values": lambda: network(clip={"value": 0.1}, **_MINI),
        "clipped values, named": lambda: network(layers=_NAMED, outputs=1, given=_NUMBERS, clip={"value": 0.2}),
        "some learned": lambda: network(learn=["W1", "b2"]),
        "one output": lambda: network(outputs=1, output="sigmoid", loss="binary_cross_entropy"),
        "log_softmax output": lambda: network(output="log_softmax", loss="cross_entropy"),
        "unfused": lambda: network(output="softmax", loss="binary_cross_entropy"),
        "no bias": lambda: network(layers=[{"units": 2, "activation": "tanh", "bias": "none"}]),
        "numbers as weights": lambda: network(
            layers=[{"units": 2, "activation": "tanh", "weights": 0.2, "bias": 0.1}], loss="sse"
        ),
        "shared": lambda: network(layers=_SHARED, outputs=3, given={"b": 0.2}, batch=2),
        "shared, columns": lambda: network(
            layers=_SHARED, outputs=3, given={"b": [0.2, 0, 0.1]}, convention={"vectors": "columns"}, learn=["W"]
        ),
        "named": lambda: network(layers=_NAMED, outputs=1, given=_NUMBERS, regularizer={"l2": 0.1}),
        "named, adam": lambda: network(
            layers=_NAMED, outputs=1, given=_NUMBERS, learn=["w1", "v2"], optimizer="adam", regularizer={"l1": 0.1}
        ),
        "relu at 0": lambda: network(
            layers=[{"units": 2, "activation": "relu"}, {"units": 2, "activation": "relu", "weights": 0.0}],
            convention={"relu_at_zero": 0.5},
            loss="half_sse",
        ),
        "relu at 0 as usual": lambda: network(
            layers=[{"units": 2, "activation": "relu"}, {"units": 2, "activation": "relu", "weights": 0.0}]
        ),
        "written loss": lambda: network(loss="1/2 (y_hat - y)^2 + 0.1 y_hat^4"),
        "written loss, columns": lambda: network(
            loss="1/2 (y_hat - y)^2 + 0.1 y_hat^4", convention={"vectors": "columns"}
        ),
        "loss of weights": lambda: network(loss="(y_hat - y)^2 + 0.1 sum(h1^2) + 0.01 sum(W1^2)"),
        "own records": lambda: network(
            hidden="bump", loss="quartic", ops=OWN_OPS, regularizer={"l3": 0.1}, optimizer={"name": "keeping"}, **_MINI
        ),
        "no data": lambda: Problem.from_formula("J = w^2 + v", given={"w": -2, "v": 1}, epochs=4),
        "no data, vector": lambda: Problem.from_formula(
            "J = (w - 1)' (w - 1)",
            given={"w": [2, 3]},
            convention={"vectors": "columns"},
            optimizer={"name": "adam", "learning_rate": 0.5},
            epochs=4,
        ),
        "formula": lambda: formula("z = x w + b", "y_hat = sigmoid(z)", given={"w": [[0.4], [-0.3]], "b": 0.1}),
        "formula, columns": lambda: formula(
            "h = tanh(W x + b)",
            "y_hat = v' h",
            given={"W": [[0.4, 0.1], [-0.3, 0.2]], "b": [0.1, 0.2], "v": [1, -1]},
            convention={"vectors": "columns"},
        ),
        "formula of many functions": lambda: formula(
            "a = sin(x_1) + cos(x_2) w1 + exp(-x_1^2) / 3 + |x_2 - w2| + sqrt(x_1^2 + 1)",
            "c = max(a, w1) + log(1 + x_2^2) + erf(w2 x_1) + max(x) w1 + mean(x) + 2^(0.1 a)",
            "y_hat = gelu(c) + softplus(a) w2 + sign(x_1) w1 + (x_2 > 0) w2 + (a >= w1) + pi sqrt(2)",
            given={"w1": 0.5, "w2": -0.7},
            optimizer={"name": "adam", "learning_rate": 0.01},
        ),
        "formula of vectors": lambda: formula(
            "s = softmax(x W)",
            "u = [s_1, s_2^2]",
            "y_hat = u @ [[1, w], [0, 2]] @ [1, 1]' + sum(s ⊙ s) w^3",
            given={"W": [[0.3, -0.5], [0.8, 0.1]], "w": 0.3},
            batch=1,
        ),
        "names of Python": lambda: formula(
            "np = x_1 lambda + data",
            "loss_function = tanh(np) + sum_1",
            given={"lambda": 0.5, "data": 0.1, "sum_1": 0.2},
            optimizer="adam",
        ),
        "settings of the optimizer": lambda: formula(
            "y_hat = tanh(x_1 beta1 + x_2 t) + learning_rate + m",
            given={"beta1": 0.5, "t": 0.1, "learning_rate": 0.2, "m": 0.3},
            optimizer="adam",
        ),
        "names of the optimizer": lambda: formula(
            "m = x_1 v + gradient", "y_hat = tanh(m) + w", given={"v": 0.5, "gradient": 0.1, "w": 0.2}, optimizer="adam"
        ),
        "no gradient": lambda: formula("y_hat = step(x_1 w)", given={"w": 0.5}, optimizer="adamw"),
        "large": lambda: network(
            layers=[{"units": 40, "activation": "gelu"}, {"units": 3, "activation": "softmax"}],
            outputs=3,
            loss="cross_entropy",
            optimizer="adam",
        ),
    }


CASES = _cases()

# What is left out at random has no losses that are known beforehand.
_DROPPED = [{"units": 4, "activation": "tanh", "dropout": 0.5}, {"units": 3}]
_DROPPED_SHARED = [
    {"units": 3, "activation": "tanh", "weights": "W", "bias": "none", "dropout": 0.5},
    {"units": 3, "activation": "tanh", "weights": "W", "bias": "none"},
]
DROPOUT: dict[str, Callable[[], Problem]] = {
    "dropout": lambda: network(layers=_DROPPED, outputs=3),
    "dropout, columns": lambda: network(layers=_DROPPED, outputs=3, convention={"vectors": "columns"}),
    "dropout, shared": lambda: network(layers=_DROPPED_SHARED, outputs=3),
}
# A script with a wrong number in it, for the comparisons to find.
CHANGED = "changed"
CHANGES = {b"beta1 = 0.9\n": b"beta1 = 0.901\n", b"betas=(0.9,": b"betas=(0.901,"}


def made(case: str) -> Problem:
    """The problem of a case."""
    return (CASES | DROPOUT | {CHANGED: CASES["optimizer adam"]})[case]()


class Scripts:
    """The scripts of some cases for one library, run in one process; what each printed."""

    def __init__(self, folder: Path, to: str, cases: Iterable[str], environment: dict[str, str] | None = None) -> None:
        paths = {}
        for number, case in enumerate(cases):
            problem = made(case)
            files = export(problem, to=to, name=f"case{number}", **material(problem))
            for name, content in files.items():
                for right, wrong in CHANGES.items() if case == CHANGED else ():
                    content = content.replace(right, wrong) if name.endswith(".py") else content
                (folder / name).write_bytes(content)
            paths[case] = folder / f"case{number}_{to}.py"
        done = subprocess.run(
            [sys.executable, "-c", _RUNNER, *map(str, paths.values())],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | (environment or {}),
        )
        assert done.returncode == 0, done.stderr
        self.printed = dict(zip(paths, done.stdout.split("\x1e")[1:], strict=True))

    def losses(self, case: str) -> list[float]:
        """The losses that a script printed."""
        lines = self.printed[case].strip().splitlines()
        assert all(line.startswith(f"step {k}: loss ") for k, line in enumerate(lines, start=1)), self.printed[case]
        return [float(line.rpartition(" ")[2]) for line in lines]


_RUNNER = """
import runpy, sys, traceback
for path in sys.argv[1:]:
    print(chr(0x1e), end="")
    try:
        runpy.run_path(path, run_name="__main__")
    except Exception:
        print(traceback.format_exc())
"""


@pytest.fixture(scope="session")
def scripts_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Scripts]:
    """Makes the scripts for a library and runs them, once in a session."""
    known: dict[str, Scripts] = {}

    def get(to: str, cases: Iterable[str], environment: dict[str, str] | None = None) -> Scripts:
        if to not in known:
            known[to] = Scripts(tmp_path_factory.mktemp(to), to, cases, environment)
        return known[to]

    return get
