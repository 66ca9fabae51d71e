"""What the tests of the page reader share: a page as outlines."""

from collections.abc import Callable, Sequence

import pytest

from chalkgrad.marking.page.outline import outline_of_chain
from chalkgrad.marking.page.read import read_page


@pytest.fixture
def said() -> Callable[..., list[str]]:
    """Gives every chain of a page as one line, with the problem's names as `words`."""

    def outlines(text: str, words: Sequence[str] = ()) -> list[str]:
        page = read_page(text, words=words)
        return [outline_of_chain(chain) for line in page.lines for chain in line.chains]

    return outlines


@pytest.fixture
def formula(said: Callable[..., list[str]]) -> Callable[..., str]:
    """Gives the only chain of a LaTeX formula as one line."""

    def outline(latex: str, words: Sequence[str] = ()) -> str:
        (only,) = said(f"$${latex}$$", words)
        return only

    return outline
