"""Measures how long whole processes take from start to end: importing the package, `--help`, and a solution.

Importing is compared with importing NumPy alone, which the package needs in any case; the commands with a bare Python.
"""

from __future__ import annotations

import subprocess
import sys

from measuring import Row, alternately, arguments, median, print_table

IMPORT = ("-c", "import chalkgrad")
HELP = ("-m", "chalkgrad", "--help")
SOLVE = ("-m", "chalkgrad", "solve", "sigmoid-2-2-2")
NUMPY = ("-c", "import numpy")
BARE = ("-c", "pass")


def main() -> int:
    """Print one table; the exit code is 0."""
    repeats = 3 if arguments(__doc__).quick else 20
    rows = [
        *compared("import chalkgrad", IMPORT, "import numpy", NUMPY, repeats, "at most 150 ms beyond numpy"),
        *compared("chalkgrad --help", HELP, "python alone", BARE, repeats, "at most 250 ms"),
        *compared("chalkgrad solve sigmoid-2-2-2", SOLVE, "python alone", BARE, repeats, "at most 600 ms"),
    ]
    print_table("Whole processes, start to end", "ms", rows)
    return 0


def compared(
    ours: str, our_command: tuple[str, ...], theirs: str, their_command: tuple[str, ...], repeats: int, target: str
) -> list[Row]:
    """Two commands in turns, and the median of the ratios."""
    one, other = alternately(lambda: run(our_command), lambda: run(their_command), repeats)
    ratio = median([a / b for a, b in zip(one, other, strict=True)])
    return [Row(ours, median(one) * 1e3, ratio, target), Row(f"  {theirs}", median(other) * 1e3)]


def run(command: tuple[str, ...]) -> None:
    """One process of this Python; what it prints is thrown away, and a failure ends the benchmark."""
    subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    sys.exit(main())
