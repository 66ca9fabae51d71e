"""The problem file that a new problem starts from: it can be solved as it stands, and says what each key is for."""

from __future__ import annotations

from typing import Literal

from chalkgrad.errors import Fault, UsageError, nearest

__all__ = ["starter_file"]

_NETWORK = """\
# A network, worked out in longhand. Solve it:   chalkgrad solve FILE
title: My first network

network:
  input: [x1, x2]                 # names of the inputs, or how many there are
  layers:
    - units: [h1, h2]             # names of the units, or how many there are
      activation: sigmoid         # linear, sigmoid, tanh, relu, softmax, ...
      weights: [[w1, w2],         # one row for each unit: what h1 multiplies x1 and x2 by
                [w3, w4]]         #   and what h2 multiplies them by
      bias: b1                    # one name is shared by the layer; [b1, b2] is one for each unit; none leaves it out
    - {units: [y_hat], activation: sigmoid, weights: [[w5, w6]], bias: b2}

# half_sse, mse, binary_cross_entropy, cross_entropy, ... or an expression such as 1/2 (y_hat - y)^2
loss: half_sse

data:                             # also: {csv: samples.csv, target: price}   or   {set: digits}
  - {x: [0.05, 0.10], y: 1}
  - {x: [0.90, 0.40], y: 0}

given:                            # numbers are kept exact: 0.1 is one tenth
  {w1: 0.15, w2: 0.20, w3: 0.25, w4: 0.30, b1: 0.35, w5: 0.40, w6: 0.45, b2: 0.60}

# What is not in `given` is drawn: he_uniform, xavier_normal, uniform(-1, 1), constant(0.5), zeros, ...
# initial: xavier_uniform
# seed: 0                         # fixes everything random

optimizer: {name: sgd, learning_rate: 0.5}    # sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam
batch: full                       # full: all samples in one step; 1: one sample a step; or a size
epochs: 1                         # how many passes over the samples

"""
_FORMULA = """\
# A formula, worked out in longhand. Solve it:   chalkgrad solve FILE
title: My first formula

# Lines `name = expression`, one a step; the last name is the output. Write x W or x @ W, x^2 or x**2, w' or w.T.
formula: |
  z = x w + b
  y_hat = sigmoid(z)

# A loss in the output and y, or a name: half_sse, mse, binary_cross_entropy, ...
loss: 1/2 (y_hat - y)^2

data:                             # also: {csv: samples.csv, target: price}
  - {x: [1, 2], y: 1}
  - {x: [-1, 0.5], y: 0}

given:                            # numbers are kept exact: 0.1 is one tenth
  w: [[0.4], [-0.3]]              # a matrix has one list for each row
  b: 0.1

optimizer: {name: sgd, learning_rate: 0.1}    # sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam
batch: full                       # full: all samples in one step; 1: one sample a step; or a size
epochs: 1                         # how many passes over the samples

# Without a loss, say which derivatives are wanted:
# differentiate: {y_hat: [w, b]}
"""
_COMMON = """\
# regularizer: {l2: 0.01}         # adds 0.01 w to the gradient of each weight; {l1: ..}; on: [names]
# learn: [NAMES]                  # updates only these; left out, every parameter
# clip: {norm: 1}                 # all gradients together no longer than 1; or {value: 0.5} for each entry
# schedule: {name: step, every: 10, factor: 0.5}    # constant, step, exponential, cosine, one_cycle, warmup
# order: given                    # or shuffled
# scale: standard                 # or 0..1: inputs are scaled, with numbers from the training part
# split: {validation: 0.2, test: 0.2, stratify: true}
# stop_early: {monitor: val_loss, patience: 5}
# threshold: 0.5                  # class 1 when the output is at least this
# equal: {left: EXPRESSION, right: EXPRESSION, for: [NAMES]}    # two expressions to be shown equal
# marks: {default: 1}             # what each quantity is worth when a page is marked; quantities: {loss: 2}

convention: {vectors: rows, relu_at_zero: 0}  # rows: z = x W + b; columns: z = W x + b
show:
  round: 4                        # decimals; `4 significant` counts significant digits
  carry: exact                    # rounded: go on with the printed numbers, as by hand
  view: both                      # matrix, units, both
  detail: normal                  # short, normal, full
"""
_KINDS = {"network": _NETWORK + _COMMON, "formula": _FORMULA + _COMMON}


def starter_file(kind: Literal["network", "formula"] = "network") -> str:
    """A commented problem file that can be solved as it stands.

    Args:
        kind: `network` for layers, `formula` for lines of a formula.

    Returns:
        The text of the file.

    Raises:
        UsageError: `unknown-kind` for any other kind.

    >>> starter_file("formula").splitlines()[1]
    'title: My first formula'
    """
    if kind not in _KINDS:
        hint = nearest(kind, list(_KINDS))
        raise UsageError(Fault("unknown-kind", f"expected network or formula, read `{kind}`", hint=hint))
    return _KINDS[kind]
