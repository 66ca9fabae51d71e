"""Text from outside on its way into a script: as an identifier, as the inside of a string, or not at all."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Iterable

from chalkgrad.core.node import Node

__all__ = ["Identifiers", "inside_quotes", "quoted", "safe_stem"]


class Identifiers:
    """Gives each quantity a name that a language can read, and none of them twice.

    Args:
        reserved: names that mean something else where the names are used.
        ascii_only: whether letters beyond ASCII are spelled by their number, as ONNX wants it.

    >>> names = Identifiers(["np"])
    >>> names.take("a^[2]_1"), names.take("lambda"), names.take("np"), names.take("a_2_1")
    ('a_2_1', 'lambda_', 'np_', 'a_2_1_')
    """

    def __init__(self, reserved: Iterable[str] = (), ascii_only: bool = False) -> None:
        self._taken = {*reserved, *keyword.kwlist, *dir(builtins)}
        self._ascii_only = ascii_only
        self._of: dict[Node, str] = {}

    def take(self, text: str) -> str:
        """A name like a text, from now on taken."""
        name = _as_identifier(text, self._ascii_only)
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def of(self, symbol: Node, like: str = "") -> str:
        """The name of a symbol: always the same one."""
        if symbol not in self._of:
            self._of[symbol] = self.take(like or symbol.name)
        return self._of[symbol]


def _as_identifier(text: str, ascii_only: bool) -> str:
    # Python reads identifiers in this normal form, so two names that differ only in it would be one.
    name = re.sub(r"[\W_]*\W[\W_]*", "_", unicodedata.normalize("NFKC", text)).strip("_") or "q"
    if ascii_only:
        name = "".join(letter if letter.isascii() else f"u{ord(letter):x}" for letter in name)
    if not name.isidentifier():
        name = f"q_{name}"
    return name if name.isidentifier() else "q"


def inside_quotes(text: str) -> str:
    r"""A text as it stands between double quotes of a Python string, single or triple: nothing in it ends the string.

    >>> inside_quotes('a "b" \\ c\n')
    'a \\"b\\" \\\\ c\\n'
    """
    return "".join(
        f"\\{letter}" if letter in '\\"' else letter if letter.isprintable() else _escaped(letter) for letter in text
    )


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii") if ord(letter) < 0xD800 or ord(letter) > 0xDFFF else "?"


def quoted(text: str) -> str:
    """A text as a Python string with double quotes."""
    return f'"{inside_quotes(text)}"'


def safe_stem(name: str) -> str:
    """The stem of a file name without anything that a file system or a script could read otherwise.

    >>> safe_stem("../my net.yaml"), safe_stem("")
    ('my_net_yaml', 'network')
    """
    return re.sub(r"[^0-9A-Za-z_-]+", "_", name).strip("_-") or "network"
