"""The generated pages are what they say: right numbers where they are right, mistakes where a record says so."""

from __future__ import annotations

import ast
import importlib
import itertools
import json
import math
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import chalkgrad

FOLDER = Path(__file__).parents[1] / "benchmarks" / "marking"
PROBLEMS = sorted(path.stem for path in (FOLDER / "problems").glob("*.yaml"))
MODULES = (
    "assembling",
    "computing",
    "expressions",
    "generate",
    "injecting",
    "mistakes",
    "noise",
    "score",
    "scoring",
    "working",
)
SCRIPTS_THAT_MARK = {"own.py", "score.py"}


@pytest.fixture(scope="module")
def code() -> Iterator[SimpleNamespace]:
    """The modules of the generator, imported as they are when it runs: their folder on the path."""
    sys.path.insert(0, str(FOLDER))
    before = set(sys.modules)
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in MODULES})
    sys.path.pop(0)
    for name in set(sys.modules) - before:
        if str(FOLDER) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture(scope="module")
def pages() -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for path in sorted((FOLDER / "pages").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def working(code: SimpleNamespace, name: str, **route: bool) -> Any:
    """All steps of a problem, worked out with all digits."""
    problem = code.working.read(name)
    looks = SimpleNamespace(steps=problem.steps, route=code.working.Route(**route))
    return code.computing.Page(code.generate.working_of(problem, looks), problem.given)


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


class TestTheWorkingIsRight:
    @pytest.mark.parametrize("name", PROBLEMS)
    @pytest.mark.parametrize("slopes", [False, True])
    def test_every_number_is_that_of_our_own_solution(self, code: SimpleNamespace, name: str, slopes: bool) -> None:
        data = chalkgrad.solve(chalkgrad.read(FOLDER / "problems" / f"{name}.yaml")).data()
        page = working(code, name, slopes=slopes, jacobian=slopes)
        compared = sum(compare(of, page.raw(of), data) for of in page.lines)
        # Slopes, errors and whatever the solution does not list have no number there.
        assert compared >= 0.6 * len(page.lines)

    @pytest.mark.parametrize("name", PROBLEMS)
    def test_gradients_are_what_a_small_nudge_gives(self, code: SimpleNamespace, name: str) -> None:
        quantity = code.expressions.Quantity
        page = working(code, name)
        given = dict(page.given)
        parameters = [of for of in given if of.kind == "parameter"]
        assert parameters
        for of in parameters:
            value = np.atleast_2d(np.asarray(given[of], dtype=float))
            found = np.atleast_2d(np.asarray(page.raw(quantity("gradient", of.of)), dtype=float))
            assert found.shape == value.shape
            if of.of in decayed(page, of.of):
                found = found - given[quantity("setting", "l2")] * value
            for place in np.ndindex(value.shape):
                assert nudged(code, page, of, value, place) == pytest.approx(found[place], abs=1e-8)

    @pytest.mark.parametrize("name", PROBLEMS)
    def test_both_routes_come_to_the_same(self, code: SimpleNamespace, name: str) -> None:
        one, other = working(code, name), working(code, name, slopes=True, jacobian=True)
        for of in set(one.lines) & set(other.lines):
            np.testing.assert_allclose(one.raw(of), other.raw(of), rtol=1e-12, atol=1e-15)


def decayed(page: Any, name: str) -> set[str]:
    """The parameters that the regularizer of a problem is on: its weights."""
    return {name} if any(of.of == "l2" for of in page.given) and name.startswith("w") else set()


def nudged(code: SimpleNamespace, page: Any, of: Any, value: np.ndarray, place: tuple[int, ...]) -> float:
    """The slope of the loss by one entry, from both sides. With a step of 1e-5 the error is about 1e-10."""
    losses = []
    for step in (1e-5, -1e-5):
        moved = value.copy()
        moved[place] += step
        changed = float(moved[0, 0]) if np.ndim(page.given[of]) == 0 else moved
        other = code.computing.Page(page.lines.values(), {**page.given, of: changed})
        losses.append(other.raw(code.expressions.Quantity("loss", "loss")))
    return (losses[0] - losses[1]) / 2e-5


def compare(of: Any, value: Any, data: dict[str, Any]) -> bool:
    """Hold a number against the one in our solution; whether there was one."""
    step = data["steps"][of.step - 1 - (of.kind == "parameter")]
    found = expected(of, step)
    if found is None:
        return False
    np.testing.assert_allclose(np.ravel(value), np.ravel(found), rtol=1e-12, atol=1e-14, err_msg=str(of))
    return True


def expected(of: Any, step: dict[str, Any]) -> Any:
    match of.kind:
        case "loss":
            return step["loss"]
        case "parameter":
            return step["parameters_after"][of.of]
        case "gradient":
            return step["gradients"].get(of.of) or of_layer(step["intermediate_gradients"], of.of)
        case "sum" | "unit":
            forward = step["forward"][of.sample - 1] if of.sample else step["forward"]
            return of_layer(forward, f"z_{of.of}" if of.kind == "sum" else of.of)
        case "m" | "v" | "velocity":
            return step["optimizer"][of.kind][of.of]
    return None


def of_layer(values: Any, name: str) -> Any:
    """A value by its name, or those of all units of a layer."""
    if isinstance(values, list):
        return None
    if name in values:
        return values[name]
    units = [values[key] for key in values if re.fullmatch(rf"{re.escape(name)}_\d+", key)]
    return units or None


class TestRightPagesAreRight:
    def test_the_numbers_of_every_typed_line_give_its_result(self, pages: list[dict[str, Any]]) -> None:
        statements = [
            statement
            for page in pages
            if page["style"] == "typed" and page["kind"] == "right" and not page["noisy"]
            for line in page["text"].split("\n")
            for statement in line.split(",  ")
        ]
        assert sum(map(holds, statements)) > 200

    def test_the_check_can_fail(self) -> None:
        assert holds("z = w*x = 0.521*0.3 = 0.156")
        with pytest.raises(AssertionError):
            holds("z = w*x = 0.521*0.3 = 0.256")
        assert not holds("z = w*x = 0.256")


def holds(statement: str) -> bool:
    """Whether there was something to check: parts that are only numbers, each of which comes to the next."""
    parts = [part for part in re.split(r"=|≈|:=|<-", statement)[1:] if value_of(part) is not None]
    for one, other in itertools.pairwise(parts):
        first, second = value_of(one), value_of(other)
        assert first is not None
        assert second is not None
        # 1e-9 for zeros that are printed without digits.
        assert abs(first - second) <= doubt(one) + doubt(other) + 1e-9, statement
    return len(parts) > 1


def doubt(text: str) -> float:
    """How far numbers that were rounded or cut off may move the value: each by one unit of its last place."""
    value, total = value_of(text), 0.0
    assert value is not None
    for match in re.finditer(r"\d+\.\d+", text):
        unit = 10.0 ** -len(match[0].partition(".")[2])
        try:
            moved = value_of(f"{text[: match.start()]}{float(match[0]) + unit!r}{text[match.end() :]}")
        except ZeroDivisionError:
            # 1 - 0.99, where 0.99 is exact.
            continue
        assert moved is not None
        total += abs(moved - value)
    return total


def value_of(text: str) -> float | None:
    """The value of typed numbers and operations; nothing where there are names."""
    text = text.strip().replace("−", "-").replace("×", "*").replace("·", "*").replace("^", "**")
    try:
        return worked(ast.parse(text, mode="eval").body)
    except (SyntaxError, KeyError, TypeError):
        return None


FUNCTIONS = {
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "exp": math.exp,
    "ln": math.log,
    "sqrt": math.sqrt,
    "relu": lambda z: max(z, 0.0),
}


def worked(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -worked(inner)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return FUNCTIONS[name](worked(argument))
        case ast.BinOp(left=left, op=op, right=right):
            one, other = worked(left), worked(right)
            operations = {ast.Add: one + other, ast.Sub: one - other, ast.Mult: one * other}
            if isinstance(op, ast.Div):
                return one / other
            return one**other if isinstance(op, ast.Pow) else operations[type(op)]
    raise KeyError(ast.dump(node))


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
        assert "0 of 18 of our own solutions" in capsys.readouterr().out


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


def test_the_readme_tells_of_every_file() -> None:
    told = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert all(f"`marking/{path.name}`" in told for path in FOLDER.glob("*.py"))
