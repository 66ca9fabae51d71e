"""The pages are those of the generator, and their records are complete."""

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks" / "marking"
PROBLEMS = sorted(path.stem for path in (FOLDER / "problems").glob("*.yaml"))


SCRIPTS_THAT_MARK = {"own.py", "score.py"}


class TestTheGeneratorKnowsNothingOfTheMarker:
    def test_no_file_but_the_scorer_names_it(self) -> None:
        for path in FOLDER.glob("*.py"):
            roots = {name.partition(".")[0] for name in imported(path)}
            assert ("chalkgrad" in roots) == (path.name in SCRIPTS_THAT_MARK), path.name
            assert path.name in SCRIPTS_THAT_MARK or not roots & {"own", "score"}

    def test_nothing_of_it_is_loaded_when_pages_are_made(self) -> None:
        script = (
            "import sys, generate\n"
            "list(generate.pages_of('logistic', 2))\n"
            "print([name for name in sys.modules if name.partition('.')[0] == 'chalkgrad'])"
        )
        environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(FOLDER), str(FOLDER.parents[1] / "src")))}
        command = [sys.executable, "-c", script]
        said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=120)
        assert said.stdout.strip() == "[]"


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


class TestThePagesThatAreKept:
    @pytest.mark.parametrize("name", PROBLEMS)
    def test_they_are_what_the_generator_makes(self, code: SimpleNamespace, name: str) -> None:
        # What comes first does not depend on how many pages follow; `generate.py --check` compares all of them.
        kept = (FOLDER / "pages" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        assert code.generate.as_text(code.generate.pages_of(name, 6)) == "".join(kept[:6])

    def test_there_are_enough_of_every_kind(self, pages: list[dict[str, Any]]) -> None:
        assert len(pages) >= 560
        assert len({page["problem"] for page in pages}) >= 7
        styles = Counter(page["style"] for page in pages)
        assert len(styles) >= 5
        assert min(styles.values()) >= 25
        kinds = Counter(page["kind"] for page in pages)
        assert min(kinds[kind] for kind in ("right", "one", "two")) >= 100
        assert 0.25 < sum(page["noisy"] for page in pages) / len(pages) < 0.45
        assert {page["digits"][0] for page in pages} == set("23456")

    def test_at_least_thirty_kinds_of_mistakes_are_made(
        self, code: SimpleNamespace, pages: list[dict[str, Any]]
    ) -> None:
        made = Counter(mistake["code"] for page in pages for mistake in page["mistakes"])
        assert set(made) == set(code.mistakes.CODES)
        assert len(made) >= 30
        assert min(made.values()) >= 3

    def test_they_do_not_weigh_much(self) -> None:
        assert sum(path.stat().st_size for path in (FOLDER / "pages").iterdir()) < 3_000_000

    def test_every_record_is_complete(self, code: SimpleNamespace, pages: list[dict[str, Any]]) -> None:
        assert len({page["id"] for page in pages}) == len(pages)
        for page in pages:
            lines = page["text"].split("\n")
            known = {(first, last): name for first, last, name, *_ in page["lines"]}
            assert all(0 < first <= last <= len(lines) and lines[first - 1].strip() for first, last in known), page[
                "id"
            ]
            assert len(page["mistakes"]) == {"right": 0, "one": 1, "two": 2}[page["kind"]]
            for mistake in page["mistakes"]:
                assert (mistake["line"], mistake["last"]) in known
                assert known[mistake["line"], mistake["last"]] == mistake["quantity"]
                assert mistake["code"] in code.mistakes.CODES
            assert [m["line"] for m in page["mistakes"]] == sorted({m["line"] for m in page["mistakes"]})

    def test_what_is_carried_comes_after_a_mistake(self, pages: list[dict[str, Any]]) -> None:
        for page in pages:
            assert not page["carried"] or min(page["carried"])[0] > page["mistakes"][0]["line"], page["id"]
            mistaken = {(mistake["line"], mistake["last"]) for mistake in page["mistakes"]}
            assert not mistaken & {tuple(place) for place in page["carried"]}

    def test_a_regularizer_left_out_may_be_seen_in_the_update(self, pages: list[dict[str, Any]]) -> None:
        for page in pages:
            for mistake in page["mistakes"]:
                assert not mistake["or"] or mistake["code"] == "l2-left-out"
                assert all(place not in page["carried"] for place in mistake["or"])
        assert any(mistake["or"] for page in pages for mistake in page["mistakes"])

    def test_damage_and_mistakes_stand_on_lines_of_their_own(self, pages: list[dict[str, Any]]) -> None:
        for page in pages:
            mistaken = {n for m in page["mistakes"] for n in range(m["line"], m["last"] + 1)}
            assert not mistaken & set(page["damaged"]), page["id"]
            assert page["noisy"] == bool(page["damaged"])


class TestMistakes:
    @pytest.mark.parametrize("name", PROBLEMS)
    def test_what_is_injected_changes_its_line_and_no_earlier_one(self, code: SimpleNamespace, name: str) -> None:
        problem, injector = code.working.read(name), code.injecting.Injector()
        for index in range(6):
            chance = random.Random(f"a mistake {index}")
            made = code.generate.make(problem, "typed", "one", chance, injector)
            clean = made.plan.page(made.plan.lines, made.looks.digits, made.looks.rounded)
            wrong = made.plan.page(made.lines, made.looks.digits, made.looks.rounded)
            mistake = made.mistakes[0]
            assert clean.shown(mistake.at) != wrong.shown(mistake.at)
            assert all(clean.shown(of) == wrong.shown(of) for of in sources(code, wrong, mistake.at))

    def test_a_damaged_glyph_can_be_undone(self, code: SimpleNamespace) -> None:
        assert {0.738, 0.133, 0.188, 1.38, 0.0138} < set(code.noise.undone("0.138"))
        assert -0.731 in code.noise.undone("-0.131")

    @pytest.mark.parametrize(
        ("text", "slashed"), [("$$z = 0.138 + 0.26$$", False), ("z = (-0.5)*0.3", False), ("$$z = ۰/۳۵$$", True)]
    )
    def test_damage_is_one_glyph(self, code: SimpleNamespace, text: str, slashed: bool) -> None:
        for seed in range(40):
            changed = code.noise.damaged(text, random.Random(seed), slashed)
            assert changed is not None
            assert changed != text
            assert abs(len(changed) - len(text)) <= 1

    def test_a_line_without_decimals_is_left_alone(self, code: SimpleNamespace) -> None:
        assert code.noise.damaged("## Step 2: 1/2 of x_{11}", random.Random(0)) is None


def sources(code: SimpleNamespace, page: Any, of: Any) -> set[Any]:
    """Everything on a page that a line rests on."""
    found: set[Any] = set()
    waiting = [of]
    while waiting:
        for quantity in code.expressions.references(page.lines[waiting.pop()].says):
            if quantity in page.lines and quantity not in found:
                found.add(quantity)
                waiting.append(quantity)
    return found - {of}


def test_the_readme_tells_of_every_file() -> None:
    told = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert all(f"`marking/{path.name}`" in told for path in FOLDER.glob("*.py"))
