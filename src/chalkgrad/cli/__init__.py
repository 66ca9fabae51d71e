"""The command line: reads what was asked, hands it to `chalkgrad.api`, puts the answer where it belongs.

Results go to standard output or to a file, everything else to standard error. Exit codes are `ExitCode`.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer

from chalkgrad.cli import commands as commands
from chalkgrad.cli import looking_commands as looking_commands
from chalkgrad.cli import marking_commands as marking_commands
from chalkgrad.cli import prediction_commands as prediction_commands
from chalkgrad.cli import training_commands as training_commands
from chalkgrad.cli.options import ExitCode, app
from chalkgrad.cli.target import say
from chalkgrad.errors import ChalkgradError, CheckError, UsageError

__all__ = ["ExitCode", "app", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Args:
        arguments: what stands behind the command's name; by default what the process was given.
    """
    _settle_streams()
    # Looking for plugins of pydantic reads the metadata of every package that is installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        with _few_collections():
            return _run(arguments)
    except ChalkgradError as error:
        for fault in error.faults:
            say(str(fault) if fault.place else f"chalkgrad: {fault}")
        return _code_of(error)
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except Exception as error:
        _report(error)
        return ExitCode.OUR_FAULT


@contextmanager
def _few_collections() -> Iterator[None]:
    """A command makes many small objects and ends soon: looking for garbage all the time costs a tenth of it."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _run(arguments: Sequence[str] | None) -> int:
    """Hand over to typer; what it cannot understand is misuse."""
    command = typer.main.get_command(app)
    try:
        code = command.main(args=arguments, prog_name="chalkgrad", standalone_mode=False)
    except typer.TyperException as error:
        say(f"chalkgrad: {error.format_message()}")
        context = getattr(error, "ctx", None)
        say(f"    hint: {context.command_path if context else 'chalkgrad'} --help")
        return ExitCode.MISUSE
    return int(code or ExitCode.DONE)


def _code_of(error: ChalkgradError) -> ExitCode:
    match error:
        case UsageError():
            return ExitCode.MISUSE
        case CheckError():
            return ExitCode.OUR_FAULT
        case _:
            return ExitCode.UNREADABLE


def _report(error: Exception) -> None:
    """Tell of a fault of ours in one line; the stack only when asked for, and never on standard output."""
    if os.environ.get("CHALKGRAD_TRACEBACK"):
        import traceback

        say("".join(traceback.format_exception(error)).rstrip())
        return
    words = " ".join(str(error).split())
    say(
        f"chalkgrad: a fault of ours, {type(error).__name__}: {words[:200]}. "
        "Please report it; CHALKGRAD_TRACEBACK=1 shows where it happened."
    )


def _settle_streams() -> None:
    """Pipes and files get UTF-8 on every system; a terminal that lacks a letter gets another instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
