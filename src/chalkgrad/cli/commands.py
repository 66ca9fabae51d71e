"""Working a problem out, and looking things up: the commands and their help. `chalkgrad.api` does the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from chalkgrad.cli.options import (
    ExitCode,
    FileArgument,
    ForceOption,
    JsonOption,
    OutOption,
    QuietOption,
    ToOption,
    app,
    complete_bundled,
    read_problem,
)
from chalkgrad.cli.progress import counted
from chalkgrad.cli.solving_options import (
    CarryOption,
    DetailOption,
    RoundOption,
    SampleOption,
    UnitsOption,
    ViewOption,
    WeightsOption,
    rounding,
    rows_of,
)
from chalkgrad.cli.target import STANDARD, Target, choose_target, deliver, misuse, print_out, put, say
from chalkgrad.errors import nearest

__all__ = ["ExitCode", "app"]


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            print_out(f"chalkgrad {version('chalkgrad')}")
        except PackageNotFoundError:
            print_out("chalkgrad, run from its source and not installed")
        raise typer.Exit


@app.callback(
    invoke_without_command=True,
    epilog="""\b
Start here:
  chalkgrad solve sigmoid-2-2-2        a bundled problem, worked out in the terminal
  chalkgrad new homework.yaml          a commented file to begin with
  chalkgrad solve homework.yaml -o homework.pdf
  chalkgrad train digits               the same kind of file, trained on real data

\b
Exit codes: 0 done, 1 findings, 2 misuse, 3 the input cannot be read, 4 a fault of ours, 130 interrupted.""",
)
def chalkgrad(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Work neural networks out in longhand."""
    if context.invoked_subcommand is None:
        say(context.get_help())
        raise typer.Exit(ExitCode.MISUSE)


@app.command(
    epilog="""\b
Examples:
  chalkgrad solve sigmoid-2-2-2
  chalkgrad solve homework.yaml --view units --detail full
  chalkgrad solve homework.yaml --round "4 significant" --carry rounded
  chalkgrad solve homework.yaml --out homework.pdf
  chalkgrad solve homework.yaml --json | jq '.steps[0].gradients'
  chalkgrad solve digits --sample 0 --units h1_3
  chalkgrad solve digits --sample 0 --units "y_hat_2, w^(1)_{3,17}" --weights runs/digits-1
  cat homework.yaml | chalkgrad solve - --to md

HTML and PDF asked for in a terminal without --out are written to NAME.html and NAME.pdf in the working folder. A file
that exists is replaced only with --force. If a check of the solution fails, the solution is printed all the same and
the exit code is 4."""
)
def solve(
    file: FileArgument,
    to: ToOption = None,
    out: OutOption = None,
    view: ViewOption = None,
    detail: DetailOption = None,
    round: RoundOption = None,
    carry: CarryOption = None,
    sample: SampleOption = None,
    units: UnitsOption = None,
    weights: WeightsOption = None,
    as_json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> int:
    """Work a problem out, step by step.

    Forward pass, loss, gradients and update, each step with its rule, its formula and its numbers.

    VIEW, DETAIL, DIGITS and NUMBERS are what the problem file says under `show` unless given here.
    """
    digits = None if round is None else rounding(round)
    rows = None if sample is None else rows_of(sample)
    stem = "problem" if file == STANDARD else Path(file).stem
    target = choose_target(to, out, stem=stem, as_json=as_json, force=force, quiet=quiet)
    _keep_source(file, target)
    problem = read_problem(file)
    from chalkgrad import api

    progress = None if quiet else counted
    solution = api.solve(
        problem,
        sample=rows,
        units=units,
        weights=weights,
        view=view,
        detail=detail,
        round=digits,
        carry=carry,
        progress=progress,
    )
    deliver(solution, target)
    if solution.passed:
        return ExitCode.DONE
    say("chalkgrad: a check of this solution failed, do not trust its numbers. The fault is ours: please report it.")
    return ExitCode.OUR_FAULT


def _keep_source(file: str, target: Target) -> None:
    """Not even `--force` writes a solution over its problem."""
    if target.path and target.path.exists() and Path(file).exists() and target.path.samefile(file):
        raise misuse("file-exists", f'"{target.path}" is the problem itself', "name another file with --out")


@app.command(
    epilog="""\b
Examples:
  chalkgrad problems
  chalkgrad problems sigmoid-2-2-2 > homework.yaml"""
)
def problems(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            show_default=False,
            help="Print the file of this problem.",
            autocompletion=complete_bundled,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the bundled problems, or print one of them."""
    if name is not None:
        _print_problem(name, as_json)
        return
    from chalkgrad import api

    listed = api.bundled_problems()
    if as_json:
        print_out(json.dumps([{"name": name, "title": title} for name, title in listed], indent=2, ensure_ascii=False))
        return
    width = max((len(name) for name, _ in listed), default=0)
    print_out("\n".join(f"{name:{width}}  {title}" for name, title in listed))


def _print_problem(name: str, as_json: bool) -> None:
    from chalkgrad.problems import problem_names, problem_text

    if as_json:
        raise misuse("two-formats", "a problem file is YAML; --json is for the list", "leave --json or NAME out")
    text = problem_text(name)
    if text is None:
        hint = nearest(name, problem_names()) or "`chalkgrad problems` lists them"
        raise misuse("unknown-problem", f'no problem named "{name}" comes with the package', hint)
    print_out(text)


@app.command(
    epilog="""\b
Examples:
  chalkgrad ops
  chalkgrad ops tanh relu
  chalkgrad ops --kind optimizer --to html --out optimizers.html"""
)
def ops(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", show_default=False, help="Only these; without, all.")
    ] = None,
    kind: Annotated[
        Literal["activation", "loss", "optimizer", "regularizer", "function"] | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            show_default=False,
            help="Only activation, loss, optimizer, regularizer or function.",
        ),
    ] = None,
    to: ToOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show the activations, losses and optimizers.

    Each with its formula, its derivative, when to take it and where it comes from.
    """
    target = choose_target(to, out, stem=kind or "ops", as_json=as_json, force=force, quiet=quiet)
    from chalkgrad import api

    deliver(api.catalogue(names or (), kind=kind), target)


@app.command(
    epilog="""\b
Examples:
  chalkgrad new
  chalkgrad new homework.yaml --kind formula
  chalkgrad new - | chalkgrad solve -"""
)
def new(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help='The file to write; "-" is standard output.')
    ] = "problem.yaml",
    kind: Annotated[
        Literal["network", "formula"],
        typer.Option("--kind", metavar="KIND", help="A layered network, or lines of formulas."),
    ] = "network",
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write a commented problem file to start from."""
    target = choose_target("text", path, force=force, quiet=quiet)
    from chalkgrad import api

    put(api.starter(kind), target)
    if target.path is not None:
        say(f"next: chalkgrad solve {path}", quiet)


@app.command(
    epilog="""\b
Examples:
  chalkgrad schema --out chalkgrad.schema.json

Name it in an editor that knows JSON Schema, and it completes and checks problem files as they are typed."""
)
def schema(out: OutOption = None, force: ForceOption = False, quiet: QuietOption = False) -> None:
    """Print the JSON Schema of problem files."""
    target = choose_target("json", out, force=force, quiet=quiet)
    from chalkgrad import api

    put(json.dumps(api.schema(), indent=2, ensure_ascii=False), target)
