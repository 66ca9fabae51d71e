"""Pages from files: encodings, and what is refused."""

from pathlib import Path

import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.marking.page import page_file
from chalkgrad.marking.page.page_file import read_page_file, text_of

TEXT = "so h1 = σ(0.3775) ≈ 0.593\nپس w1 = ۰٫۱۵\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marked_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "page.md"
    file.write_bytes(TEXT.encode(encoding))
    page = read_page_file(file)
    assert (page.name, page.text) == ("page.md", TEXT)
    assert [line.kind for line in page.lines] == ["math", "math"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told_without_a_mark(encoding: str) -> None:
    text = "h1 = 0.593\n" * 20
    assert text_of(text.encode(encoding), "page.md") == text


def test_the_words_of_the_problem_are_used(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text("$energy = 3$", encoding="utf-8")
    (chain,) = read_page_file(file, ["energy"]).lines[0].chains
    assert chain.parts[0].text == "energy"


def code_of(path: Path) -> tuple[str, str]:
    with pytest.raises(ProblemError) as caught:
        read_page_file(path)
    return caught.value.code, caught.value.faults[0].message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.md") == ("file-not-found", f"there is no file `{tmp_path / 'none.md'}`")


def test_a_folder_is_no_page(tmp_path: Path) -> None:
    assert code_of(tmp_path)[0] == "file-not-readable"


def test_a_name_that_no_file_can_have_is_refused() -> None:
    assert code_of(Path("a\0b"))[0] == "file-not-readable"


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"\0\0"])
def test_an_empty_page_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "page.md"
    file.write_bytes(content)
    assert code_of(file) == ("empty-page", "`page.md` is empty")


def test_a_picture_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "page.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert code_of(file) == ("not-text", "`page.png` is no text in UTF-8: byte 1 is 0x89")


def test_half_a_sign_of_utf_16_is_no_text() -> None:
    with pytest.raises(ProblemError, match="not-text"):
        text_of(b"\xff\xfea", "page.md")


def test_a_file_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_file, "MOST_BYTES", 10)
    file = tmp_path / "page.md"
    file.write_text("h1 = 0.593", encoding="utf-8")
    assert read_page_file(file).lines[0].kind == "math"
    file.write_text("h1 = 0.5937", encoding="utf-8")
    assert code_of(file) == ("file-too-large", "`page.md` has more than 10 bytes")
