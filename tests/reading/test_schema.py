# ruff: noqa: E501 - every message stands in one piece, as it is told
"""Every key of a problem file: what it takes, what it refuses and in which words, and what it is when left out."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.reading.problem_file import parse_problem
from chalkgrad.reading.schema import ProblemKeys
from chalkgrad.reading.schema_training import Initial

NET = "network: {input: [x1, x2], layers: [{units: [o], weights: [[w1, w2]], bias: b}]}\n"
F = "formula: f = x^2\n"

# text, place, code, message, hint: the whole of what a person is told.
REFUSED = [
    (
        "",
        "1:1",
        "not-a-problem",
        "expected keys such as `network:` or `formula:`, read nothing",
        "`chalkgrad new` writes a problem file to start from",
    ),
    (
        "[1, 2]",
        "1:1",
        "not-a-problem",
        "expected keys such as `network:` or `formula:`, read a list of 2",
        "`chalkgrad new` writes a problem file to start from",
    ),
    (
        "just words",
        "1:1",
        "not-a-problem",
        "expected keys such as `network:` or `formula:`, read `just words`",
        "`chalkgrad new` writes a problem file to start from",
    ),
    (
        "formula:\n",
        "1:1",
        "value-missing",
        "formula has no value",
        "write a colon, a space and a value, or leave the key out",
    ),
    (F + "epoch: 3\n", "2:1", "unknown-key", "a problem has no key `epoch`", 'did you mean "epochs"?'),
    (
        F + "lr: 3\n",
        "2:1",
        "unknown-key",
        "a problem has no key `lr`",
        "`learning_rate` is a key of optimizer: `optimizer: {name: .., learning_rate: ..}`",
    ),
    (F + "batch_size: 3\n", "2:1", "unknown-key", "a problem has no key `batch_size`", 'it is called "batch" here'),
    (F + "title: [a]\n", "2:8", "not-a-text", "title: expected a text, read a list of 1", ""),
    (F + "title: ''\n", "2:8", "not-a-text", "title: expected a text, read an empty text", ""),
    ("formula: [a, b]\n", "1:10", "not-a-text", "formula: expected a text, read a list of 2", ""),
    ("network: 3\n", "1:10", "not-a-mapping", "network: expected a mapping `key: value`, read 3", ""),
    (
        "network: {input: 2}\n",
        "1:1",
        "missing-key",
        "network needs the key `layers`",
        "`layers`: the layers from the input to the output.",
    ),
    (
        "network: {layers: []}\n",
        "1:1",
        "missing-key",
        "network needs the key `input`",
        "`input`: how many inputs there are, or their names.",
    ),
    (
        "network: {input: 0, layers: [{units: 1}]}\n",
        "1:18",
        "out-of-range",
        "input: expected a whole number of at least 1, read 0",
        "",
    ),
    (
        "network: {input: 2.5, layers: [{units: 1}]}\n",
        "1:18",
        "not-a-count",
        "input: expected a whole number of at least 1, read 2.5",
        "",
    ),
    (
        "network: {input: many, layers: [{units: 1}]}\n",
        "1:18",
        "not-a-count",
        "input: expected a whole number of at least 1, read `many`",
        "",
    ),
    (
        "network: {input: 2, layers: {units: 1}}\n",
        "1:29",
        "not-a-list",
        "layers: expected a list, read a mapping with `units`",
        "",
    ),
    (
        "network: {input: 2, layers: [3]}\n",
        "1:30",
        "not-a-mapping",
        "layer 1: expected a mapping `key: value`, read 3",
        "",
    ),
    (
        "network: {input: [], layers: [{units: 1}]}\n",
        "1:18",
        "empty-list",
        "input: expected a list with at least one entry, read an empty list",
        "",
    ),
    (
        "network: {input: [1, x], layers: [{units: 1}]}\n",
        "1:19",
        "not-a-name",
        "input, entry 1: expected a name that starts with a letter, such as w1, b_2 or a^[1]_2, read 1",
        "",
    ),
    (
        "network: {input: [a b], layers: [{units: 1}]}\n",
        "1:19",
        "not-a-name",
        "input, entry 1: expected a name that starts with a letter, such as w1, b_2 or a^[1]_2, read `a b`",
        "",
    ),
    (
        "network: {input: 2, layers: [{units: 1, neurons: 3}]}\n",
        "1:41",
        "unknown-key",
        "layer 1 has no key `neurons`",
        'it is called "units" here',
    ),
    (
        "network: {input: 2, layers: [{units: 1, activation: sigmiod}]}\n",
        "1:53",
        "unknown-activation",
        "layer 1, activation: expected an activation: linear, step, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, silu, softplus, softmax, log_softmax, read `sigmiod`",
        'did you mean "sigmoid"?',
    ),
    (
        "network: {input: 2, layers: [{units: 1, activation: logistic}]}\n",
        "1:53",
        "unknown-activation",
        "layer 1, activation: expected an activation: linear, step, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, silu, softplus, softmax, log_softmax, read `logistic`",
        'it is called "sigmoid" here',
    ),
    (
        "network: {input: 2, layers: [{units: 1, activation: 3}]}\n",
        "1:53",
        "unknown-activation",
        "layer 1, activation: expected an activation: linear, step, sigmoid, tanh, relu, leaky_relu, elu, selu, gelu, silu, softplus, softmax, log_softmax, read 3",
        "",
    ),
    (
        "network: {input: 2, layers: [{units: 1, weights: [w1, w2]}]}\n",
        "1:50",
        "weights-not-rows",
        "layer 1, weights: expected a number, a name, or one row for each unit, such as [[w1, w2], [w3, w4]], read a list of 2",
        "",
    ),
    (
        "network: {input: 2, layers: [{units: 1, weights: [[w1, [w2]]]}]}\n",
        "1:56",
        "not-an-entry",
        "layer 1, weights, row 1, entry 2: expected a number or the name of a parameter, read a list of 1",
        "",
    ),
    (
        "network: {input: 2, layers: [{units: 1, weights: []}]}\n",
        "1:50",
        "empty-list",
        "layer 1, weights: expected a list with at least one entry, read an empty list",
        "",
    ),
    (
        "network: {input: 2, layers: [{units: 1, weights: {a: 1}}]}\n",
        "1:50",
        "not-an-entry",
        "layer 1, weights: expected a number or the name of a parameter, read a mapping with `a`",
        "",
    ),
    (
        "network: {input: 2, layers: [{units: 1, bias: true}]}\n",
        "1:47",
        "not-an-entry",
        "layer 1, bias: expected a number or the name of a parameter, read true",
        "",
    ),
    (
        "network: {input: 2, layers: [{units: 1, dropout: 1}]}\n",
        "1:50",
        "out-of-range",
        "layer 1, dropout: expected a number of at least 0 and below 1, read 1",
        "",
    ),
    (
        "network: {input: 2, layers: [{units: 1, weights: [[1.2.3, w]]}]}\n",
        "1:52",
        "not-a-number",
        "layer 1, weights, row 1, entry 1: expected a number, read `1.2.3`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (
        F + "regularizer: {on: w}\n",
        "2:14",
        "missing-key",
        "regularizer: expected how much, such as {l2: 0.01} or {l1: 0.001}, read a mapping with `on`",
        "",
    ),
    (
        F + "regularizer: {l2: -1}\n",
        "2:19",
        "out-of-range",
        "regularizer.l2: expected a number of at least 0, read -1",
        "",
    ),
    (F + "regularizer: {l3: 1}\n", "2:15", "unknown-key", "regularizer has no key `l3`; it takes l2, l1, on", ""),
    (F + "regularizer: 0.01\n", "2:14", "not-a-mapping", "regularizer: expected a mapping `key: value`, read 0.01", ""),
    (
        F + "data: 3\n",
        "2:7",
        "unknown-data",
        "data: expected a list of samples such as - {x: [1, 2], y: 0}, or a mapping with csv and target, images and labels, folder, npz, or set, read 3",
        "",
    ),
    (F + "data: []\n", "2:7", "empty-list", "data: expected a list with at least one entry, read an empty list", ""),
    (
        F + "data: {x: 1, y: 2}\n",
        "2:7",
        "unknown-data",
        "data: expected a list of samples such as - {x: [1, 2], y: 0}, or a mapping with csv and target, images and labels, folder, npz, or set, read a mapping with `x`, `y`",
        "",
    ),
    (
        F + "data: [{y: 1}]\n",
        "2:8",
        "missing-key",
        "sample 1 needs the key `x`",
        "`x`: the inputs: one number, or a list.",
    ),
    (
        F + "data: [{x: a}]\n",
        "2:12",
        "not-a-number",
        "sample 1, x: expected a number, read `a`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (
        F + "data: [{x: [1, [2]]}]\n",
        "2:16",
        "not-a-number",
        "sample 1, x, entry 2: expected a number, read a list of 1",
        "",
    ),
    (F + "data: [{x: 1, z: 2}]\n", "2:15", "unknown-key", "sample 1 has no key `z`; it takes x, y", ""),
    (
        F + "data: {csv: a.csv}\n",
        "2:1",
        "missing-key",
        "data needs the key `target`",
        "`target`: the column that is to be learned: its name, or its number counted from 1. Words in it become classes.",
    ),
    (
        F + "data: {csv: a.csv, target: 0}\n",
        "2:28",
        "out-of-range",
        "data.target: expected a whole number of at least 1, read 0",
        "",
    ),
    (
        F + "data: {csv: a.csv, target: [1]}\n",
        "2:28",
        "not-a-column",
        "data.target: expected the name of a column, or its number counted from 1, read a list of 1",
        "",
    ),
    (
        F + "data: {csv: a.csv, target: y, sep: x}\n",
        "2:31",
        "unknown-key",
        "data has no key `sep`; it takes csv, target, columns",
        "",
    ),
    (
        F + "data: {images: a}\n",
        "2:1",
        "missing-key",
        "data needs the key `labels`",
        "`labels`: the IDX file of the labels.",
    ),
    (
        F + "data: {folder: a, size: [28]}\n",
        "2:25",
        "not-a-size",
        "data.size: expected two whole numbers up to 4,096, rows and columns, such as [28, 28], read a list of 1",
        "",
    ),
    (
        F + "data: {folder: a, size: [28, 5000]}\n",
        "2:25",
        "not-a-size",
        "data.size: expected two whole numbers up to 4,096, rows and columns, such as [28, 28], read a list of 2",
        "",
    ),
    (
        F + "data: {folder: a, colour: true}\n",
        "2:19",
        "unknown-key",
        "data has no key `colour`",
        'it is called "color" here',
    ),
    (F + "data: {npz: [a]}\n", "2:13", "not-a-text", "data.npz: expected a text, read a list of 1", ""),
    (
        F + "data: {set: digit}\n",
        "2:13",
        "unknown-choice",
        "data.set: expected one of digits, iris, wine, breast_cancer, diabetes, read `digit`",
        'did you mean "digits"?',
    ),
    (
        F + "data: {set: mnist}\n",
        "2:13",
        "unknown-choice",
        "data.set: expected one of digits, iris, wine, breast_cancer, diabetes, read `mnist`",
        "",
    ),
    (
        F + "data: [{x: 1}]\nscale: standart\n",
        "3:8",
        "unknown-choice",
        "scale: expected one of none, standard, 0..1, read `standart`",
        'did you mean "standard"?',
    ),
    (
        F + "data: [{x: 1}]\nsplit: {validation: 0.5, test: 0.5}\n",
        "3:8",
        "nothing-to-train-on",
        "split: expected validation and test to leave samples for training: together less than 1, read a mapping with `validation`, `test`",
        "",
    ),
    (
        F + "data: [{x: 1}]\nsplit: {folds: 1}\n",
        "3:16",
        "out-of-range",
        "split.folds: expected a whole number of at least 2, read 1",
        "",
    ),
    (
        F + "data: [{x: 1}]\nsplit: {stratify: yes}\n",
        "3:19",
        "not-true-or-false",
        "split.stratify: expected true or false, read `yes`",
        "",
    ),
    (
        F + "data: [{x: 1}]\nsplit: {val: 0.1}\n",
        "3:9",
        "unknown-key",
        "split has no key `val`",
        'it is called "validation" here',
    ),
    (F + "given: [1]\n", "2:8", "not-a-mapping", "given: expected a mapping `key: value`, read a list of 1", ""),
    (
        F + "given: {x: abc}\n",
        "2:12",
        "not-a-number",
        "given.x: expected a number, read `abc`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (
        F + "given: {x: .nan}\n",
        "2:12",
        "not-a-number",
        "given.x: expected a number, read `.nan`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (
        F + "given: {x: 1e999}\n",
        "2:12",
        "number-too-long",
        "`1e999` is beyond what a number here can be",
        "at most 800 digits and powers of ten from -400 to 400",
    ),
    (
        F + "given: {3x: 1}\n",
        "2:9",
        "not-a-name",
        "given: expected a name that starts with a letter, such as w1, b_2 or a^[1]_2, read `3x`",
        "",
    ),
    (
        F + "given: {x: [1, two]}\n",
        "2:16",
        "not-a-number",
        "given.x, entry 2: expected a number, read `two`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (
        F + "given: {x: [[1, 2], [3]]}\n",
        "2:21",
        "ragged-rows",
        "given.x, entry 2: expected rows of one length: row 1 has 2 and row 2 has 1, read a list of 1",
        "",
    ),
    (F + "given: {x: [[1, 2], 3]}\n", "2:21", "not-a-list", "given.x, entry 2: expected a list, read 3", ""),
    (
        F + "given: {x: []}\n",
        "2:12",
        "empty-list",
        "given.x: expected a list with at least one entry, read an empty list",
        "",
    ),
    (F + "given: {x: true}\n", "2:12", "not-a-number", "given.x: expected a number, read true", ""),
    (
        F + "given: {x 1}\n",
        "2:9",
        "value-missing",
        "given.x 1 has no value",
        "write a colon, a space and a value, or leave the key out",
    ),
    (
        F + "given: {w_1: 1, 'w_{1}': 2}\n",
        "2:26",
        "duplicate-key",
        "`w_{1}` and `w_1` are two spellings of one name",
        "keep one of them",
    ),
    (F + "given: {x: 1/0}\n", "2:12", "not-a-number", "given.x: expected a number, read `1/0`", ""),
    (
        F + "given: {x: '1,000.5.2'}\n",
        "2:12",
        "not-a-number",
        "given.x: expected a number, read `1,000.5.2`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (
        F + "initial: unifrom(0, 1)\n",
        "2:10",
        "unknown-initial",
        "initial: expected a way to draw parameters: he_uniform, he_normal, xavier_uniform, xavier_normal, uniform(a, b), normal(std), constant(c), zeros, read `unifrom(0, 1)`",
        'did you mean "uniform"?',
    ),
    (
        F + "initial: glorot_uniform\n",
        "2:10",
        "unknown-initial",
        "initial: expected a way to draw parameters: he_uniform, he_normal, xavier_uniform, xavier_normal, uniform(a, b), normal(std), constant(c), zeros, read `glorot_uniform`",
        'it is called "xavier_uniform" here',
    ),
    (F + "initial: uniform(1)\n", "2:10", "initial-numbers", "initial: expected uniform(a, b), read `uniform(1)`", ""),
    (
        F + "initial: uniform(2, 1)\n",
        "2:10",
        "initial-numbers",
        "initial: expected uniform(a, b) with a not above b, read `uniform(2, 1)`",
        "",
    ),
    (
        F + "initial: normal(-1)\n",
        "2:10",
        "initial-numbers",
        "initial: expected normal(std) with a spread std of at least 0, read `normal(-1)`",
        "",
    ),
    (
        F + "initial: constant(a)\n",
        "2:10",
        "not-a-number",
        "initial: expected a number, read `constant(a)`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (
        F + "initial: 3\n",
        "2:10",
        "unknown-initial",
        "initial: expected a way to draw parameters: he_uniform, he_normal, xavier_uniform, xavier_normal, uniform(a, b), normal(std), constant(c), zeros, read 3",
        "",
    ),
    (F + "learn: {a: 1}\n", "2:8", "not-a-list", "learn: expected a list, read a mapping with `a`", ""),
    (F + "learn: []\n", "2:8", "empty-list", "learn: expected a list with at least one entry, read an empty list", ""),
    (
        F + "optimizer: adamm\n",
        "2:12",
        "unknown-optimizer",
        "optimizer: expected an optimizer: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam, read `adamm`",
        'did you mean "adam"?',
    ),
    (
        F + "optimizer: [adam]\n",
        "2:12",
        "unknown-optimizer",
        "optimizer: expected an optimizer: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam, read a list of 1",
        "",
    ),
    (
        F + "optimizer: {learning_rate: 0.1}\n",
        "2:12",
        "missing-key",
        "optimizer: expected the key `name` with an optimizer: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam, read a mapping with `learning_rate`",
        "",
    ),
    (
        F + "optimizer: {name: sgdd}\n",
        "2:19",
        "unknown-optimizer",
        "optimizer.name: expected an optimizer: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw, nadam, read `sgdd`",
        'did you mean "sgd"?',
    ),
    (
        F + "optimizer: {name: sgd, momentum: 0.9}\n",
        "2:24",
        "unknown-key",
        "the optimizer sgd has no key `momentum`; it takes name, learning_rate",
        "`momentum` is taken by momentum, nesterov",
    ),
    (
        F + "optimizer: {name: adam, lr: 0.9}\n",
        "2:25",
        "unknown-key",
        "the optimizer adam has no key `lr`; it takes name, learning_rate, beta1, beta2, epsilon, bias_correction",
        'it is called "learning_rate" here',
    ),
    (
        F + "optimizer: {name: adam, beta1: 1}\n",
        "2:32",
        "out-of-range",
        "optimizer.beta1: expected a number of at least 0 and below 1, read 1",
        "",
    ),
    (
        F + "optimizer: {name: adam, bias_correction: on}\n",
        "2:42",
        "unknown-choice",
        "optimizer.bias_correction: expected one of by_step, off, read `on`",
        "",
    ),
    (
        F + "optimizer: {name: sgd, learning_rate: -1}\n",
        "2:39",
        "out-of-range",
        "optimizer.learning_rate: expected a number of at least 0, read -1",
        "",
    ),
    (
        F + "optimizer: {name: rmsprop, rho: 0.9}\n",
        "2:28",
        "unknown-key",
        "the optimizer rmsprop has no key `rho`; it takes name, learning_rate, decay, epsilon",
        'it is called "decay" here',
    ),
    (
        F + "optimizer: {name: momentum, learning_rate: fast}\n",
        "2:44",
        "not-a-number",
        "optimizer.learning_rate: expected a number of at least 0, read `fast`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (
        F + "schedule: cosin\n",
        "2:11",
        "unknown-schedule",
        "schedule: expected a schedule: constant, step, exponential, cosine, one_cycle, warmup, read `cosin`",
        'did you mean "cosine"?',
    ),
    (
        F + "schedule: {name: step, gamma: 0.1}\n",
        "2:24",
        "unknown-key",
        "the schedule step has no key `gamma`; it takes name, every, factor",
        'it is called "factor" here',
    ),
    (
        F + "schedule: {name: exponential, factor: 0}\n",
        "2:39",
        "out-of-range",
        "schedule.factor: expected a number above 0 and at most 1, read 0",
        "",
    ),
    (
        F + "batch: half\n",
        "2:8",
        "not-a-batch",
        "batch: expected full, or a whole number of at least 1, read `half`",
        "",
    ),
    (F + "batch: 0\n", "2:8", "not-a-batch", "batch: expected full, or a whole number of at least 1, read 0", ""),
    (F + "order: random\n", "2:8", "unknown-choice", "order: expected one of given, shuffled, read `random`", ""),
    (F + "epochs: -1\n", "2:9", "out-of-range", "epochs: expected a whole number of at least 1, read -1", ""),
    (F + "epochs: 1.5\n", "2:9", "not-a-count", "epochs: expected a whole number of at least 1, read 1.5", ""),
    (
        F + "epochs: 99999999999\n",
        "2:9",
        "out-of-range",
        "epochs: expected a whole number of at most 1,000,000,000, read 99999999999",
        "",
    ),
    (F + "seed: x\n", "2:7", "not-a-count", "seed: expected a whole number of at least 0, read `x`", ""),
    (F + "stop_early: 3\n", "2:13", "not-a-mapping", "stop_early: expected a mapping `key: value`, read 3", ""),
    (
        F + "stop_early: {monitor: val_los}\nsplit: {validation: 0.1}\ndata: [{x: 1}]\n",
        "2:23",
        "unknown-choice",
        "stop_early.monitor: expected one of val_loss, val_accuracy, loss, accuracy, read `val_los`",
        'did you mean "val_loss"?',
    ),
    (
        F + "stop_early: {monitor: loss, patience: -1}\n",
        "2:39",
        "out-of-range",
        "stop_early.patience: expected a whole number of at least 0, read -1",
        "",
    ),
    (
        F + "threshold: high\n",
        "2:12",
        "not-a-number",
        "threshold: expected a number, read `high`",
        "Numbers look like 3, -0.35, 0,35, ۰٫۳۵ or 1e-3.",
    ),
    (F + "convention: rows\n", "2:13", "not-a-mapping", "convention: expected a mapping `key: value`, read `rows`", ""),
    (
        F + "convention: {vectors: row}\n",
        "2:23",
        "unknown-choice",
        "convention.vectors: expected one of rows, columns, read `row`",
        'did you mean "rows"?',
    ),
    (
        F + "convention: {relu_at_zero: 2}\n",
        "2:28",
        "out-of-range",
        "convention.relu_at_zero: expected a number of at least 0 and at most 1, read 2",
        "",
    ),
    (
        F + "differentiate: {}\n",
        "2:16",
        "empty-mapping",
        "differentiate: expected at least one name, such as {f: [x, y]}, read an empty mapping",
        "",
    ),
    (F + "differentiate: f\n", "2:16", "not-a-mapping", "differentiate: expected a mapping `key: value`, read `f`", ""),
    (F + "differentiate: {f: 3}\n", "2:20", "not-a-list", "differentiate.f: expected a list, read 3", ""),
    (F + "equal: {left: a}\n", "2:1", "missing-key", "equal needs the key `right`", "`right`: the other side."),
    (
        F + "equal: {left: a, right: b, fro: [x]}\n",
        "2:28",
        "unknown-key",
        "equal has no key `fro`",
        'did you mean "for"?',
    ),
    (
        F + "show: {round: 4 digits}\n",
        "2:15",
        "not-a-rounding",
        "show.round: expected a number of decimals such as 4, or 4 significant, read `4 digits`",
        "",
    ),
    (F + "show: {round: 99}\n", "2:15", "out-of-range", "show.round: expected from 0 to 50 digits, read 99", ""),
    (
        F + "show: {round: 0 significant}\n",
        "2:15",
        "out-of-range",
        "show.round: expected from 1 to 50 digits, read `0 significant`",
        "",
    ),
    (
        F + "show: {carry: round}\n",
        "2:15",
        "unknown-choice",
        "show.carry: expected one of exact, rounded, read `round`",
        'did you mean "rounded"?',
    ),
    (
        F + "show: {view: unit}\n",
        "2:14",
        "unknown-choice",
        "show.view: expected one of matrix, units, both, read `unit`",
        'did you mean "units"?',
    ),
    (
        F + "show: {detail: all}\n",
        "2:16",
        "unknown-choice",
        "show.detail: expected one of short, normal, full, read `all`",
        "",
    ),
]


@pytest.mark.parametrize(("text", "place", "code", "message", "hint"), REFUSED)
def test_a_wrong_value_is_refused_in_these_words(text, place, code, message, hint):
    with pytest.raises(ProblemError) as caught:
        parse_problem(text, "p")
    fault = caught.value.faults[0]
    assert fault.place is not None
    assert (f"{fault.place.line}:{fault.place.column}", fault.code) == (place, code)
    assert (fault.message, fault.hint) == (message, hint)


def keys(text: str) -> ProblemKeys:
    return parse_problem(F + text, "p").keys


class TestNumbersStayExact:
    def test_a_tenth_is_a_tenth_and_prints_as_typed(self):
        given = keys("given: {x: 0.10}").given["x"]
        assert given == Fraction(1, 10)
        assert str(given) == "0.10"

    @pytest.mark.parametrize(
        ("typed", "value"),
        [
            ("1e-3", Fraction(1, 1000)),
            ("-.5", Fraction(-1, 2)),
            ("1/3", Fraction(1, 3)),
            ("۰٫۳۵", Fraction(7, 20)),
            ("٠٫٥", Fraction(1, 2)),
            ('"0,35"', Fraction(7, 20)),
            ("0x1F", Fraction(31)),
            ('"0.5"', Fraction(1, 2)),
        ],
    )
    def test_numbers_are_read_in_every_script(self, typed, value):
        assert keys(f"given: {{x: {typed}}}").given["x"] == value

    def test_counts_in_persian_digits(self):
        assert keys("epochs: ۱۲").epochs == 12

    def test_a_matrix_is_rows_of_exact_numbers(self):
        assert keys("given: {W: [[0.3, -0.5], [0.8, 0.1]]}").given["W"] == (
            (Fraction(3, 10), Fraction(-1, 2)),
            (Fraction(4, 5), Fraction(1, 10)),
        )


class TestNames:
    def test_two_spellings_are_one_name(self):
        assert list(keys("given: {'w^(1)_{11}': 1, 'a ^ [1] _ 2': 2}").given) == ["w^(1)_11", "a^[1]_2"]

    def test_a_single_name_is_a_list_of_one(self):
        assert keys("differentiate: {f: x}").differentiate == {"f": ("x",)}
        assert keys("learn: x").learn == ("x",)

    @pytest.mark.parametrize("name", ["f", "g1", "h_2", "φ", "phi"])
    def test_an_activation_may_stay_open(self, name):
        read = parse_problem(f"network: {{input: 1, layers: [{{units: 1, activation: {name}}}]}}").keys.network
        assert read is not None
        assert read.layers[0].activation == name


class TestDefaults:
    @pytest.mark.parametrize(
        ("name", "settings"),
        [
            ("sgd", {"learning_rate": "0.01"}),
            ("momentum", {"learning_rate": "0.01", "momentum": "0.9"}),
            ("nesterov", {"learning_rate": "0.01", "momentum": "0.9"}),
            ("adagrad", {"learning_rate": "0.01", "epsilon": "1e-10"}),
            ("rmsprop", {"learning_rate": "0.01", "decay": "0.99", "epsilon": "1e-8"}),
            ("adam", {"learning_rate": "0.001", "beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8"}),
            ("adamw", {"learning_rate": "0.001", "weight_decay": "0.01", "bias_correction": "by_step"}),
            ("nadam", {"learning_rate": "0.002", "momentum_decay": "0.004", "bias_correction": "by_step"}),
        ],
    )
    def test_of_optimizers(self, name, settings):
        read = keys(f"optimizer: {name}").optimizer
        assert read.name == name
        found = {key: str(value) for key, value in read.settings.items()} | {"bias_correction": read.bias_correction}
        assert {key: found[key] for key in settings} == settings

    @pytest.mark.parametrize("name", ["constant", "step", "exponential", "cosine", "one_cycle", "warmup"])
    def test_a_schedule_is_a_name_or_a_mapping(self, name):
        assert keys(f"schedule: {name}").schedule == keys(f"schedule: {{name: {name}}}").schedule

    def test_of_everything_else(self):
        read = keys("")
        assert (read.batch, read.epochs, read.seed, read.scale, read.loss) == ("full", 1, 0, "none", None)
        assert (read.convention.vectors, read.convention.relu_at_zero) == ("rows", 0)
        assert (str(read.show.round), read.show.carry, read.show.view, read.show.detail) == (
            "4",
            "exact",
            "both",
            "normal",
        )
        assert read.threshold == Fraction(1, 2)
        assert read.given == {}

    def test_of_stopping_early_are_those_of_the_format(self):
        stop = keys("stop_early: {}\nsplit: {validation: 0.2}\ndata: [{x: 1}]").stop_early
        assert stop is not None
        assert stop.model_dump() == {
            "monitor": "val_loss",
            "min_delta": 0,
            "patience": 5,
            "mode": "auto",
            "restore_best_weights": True,
            "start_from_epoch": 0,
        }


class TestValuesWithTheirOwnSpelling:
    @pytest.mark.parametrize(
        ("text", "initial"),
        [
            ("he_uniform", Initial("he_uniform")),
            ("uniform(-1, 0.5)", Initial("uniform", (Fraction(-1), Fraction(1, 2)))),  # type: ignore[arg-type]
            ("constant(1/2)", Initial("constant", (Fraction(1, 2),))),  # type: ignore[arg-type]
            ("zeros", Initial("zeros")),
        ],
    )
    def test_initial(self, text, initial):
        assert keys(f"initial: {text}").initial == initial

    @pytest.mark.parametrize(
        ("text", "digits", "kind"),
        [
            ("6", 6, "decimals"),
            ("4 significant", 4, "significant"),
            ("3 decimals", 3, "decimals"),
            ("۵ significant", 5, "significant"),
        ],
    )
    def test_rounding(self, text, digits, kind):
        read = keys(f"show: {{round: {text}}}").show.round
        assert (read.digits, read.kind) == (digits, kind)

    @pytest.mark.parametrize(("text", "batch"), [("full", "full"), ("1", 1), ("32", 32)])
    def test_batch(self, text, batch):
        assert keys(f"batch: {text}").batch == batch

    def test_a_problem_cannot_be_changed(self):
        with pytest.raises(ValueError, match="frozen"):
            keys("").epochs = 3  # type: ignore[misc]
