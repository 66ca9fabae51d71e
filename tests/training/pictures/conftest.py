"""What the tests of the pictures share: a small run, hostile names, and a look at what a figure says."""

import numpy as np
import pytest

HOSTILE = ("$x$ for $5", "<script>alert(1)</script>", "50% \\off\n{}", "نام فارسی", "\\frac{", "_a^b_ $", "")


@pytest.fixture(scope="session", autouse=True)
def _with_matplotlib():
    pytest.importorskip("matplotlib")


@pytest.fixture
def hostile_names():
    return HOSTILE


@pytest.fixture(scope="session")
def moons_run():
    """A real descent: logistic regression on two clouds, its samples, weights, path and history."""
    drawn = np.random.default_rng(0)
    x = np.concatenate([drawn.normal(-1, 1, (40, 2)), drawn.normal(1, 1, (40, 2))])
    y = np.repeat([0, 1], 40)
    weights, path, losses, right = np.zeros(3), [np.zeros(3)], [], []
    wide = np.hstack([x, np.ones((80, 1))])
    for _ in range(30):
        p = 1 / (1 + np.exp(-wide @ weights))
        losses.append(float(-np.mean(np.where(y == 1, np.log(p), np.log(1 - p)))))
        right.append(float(np.mean((p >= 0.5) == y)))
        weights = weights - 0.5 * wide.T @ (p - y) / 80
        path.append(weights)
    history = {"epoch": list(range(1, 31)), "loss": losses, "accuracy": right}
    history |= {"val_loss": [1.1 * value for value in losses], "val_accuracy": right}
    return {"x": x, "y": y, "weights": weights, "path": np.array(path), "history": history}


@pytest.fixture
def texts():
    """Every text of a figure as it is shown, an escaped dollar sign as itself."""
    from matplotlib.text import Text

    def of(figure):
        found = [text.get_text() for text in figure.findobj(Text)]
        return [text.replace(r"\$", "$") for text in found if text]

    return of
