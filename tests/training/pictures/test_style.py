"""One style for all pictures, whatever the user's own Matplotlib is set to."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

import chalkgrad
from chalkgrad.errors import UsageError
from chalkgrad.training.pictures import curves, to_png, to_svg
from chalkgrad.training.pictures.style import COLOURS, matplotlib_part, plain, styled

mpl = pytest.importorskip("matplotlib")

HISTORY = {"loss": [1.0, 0.5, 0.4], "val_loss": [1.1, 0.7, 0.8]}


def luminance(colour):
    """Relative luminance, as WCAG 2.2 defines it."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_settings_of_the_user_stay_as_they_were():
    before = dict(mpl.rcParams)
    to_png(curves(HISTORY))
    assert dict(mpl.rcParams) == before


def test_the_settings_of_the_user_change_no_picture():
    expected = to_svg(curves(HISTORY, "a $b$"))
    odd = {"text.usetex": True, "axes.facecolor": "black", "font.size": 30, "savefig.transparent": True}
    with mpl.rc_context({**odd, "savefig.bbox": "tight", "axes.prop_cycle": mpl.cycler(color=["red"])}):
        assert to_svg(curves(HISTORY, "a $b$")) == expected


def test_nothing_is_kept_alive_behind_the_back():
    code = (
        "import sys\nfrom chalkgrad.training.pictures import curves, to_svg\n"
        "assert 'matplotlib' not in sys.modules\n"
        "to_svg(curves({'loss': [1.0, 0.5]}))\nassert 'matplotlib.pyplot' not in sys.modules\n"
    )
    source = str(Path(chalkgrad.__file__).parents[1])
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": source, "MPLBACKEND": "Agg"})


def test_threads_draw_the_same_pictures():
    expected, seen = to_svg(curves(HISTORY)), []
    threads = [threading.Thread(target=lambda: seen.append(to_svg(curves(HISTORY)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [expected] * 4


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.style", None)
    with pytest.raises(UsageError) as caught:
        curves(HISTORY)
    assert str(caught.value) == (
        "Pictures are drawn by the package `matplotlib`, which is not installed. [missing-extra]\n"
        "    hint: pip install 'chalkgrad[plot]'"
    )


def test_a_fault_while_drawing_gives_the_settings_back():
    before = dict(mpl.rcParams)
    with pytest.raises(ZeroDivisionError), styled():
        1 / 0  # noqa: B018
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("text", ["$x$", "$", "a $x$ b $", r"\$x$", r"\$\frac{$", "$$"])
def test_no_text_is_mathematics(text):
    shown, mathematics = matplotlib_part("text").Text()._preprocess_math(plain(text))
    assert (shown, mathematics) == (text, False)


def test_an_underscore_hides_no_name(texts):
    from chalkgrad.training.pictures import comparison_curves

    figure = comparison_curves({"_a_b": [HISTORY], "c": [HISTORY], "": [HISTORY]}, "loss")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["\u200b_a_b", "c", " "]


def test_lines_stand_out_from_the_paper_and_differ_in_grey():
    seen = [luminance(colour) for colour in COLOURS]
    assert all(1.05 / (each + 0.05) >= 1.9 for each in seen)
    # The two that a picture of one run has: 3 : 1 from the paper, and apart from each other even in grey.
    assert all(1.05 / (each + 0.05) >= 3 for each in seen[:2])
    assert len(set(COLOURS)) == len(COLOURS)


def test_a_letter_without_a_glyph_is_no_fault():
    assert to_png(curves(HISTORY, "\U00012031 \ue000")).startswith(b"\x89PNG")


def test_a_notebook_shows_the_figure():
    png, size = curves(HISTORY)._repr_png_()
    assert png.startswith(b"\x89PNG")
    assert size == {"width": round(96 * 4.6), "height": 288}
    assert int.from_bytes(png[16:20]) == pytest.approx(2 * size["width"], abs=2)
