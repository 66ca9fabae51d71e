"""The classifier: labels of any kind, losses, going on, copies, and the very numbers of a step."""

from __future__ import annotations

import copy
import pickle
import threading

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.datasets import load_iris, make_moons
from sklearn.exceptions import ConvergenceWarning

from chalkgrad.api import solve
from chalkgrad.errors import ChalkgradError
from chalkgrad.reading.problem import Problem
from chalkgrad.training.estimators.classifier import ChalkClassifier
from chalkgrad.training.events import RunHistory


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return (X - X.mean(axis=0)) / X.std(axis=0), y


@pytest.fixture(scope="module")
def moons():
    return make_moons(120, noise=0.1, random_state=0)


def small(**settings):
    return ChalkClassifier(
        **{"hidden_layer_sizes": (6,), "epochs": 20, "learning_rate": 0.05, "random_state": 0} | settings
    )


class TestLabels:
    def test_words(self, iris):
        X, y = iris
        words = np.array(["setosa", "versicolor", "virginica"])[y]
        model = small().fit(X, words)
        assert model.classes_.tolist() == ["setosa", "versicolor", "virginica"]
        assert model.score(X, words) > 0.9
        assert model.run_.data.class_names == ("setosa", "versicolor", "virginica")

    def test_two_classes_have_one_output(self, moons):
        X, y = moons
        model = small().fit(X, np.where(y, 7.0, -2.0))
        assert model.coefs_[-1].shape == (6, 1)
        assert model.problem_.keys.loss == "binary_cross_entropy"
        assert set(model.predict(X)) == {7.0, -2.0}
        assert np.allclose(model.predict_proba(X).sum(axis=1), 1)
        assert (model.predict_proba(X)[:, 1] >= 0.5).tolist() == (model.predict(X) == 7.0).tolist()

    def test_the_accuracy_of_the_history_is_that_of_the_labels(self, iris):
        X, y = iris
        model = small(validation_fraction=0.2).fit(X, y)
        part = model.run_.data.parts.validation
        assert model.validation_scores_[-1] == pytest.approx(model.score(X[part], y[part]))

    def test_one_class_is_refused(self, iris):
        with pytest.raises(ValueError, match="needs samples of at least 2 classes, and there is one class: 1"):
            small().fit(iris[0], np.ones(150))

    def test_several_labels_a_sample_are_refused(self, iris):
        with pytest.raises(ValueError, match="1d array"):
            small().fit(iris[0], np.eye(3)[iris[1]])

    def test_sample_weights_are_refused(self, iris):
        with pytest.raises(TypeError, match="sample_weight"):
            small().fit(*iris, sample_weight=np.ones(150))


class TestOutputs:
    @pytest.mark.parametrize("loss", ["binary_cross_entropy", "binary_cross_entropy_from_logits", "cross_entropy"])
    def test_losses_of_two_classes_give_probabilities(self, loss, moons):
        model = small(loss=loss, epochs=60).fit(*moons)
        assert model.predict_proba(moons[0]).shape == (120, 2)
        assert model.score(*moons) > 0.85
        assert not hasattr(model, "decision_function")
        assert np.allclose(np.exp(model.predict_log_proba(moons[0])), model.predict_proba(moons[0]))

    @pytest.mark.parametrize("loss", ["cross_entropy", "cross_entropy_from_logits", "kl"])
    def test_losses_of_several_classes_give_probabilities(self, loss, iris):
        probabilities = small(loss=loss).fit(*iris).predict_proba(iris[0])
        assert probabilities.shape == (150, 3)
        assert np.allclose(probabilities.sum(axis=1), 1)

    def test_a_hinge_gives_a_decision_instead(self, moons):
        model = small(loss="hinge", epochs=60).fit(*moons)
        assert not hasattr(model, "predict_proba")
        assert (model.decision_function(moons[0]) > 0).astype(int).tolist() == model.predict(moons[0]).tolist()

    def test_squares_take_one_output_a_class(self, iris):
        model = small(loss="mse").fit(*iris)
        assert model.decision_function(iris[0]).argmax(axis=1).tolist() == model.predict(iris[0]).tolist()

    def test_a_loss_of_two_classes_is_refused_for_three(self, iris):
        with pytest.raises(ChalkgradError) as caught:
            small(loss="hinge").fit(*iris)
        assert caught.value.faults[0].message == "hinge is for two classes, and there are 3"
        assert caught.value.faults[0].hint == "use cross_entropy"


class TestTheNumbersOfAStep:
    def test_one_step_is_that_of_torch(self, iris):
        torch = pytest.importorskip("torch")
        X, y = iris
        model = ChalkClassifier((5, 4), "tanh", optimizer="sgd", learning_rate=0.3, l2=0.01, batch="full", epochs=1)
        model.set_params(random_state=3).fit(X, y)
        start = model.run_.problem.starting_arrays()
        leaves = {name: torch.tensor(array, requires_grad=True) for name, array in start.items()}
        a = torch.tensor(X)
        for number in (1, 2):
            a = torch.tanh(a @ leaves[f"W{number}"] + leaves[f"b{number}"])
        loss = torch.nn.functional.cross_entropy(a @ leaves["W3"] + leaves["b3"], torch.tensor(y))
        penalty = sum((leaves[f"W{number}"] ** 2).sum() for number in (1, 2, 3))
        (loss + 0.005 * penalty).backward()
        assert model.loss_curve_[0] == pytest.approx(loss.item(), rel=1e-12)
        # The same float64 operations in another order.
        for number, (weights, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True), start=1):
            w, b = leaves[f"W{number}"], leaves[f"b{number}"]
            np.testing.assert_allclose(weights, (w - 0.3 * w.grad).detach(), rtol=1e-10, atol=1e-13)
            np.testing.assert_allclose(bias, (b - 0.3 * b.grad).detach().ravel(), rtol=1e-10, atol=1e-13)

    def test_a_solution_of_its_problem_has_its_numbers(self, iris):
        model = small(epochs=3).fit(*iris)
        forward = solve(model.problem_.with_samples([7])).data()["steps"][0]["forward"]
        shown = [forward[f"y_hat_{k}"] for k in (1, 2, 3)]
        # The same float64 operations in another order.
        np.testing.assert_allclose(np.ravel(shown), model.predict_proba(iris[0][7:8])[0], rtol=1e-10)


class TestGoingOn:
    def test_an_integer_fixes_everything(self, iris):
        first, second, third = (small(random_state=seed).fit(*iris) for seed in (1, 1, 2))
        assert all(map(np.array_equal, first.coefs_, second.coefs_))
        assert not np.array_equal(first.coefs_[0], third.coefs_[0])

    def test_a_random_state_is_drawn_from(self, iris):
        first, second = (small(random_state=np.random.RandomState(5)).fit(*iris) for _ in range(2))
        assert all(map(np.array_equal, first.coefs_, second.coefs_))
        shared = np.random.RandomState(5)
        third, fourth = (small(random_state=shared).fit(*iris) for _ in range(2))
        assert np.array_equal(first.coefs_[0], third.coefs_[0])
        assert not np.array_equal(third.coefs_[0], fourth.coefs_[0])

    def test_none_is_drawn_anew(self, iris):
        first, second = (small(random_state=None, epochs=1).fit(*iris) for _ in range(2))
        assert not np.array_equal(first.coefs_[0], second.coefs_[0])

    def test_partial_fits_on_everything_are_epochs_of_one_fit(self, iris):
        X, y = iris
        whole = small(epochs=4, batch=40).fit(X, y)
        model = small(epochs=4, batch=40)
        for _ in range(4):
            model.partial_fit(X, y, classes=[0, 1, 2])
        assert model.n_iter_ == 4
        assert model.loss_curve_ == whole.loss_curve_
        assert all(map(np.array_equal, model.coefs_, whole.coefs_))
        assert model.history_["epoch"] == [1, 2, 3, 4]

    def test_partial_fits_go_on_from_a_pickle_to_the_same_bits(self, iris):
        X, y = iris
        model = small().partial_fit(X, y, classes=[0, 1, 2])
        other = pickle.loads(pickle.dumps(model))
        for each in (model, other):
            each.partial_fit(X[:50], y[:50])
        assert all(map(np.array_equal, model.coefs_, other.coefs_))

    def test_a_part_may_lack_classes(self, moons):
        X, y = moons
        model = small(batch=7).partial_fit(X, y, classes=[0, 1])
        model.partial_fit(X[y == 1], y[y == 1])
        assert model.run_.data.labels.tolist() == [1] * 60
        with pytest.raises(ValueError, match="y has classes that are not in `classes`"):
            model.partial_fit(X, y + 1)

    def test_the_first_partial_fit_needs_the_classes(self, iris):
        with pytest.raises(ValueError, match="classes must be passed on the first call"):
            small().partial_fit(*iris)

    @pytest.mark.parametrize("settings", [{"early_stopping": True}, {"scale": "standard"}])
    def test_what_a_part_cannot_say_is_refused(self, settings, iris):
        with pytest.raises(ValueError, match="partial_fit does not support"):
            small(**settings).partial_fit(*iris, classes=[0, 1, 2])

    def test_a_warm_start_goes_on_from_the_parameters(self, iris):
        model = small(warm_start=True, optimizer="sgd", batch="full", epochs=5).fit(*iris)
        before = model.loss_
        model.fit(*iris)
        assert model.loss_curve_[0] < before
        with pytest.raises(ValueError, match="warm_start needs the classes of the last fit"):
            model.fit(iris[0], iris[1] + 1)

    def test_early_stopping_goes_back_to_the_best_epoch(self, iris):
        model = small(early_stopping=True, patience=3, epochs=200, learning_rate=0.5).fit(*iris)
        assert model.run_.stopped == "early"
        best = model.run_.watch.best_epoch
        assert model.n_iter_ == best + 3
        rows = model.run_.data.parts.validation
        assert len(rows) == 15
        assert model.run_.evaluate_rows(rows)["loss"] == pytest.approx(model.history_["val_loss"][best - 1])

    def test_a_callback_hears_of_every_epoch(self, iris, capsys):
        history = RunHistory()
        small(callbacks=[history], epochs=3, verbose=True).fit(*iris)
        assert history.epoch == [1, 2, 3]
        assert capsys.readouterr().out.startswith("epoch 1: loss ")

    def test_divergence_is_a_warning_and_leaves_numbers(self, iris):
        model = small(loss="mse", optimizer="sgd", learning_rate=1e30)
        with pytest.warns(ConvergenceWarning, match=r"training diverged: .* became .* of epoch 1"):
            model.fit(*iris)
        assert all(np.isfinite(weights).all() for weights in model.coefs_)
        model.predict(iris[0])

    def test_without_a_validation_part_there_are_no_scores_of_it(self, iris):
        assert not hasattr(small().fit(*iris), "validation_scores_")


class TestCopies:
    def test_a_pickle_says_the_same_without_the_samples(self, iris):
        X, y = iris
        model = small().fit(X, y)
        data = pickle.dumps(model)
        other = pickle.loads(data)
        assert np.array_equal(other.predict_proba(X), model.predict_proba(X))
        assert not hasattr(other, "run_")
        assert len(other.problem_.loaded) == 0
        assert X.tobytes()[:64] not in data
        assert all(map(np.array_equal, other.coefs_, model.coefs_))
        assert other.n_iter_ == 20
        assert np.array_equal(copy.deepcopy(model).predict(X), model.predict(X))

    def test_a_clone_with_a_problem_is_unfitted(self, iris):
        problem = Problem.from_layers(4, [{"units": 3, "activation": "softmax"}], loss="cross_entropy")
        model = small(problem=problem).fit(*iris)
        other = clone(model)
        assert not hasattr(other, "classes_")
        assert other.problem is problem
        assert other.get_params() == model.get_params()

    def test_threads_may_share_it(self, iris):
        X, y = iris
        model = small().fit(X, y)
        expected = model.predict_proba(X)
        wrong = []

        def ask():
            for count in range(1, 60):
                # Products of other sizes are added up in another order.
                if not np.allclose(model.predict_proba(X[:count]), expected[:count], rtol=1e-12):
                    wrong.append(count)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


class TestKinds:
    def test_float32_stays(self, iris):
        model = small().fit(iris[0].astype(np.float32), iris[1])
        assert model.coefs_[0].dtype == np.float32
        assert model.predict_proba(iris[0].astype(np.float32)).dtype == np.float32
        assert small(dtype="float32").fit(*iris).coefs_[0].dtype == np.float32

    def test_columns_of_a_data_frame_name_the_inputs(self, iris):
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame(iris[0], columns=list("abcd"))
        model = small(epochs=1).fit(frame, iris[1])
        assert model.feature_names_in_.tolist() == list("abcd")
        assert model.run_.data.feature_names == tuple("abcd")
        with pytest.raises(ValueError, match="feature names should match"):
            model.predict(frame[list("dcba")])
