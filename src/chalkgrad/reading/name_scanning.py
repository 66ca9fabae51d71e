"""Reading a name with its scripts, in either order: `a^[2]_1`, `a_1^[2]`, `w^(1)_{11}`, `x^2_1`."""

from __future__ import annotations

import re

from chalkgrad.reading.lexing import Scanner
from chalkgrad.reading.spelling import SUPERSCRIPTS, canonical_script, spell_name, subscript

__all__ = ["MAXIMUM_NAME", "NameScanner"]

MAXIMUM_NAME = 100

_INDEX = re.compile(
    r"\s*\^\s*(?:(?P<square>\[[^\[\]{}]*\])|\{\s*(?P<braced>\[[^\[\]{}]*\]|\([\w\\ +\-−]+\))\s*\}"
    r"|(?P<round>\(\s*[^\W_]+\s*\)))"
    r"|⁽(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹ⁱⁿ]+)⁾"
)


class NameScanner(Scanner):
    """A scanner that can read names; its subclasses say how scripts are written."""

    def subscript_at(self, position: int) -> tuple[str, int] | None:
        """What stands in a subscript at a position, as written, and where it ends; None when there is none."""
        raise NotImplementedError

    def power_at(self, position: int) -> int | None:
        """Where a superscript that is no part of a name ends; None when there is none."""
        raise NotImplementedError

    def plain_script(self, content: str) -> str:
        """The content of a script without markup."""
        return content

    def name(self, base: str, end: int) -> None:
        """Emit the name with this base, which reaches to `end`, and whatever scripts follow."""
        scripts: list[str] = []
        while True:
            if (found := self.subscript_at(end)) is not None:
                self._add_subscript(found[0], found[1], scripts)
                end = found[1]
            elif (found := self._index_at(end, base, scripts)) is not None:
                scripts.append(found[0])
                end = found[1]
            else:
                break
        if (power_end := self.power_at(end)) is not None and (behind := self.subscript_at(power_end)) is not None:
            # `x^2_1` is (x_1)^2: the power is read next, and the subscript behind it is passed over.
            self._add_subscript(behind[0], behind[1], scripts)
            self.skips[power_end] = behind[1]
        spelled = spell_name(base, scripts, self.vocabulary.names)
        if len(spelled) > MAXIMUM_NAME:
            message = f"a name may have at most {MAXIMUM_NAME} letters"
            self.fault("name-too-long", message, end)
            return
        self.emit("NAME", end, spelled)

    def _add_subscript(self, raw: str, end: int, scripts: list[str]) -> None:
        content = canonical_script(self.plain_script(raw))
        if content is not None:
            scripts.append(subscript(content))
            return
        position = self.position
        message = f"`{raw.strip()}` cannot be a subscript" if raw.strip() else "a subscript is missing behind `_`"
        hint = "Subscripts are letters and digits, as in W_2, w_11, y_hat or a_{i,j}."
        self.fault("bad-subscript", message, end, hint)
        self.position = position

    def _index_at(self, position: int, base: str, scripts: list[str]) -> tuple[str, int] | None:
        """A superscript that is part of the name: `^[..]` always, `^(n)` if a subscript or a defined name says so."""
        found = _INDEX.match(self.text, position)
        if found is None or any(script.startswith("^") for script in scripts):
            return None
        raised = found["raised"]
        raw = f"({raised.translate(SUPERSCRIPTS)})" if raised else found["square"] or found["braced"] or found["round"]
        content = canonical_script(self.plain_script(raw))
        if content is None or content in {"[]", "()"}:
            return None
        script = f"^{content}"
        is_sure = bool(found["square"] or found["braced"]) or self.is_left_side
        if is_sure or self.subscript_at(found.end()) is not None or self._is_defined(base, [*scripts, script]):
            return script, found.end()
        return None

    def _is_defined(self, base: str, scripts: list[str]) -> bool:
        return spell_name(base, scripts, self.vocabulary.names) in self.vocabulary.names
