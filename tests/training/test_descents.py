"""Descents with batches of several sizes, and the loss anywhere."""

import json

import numpy
import pytest

from chalkgrad.errors import ProblemError, UsageError
from chalkgrad.reading.changing import changed
from chalkgrad.reading.problem import Problem
from chalkgrad.render import write
from chalkgrad.training.descents import descents, mini_batch
from chalkgrad.training.training import Training, train_problem

from .conftest import two_classes

DOUBLE = Training(dtype="float64")


def line(count: int = 20, **keys: object) -> Problem:
    """A line through noisy points: two parameters."""
    chance = numpy.random.default_rng(0)
    x = chance.normal(size=count)
    y = 1.5 * x + 0.7 + 0.3 * chance.normal(size=count)
    data = [{"x": float(a), "y": float(b)} for a, b in zip(x, y, strict=True)]
    given = {"W1": [[-1]], "b1": [-1]}
    settings = {"optimizer": {"name": "sgd", "learning_rate": 0.05}, "order": "shuffled", "epochs": 3}
    return Problem.from_layers(1, [{"units": 1}], loss="mse", data=data, given=given, **{**settings, **keys})


class TestThePaths:
    def test_all_start_in_one_point_and_see_as_many_samples(self) -> None:
        found = descents(line(), how=DOUBLE)
        assert [(path.name, path.batch, int(path.steps[-1])) for path in found.paths] == [
            ("batch", 20, 3),
            ("stochastic", 1, 60),
            ("mini-batch of 2", 2, 30),
        ]
        for path in found.paths:
            assert path.vectors[0].tolist() == [-1, -1]

    @pytest.mark.parametrize("batch", ["full", 1, 6])
    def test_each_ends_where_training_ends(self, batch: int | str) -> None:
        problem = changed(two_classes(optimizer="adam"), {"batch": batch})
        (path,) = descents(problem, [20 if batch == "full" else batch, "full"][batch == "full" :][:1], DOUBLE).paths
        run = train_problem(problem, DOUBLE)
        end = numpy.concatenate([run.last[name].ravel() for name in ("W1", "b1", "W2", "b2")])
        assert path.vectors[-1].tolist() == end.tolist()
        assert path.steps[-1] == run.steps

    def test_every_step_is_there_where_there_are_few(self) -> None:
        (path,) = descents(line(), [1], DOUBLE).paths
        assert path.steps.tolist() == list(range(61))

    def test_many_steps_are_thinned_and_the_end_is_kept(self) -> None:
        every, some = (descents(line(), [1], DOUBLE, points=points).paths[0] for points in (1000, 10))
        assert len(some.steps) <= 12
        assert some.steps[-1] == 60
        for step, vector in zip(some.steps, some.vectors, strict=True):
            assert vector.tolist() == every.vectors[step].tolist()

    def test_thinning_does_not_depend_on_where_epochs_end(self) -> None:
        (path,) = descents(line(), [3], DOUBLE, points=7).paths
        assert path.steps.tolist() == [0, 3, 6, 9, 12, 15, 18, 21]

    def test_dropout_leaves_out_the_same_as_in_training(self) -> None:
        problem = changed(two_classes(), {"dropout": 0.5, "batch": 6})
        (path,) = descents(problem, [6], DOUBLE, points=5).paths
        run = train_problem(problem, DOUBLE)
        assert path.vectors[-1][:8].tolist() == run.last["W1"].ravel().tolist()

    def test_the_first_steps_of_gradient_descent_are_those_by_hand(self) -> None:
        problem = line()
        (path,) = descents(problem, ["full"], DOUBLE).paths
        x, y = problem.dataset.x[:, 0], numpy.asarray(problem.dataset.y)[:, 0]
        w, b = -1.0, -1.0
        for vector in path.vectors[1:]:
            off = w * x + b - y
            w, b = w - 0.05 * 2 * numpy.mean(off * x), b - 0.05 * 2 * numpy.mean(off)
            numpy.testing.assert_allclose(vector, [w, b], rtol=1e-12)

    def test_a_path_that_diverges_ends_before_it(self) -> None:
        found = descents(line(optimizer={"name": "sgd", "learning_rate": 1e200}), ["full"], DOUBLE, epochs=10)
        assert found.paths[0].diverged
        assert numpy.isfinite(found.paths[0].vectors).all()

    def test_sizes_that_are_the_same_are_taken_once(self) -> None:
        assert [path.batch for path in descents(line(), ["full", 20, 50], DOUBLE).paths] == [20]


class TestTheMiniBatch:
    @pytest.mark.parametrize(
        ("batch", "count", "size"), [("full", 1000, 32), (1, 100, 10), (64, 100, 64), ("full", 5, 2)]
    )
    def test_it_lies_between_one_and_all(self, batch: int | str, count: int, size: int) -> None:
        assert mini_batch(line(batch=batch), count) == size


class TestTheSurface:
    def test_it_is_the_loss_of_the_training_part(self) -> None:
        problem = line()
        surface = descents(problem, ["full"], DOUBLE).surface
        x, y = problem.dataset.x[:, 0], numpy.asarray(problem.dataset.y)[:, 0]
        points = numpy.random.default_rng(1).normal(size=(5, 2))
        expected = [numpy.mean((w * x + b - y) ** 2) for w, b in points]
        numpy.testing.assert_allclose(surface.losses_at(points), expected, rtol=1e-12)
        assert surface.names == ["W1", "b1"]
        assert descents(problem, ["full"], DOUBLE).is_exact

    def test_it_leaves_the_rows_that_do_not_train_alone(self) -> None:
        problem = two_classes()
        found = descents(problem, ["full"], DOUBLE, epochs=1)
        run = train_problem(changed(problem, {"batch": "full", "epochs": 1}), DOUBLE)
        assert found.surface.samples == len(problem.parts.train)
        at_end = found.surface.loss_of(found.paths[0].vectors[-1])
        assert at_end == pytest.approx(run.evaluate_rows(problem.parts.train)["loss"], rel=1e-12)

    def test_parameters_that_are_not_learned_stay(self) -> None:
        found = descents(line(learn=["b1"]), ["full"], DOUBLE)
        assert found.surface.names == ["b1"]
        assert found.surface.loss_of([-1.0]) == pytest.approx(found.losses_of(found.paths[0])[0])

    def test_entries_of_matrices_are_named_by_row_and_column(self) -> None:
        names = descents(two_classes(), ["full"], DOUBLE, epochs=1).surface.names
        assert names[:3] == ["W1[1, 1]", "W1[1, 2]", "W1[1, 3]"]
        assert names[-1] == "b2"
        assert len(names) == 17


class TestWhatIsShown:
    def test_two_parameters_are_drawn_exactly(self) -> None:
        pytest.importorskip("matplotlib")
        figure = descents(line(), how=DOUBLE).plot(points=7)
        words = " ".join(text.get_text() for text in [*figure.texts, figure._supxlabel])
        assert "exactly" in words
        legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        assert legend[:3] == ["batch (3 steps)", "stochastic (60 steps)", "mini-batch of 2 (30 steps)"]
        assert figure.axes[0].get_xlabel() == "W1"

    def test_thinned_paths_still_say_how_many_steps_they_took(self) -> None:
        pytest.importorskip("matplotlib")
        figure = descents(line(), [1], DOUBLE, points=5).plot(points=7)
        assert figure.axes[0].get_legend().get_texts()[0].get_text() == "stochastic (60 steps)"

    def test_more_parameters_are_seen_on_a_plane(self) -> None:
        pytest.importorskip("matplotlib")
        page = str(write(descents(two_classes(), how=DOUBLE, epochs=1).document(), "html"))
        assert page.count("<img") == 1

    def test_one_parameter_makes_no_picture(self) -> None:
        pytest.importorskip("matplotlib")
        found = descents(line(learn=["b1"]), ["full"], DOUBLE)
        with pytest.raises(UsageError, match="learns b1 alone"):
            found.plot()
        assert "<img" not in str(write(found.document(), "html"))

    def test_the_table_says_where_each_came_to(self) -> None:
        text = " ".join(str(write(descents(line(), how=DOUBLE).document(pictures=False), "text")).split())
        assert "stochastic 60" in text
        assert "Each saw every sample 3 times; the loss is over 20 samples." in text

    def test_data_are_plain_json(self) -> None:
        data = json.loads(json.dumps(descents(line(), how=DOUBLE).data(), allow_nan=False))
        assert data["parameters"] == ["W1", "b1"]
        assert len(data["paths"][0]["vectors"]) == len(data["paths"][0]["losses"]) == 4

    def test_without_data_there_is_nothing_to_descend_on(self) -> None:
        with pytest.raises(ProblemError) as caught:
            descents(Problem.from_layers(1, [{"units": 1}], loss="mse"))
        assert caught.value.code == "no-data"

    def test_a_formula_without_data_is_its_own_surface(self) -> None:
        pytest.importorskip("matplotlib")
        settings = {"optimizer": {"name": "sgd", "learning_rate": 0.09}, "epochs": 5}
        found = descents(Problem.from_formula("J = w^2 + 10 v^2", given={"w": -2, "v": 1}, **settings), how=DOUBLE)
        (path,) = found.paths
        numpy.testing.assert_allclose(path.vectors[:, 0], -2 * 0.82 ** numpy.arange(6))
        numpy.testing.assert_allclose(path.vectors[:, 1], (1 - 1.8) ** numpy.arange(6))
        assert found.surface.loss_of([3, 2]) == 49
        assert found.plot(points=5).axes[0].get_ylabel() == "v"
