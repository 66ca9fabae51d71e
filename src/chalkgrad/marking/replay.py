"""Steps worked out again with slips in them: many slips side by side, each in a lane of its own.

Between the numbers that a page says and the number that is looked at there may be steps that it leaves out. These are
*open*: a slip may have been made at any of them. All numbers of open steps are arrays with one entry for each lane.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy

from chalkgrad.core.node import VARIABLE, Node
from chalkgrad.marking.course import Course, Stage
from chalkgrad.marking.mistakes.mistake import Edit
from chalkgrad.marking.mistakes.rewriting import parts_of
from chalkgrad.marking.stand_ins import StandIns
from chalkgrad.marking.worlds import World, leaves_of
from chalkgrad.ops.losses import sigmoid_cross_entropy, softmax_cross_entropy_unit
from chalkgrad.solving.statements import Statement

__all__ = ["Key", "Lane", "OpenSteps", "Replay", "open_steps"]

Key = tuple[int, Node]
Lane = Mapping[Key, Edit]
_MOST_OPEN = 60


class OpenSteps:
    """The steps at which a slip may hide.

    `keys` has them in order, each after what it uses.

    Args:
        course: the working as it should be.
        claimed: what the claim speaks of.
        nearest: the stage and the symbol of each open step, the nearest to the claim first.
        origins: for a symbol of a stage, the open step of the stage before that gives its number.
    """

    def __init__(
        self, course: Course, claimed: Sequence[Key], nearest: Sequence[Key], origins: Mapping[Key, Key]
    ) -> None:
        self.course, self.claimed, self.origins = course, tuple(claimed), origins
        self.nearest = tuple(nearest)
        self.keys = tuple(sorted(nearest, key=self._place))
        self.statements: dict[Key, Statement] = {
            (stage, symbol): _step_of(course.stage(stage), symbol) for stage, symbol in self.keys
        }

    def _place(self, key: Key) -> tuple[int, int]:
        stage = self.course.stage(key[0])
        places = self.course.kept.setdefault(("places", key[0]), {})
        if not places:
            places.update((symbol, place) for place, symbol in enumerate(stage.statements))
        return key[0], places[key[1]]


def open_steps(
    course: Course, stage: int, symbols: Sequence[Node], is_stated: Callable[[int, Node], bool]
) -> OpenSteps:
    """The steps between what a page says and some symbols, the nearest first where there are too many.

    Args:
        course: the working.
        stage: the stage of the symbols.
        symbols: what is claimed; their own steps are open, whatever is stated.
        is_stated: whether the page says the number of a symbol at a stage.
    """
    claimed = [(stage, symbol) for symbol in symbols]
    found = dict.fromkeys(key for key in claimed if key[1] in course.stage(stage).statements)
    origins: dict[Key, Key] = {}
    waiting = deque(found)
    while waiting and len(found) < _MOST_OPEN:
        at, symbol = waiting.popleft()
        here = course.stage(at)
        for leaf in leaves_of(_step_of(here, symbol).formula):
            key = (at, leaf)
            maker = _maker(course, here, leaf)
            if maker is None or key in origins or is_stated(*key) or is_stated(*maker):
                continue
            if maker != key:
                origins[key] = maker
            if maker not in found:
                found[maker] = None
                waiting.append(maker)
    return OpenSteps(course, claimed, list(found), origins)


def _step_of(stage: Stage, symbol: Node) -> Statement:
    """A step as it is done on paper: cross-entropy is worked out from probabilities, and not from what gives them."""
    made = stage.statements[symbol]
    if made.kind == "loss" and made.formula.op in (sigmoid_cross_entropy, softmax_cross_entropy_unit):
        return replace(made, formula=stage.formulas[symbol])
    return made


def _maker(course: Course, stage: Stage, symbol: Node) -> Key | None:
    """The step that gives a symbol its number, in this stage or in the one before; `None` for what is given."""
    if symbol in stage.statements:
        return stage.number, symbol
    before = stage.before.get(symbol)
    return before if before is not None and before[1] in course.stage(before[0]).statements else None


class Replay:
    """Open steps worked out in a world, without and with slips.

    Args:
        steps: the open steps.
        world: the numbers of everything else.
    """

    def __init__(self, steps: OpenSteps, world: World) -> None:
        self.steps, self.world = steps, world
        self._known: dict[int, dict[Node, Any]] = {}
        self._open = frozenset(steps.keys)
        for key in steps.keys:
            memo = self._memo(key[0])
            memo[key[1]] = self._work_out(key[0], steps.statements[key].formula, {})
        self.plain = tuple(float(self._leaf(*key)) for key in steps.claimed)

    def _memo(self, stage: int) -> dict[Node, Any]:
        return self._known.setdefault(stage, {})

    def _leaf(self, stage: int, symbol: Node) -> Any:
        """The number of a symbol without slips."""
        memo = self._memo(stage)
        if symbol not in memo:
            origin = self.steps.origins.get((stage, symbol))
            try:
                known = self._leaf(*origin) if origin in self._open and origin else self.world.value(stage, symbol)
            except KeyError:
                known = numpy.nan
            memo[symbol] = numpy.float64(known)
        return memo[symbol]

    def _work_out(self, stage: int, formula: Node, local: dict[Node, Any]) -> Any:
        """The value of a formula; what depends on `local` is worked out from it and kept there."""
        memo = self._memo(stage)
        with numpy.errstate(all="ignore"):
            for part in parts_of(formula):
                if part in local:
                    continue
                if any(argument in local for argument in part.arguments):
                    values = [local[a] if a in local else memo[a] for a in part.arguments]
                    local[part] = _forward(part, values)
                elif part.op is VARIABLE:
                    self._leaf(stage, part)
                elif part not in memo:
                    memo[part] = _constant(part) if part.number is not None else _applied(part, memo)
        return local[formula] if formula in local else memo[formula]

    def run(self, lanes: Sequence[Lane]) -> Any:
        """The numbers of the claim in each lane.

        Args:
            lanes: for each lane, the edits of open steps.

        Returns:
            An array with a row for each lane and a column for each symbol of the claim.
        """
        lives = self._lived(lanes)
        columns = [lives.get(key, self._leaf(*key)) for key in self.steps.claimed]
        return numpy.stack([numpy.broadcast_to(column, len(lanes)) for column in columns], axis=1)

    def both(self, lane: Lane, stage: int, formula: Node) -> tuple[float, float]:
        """The value of a formula without slips, and with those of a lane."""
        (right,) = _floats(self._work_out(stage, formula, {}))
        local = self._affected(stage, formula, self._lived([lane]))
        (wrong,) = _floats(self._work_out(stage, formula, local))
        return right, wrong

    def numbers(self, lane: Lane) -> dict[Key, list[float]]:
        """For one lane, the numbers of everything that the open steps work with, by step."""
        lives = self._lived([lane])
        found: dict[Key, list[float]] = {}
        for key in self.steps.keys:
            formula = lane[key].formula if key in lane else self.steps.statements[key].formula
            found[key] = [*self._parts(key[0], formula, lives), *_floats(lives.get(key, self._leaf(*key)))]
        return found

    def _lived(self, lanes: Sequence[Lane]) -> dict[Key, Any]:
        """The numbers of open steps that differ in some lane."""
        edited: dict[Key, dict[tuple[Node, tuple[tuple[Node, Node], ...]], list[int]]] = {}
        for number, lane in enumerate(lanes):
            for key, edit in lane.items():
                which = (edit.formula, tuple(edit.borrowed.items()))
                edited.setdefault(key, {}).setdefault(which, []).append(number)
        lives: dict[Key, Any] = {}
        for key in self.steps.keys:
            formula = self.steps.statements[key].formula
            groups = edited.get(key, {})
            local = self._affected(key[0], formula, lives)
            value = self._work_out(key[0], formula, local) if local or not groups else self._leaf(*key)
            if groups:
                value = numpy.array(numpy.broadcast_to(value, len(lanes)), dtype=numpy.float64)
            for (wrong, borrowed), members in groups.items():
                value[members] = self._edited(key[0], wrong, borrowed, lives, members)
            if local or groups:
                lives[key] = value
        return lives

    def _affected(self, stage: int, formula: Node, lives: Mapping[Key, Any]) -> dict[Node, Any]:
        """The symbols of a formula whose numbers differ between lanes."""
        found: dict[Node, Any] = {}
        for leaf in leaves_of(formula) if lives else ():
            key = self.steps.origins.get((stage, leaf), (stage, leaf))
            if key in lives:
                found[leaf] = lives[key]
        return found

    def _edited(
        self,
        stage: int,
        formula: Node,
        borrowed: Sequence[tuple[Node, Node]],
        lives: Mapping[Key, Any],
        members: Sequence[int],
    ) -> Any:
        local = {leaf: numpy.asarray(v)[members] for leaf, v in self._affected(stage, formula, lives).items()}
        for symbol, there in borrowed:
            local[symbol] = self._leaf(stage - 1, there)
        return self._work_out(stage, formula, local)

    def _parts(self, stage: int, formula: Node, lives: Mapping[Key, Any]) -> list[float]:
        """The numbers of all parts of a formula in a single lane."""
        local = self._affected(stage, formula, lives)
        self._work_out(stage, formula, local)
        memo = self._memo(stage)
        return [number for part in parts_of(formula) for number in _floats(local.get(part, memo.get(part)))]


def _floats(value: Any) -> list[float]:
    return [] if value is None else [float(numpy.asarray(value).reshape(-1)[0])]


def _constant(node: Node) -> Any:
    number = node.number
    assert number is not None
    return int(number) if number.denominator == 1 else float(number)


def _applied(node: Node, memo: Mapping[Node, Any]) -> Any:
    return _forward(node, [memo[argument] for argument in node.arguments])


def _forward(node: Node, values: Sequence[Any]) -> Any:
    """The value of a node; a function without a formula is another one in its place, the same as in sampled worlds."""
    return node.op.forward(StandIns() if node.op.name == "unnamed" else numpy, *values, **node.attributes)
