"""A problem file: its text, its keys, where each stands, and all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from chalkgrad.errors import Fault, Place, ProblemError, nearest
from chalkgrad.ops import OPS, OpSet
from chalkgrad.problems import problem_names, problem_text
from chalkgrad.reading.defaults import DefaultTaken, defaults_taken
from chalkgrad.reading.file_checks import checked, written_path
from chalkgrad.reading.network_names import NetworkNames, name_network
from chalkgrad.reading.schema import ProblemKeys
from chalkgrad.reading.schema_faults import described
from chalkgrad.reading.source import SourceTree, load_source

__all__ = ["FormulaLine", "ProblemFile", "json_schema", "parse_problem", "read_problem_file"]

_MOST_BYTES = 2_000_000  # read no more than this of a file that cannot be a problem file


@dataclass(frozen=True, slots=True)
class FormulaLine:
    """One line of a formula, as typed, and the place of its first character."""

    text: str
    place: Place


@dataclass(frozen=True)
class ProblemFile:
    """A problem file that makes sense.

    Args:
        name: what it is called in messages.
        keys: what it says, with defaults.
        source: its text, and where everything stands.
        directory: where its paths start, or None for text that is in no file.
    """

    name: str
    keys: ProblemKeys
    source: SourceTree = field(repr=False)
    directory: FilePath | None = None

    @property
    def title(self) -> str:
        """The title, or the name of the file without its ending."""
        return self.keys.title or FilePath(self.name).stem

    @property
    def order(self) -> str:
        """`given` or `shuffled`: as written, else `given` for listed samples."""
        return self.keys.order or (
            "given" if self.keys.data is None or isinstance(self.keys.data, tuple) else "shuffled"
        )

    @cached_property
    def names(self) -> NetworkNames | None:
        """What everything in the network is called, or None for a formula."""
        return name_network(self.keys.network) if self.keys.network is not None else None

    @property
    def formula_lines(self) -> tuple[FormulaLine, ...]:
        """The lines of `formula` that say something, each with its place."""
        return tuple(self._lines("formula")) if self.keys.formula is not None else ()

    @property
    def loss_line(self) -> FormulaLine | None:
        """The loss as an expression with its place, or None when it is a known name or missing."""
        if self.keys.loss is None or self.keys.named_loss is not None:
            return None
        return FormulaLine(self.keys.loss.strip(), self.source.line_places(("loss",))[0])

    def place(self, *path: str | int) -> Place:
        """Where the value at a path stands, such as `place("network", "layers", 0, "weights")`."""
        return self.source.place(written_path(path, self.source.value))

    def key_place(self, *path: str | int) -> Place:
        """Where the key at a path stands."""
        return self.source.key_place(written_path(path, self.source.value))

    def defaults_taken(self) -> list[DefaultTaken]:
        """What was taken for everything not written: key, shown value and reason."""
        return defaults_taken(self.keys, self.title)

    def _lines(self, key: str) -> Iterator[FormulaLine]:
        text = str(getattr(self.keys, key))
        for line, place in zip(text.split("\n"), self.source.line_places((key,)), strict=True):
            stripped = line.strip()
            if stripped and not stripped.startswith("#"):
                indent = len(line) - len(line.lstrip())
                yield FormulaLine(stripped, _moved(place, indent, len(stripped)))


def _moved(place: Place, columns: int, width: int) -> Place:
    return Place(place.source, place.line, place.column + columns, place.text, width)


def read_problem_file(path_or_name: str | FilePath, ops: OpSet = OPS) -> ProblemFile:
    """Read a problem file.

    Args:
        path_or_name: a path, or the bare name of a problem that comes with the package. A file goes before a name.
        ops: what the problem may name.

    Returns:
        The problem file.

    Raises:
        ProblemError: `file-not-found`, `file-not-readable`, and everything that `parse_problem` raises.

    >>> read_problem_file("sigmoid-2-2-2").keys.loss
    'half_sse'
    """
    path = FilePath(path_or_name)
    if path.is_file():
        return parse_problem(_bytes(path), str(path_or_name), path.parent, ops)
    bundled = problem_text(str(path_or_name))
    if bundled is None:
        raise ProblemError(_not_found(str(path_or_name), path))
    return parse_problem(bundled, f"{path_or_name}.yaml", ops=ops)


def _bytes(path: FilePath) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_MOST_BYTES)
    except OSError as error:
        raise ProblemError(Fault("file-not-readable", f"`{path}` cannot be read: {error.strerror}")) from None


def _not_found(name: str, path: FilePath) -> Fault:
    if path.is_dir():
        return Fault("file-not-readable", f"`{name}` is a directory; expected a problem file")
    bare = path.name.removesuffix(".yaml").removesuffix(".yml")
    hint = nearest(bare, problem_names()) or f"problems that come with the package: {', '.join(problem_names())}"
    return Fault("file-not-found", f"there is no file `{name}`, and no problem of that name", hint=hint)


def parse_problem(
    text: str | bytes, name: str = "problem.yaml", directory: FilePath | None = None, ops: OpSet = OPS
) -> ProblemFile:
    """Read the text of a problem file.

    Args:
        text: the text; bytes must be UTF-8.
        name: what to call it in messages.
        directory: where its paths start.
        ops: what the problem may name.

    Returns:
        The problem file.

    Raises:
        ProblemError: all faults of the file at once, in the order of their places.

    >>> parse_problem("formula: f = x^2").keys.formula
    'f = x^2'
    """
    source = load_source(text, name)
    if not isinstance(source.value, dict) or not source.value:
        read = described(source.value)
        message = f"expected keys such as `network:` or `formula:`, read {read}"
        hint = "`chalkgrad new` writes a problem file to start from"
        raise ProblemError([*source.faults, Fault("not-a-problem", message, source.place(), hint)])
    keys, faults = checked(source, ops)
    if keys is None:
        raise ProblemError(faults)
    file = ProblemFile(name, keys, source, directory)
    if faults:
        from chalkgrad.reading.problem_faults import faults_beside

        beside = [fault for fault in faults_beside(file, faults) if fault not in faults]
        if beside:
            faults = sorted([*faults, *beside], key=lambda f: (f.place.line, f.place.column) if f.place else (0, 0))
        raise ProblemError(faults)
    return file


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a problem file, for editors."""
    schema: dict[str, Any] = _for_editors(ProblemKeys.model_json_schema())
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Chalkgrad problem file"}


def _for_editors(schema: Any) -> Any:
    """The schema without `null`, for a key that is left out is not written at all, and with a title on every key."""
    if isinstance(schema, list):
        return [_for_editors(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _for_editors(value) for key, value in schema.items() if not (key == "default" and value is None)}
    for key, entry in kept.get("properties", {}).items():
        entry.setdefault("title", key.replace("_", " ").capitalize())
    return _without_null(kept)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices = schema.get("anyOf")
    if not isinstance(choices, list):
        return schema
    kept = [choice for choice in choices if choice != {"type": "null"}]
    if len(kept) > 1 or not isinstance(kept[0], dict):
        return {**schema, "anyOf": kept}
    return {**kept[0], **{key: value for key, value in schema.items() if key != "anyOf"}}
