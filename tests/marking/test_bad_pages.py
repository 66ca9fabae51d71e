"""Pages that nobody wrote in good faith: each ends in a message, or in lines that are left for a person."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import chalkgrad
from chalkgrad.cli import ExitCode, main

Capture = pytest.CaptureFixture[str]

# What each page is, what is answered, and what is said on standard error.
NOTHING = "there is no formula and no number on this page that could be marked [nothing-to-mark]"
REFUSED: dict[str, tuple[bytes, str]] = {
    "a line of a million digits": (b"z_h1 = " + b"1" * 1_000_000, NOTHING),
    "a line of a million letters": (b"word " * 200_000, NOTHING),
    "a sum without an end": (b"z_h1 = " + b"1 + " * 250_000 + b"1 = 3", NOTHING),
    "ten thousand braces": (b"$z_{h_1} = " + b"{" * 10_000 + b"1" + b"}" * 10_000 + b" = 0.3775$", NOTHING),
    "ten thousand brackets": (b"z_h1 = " + b"(" * 10_000 + b"1" + b")" * 10_000, NOTHING),
    "ten thousand fractions": (b"$z = " + b"\\frac{" * 10_000 + b"1" + b"}{2}" * 10_000 + b"$", NOTHING),
    "powers of powers": (b"z_h1 = " + b"2^" * 10_000 + b"1", NOTHING),
    "a chain without an end": (b"z_h1 " + b"= 0.3775 " * 20_000, NOTHING),
    "definitions of themselves": (
        b"\\def\\a{\\a\\a}\n" * 5000 + b"$\\a = 1$",
        "this page has 5,001 formulas, and at most 3,000 are marked at a time [page-too-long]",
    ),
    "environments that never end": (b"\\begin{align}" * 10_000, NOTHING),
    "dollars": (b"$" * 100_000, NOTHING),
    "backslashes": (b"\\" * 300_000, NOTHING),
    "a matrix of one long row": (b"$W = \\begin{bmatrix}" + b"1 & " * 100_000 + b"1\\end{bmatrix}$", NOTHING),
    "quotes in quotes": (b">" * 5000 + b" z_h1 = 0.3775", NOTHING),
    "five thousand lines": (
        b"".join(b"z_h1 = 0.15*0.05 + %d\n" % number for number in range(5000)),
        "this page has 5,000 formulas, and at most 3,000 are marked at a time [page-too-long]",
    ),
    "NUL bytes": (b"z_h1 = 0.3775\x00\x00\n", "page.md is no text [page-not-text]"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "page.md is a picture and no text [page-not-text]"),
    "bytes of another encoding": (
        b"z_h1 = 0.3775 \xe9\n",
        "page.md is not UTF-8 text: byte 0xE9 in line 1 [not-utf-8]",
    ),
    "nothing": (b" \n\n", "page.md is empty: there is nothing to mark [empty-page]"),
    "words alone": (b"Dear teacher, I was ill.\n", NOTHING),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestRefused:
    @pytest.mark.parametrize("name", REFUSED)
    def test_with_a_message(self, name: str, capsys: Capture) -> None:
        raw, message = REFUSED[name]
        Path("page.md").write_bytes(raw)
        assert main(["mark", "sigmoid-2-2-2", "page.md"]) == ExitCode.UNREADABLE
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"chalkgrad: {message}\n")

    def test_a_file_that_is_not_there(self, capsys: Capture) -> None:
        assert main(["mark", "sigmoid-2-2-2", "none.md"]) == ExitCode.UNREADABLE
        assert "none.md" in capsys.readouterr().err

    def test_a_folder_without_one_for_the_reports(self, capsys: Capture) -> None:
        Path("pages").mkdir()
        assert main(["mark", "sigmoid-2-2-2", "pages"]) == ExitCode.MISUSE
        assert "a folder of pages is marked into a folder [no-out]" in capsys.readouterr().err


class TestNumbersBeyondAllSize:
    @pytest.mark.parametrize(
        "formula",
        ["9^9^9^9^9", "exp(exp(exp(100)))", "1/0", "1e400", "1e-400", "1e99999999", "10^(10^10)", "3 \\cdot 10^{400}",
         "2^{5000}", "10^{400}/10^{399}", "0/0", "log(0)", "sqrt(-1)", "0.3775e999"],
    )  # fmt: skip
    def test_are_marked_like_any_other(self, formula: str) -> None:
        found = chalkgrad.mark("sigmoid-2-2-2", f"z_h1 = {formula} = 3\n\nh1 = {formula}\n\nw5' = {formula} = 1\n")
        assert not {claim.verdict.value for claim in found.claims} & {"right", "rounded"}
        json.loads(json.dumps(found.data(), allow_nan=False))


class TestTextThatWantsToBeMore:
    PAGE = """<script>alert(1)</script>

z_h1 = 0.3775 <img src=x onerror=alert(1)>

$h_1 = 0.5933$ <a href="javascript:alert(1)">x</a>

$h_2 = 0.5969 <script>alert(2)</script>$

[click](javascript:alert(1)) ![i](file:///etc/passwd)
"""

    def test_is_shown_as_it_stands(self, capsys: Capture) -> None:
        Path("page.md").write_text(self.PAGE, encoding="utf-8")
        assert main(["mark", "sigmoid-2-2-2", "page.md", "--to", "html"]) in (ExitCode.DONE, ExitCode.FINDINGS)
        page = capsys.readouterr().out
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert not [live for live in ("<script", "<img", "<iframe", 'href="javascript') if live in page]
        assert {link[:1] for link in re.findall(r'href="([^"]*)"', page)} == {"#"}

    def test_does_not_keep_the_rest_from_being_marked(self) -> None:
        found = chalkgrad.mark("sigmoid-2-2-2", self.PAGE)
        assert [claim.verdict.value for claim in found.claims if claim.quantity == "h1"] == ["right"]

    def test_no_file_is_read_and_nothing_is_run(self) -> None:
        Path("secret.tex").write_text("z_h2 = 0.3925", encoding="utf-8")
        text = "\\input{secret.tex} \\write18{touch ran} $z_{h_1} = 0.3775$\n"
        found = chalkgrad.mark("sigmoid-2-2-2", text)
        assert [claim.quantity for claim in found.claims] == ["z_h1"]
        assert not Path("ran").exists()

    @pytest.mark.parametrize("mark", ["\u200e", "\u200f", "\u202b", "\u2066", "\ufeff"])
    def test_marks_of_direction_are_no_letters(self, mark: str) -> None:
        found = chalkgrad.mark("sigmoid-2-2-2", f"{mark}z_h1 = 0.3775\n\n{mark}$h_1 = 0.5933$\n")
        assert [claim.verdict.value for claim in found.claims] == ["right", "right"]
