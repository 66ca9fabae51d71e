"""Worst mistakes and weights as images."""

import itertools

import numpy as np
import pytest

from chalkgrad.training.pictures import to_svg, weight_images, worst_mistakes


def shown(figure):
    """The axes that hold an image."""
    return [axes for axes in figure.axes if axes.images]


class TestWorstMistakes:
    images = np.arange(5 * 4 * 3).reshape(5, 4, 3)
    shares = np.array([[0.3, 0.7], [0.9, 0.1], [0.001, 0.999], [0.8, 0.2], [0.4, 0.6]])
    truths, guesses = (0, 0, 0, 1, 1), (1, 0, 1, 0, 1)

    def drawn(self, **keys):
        return worst_mistakes(self.images, self.truths, self.guesses, self.shares, ["cat", "dog"], **keys)

    def test_only_the_wrong_ones_the_worst_first(self, texts):
        figure = self.drawn()
        titles = [axes.get_title() for axes in shown(figure)]
        assert titles == [
            "sample 2\nis cat (<1%)\ntaken for dog (>99%)",
            "sample 3\nis dog (20%)\ntaken for cat (80%)",
            "sample 0\nis cat (30%)\ntaken for dog (70%)",
        ]
        np.testing.assert_array_equal(shown(figure)[0].images[0].get_array(), self.images[2])
        assert "3 of 5 samples predicted wrong; all of them" in texts(figure)

    def test_all_images_share_one_scale(self):
        assert {axes.images[0].get_clim() for axes in shown(self.drawn())} == {(0, 59)}

    def test_no_more_than_asked_for(self, texts):
        figure = self.drawn(most=2)
        assert len(shown(figure)) == 2
        assert "3 of 5 samples predicted wrong; the worst 2" in texts(figure)

    def test_samples_have_the_numbers_they_are_given(self):
        assert shown(self.drawn(sample_numbers=[10, 11, 12, 13, 14]))[0].get_title().startswith("sample 12\n")

    def test_no_mistake_is_said(self, texts):
        figure = worst_mistakes(self.images, [0] * 5, [0] * 5, self.shares, ["cat", "dog"])
        assert texts(figure) == ["No mistake among 5 samples"]

    @pytest.mark.parametrize("kind", [np.uint8, np.float32])
    def test_colours(self, kind):
        images = (np.random.default_rng(0).random((2, 4, 5, 3)) * 255).astype(kind)
        figure = worst_mistakes(images, [0, 0], [1, 1], [0.9, 0.8], ["cat", "dog"])
        pixels = shown(figure)[0].images[0].get_array()
        assert pixels.shape == (4, 5, 3)
        assert 0 <= pixels.min() < pixels.max() <= 1

    def test_one_channel_is_grey(self):
        figure = worst_mistakes(np.zeros((1, 4, 4, 1)), [0], [1], [0.9], ["cat", "dog"])
        assert shown(figure)[0].images[0].get_array().shape == (4, 4)

    @pytest.mark.parametrize("shape", [(2, 4), (2, 4, 4, 2), (2, 4, 4, 4)])
    def test_what_is_no_image_is_refused(self, shape):
        with pytest.raises(ValueError, match="images are samples by rows by columns"):
            worst_mistakes(np.zeros(shape), [0, 0], [1, 1], [0.9, 0.9], ["cat", "dog"])

    def test_names_are_text(self, hostile_names, texts):
        count = len(hostile_names)
        figure = worst_mistakes(
            np.zeros((count, 2, 2)), np.arange(count), (np.arange(count) + 1) % count, np.eye(count), hostile_names
        )
        assert any("is $x$ for $5 (100%)\n" in text for text in texts(figure))
        assert to_svg(figure)

    def test_titles_do_not_run_into_each_other(self):
        names = ["a very long class name", "another very long one"]
        figure = worst_mistakes(np.zeros((8, 6, 6)), [0] * 8, [1] * 8, np.full(8, 0.999), names)
        renderer = figure._get_renderer()
        boxes = [axes.title.get_window_extent(renderer) for axes in shown(figure)[:4]]
        assert all(one.x1 < other.x0 for one, other in itertools.pairwise(boxes))


class TestWeightImages:
    def test_each_column_is_an_image_on_one_scale(self):
        weights = np.random.default_rng(0).normal(size=(6, 3))
        figure = weight_images(weights, (2, 3), unit_names=["h1", "$h$", "<b>"])
        for place, axes in enumerate(shown(figure)[:3]):
            np.testing.assert_array_equal(axes.images[0].get_array(), weights[:, place].reshape(2, 3))
            assert axes.images[0].get_clim() == (-np.abs(weights).max(), np.abs(weights).max())
        assert [axes.get_title().replace("\\$", "$") for axes in shown(figure)[:3]] == ["h1", "$h$", "<b>"]
        assert figure.axes[-1].get_title(loc="left") == "Weight"

    @pytest.mark.parametrize("size", [1e-9, 0.0123, 12345.678])
    def test_the_scale_is_whole(self, size):
        figure = weight_images(size * np.random.default_rng(0).normal(size=(64, 3)), (8, 8))
        figure.draw_without_rendering()
        box = figure.axes[-1].get_tightbbox()
        assert 0 <= box.x0 < box.x1 <= figure.bbox.width
        assert 0 <= box.y0 < box.y1 <= figure.bbox.height

    def test_no_more_than_asked_for(self, texts):
        figure = weight_images(np.ones((4, 20)), (2, 2), most=10)
        assert len(shown(figure)) == 10
        assert "The first 10 of 20 units" in texts(figure)
        assert {"unit 1", "unit 10"} <= set(texts(figure))

    def test_colours_have_grey_for_nothing(self):
        weights = np.zeros((12, 1))
        weights[0], weights[5] = 4, -4
        pixels = shown(weight_images(weights, (2, 2, 3)))[0].images[0].get_array()
        assert (pixels[0, 0, 0], pixels[0, 1, 2], pixels[1, 1, 1]) == (1, 0, 0.5)

    def test_weights_of_nothing(self):
        assert to_svg(weight_images(np.zeros((4, 2)), (2, 2)))

    def test_the_scale_of_greys_tells_the_sign(self):
        import matplotlib as mpl

        red, green, blue, _ = mpl.colormaps["cividis"](np.linspace(0, 1, 50)).T
        grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        assert (np.diff(grey) > 0).all()

    @pytest.mark.parametrize(("shape", "image"), [((4, 2), (3, 2)), ((2, 4), (2, 2)), ((4,), (2, 2))])
    def test_other_shapes_are_refused(self, shape, image):
        with pytest.raises(ValueError, match="are no images of shape"):
            weight_images(np.zeros(shape), image)
