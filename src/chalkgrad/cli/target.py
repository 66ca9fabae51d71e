"""Where a result goes: standard output, or a file that is written whole or not at all."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chalkgrad.errors import Fault, UsageError
from chalkgrad.files import write_whole

__all__ = [
    "STANDARD",
    "Target",
    "Written",
    "choose_target",
    "deliver",
    "misuse",
    "print_out",
    "put",
    "say",
    "shows_pictures",
]

STANDARD = "-"
FORMAT_OF_SUFFIX = {
    "": "text",
    ".txt": "text",
    ".md": "md",
    ".tex": "tex",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".typ": "typ",
    ".json": "json",
}
FOR_A_VIEWER = ("html", "pdf")  # of no use as letters in a terminal


class Written(Protocol):
    """What the api gives back: it can be shown in the terminal, or written in a format."""

    def show(self) -> None:
        """Print it in the terminal, with colour."""

    def write(self, format: str) -> str | bytes:
        """The whole of it in one of the formats."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a result goes, and in which format; no path is standard output."""

    format: str
    path: Path | None
    quiet: bool = False


def choose_target(
    to: str | None,
    out: str | None,
    *,
    stem: str = "chalkgrad",
    as_json: bool = False,
    force: bool = False,
    quiet: bool = False,
) -> Target:
    """Settle format and place before any work is done, so that misuse is told at once.

    Args:
        to: the format asked for, or nothing: then the name after `--out` says it.
        out: the file asked for, `-` for standard output, or nothing.
        stem: names the file where none was asked for and the format is of no use in a terminal.
        as_json: whether `--json` was given.
        force: whether a file that exists may be replaced.
        quiet: whether to say nothing about the file that was written.

    Raises:
        UsageError: `two-formats`, `unknown-format`, `cannot-write` or `file-exists`.
    """
    if as_json and to not in (None, "json"):
        raise misuse("two-formats", f"--json and --to {to} ask for two formats", "leave one of them out")
    format = "json" if as_json else to or _format_for(out)
    path = None if out in (None, STANDARD) else Path(str(out))
    if out is None and format in FOR_A_VIEWER and sys.stdout.isatty():
        path = Path(f"{stem}.{format}")
    if path is not None:
        _check_free(path, force)
    return Target(format, path, quiet)


def _format_for(out: str | None) -> str:
    """The format that a file's name asks for."""
    suffix = Path(out).suffix.lower() if out else ""
    if suffix not in FORMAT_OF_SUFFIX:
        known = ", ".join(filter(None, FORMAT_OF_SUFFIX))
        raise misuse(
            "unknown-format", f'the name "{out}" does not say a format: known are {known}', "give the format with --to"
        )
    return FORMAT_OF_SUFFIX[suffix]


def _check_free(path: Path, force: bool) -> None:
    """Refuse a place that cannot be written, and one that holds somebody's work unless `--force` was given.

    An empty file holds no work, and a device such as `/dev/stdout` is no file.
    """
    if path.is_dir():
        raise misuse("cannot-write", f'"{path}" is a folder', "name a file in it")
    if not path.parent.is_dir():
        raise misuse("cannot-write", f'there is no folder "{path.parent}" to write "{path.name}" in')
    if not force and path.is_file() and path.stat().st_size > 0:
        raise misuse(
            "file-exists", f'"{path}" exists and is left as it is', "--force replaces it, or name another file"
        )


def shows_pictures(target: Target) -> bool:
    """Whether pictures are seen there; drawing them takes longer than all the rest."""
    return target.format not in ("text", "json")


def deliver(result: Written, target: Target) -> None:
    """Show, print or save a result."""
    coloured = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    if target.path is None and target.format == "text" and coloured:
        with suppress(SystemExit):  # rich's answer to a pipe that was closed
            result.show()
        return
    put(result.write(target.format), target)


def put(content: str | bytes, target: Target) -> None:
    """Print content that has its format, or save it and say where."""
    if target.path is None:
        print_out(content)
    else:
        write_whole(target.path, content if isinstance(content, bytes) else f"{content.rstrip()}\n")
        say(f"wrote {target.path}", target.quiet)


def print_out(content: str | bytes) -> None:
    """Put content on standard output; a reader that has gone away (`| head`) is no fault."""
    try:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            sys.stdout.write(content if content.endswith("\n") else f"{content}\n")
        sys.stdout.flush()
    except OSError as error:
        # What is still in the buffer must go somewhere when the process ends, or Python complains about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise misuse("cannot-write", f"cannot write to standard output: {error.strerror}") from error


def say(message: str, quiet: bool = False) -> None:
    """A word on standard error."""
    if not quiet:
        sys.stderr.write(f"{message}\n")


def misuse(code: str, message: str, hint: str = "") -> UsageError:
    """A fault of the call, ready to be raised."""
    return UsageError(Fault(code, message, hint=hint))
