"""The worked problems that come with the package, found by their bare names."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

__all__ = ["problem_names", "problem_text"]

_ENDING = ".yaml"


@lru_cache(maxsize=1)
def problem_names() -> tuple[str, ...]:
    """The names of all bundled problems, sorted.

    >>> "sigmoid-2-2-2" in problem_names()
    True
    """
    entries = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_ENDING) for name in entries if name.endswith(_ENDING)))


def problem_text(name: str) -> bytes | None:
    """The text of the bundled problem of that name, as it stands in its file, or None if there is none.

    >>> problem_text("parabola").splitlines()[1]
    b'title: Gradient descent that only oscillates'
    """
    if name not in problem_names():
        return None
    return files(__name__).joinpath(name + _ENDING).read_bytes()
