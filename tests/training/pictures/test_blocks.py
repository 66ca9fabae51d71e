"""Pictures as blocks of documents, where they can be drawn."""

import pytest

from chalkgrad.errors import Fault, UsageError
from chalkgrad.render.document import Figure
from chalkgrad.training.pictures.blocks import picture_block


def test_a_picture_is_a_block_with_words_for_who_cannot_see_it() -> None:
    pytest.importorskip("matplotlib")
    from chalkgrad.training.pictures.style import new_figure

    (block,) = picture_block(lambda: new_figure(2, 2), "An empty picture", "Nothing.")
    assert isinstance(block, Figure)
    assert (block.alt, block.caption) == ("An empty picture", ("Nothing.",))


def test_without_matplotlib_there_is_none() -> None:
    def draw() -> None:
        raise UsageError(Fault("missing-extra", "no matplotlib"))

    assert list(picture_block(draw, "A picture")) == []


def test_any_other_fault_is_not_hidden() -> None:
    def draw() -> None:
        raise UsageError(Fault("too-few-parameters", "one"))

    with pytest.raises(UsageError, match="one"):
        list(picture_block(draw, "A picture"))
