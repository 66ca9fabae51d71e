"""Measures a solution of three layers and five epochs, from its problem to a finished PDF.

Seconds inside one process: reading and solving, writing the PDF, and both together. Needs the extra `pdf`.
"""

from __future__ import annotations

import sys
import time

from measuring import Row, arguments, median, print_table

import chalkgrad

PROBLEM = """
title: three layers, five epochs
network:
  input: [x1, x2]
  layers:
    - {units: 3, activation: tanh, weights: [[0.1, -0.2], [0.3, 0.4], [0.5, -0.6]], bias: [0.1, 0.0, -0.1]}
    - {units: 3, activation: relu, weights: [[0.2, 0.1, -0.3], [0.5, -0.4, 0.6], [0.3, 0.2, 0.1]], bias: [0.2, 0.1, 0]}
    - {units: 2, activation: sigmoid, weights: [[0.3, -0.1, 0.2], [0.4, -0.5, 0.6]], bias: [0.1, 0.2]}
loss: half_sse
data:
  - {x: [1.0, 0.5], y: [1, 0]}
  - {x: [-0.5, 2.0], y: [0, 1]}
optimizer: {name: sgd, learning_rate: 0.5}
epochs: 5
"""


def main() -> int:
    """Print one table; the exit code is 0."""
    repeats = 1 if arguments(__doc__).quick else 5
    solving: list[float] = []
    writing: list[float] = []
    size = 0
    for _ in range(repeats):
        start = time.perf_counter()
        solution = chalkgrad.solve(chalkgrad.read_text(PROBLEM, "benchmark"), detail="normal", view="both")
        solved = time.perf_counter()
        size = len(solution.write("pdf"))
        writing.append(time.perf_counter() - solved)
        solving.append(solved - start)
    both = [one + other for one, other in zip(solving, writing, strict=True)]
    rows = [
        Row("read and solve", median(solving)),
        Row("write the PDF", median(writing)),
        Row("together", median(both), target="at most 5 s"),
    ]
    print_table(
        f"A solution of three layers and five epochs, matrix and units, PDF of {size / 1024:.0f} KiB", "s", rows
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
