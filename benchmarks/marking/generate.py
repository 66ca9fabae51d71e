"""Writes pages of working, right ones and wrong ones, and beside each what is true of it.

Nothing here knows how pages are marked: problems are worked out, mistakes made and lines written by code of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assembling import Assembler, Written, section, step_of
from expressions import Quantity, references
from injecting import Injected, Injector, Plan, touched
from layered import layered_lines
from matrices import column_lines, skip_lines
from noise import damaged
from pooled import pooled_lines
from styles import Appearance, appearance, styles_of
from working import PROBLEMS, Line, Problem, read

PAGES = Path(__file__).parent / "pages"
NAMES = tuple(sorted(path.stem for path in PROBLEMS.glob("*.yaml")))
PAGES_EACH = 75
SEED = 20240607
NOISY = 0.35
KINDS = ("right", "one", "one", "one", "two")
MOST_DAMAGES = 4


@dataclass(frozen=True)
class Made:
    """A page before it is put down as data."""

    looks: Appearance
    plan: Plan
    lines: tuple[Line, ...]
    mistakes: list[Injected]
    written: Written


def working_of(problem: Problem, looks: Appearance) -> list[Line]:
    """The lines of a problem by the route that a page takes, for the steps that it writes down."""
    makers = {"skip": skip_lines, "columns": column_lines}
    if problem.name in makers:
        lines = makers[problem.name](problem, looks.route)
    elif problem.samples > 1:
        lines = pooled_lines(problem)
    else:
        lines = layered_lines(problem, looks.route)
    return [line for line in lines if step_of(line.of) <= looks.steps]


def planned(problem: Problem, looks: Appearance, chance: random.Random) -> Plan:
    """What is left out of a page, and what of that is put into other lines."""
    lines = working_of(problem, looks)
    users: dict[Quantity, list[Quantity]] = {line.of: [] for line in lines}
    for line in lines:
        for of in set(references(line.says)) & set(users):
            users[of].append(line.of)
    hidden: set[Quantity] = set()
    merged: set[Quantity] = set()
    for line in lines:
        rare = section(line) == "update" or line.rule in ("weight gradient", "error")
        if chance.random() >= looks.left_out * (0.3 if rare else 1.0):
            continue
        hidden.add(line.of)
        if len(users[line.of]) == 1 and chance.random() < looks.merged and not line.rule.startswith("jacobian"):
            merged.add(line.of)
    # What is put into a line that is itself left out would be nowhere.
    merged = {of for of in merged if users[of][0] not in hidden}
    unnamed = {line.of for line in lines if line.of.kind == "error" and looks.habits.error == "difference"}
    return Plan(
        tuple(lines), problem.given, frozenset(hidden), frozenset(merged), frozenset(unnamed), looks.numbers == 0
    )


def make(problem: Problem, style: str, kind: str, chance: random.Random, injector: Injector) -> Made:
    """One page of a style with so many mistakes."""
    looks = appearance(problem, style, chance)
    plan = planned(problem, looks, chance)
    lines, mistakes = plan.lines, []
    for _ in range({"right": 0, "one": 1, "two": 2}[kind]):
        avoid = {mistake.of for mistake in mistakes} | {mistake.at for mistake in mistakes}
        avoid |= _before(plan.lines, avoid)
        found = injector.inject(plan, lines, looks.digits, looks.rounded, chance, avoid)
        if found is None:
            break
        lines, mistakes = found[0], [*mistakes, found[1]]
    page = plan.page(lines, looks.digits, looks.rounded)
    written = Assembler(problem, looks, page, chance, mistakes).write(list(page.lines.values()))
    return Made(looks, plan, lines, mistakes, written)


def _before(lines: tuple[Line, ...], of: set[Quantity]) -> set[Quantity]:
    """Everything that these rest on: a second mistake comes later, or beside them."""
    by_quantity = {line.of: line for line in lines}
    found: set[Quantity] = set()
    waiting = list(of)
    while waiting:
        for source in references(by_quantity[waiting.pop()].says):
            if source in by_quantity and source not in found:
                found.add(source)
                waiting.append(source)
    return found


def name_of(of: Quantity) -> str:
    """A quantity in the file's names."""
    match of.kind:
        case "sum":
            return f"z_{of.of}"
        case "gradient":
            return f"dloss/d{of.of}"
        case "slope":
            return f"d{of.of}/dz_{of.of}"
        case "parameter":
            return f"{of.of}'"
        case "error":
            return f"{of.of} - y"
        case "unit" | "loss":
            return of.of
    return f"{of.kind}({of.of})"


def record(made: Made, identity: str, problem: Problem, chance: random.Random) -> dict[str, Any]:
    """A page and what is true of it."""
    looks, places = made.looks, made.written.places
    mistakes = sorted(made.mistakes, key=lambda mistake: places[mistake.at][0])
    elsewhere = {mistake.at: _elsewhere(made, mistake) for mistake in mistakes}
    spoken_for = {of for others in elsewhere.values() for of in others}
    carried = set(touched(made.plan, made.lines, looks.digits, looks.rounded, mistakes)) - spoken_for
    blamed = {mistake.at for mistake in mistakes} | spoken_for
    protected = {n for of in blamed for n in range(places[of][0], places[of][1] + 1)}
    noisy = chance.random() < NOISY
    damages = _damage(made.written.lines, looks, protected, chance) if noisy else []
    hurt = set(damages)
    return {
        "id": identity,
        "problem": problem.name,
        "style": looks.style,
        "digits": f"{looks.digits.count} {'significant' if looks.digits.significant else 'decimals'}"
        + (" cut" if looks.digits.cut else ""),
        "carry": "rounded" if looks.rounded else "exact",
        "kind": ("right", "one", "two")[len(mistakes)],
        "noisy": bool(damages),
        "mistakes": [
            {
                "line": places[mistake.at][0],
                "last": places[mistake.at][1],
                "quantity": name_of(mistake.at),
                "step": step_of(mistake.at),
                "code": mistake.code,
                "also": list(mistake.also),
                "or": [list(places[of]) for of in elsewhere[mistake.at]],
            }
            for mistake in mistakes
        ],
        "carried": sorted(
            list(places[of]) for of in carried if not hurt & set(range(places[of][0], places[of][1] + 1))
        ),
        "damaged": sorted(damages),
        "lines": [[*places[of], name_of(of), step_of(of), of.sample] for of in places],
        "text": "\n".join(made.written.lines).rstrip() + "\n",
    }


def _elsewhere(made: Made, mistake: Injected) -> list[Quantity]:
    """Other lines on which a mistake may as well be seen.

    A gradient without the regularizer's part is still right as that of the loss alone; it is then the update that is
    wrong.
    """
    if mistake.code != "l2-left-out":
        return []
    page = made.plan.page(made.lines, made.looks.digits, made.looks.rounded)
    return [of for of in page.lines if of not in page.hidden and mistake.at in page.sources(of)]


def _damage(lines: list[str], looks: Appearance, protected: set[int], chance: random.Random) -> list[int]:
    """Damage one glyph on a few lines; their numbers."""
    numbers = [n for n in range(1, len(lines) + 1) if n not in protected and "quad" not in lines[n - 1]]
    chance.shuffle(numbers)
    wanted = chance.randint(1, MOST_DAMAGES)
    done: list[int] = []
    for number in numbers:
        changed = damaged(lines[number - 1], chance, looks.signs.script.endswith("slash"))
        if changed is not None and len(done) < wanted:
            lines[number - 1] = changed
            done.append(number)
    return done


def pages_of(name: str, count: int) -> Iterator[dict[str, Any]]:
    """The pages of a problem."""
    problem, injector = read(name), Injector()
    styles = styles_of(problem)
    for index in range(count):
        chance = random.Random(f"{SEED}/{name}/{index}")
        kind = KINDS[index % len(KINDS)]
        # Styles and kinds go round together, so that every style has every kind.
        style = styles[(index + index // len(KINDS)) % len(styles)]
        made = make(problem, style, kind, chance, injector)
        yield record(made, f"{name}-{index:03d}", problem, chance)


def as_text(pages: Iterator[dict[str, Any]]) -> str:
    """Pages as JSON lines."""
    return "".join(json.dumps(page, ensure_ascii=False, separators=(",", ":")) + "\n" for page in pages)


def main() -> int:
    """Write the pages, or compare them with those that are there; the exit code is 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is there, and write nothing")
    options = parser.parse_args()
    PAGES.mkdir(exist_ok=True)
    differs = False
    for name in NAMES:
        path, text = PAGES / f"{name}.jsonl", as_text(pages_of(name, PAGES_EACH))
        if options.check:
            same = path.exists() and path.read_bytes() == text.encode()
            differs |= not same
            print(f"{name}: {'as it is there' if same else 'DIFFERS from what is there'}")
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{name}: {PAGES_EACH} pages, {len(text.encode()) / 1024:.0f} KiB")
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
