"""Marks: told apart without colours, and the same in every format."""

import re

import pytest

from chalkgrad.render import FORMATS, write
from chalkgrad.render.document import Document, Mark, Marked, Paragraph
from chalkgrad.render.marks import MARKS


def test_signs_words_and_colours():
    looks = list(MARKS.values())
    assert len({look.sign for look in looks}) == len({look.word for look in looks}) == len(looks)
    assert all(re.fullmatch("#[0-9a-f]{6}", look.colour) for look in looks)


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"pdf"}))
@pytest.mark.parametrize("kind", sorted(MARKS))
def test_sign_and_word_in_every_format(format, kind):
    blocks = (Marked("7", "z = 1", Mark(kind)), Paragraph((Mark(kind),)))
    written = str(write(Document("A page", blocks), format)).replace("\\textasciitilde", "")
    assert written.count(MARKS[kind].word) >= 2


def test_a_mark_that_is_none():
    with pytest.raises(ValueError, match="there is no mark 'green'"):
        Mark("green")
