"""The text of a page, and what is said where there is none."""

import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.marking.page_text import MOST_BYTES, page_text, read_page_text


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        (b"", "empty-page", "a.md is empty: there is nothing to mark"),
        (b"\xef\xbb\xbf \n\t\r\n", "empty-page", "a.md is empty: there is nothing to mark"),
        (b"z = 1\nw = \xff", "not-utf-8", "a.md is not UTF-8 text: byte 0xFF in line 2"),
        (b"%PDF-1.7", "page-not-text", "a.md is a PDF and no text"),
        (b"\x89PNG\r\n", "page-not-text", "a.md is a picture and no text"),
        (b"a\0b", "page-not-text", "a.md is no text"),
        (
            b"a" * (MOST_BYTES + 1),
            "page-too-large",
            "a.md is too large: a page to mark has at most 2,000,000 characters",
        ),
    ],
)
def test_what_is_no_page(raw, code, message):
    with pytest.raises(ProblemError) as caught:
        page_text(raw, "a.md")
    assert (caught.value.code, caught.value.faults[0].message) == (code, message)


def test_a_text():
    assert page_text("\ufeffz = ۰٫۳۵\n".encode(), "a") == "z = ۰٫۳۵\n"
    assert page_text("z = 1", "a") == "z = 1"


def test_a_file(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("z = 1", encoding="utf-8")
    assert read_page_text(path) == "z = 1"


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ProblemError) as caught:
        read_page_text(tmp_path / "a.md", "a.md")
    assert str(caught.value) == "there is no page a.md [page-not-found]"


def test_a_folder_is_no_page(tmp_path):
    with pytest.raises(ProblemError, match="cannot be read"):
        read_page_text(tmp_path)


def test_no_more_is_read_than_a_page_may_have(tmp_path):
    endless = tmp_path / "endless.md"
    with endless.open("wb") as stream:
        stream.truncate(10**12)  # a file with a hole takes no room
    with pytest.raises(ProblemError, match="too large"):
        read_page_text(endless)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_text_in_any_of_the_unicode_encodings_is_read(encoding: str) -> None:
    assert page_text("$h_1 = σ(z) = 0.593$\n".encode(encoding), "page.md") == "$h_1 = σ(z) = 0.593$\n"
