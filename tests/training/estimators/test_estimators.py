"""The estimators under the checks of scikit-learn itself, and where it uses estimators."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from chalkgrad.training.estimators import ChalkClassifier, ChalkRegressor

SOURCE = Path(__file__).parents[2] / "src"
SMALL = {"hidden_layer_sizes": (10,), "activation": "tanh", "epochs": 60, "learning_rate": 0.05, "batch": 30}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([ChalkClassifier(**SMALL, random_state=0), ChalkRegressor(**SMALL, random_state=0)])
def test_a_check_of_scikit_learn(estimator, check):
    check(estimator)


class TestWithinScikitLearn:
    def test_a_grid_search_over_processes(self):
        X, y = load_iris(return_X_y=True)
        model = make_pipeline(StandardScaler(), ChalkClassifier((4,), epochs=20, random_state=0))
        grid = {"chalkclassifier__learning_rate": [0.05, 1e-6]}
        search = GridSearchCV(model, grid, n_jobs=2, cv=2).fit(X, y)
        assert search.best_params_["chalkclassifier__learning_rate"] == 0.05
        assert search.score(X, y) > 0.9

    def test_a_grid_search_over_a_problem(self):
        X, y = load_iris(return_X_y=True)
        problem = {
            "network": {
                "input": 4,
                "layers": [{"units": 5, "activation": "tanh"}, {"units": 3, "activation": "softmax"}],
            },
            "loss": "cross_entropy",
            "optimizer": {"name": "momentum", "learning_rate": 1e-6},
            "scale": "standard",
            "epochs": 30,
        }
        search = GridSearchCV(ChalkClassifier(problem=problem), {"learning_rate": [None, 0.5]}, cv=3).fit(X, y)
        assert search.best_params_ == {"learning_rate": 0.5}
        assert search.best_estimator_.problem_.keys.optimizer.name == "momentum"

    @pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer, load_digits])
    def test_it_is_as_good_as_the_network_of_scikit_learn(self, load):
        X, y = load(return_X_y=True)
        cv = StratifiedKFold(3, shuffle=True, random_state=0)
        scores = {}
        for kind in (ChalkClassifier, MLPClassifier):
            settings = {"epochs": 60} if kind is ChalkClassifier else {"max_iter": 120}
            model = make_pipeline(StandardScaler(), kind((40,), random_state=0, **settings))
            model.set_params(**{f"{kind.__name__.lower()}__learning_rate" + ("_init" * (kind is MLPClassifier)): 0.005})
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the other one says that it has not converged
                scores[kind] = cross_val_score(model, X, y, cv=cv)
        # Twice the standard error of three folds of 50 samples with 5 % errors, the smallest of these sets.
        assert scores[ChalkClassifier].mean() > scores[MLPClassifier].mean() - 0.035

    def test_it_is_not_brought_in_without_being_asked_for(self):
        code = "import sys, chalkgrad.training.training; print('sklearn' in sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SOURCE)}
        )
        assert done.stdout.strip() == "False"

    def test_without_scikit_learn_it_says_what_to_install(self):
        code = (
            "import sys\nsys.modules['sklearn'] = None\nfrom chalkgrad.errors import UsageError\n"
            "try:\n    import chalkgrad.training.estimators\nexcept UsageError as error:\n    print(error)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SOURCE)}
        )
        assert "[missing-extra]" in done.stdout
        assert "hint: pip install 'chalkgrad[sklearn]'" in done.stdout


def test_a_broken_estimator_is_found_by_the_checks():
    """The checks can fail: a classifier that forgets what its labels are."""
    from sklearn.utils.estimator_checks import check_estimator

    class Forgetful(ChalkClassifier):
        def predict(self, X):
            return np.zeros(len(X))

    results = check_estimator(Forgetful((2,), epochs=1, random_state=0), on_fail=None, on_skip=None)
    assert any(result["status"] == "failed" for result in results)
