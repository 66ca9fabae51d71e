"""The marks that a line of somebody's working can get: a sign, a word and a colour each, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["MARKS", "MarkLook"]


@dataclass(frozen=True, slots=True)
class MarkLook:
    """How a mark looks.

    Args:
        sign: one character.
        word: what it means.
        colour: on white paper, as `#rrggbb`.
        terminal: the colour in a terminal.
        dot: a coloured dot, for formats that know no colours.
    """

    sign: str
    word: str
    colour: str
    terminal: str
    dot: str


# Signs and words differ as much as the colours do: who sees no colour loses nothing.
MARKS: Mapping[str, MarkLook] = MappingProxyType(
    {
        "right": MarkLook("✓", "Right", "#1f6b3a", "green", "🟢"),
        "rounded": MarkLook("≈", "Right within rounding", "#0f6674", "cyan", "🟢"),
        "carried": MarkLook("→", "Carried", "#8a5a00", "yellow", "🟡"),
        "wrong": MarkLook("✗", "Wrong", "#a3262a", "red", "🔴"),
        "unread": MarkLook("?", "Unread", "#6a3d8f", "magenta", "🟣"),
        "undecided": MarkLook("…", "Undecided", "#1f4e79", "blue", "🔵"),
        "not_about_this": MarkLook("·", "Not about this problem", "#5f5a52", "dim", "⚪"),
    }
)
