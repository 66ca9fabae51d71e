"""The engine on JAX gives the numbers of the engine on NumPy, stops where it is asked to, and goes on from there."""

from typing import Any

import numpy
import pytest
from tests.training.conftest import epochs_of, random_problem, trained_epochs

from chalkgrad.errors import UsageError
from chalkgrad.ops import OPS
from chalkgrad.ops.optimizers import Optimizer
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.training.data import prepare_data
from chalkgrad.training.engines import jax_samples
from chalkgrad.training.engines.engine import EpochSums, State
from chalkgrad.training.engines.numpy_engine import NumpyEngine
from chalkgrad.training.training import Training, train_problem

jax = pytest.importorskip("jax", reason="jax, an extra, is not installed: pip install chalkgrad[jax]")

from chalkgrad.training.engines.jax_engine import JaxEngine  # noqa: E402

# 100 steps in float64 may differ by roundings in another order, and in float32 the loss of an epoch.
AFTER_STEPS, IN_LOSS = 1e-10, 1e-5

UNEVEN = {"batch": 4, "epochs": 3, "order": "shuffled"}


def assert_same(problem: Problem, epochs: int, dtype: Any = numpy.float64, whole: bool = False) -> None:
    """Both engines give the same losses, hits and states."""
    data = prepare_data(problem, dtype)
    expected, sums = trained_epochs(NumpyEngine(problem, data), problem, epochs, whole)
    found, ours = trained_epochs(JaxEngine(problem, data), problem, epochs, whole)
    single = dtype == numpy.float32
    for one, other in zip(ours, sums, strict=True):
        assert one.loss / one.weight == pytest.approx(other.loss / other.weight, rel=IN_LOSS if single else AFTER_STEPS)
        assert (one.steps, one.weight, one.hits, one.rows) == (other.steps, other.weight, other.hits, other.rows)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert found[name].shape == value.shape
        # A weight that stands near 0 has no digits of its own.
        numpy.testing.assert_allclose(
            found[name], value, rtol=1e-4 if single else AFTER_STEPS, atol=1e-5 if single else 1e-12
        )


@pytest.mark.parametrize("optimizer", OPS.optimizers)
def test_every_optimizer_takes_the_steps_of_numpy(optimizer: str) -> None:
    vectors = "columns" if optimizer in ("adam", "nadam") else "rows"
    settings = {"name": optimizer, "learning_rate": 0.02}
    keys = {"optimizer": settings, "convention": {"vectors": vectors}, "regularizer": {"l2": 0.01}}
    assert_same(random_problem(1, loss="cross_entropy", **keys), 100, whole=True)


@pytest.mark.parametrize(("seed", "dtype"), [(3, numpy.float32), (5, numpy.float64)])
def test_random_networks_on_uneven_batches(seed: int, dtype: Any) -> None:
    keys = {"optimizer": {"name": "nadam"}, "schedule": {"name": "one_cycle"}, "clip": {"norm": 0.5}}
    assert_same(random_problem(seed, **UNEVEN, **keys), 3, dtype)


@pytest.mark.parametrize("vectors", ["rows", "columns"])
def test_dropout_leaves_out_the_same_units(vectors: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Two steps are sent at a time, so that masks come in pieces.
    monkeypatch.setattr(jax_samples, "_SENT_AT_A_TIME", 2 * 4 * 11 * 8)
    assert_same(dropped(vectors), 3)


def dropped(vectors: str) -> Problem:
    layers = [
        {"units": 6, "activation": "tanh", "dropout": 0.5},
        {"units": 5, "activation": "relu", "dropout": 0.2},
        {"units": 1, "activation": "sigmoid"},
    ]
    chance = numpy.random.default_rng(0)
    problem = Problem.from_layers(
        3,
        layers,
        loss="binary_cross_entropy",
        convention={"vectors": vectors},
        data=[{"x": [0, 0, 0], "y": 0}],
        **UNEVEN,
    )
    return problem.with_dataset(
        Dataset(chance.normal(size=(14, 3)), chance.integers(2, size=14), class_names=("a", "b"))
    )


@pytest.mark.parametrize("kind", ["bytes", "part", "file"])
def test_samples_of_every_kind(kind: str, tmp_path: Any) -> None:
    chance = numpy.random.default_rng(0)
    x: Any = chance.integers(256, size=(14, 3)).astype(numpy.uint8)
    if kind != "bytes":
        x = chance.normal(size=(14, 3))
    if kind == "file":
        x.tofile(tmp_path / "x.bin")
        x = numpy.memmap(tmp_path / "x.bin", dtype=numpy.float64, mode="r", shape=(14, 3))
    keys = {"scale": "standard", **UNEVEN, **({"split": {"validation": 0.3}} if kind == "part" else {})}
    layers = [{"units": 3, "activation": "softmax"}]
    problem = Problem.from_layers(3, layers, loss="cross_entropy", data=[{"x": [0, 0, 0], "y": 0}] * 4, **keys)
    problem = problem.with_dataset(Dataset(x, numpy.arange(14) % 3, class_names=("a", "b", "c")))
    assert_same(problem, 2)
    if kind == "file":
        assert not JaxEngine(problem, prepare_data(problem))._samples.stay


def test_an_optimizer_that_treats_entries_together() -> None:
    from chalkgrad.core.algebra import sqrt, summation
    from chalkgrad.core.node import Facts
    from chalkgrad.ops.optimizers import Setting

    def write(u: Any) -> None:
        u.move(u.settings["learning_rate"] * u.gradient / sqrt(summation(u.gradient**2)))

    setting = Setting("learning_rate", "0.1", "How far one step goes.", "a round number")
    ops = OPS.extend(Optimizer("unit_steps", (setting,), {}, write, Facts("unit steps", law="Each step is as long.")))
    keys = {"optimizer": {"name": "unit_steps"}, "ops": ops}
    assert_same(random_problem(2, **keys), 4)


@pytest.fixture(scope="module")
def paused() -> JaxEngine:
    problem = dropped("rows")
    return JaxEngine(problem, prepare_data(problem))


@pytest.fixture(scope="module")
def looking() -> tuple[NumpyEngine, JaxEngine]:
    problem = dropped("columns")
    data = prepare_data(problem, numpy.float64)
    pair = NumpyEngine(problem, data), JaxEngine(problem, data)
    for engine in pair:
        engine.load(State(dict(problem.starting_arrays())))
    return pair


class TestPauses:
    """An epoch that is broken off goes on to the very bits of one that is not."""

    def test_going_on_in_the_middle_of_an_epoch(self, paused: JaxEngine) -> None:
        expected, sums = trained_epochs(paused, paused.problem, 2)
        paused.load(State(dict(paused.problem.starting_arrays())))
        asked: list[int] = []

        def after_two(step: int, loss: float) -> bool:
            asked.append(step)
            return step == 2

        for work, whole in zip(epochs_of(paused, paused.problem, 2), sums, strict=True):
            half = paused.run_epoch(work, EpochSums(), after_two, every_batch=True)
            assert half.steps == 2
            state = paused.state
            paused.load(State({name: value * 0 for name, value in state.parameters.items()}))
            paused.load(state)
            assert paused.run_epoch(work, half) == whole
        assert asked == [1, 2, 1, 2]
        found = paused.state
        for name, value in {**found.parameters, **found.memory}.items():
            assert value.tobytes() == expected[name].tobytes()

    def test_every_batch_tells_its_loss(self, paused: JaxEngine) -> None:
        paused.load(State(dict(paused.problem.starting_arrays())))
        told: list[tuple[int, float]] = []
        work = epochs_of(paused, paused.problem, 1)[0]
        sums = paused.run_epoch(
            work, EpochSums(), lambda step, loss: told.append((step, loss)) or False, every_batch=True
        )
        assert [step for step, _ in told] == [1, 2, 3, 4]
        weights = [4, 4, 4, 2]
        assert sums.loss == pytest.approx(sum(w * loss for w, (_, loss) in zip(weights, told, strict=True)), rel=1e-12)

    def test_without_every_batch_it_looks_up_now_and_then(self, paused: JaxEngine) -> None:
        paused.load(State(dict(paused.problem.starting_arrays())))
        asked: list[int] = []
        work = epochs_of(paused, paused.problem, 1)[0]
        paused.run_epoch(work, EpochSums(), lambda step, loss: asked.append(step) or False)
        assert asked[-1] == 4


class TestLooking:
    """Losses and outputs without learning."""

    def test_loss_and_outputs(self, looking: tuple[NumpyEngine, JaxEngine]) -> None:
        one, other = (engine.evaluate(engine.data.x, engine.data.y) for engine in looking)
        assert one.loss == pytest.approx(other.loss, rel=1e-12)
        numpy.testing.assert_allclose(one.outputs, other.outputs, rtol=1e-12)

    def test_outputs_alone(self, looking: tuple[NumpyEngine, JaxEngine]) -> None:
        one, other = (engine.predict(engine.data.x[:1]) for engine in looking)
        assert isinstance(other, numpy.ndarray)
        numpy.testing.assert_allclose(one, other, rtol=1e-12)


def test_the_precision_of_the_users_own_programs_stays() -> None:
    problem = random_problem(1)
    engine = JaxEngine(problem, prepare_data(problem, numpy.float64))
    assert engine.state.parameters["W1"].dtype == numpy.float64
    assert jax.numpy.zeros(1).dtype == numpy.float32
    assert not jax.config.jax_enable_x64


def test_a_whole_run_is_that_of_numpy() -> None:
    problem = random_problem(4, loss="cross_entropy", samples=24, batch=8, epochs=3, split={"validation": 0.25})
    one, other = (train_problem(problem, Training(engine=name, dtype="float64")) for name in ("numpy", "jax"))
    assert (one.stopped, other.stopped) == ("epochs", "epochs")
    assert one.history.keys() == other.history.keys()
    for column in one.history.keys() - {"seconds"}:
        numpy.testing.assert_allclose(one.history[column], other.history[column], rtol=AFTER_STEPS)


def test_a_state_is_a_copy() -> None:
    problem = random_problem(1)
    engine = JaxEngine(problem, prepare_data(problem))
    start = State({name: numpy.asarray(value, numpy.float32) for name, value in problem.starting_arrays().items()})
    engine.load(start)
    kept = start.copy()
    engine.state.parameters["W1"][...] = 7
    engine.run_epoch(epochs_of(engine, problem, 1)[0], EpochSums())
    for name, value in kept.parameters.items():
        numpy.testing.assert_array_equal(start.parameters[name], value)


def test_more_devices_than_there_are() -> None:
    problem = random_problem(1)
    with pytest.raises(UsageError, match="99 devices were asked for") as caught:
        JaxEngine(problem, prepare_data(problem), devices=99)
    assert caught.value.code == "too-few-devices"
