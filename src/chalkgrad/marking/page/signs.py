"""The signs of formulas that are no commands and no letters."""

from __future__ import annotations

from chalkgrad.marking.page.tokens import Kind

__all__ = ["MARKS", "PAIRS", "SIGNS"]

_R = Kind.RELATION

PAIRS: dict[str, tuple[Kind, str]] = {
    "-->": (_R, "→"),
    "==>": (_R, "→"),
    "<->": (_R, "→"),
    "<=>": (_R, "→"),
    "<--": (_R, "←"),
    "->": (_R, "→"),
    "=>": (_R, "→"),
    "<-": (_R, "←"),
    ":=": (_R, "←"),
    "==": (_R, "="),
    "~=": (_R, "≈"),
    "=~": (_R, "≈"),
    "≈=": (_R, "≈"),
    "!=": (_R, "≠"),
    "<=": (_R, "≤"),
    ">=": (_R, "≥"),
    "**": (Kind.SUPERSCRIPT, ""),
    "||": (Kind.BAR, "‖"),
    "\r\n": (Kind.SPACE, ""),
}
SIGNS: dict[str, tuple[Kind, str]] = {
    **dict.fromkeys("+＋", (Kind.PLUS, "+")),
    **dict.fromkeys("-−–﹣－‐‑", (Kind.MINUS, "-")),
    **dict.fromkeys("·⋅∙•", (Kind.TIMES, "·")),
    **dict.fromkeys("×✕✖╳", (Kind.TIMES, "×")),
    **dict.fromkeys("⊙∘⊗", (Kind.TIMES, "⊙")),
    **dict.fromkeys("*∗＊", (Kind.TIMES, "*")),
    "@": (Kind.TIMES, "@"),
    **dict.fromkeys("/÷∕⁄", (Kind.SLASH, "/")),
    **dict.fromkeys("=＝≡", (_R, "=")),
    **dict.fromkeys("≈≃≅≒∼≐", (_R, "≈")),
    **dict.fromkeys("→⇒⟶⟹⇨➔➜⟾↦⇔↔➡⇾", (_R, "→")),
    **dict.fromkeys("←⇐⟵≔", (_R, "←")),
    **dict.fromkeys("<＜", (_R, "<")),
    **dict.fromkeys(">＞", (_R, ">")),
    "≤": (_R, "≤"),
    "≥": (_R, "≥"),
    "≠": (_R, "≠"),
    "⩽": (_R, "≤"),
    "⩾": (_R, "≥"),
    "^": (Kind.SUPERSCRIPT, ""),
    "_": (Kind.SUBSCRIPT, ""),
    **dict.fromkeys("(（", (Kind.OPEN, "(")),
    **dict.fromkeys(")）", (Kind.CLOSE, ")")),
    **dict.fromkeys("[［", (Kind.OPEN, "[")),
    **dict.fromkeys("]］", (Kind.CLOSE, "]")),
    "{": (Kind.OPEN, "{"),
    "}": (Kind.CLOSE, "}"),
    **dict.fromkeys("|∣", (Kind.BAR, "|")),
    **dict.fromkeys("‖∥", (Kind.BAR, "‖")),
    **dict.fromkeys(",،", (Kind.COMMA, ",")),
    **dict.fromkeys(";؛", (Kind.ROW, ";")),
    ".": (Kind.STOP, "."),
    "。": (Kind.STOP, "."),
    **dict.fromkeys(":：", (Kind.COLON, ":")),
    "∂": (Kind.PARTIAL, "∂"),
    "∇": (Kind.NABLA, "∇"),
    "√": (Kind.ROOT, "sqrt"),
    "∑": (Kind.FUNCTION, "sum"),
    "∴": (Kind.STOP, "therefore"),
    "∵": (Kind.STOP, "because"),
    "؟": (Kind.STOP, "?"),
    **dict.fromkeys("⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠⎧⎨⎩⎪⎫⎬⎭", (Kind.UNREAD, "a bracket over several lines")),
}
MARKS = frozenset('"“”«»„‹›‘✓✔✗✘★☆■□▪▫●○◦►▶■❌✅#!$©®™°§¶†‡')
"""Signs that stand around words."""
