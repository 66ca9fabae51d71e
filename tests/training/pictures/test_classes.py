"""The confusion matrix."""

import numpy as np
import pytest

from chalkgrad.training.pictures import confusion_matrix, to_svg
from chalkgrad.training.pictures.classes import percent


def cells(figure):
    """The texts in the cells by row and column."""
    return {(round(t.get_position()[1]), round(t.get_position()[0])): t.get_text() for t in figure.axes[0].texts}


def test_numbers_and_shares():
    figure = confusion_matrix([[8, 2], [0, 5]], ["cat", "dog"])
    axes, scale = figure.axes
    assert cells(figure) == {(0, 0): "8\n80%", (0, 1): "2\n20%", (1, 1): "5\n100%"}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Predicted class", "True class")
    assert axes.get_title(loc="left") == "13 of 15 right (86.7%)"
    np.testing.assert_allclose(axes.images[0].get_array(), [[0.8, 0.2], [0, 1]])
    assert scale.get_ylabel() == "Share of the true class"


@pytest.mark.parametrize(("classes", "cell"), [(12, "7\n100%"), (13, "7"), (30, "7"), (31, None)])
def test_many_classes_leave_out_shares_and_then_numbers(classes, cell):
    figure = confusion_matrix(7 * np.eye(classes, dtype=int), [f"class {number}" for number in range(classes)])
    assert cells(figure).get((3, 3)) == cell
    assert figure.axes[0].images[0].get_extent() == [-0.5, classes - 0.5, classes - 0.5, -0.5]


@pytest.mark.parametrize("classes", [12, 30])
def test_the_numbers_fit_into_their_cells(classes):
    figure = confusion_matrix(np.full((classes, classes), 123), [f"class {number}" for number in range(classes)])
    axes = figure.axes[0]
    renderer = figure.canvas.get_renderer() if hasattr(figure.canvas, "get_renderer") else figure._get_renderer()
    cell = axes.get_window_extent(renderer).width / classes
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    assert max(box.width for box in boxes) <= cell
    assert max(box.height for box in boxes) <= cell
    assert min(text.get_fontsize() for text in axes.texts) >= 5


def test_hundreds_of_classes_name_only_some():
    figure = confusion_matrix(np.eye(200, dtype=int), [f"{number}" for number in range(200)])
    assert 30 <= len(figure.axes[0].get_yticklabels()) <= 60


def test_a_class_without_samples_and_no_sample_at_all():
    assert cells(confusion_matrix([[0, 0], [1, 1]], "ab")) == {(1, 0): "1\n50%", (1, 1): "1\n50%"}
    assert confusion_matrix([[0, 0], [0, 0]], "ab").axes[0].get_title(loc="left") == "0 of 0 right"


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0%"), (0.001, "<1%"), (0.005, "0%"), (0.5, "50%"), (0.9951, ">99%"), (1, "100%")]
)
def test_a_share_that_is_not_all_is_not_called_so(share, text):
    assert percent(share) == text


def test_names_are_text(hostile_names, texts):
    figure = confusion_matrix(np.eye(len(hostile_names), dtype=int), hostile_names)
    shown = texts(figure)
    assert {"$x$ for $5", "<script>alert(1)</script", "نام فارسی"} & set(shown) >= {"$x$ for $5", "نام فارسی"}
    assert "50% \\off {}" in shown
    assert to_svg(figure) == to_svg(confusion_matrix(np.eye(len(hostile_names), dtype=int), hostile_names))


def test_a_long_name_is_cut(texts):
    assert "a" * 23 + "…" in texts(confusion_matrix([[1]], ["a" * 300]))
