"""What is said of pages is held against what is true of them."""

from __future__ import annotations

import re
import sys
from types import SimpleNamespace
from typing import Any

import pytest

import chalkgrad

PAGE = {
    "id": "made-up",
    "style": "typed",
    "noisy": False,
    "mistakes": [{"line": 2, "last": 2, "quantity": "h", "step": 1, "code": "missing-slope", "also": [], "or": []}],
    "carried": [[3, 3]],
    "damaged": [4],
    "text": "a\nb\nc\nd\n",
}


class TestScoring:
    def score(self, code: SimpleNamespace, first: Any, claims: list[Any], **changes: Any) -> Any:
        score = code.scoring.Score()
        claimed = tuple(code.scoring.Claimed(*claim) for claim in claims)
        score.add(PAGE | changes, code.scoring.Said(first, claimed))
        return score

    def test_a_marker_that_sees_everything(self, code: SimpleNamespace) -> None:
        claims = [(1, "right"), (2, "wrong", "missing-slope"), (3, "carried"), (4, "unread")]
        score = self.score(code, (2, "h", "missing-slope"), claims)
        assert (score.clean.f1, score.carried.value, score.cause_right.value, score.damaged_wrong) == (1, 1, 1, 0)
        assert score.misses == []

    def test_a_marker_that_sees_nothing(self, code: SimpleNamespace) -> None:
        score = self.score(code, None, [])
        assert (score.clean.f1, score.carried.value, score.cause_right.whole) == (0, 0, 0)
        assert [miss.what for miss in score.misses] == ["place", "carried"]

    def test_another_line_named_is_missed_and_accused(self, code: SimpleNamespace) -> None:
        score = self.score(code, (3, "k", ""), [(3, "wrong"), (4, "wrong")])
        assert (score.clean.found, score.clean.missed, score.clean.accused) == (0, 1, 1)
        assert score.damaged_wrong == 1
        assert score.carried.value == 0

    def test_a_mistake_may_be_named_where_it_shows_as_well(self, code: SimpleNamespace) -> None:
        either = [{**PAGE["mistakes"][0], "or": [[3, 3]]}]
        assert self.score(code, (3, "k", ""), [], mistakes=either).clean.f1 == 1

    def test_another_cause_is_told_from_none(self, code: SimpleNamespace) -> None:
        score = self.score(code, (2, "h", "ascent"), [(2, "wrong", "ascent")])
        assert (score.cause_right.value, score.cause_wrong.value) == (0, 1)
        score = self.score(code, (2, "h", ""), [(2, "wrong")])
        assert (score.cause_right.value, score.cause_wrong.value) == (0, 0)

    def test_a_mistake_that_gives_the_same_number_will_do(self, code: SimpleNamespace) -> None:
        same = [{**PAGE["mistakes"][0], "also": ["ascent"]}]
        assert self.score(code, (2, "h", "ascent"), [], mistakes=same).cause_right.value == 1

    def test_a_right_page_is_accused_by_any_wrong_claim(self, code: SimpleNamespace) -> None:
        right = {"mistakes": [], "carried": [], "damaged": []}
        assert self.score(code, None, [(1, "wrong")], **right).accused.value == 1
        assert self.score(code, None, [(1, "right")], **right).accused.value == 0
        assert self.score(code, (1, "h", ""), [], noisy=True, **right).noisy.accused == 1

    def test_pages_are_chosen_by_problem_and_style(self, code: SimpleNamespace) -> None:
        assert {page["problem"] for page in code.scoring.pages(["skip"])} == {"skip"}
        assert {page["style"] for page in code.scoring.pages(["skip/typed", "persian"])} == {"typed", "persian"}
        assert len(code.scoring.pages(limit=7)) == 7


class TestTheScript:
    def run(self, code: SimpleNamespace, patched: pytest.MonkeyPatch, marker: Any, *arguments: str) -> int:
        patched.setattr(chalkgrad, "mark", marker, raising=False)
        patched.setattr(sys, "argv", ["score.py", "--cores", "1", *arguments])
        return int(code.score.main())

    def test_a_marker_that_is_always_right_meets_every_target(
        self,
        code: SimpleNamespace,
        pages: list[dict[str, Any]],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        by_text = {page["text"]: page for page in pages}
        assert self.run(code, monkeypatch, lambda _, text: truth(by_text[text]), "--limit", "80") == 0
        said = capsys.readouterr().out
        assert "MISSED" not in said
        assert "80 pages" in said

    def test_a_marker_that_stops_misses_every_mistake_and_says_why(
        self, code: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def stops(problem: Any, text: str) -> Any:
            raise ValueError("out of chalk")

        assert self.run(code, monkeypatch, stops, "--limit", "10", "--misses", "--only", "logistic,sigmoid/typed") == 1
        said = capsys.readouterr().out
        assert "ValueError: out of chalk" in said
        assert "MISSED" in said

    def test_one_page_is_printed_with_what_is_true(
        self,
        code: SimpleNamespace,
        pages: list[dict[str, Any]],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        page = next(page for page in pages if page["carried"] and page["damaged"])
        assert self.run(code, monkeypatch, lambda *_: truth(page), "--page", page["id"]) == 0
        said = capsys.readouterr().out
        assert all(word in said for word in ("MISTAKE", "carried", "damaged", page["mistakes"][0]["code"]))
        assert self.run(code, monkeypatch, lambda *_: truth(page), "--page", "nothing") == 2

    def test_our_own_solutions_may_not_be_called_wrong(
        self, code: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        right = SimpleNamespace(claims=())
        wrong = SimpleNamespace(claims=(claim(3, "unread"),))
        assert self.run(code, monkeypatch, lambda *_: right, "--own", "--only", "chain-rule") == 0
        assert self.run(code, monkeypatch, lambda *_: wrong, "--own", "--only", "chain-rule") == 1
        assert re.search(r"0 of \d+ of our own solutions", capsys.readouterr().out)


def claim(line: int, verdict: str, cause: str = "") -> SimpleNamespace:
    return SimpleNamespace(line=line, verdict=verdict, cause=cause, quantity="h", text="", words="")


def truth(page: dict[str, Any]) -> SimpleNamespace:
    """The report of a marker that knows."""
    claims = [claim(m["line"], "wrong", m["code"]) for m in page["mistakes"]]
    claims += [claim(first, "carried") for first, _ in page["carried"]]
    claims += [claim(line, "unread") for line in page["damaged"]]
    first = page["mistakes"][0] if page["mistakes"] else None
    named = SimpleNamespace(line=first["line"], quantity=first["quantity"], cause=first["code"]) if first else None
    return SimpleNamespace(claims=tuple(claims), first_mistake=named)
