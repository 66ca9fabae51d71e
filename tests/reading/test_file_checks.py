# ruff: noqa: E501 - every message stands in one piece, as it is told
"""What does not fit together in a problem file: every complaint in its words."""

from __future__ import annotations

import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.reading.problem_file import parse_problem

NET = "network: {input: [x1, x2], layers: [{units: [o], weights: [[w1, w2]], bias: b}]}\n"
TWO = "network: {input: [x1, x2], layers: [{units: [h1, h2]}, {units: [o1, o2, o3]}]}\n"
F = "formula: f = x^2\n"

# text, place, code, message, hint: the whole of what a person is told.
REFUSED = [
    (
        "title: t\n",
        "1:1",
        "nothing-to-solve",
        "a problem needs `network` or `formula`, and this has neither",
        "`chalkgrad new` writes a problem file to start from",
    ),
    (
        NET + "formula: f = x^2\n",
        "2:10",
        "network-and-formula",
        "a problem has `network` or `formula`, and this has both",
        "",
    ),
    (
        NET + "loss: half_see\n",
        "2:7",
        "unknown-loss",
        "loss: expected an expression in the output and `y`, or one of half_sse, sse, mse, rmse, mae, huber, binary_cross_entropy, binary_cross_entropy_from_logits, cross_entropy, cross_entropy_from_logits, hinge, kl, read `half_see`",
        'did you mean "half_sse"?',
    ),
    (
        NET + "loss: cross-entropy\n",
        "2:7",
        "unknown-loss",
        "loss: expected an expression in the output and `y`, or one of half_sse, sse, mse, rmse, mae, huber, binary_cross_entropy, binary_cross_entropy_from_logits, cross_entropy, cross_entropy_from_logits, hinge, kl, read `cross-entropy`",
        'did you mean "cross_entropy"?',
    ),
    (
        NET + "loss: mean squared error\n",
        "2:7",
        "unknown-loss",
        "loss: expected an expression in the output and `y`, or one of half_sse, sse, mse, rmse, mae, huber, binary_cross_entropy, binary_cross_entropy_from_logits, cross_entropy, cross_entropy_from_logits, hinge, kl, read `mean squared error`",
        'it is called "mse" here',
    ),
    (
        NET + "loss: bce\n",
        "2:7",
        "unknown-loss",
        "loss: expected an expression in the output and `y`, or one of half_sse, sse, mse, rmse, mae, huber, binary_cross_entropy, binary_cross_entropy_from_logits, cross_entropy, cross_entropy_from_logits, hinge, kl, read `bce`",
        'it is called "binary_cross_entropy" here',
    ),
    (
        NET + "loss: fancy\n",
        "2:7",
        "unknown-loss",
        "loss: expected an expression in the output and `y`, or one of half_sse, sse, mse, rmse, mae, huber, binary_cross_entropy, binary_cross_entropy_from_logits, cross_entropy, cross_entropy_from_logits, hinge, kl, read `fancy`",
        "",
    ),
    (
        F + "loss: msee\n",
        "2:7",
        "unknown-loss",
        "loss: expected an expression in the output and `y`, or one of half_sse, sse, mse, rmse, mae, huber, binary_cross_entropy, binary_cross_entropy_from_logits, cross_entropy, cross_entropy_from_logits, hinge, kl, read `msee`",
        'did you mean "mse"?',
    ),
    (
        NET + "loss: cross_entropy\n",
        "2:7",
        "loss-does-not-fit",
        "cross_entropy needs one output for each class, and the network has one output",
        "use binary_cross_entropy for two classes",
    ),
    (
        "network: {input: [x1, x2], layers: [{units: [h1, h2], weights: [[w1, w2]]}]}\n",
        "1:64",
        "wrong-size",
        "layer 1, weights: expected 2 rows, one for each unit (h1, h2), read 1 row",
        "row j holds what unit j multiplies its inputs by",
    ),
    (
        "network: {input: 2, layers: [{units: 1, weights: [[w1, w2, w3]]}]}\n",
        "1:51",
        "wrong-size",
        "layer 1, weights, row 1: expected 2 entries, one for each input (x_1, x_2), read 3",
        "",
    ),
    (
        "network: {input: 3, layers: [{units: 2, weights: [[1,2],[3,4],[5,6]]}]}\n",
        "1:50",
        "weights-transposed",
        "layer 1, weights: expected 2 rows of 3 entries, read 3 rows of 2 entries",
        "write the transpose: row j holds what unit j multiplies its inputs by",
    ),
    (
        "network: {input: 2, layers: [{units: [h1, h2], bias: [b1]}]}\n",
        "1:54",
        "wrong-size",
        "layer 1, bias: expected 2 entries, one for each unit (h1, h2), read 1",
        "a bias that the layer shares is one name, without brackets",
    ),
    (
        "network: {input: [x, x], layers: [{units: 1}]}\n",
        "1:22",
        "name-used-twice",
        "`x` is an input here, and an input elsewhere",
        "give each its own name",
    ),
    (
        "network: {input: [x], layers: [{units: [x]}]}\n",
        "1:41",
        "name-used-twice",
        "`x` is a unit here, and an input elsewhere",
        "give each its own name",
    ),
    (
        "network: {input: [x], layers: [{units: [a], weights: [[a]]}]}\n",
        "1:56",
        "name-used-twice",
        "`a` is a weight here, and a unit elsewhere",
        "give each its own name",
    ),
    (
        "network: {input: [x], layers: [{units: [a], weights: [[w]], bias: W2}, {units: 1}]}\n",
        "1:72",
        "name-used-twice",
        "`W2` is a weight matrix here, and a shared bias elsewhere",
        "give each its own name",
    ),
    (
        NET + "given: {w3: 1}\n",
        "2:9",
        "unknown-name",
        "the network has no parameter or input `w3`",
        "it has w1, w2, b, x1, x2",
    ),
    (
        NET + "given: {q: 1}\n",
        "2:9",
        "unknown-name",
        "the network has no parameter or input `q`",
        "it has w1, w2, b, x1, x2",
    ),
    (NET + "given: {o: 1}\n", "2:9", "computed-name", "`o` is computed by the network and cannot be given", ""),
    (NET + "given: {w1: [1]}\n", "2:13", "wrong-size", "`w1`: expected a number, read a list of 1", ""),
    (
        "network: {input: 2, layers: [{units: 3}]}\ngiven: {W1: [[1, 2], [3, 4], [5, 6]]}\n",
        "2:13",
        "wrong-size",
        "`W1`: expected 2 rows of 3 entries, read 3 rows of 2 entries",
        "z = x W: one row for each input; write the transpose",
    ),
    (
        "network: {input: 2, layers: [{units: 3}]}\nconvention: {vectors: columns}\ngiven: {W1: [[1, 2]]}\n",
        "3:13",
        "wrong-size",
        "`W1`: expected 3 rows of 2 entries, read 1 row of 2 entries",
        "z = W x: one row for each unit",
    ),
    (
        "network: {input: 2, layers: [{units: 3}]}\ngiven: {b1: [1, 2]}\n",
        "2:13",
        "wrong-size",
        "`b1`: expected a list of 3, read a list of 2",
        "",
    ),
    (NET + "learn: [w1, w9]\n", "2:13", "unknown-name", "the network has no parameter `w9`", "it has w1, w2, b"),
    (
        NET + "loss: mse\nregularizer: {l2: 1, on: [v]}\n",
        "3:27",
        "unknown-name",
        "the network has no parameter `v`",
        "it has w1, w2, b",
    ),
    (NET + "differentiate: {o: [w7]}\n", "2:21", "unknown-name", "the network has no name `w7`", "it has w1, w2, b, o"),
    (NET + "differentiate: {k: [w1]}\n", "2:17", "unknown-name", "the network has no name `k`", "it has w1, w2, b, o"),
    (
        NET + "differentiate: {loss: [w1]}\n",
        "2:23",
        "no-loss",
        "there is no loss to differentiate",
        "write `loss: half_sse`",
    ),
    (
        NET + "data: [{x: [1, 2, 3], y: 1}]\n",
        "2:12",
        "wrong-size",
        "sample 1, x: expected 2 numbers, one for each input (x1, x2), read 3",
        "",
    ),
    (
        NET + "loss: mse\ndata: [{x: [1, 2]}]\n",
        "3:8",
        "target-missing",
        "sample 1 has no `y`, and the loss compares the output with it",
        "",
    ),
    (
        NET + "loss: 1/2 (o - y)^2\ndata: [{x: [1, 2]}]\n",
        "3:8",
        "target-missing",
        "sample 1 has no `y`, and the loss compares the output with it",
        "",
    ),
    (
        NET + "loss: o^2\ndata: [{x: [1, 2]}, {x: [1, 2], y: 1}]\n",
        "3:8",
        "target-missing",
        "sample 1 has no `y`, and other samples have it",
        "",
    ),
    (
        NET + "loss: mse\ndata: [{x: [1, 2], y: [1, 2]}]\n",
        "3:23",
        "wrong-size",
        "sample 1, y: expected 1 number, one for each output (o), read 2",
        "",
    ),
    (
        TWO + "loss: cross_entropy\ndata: [{x: [1, 2], y: 3}]\n",
        "3:23",
        "not-a-class",
        "sample 1, y: expected a class from 0 to 2, read 3",
        "classes are counted from 0",
    ),
    (
        TWO + "loss: cross_entropy\ndata: [{x: [1, 2], y: [1, 0]}]\n",
        "3:23",
        "wrong-size",
        "sample 1, y: expected 3 numbers, one for each output (o1, o2, o3), read 2",
        "",
    ),
    (
        TWO + "loss: mse\ndata: [{x: [1, 2], y: 1}]\n",
        "3:23",
        "wrong-size",
        "sample 1, y: expected 3 numbers, one for each output (o1, o2, o3), read 1",
        "",
    ),
    (
        NET + "loss: binary_cross_entropy\ndata: [{x: [1, 2], y: 2}]\n",
        "3:23",
        "not-a-class",
        "sample 1, y: binary_cross_entropy expects 0 and 1 and what is between, read 2",
        "",
    ),
    (
        F + "data: [{x: [1, 2]}, {x: 1}]\n",
        "2:25",
        "wrong-size",
        "sample 2, x: expected 2 numbers as in sample 1, read 1",
        "",
    ),
    (
        F + "data: [{x: 1, y: [1, 2]}, {x: 1, y: 2}]\n",
        "2:37",
        "wrong-size",
        "sample 2, y: expected 2 numbers as in sample 1, read 1",
        "",
    ),
    (F + "split: {test: 0.2}\n", "2:8", "needs-data", "`split` needs `data`, and there is none", "remove `split`"),
    (F + "scale: standard\n", "2:8", "needs-data", "`scale` needs `data`, and there is none", "remove `scale`"),
    (
        F + "data: [{x: 1}]\nstop_early: {patience: 3}\n",
        "3:13",
        "nothing-to-monitor",
        "stop_early watches val_loss, and no samples are kept for validation",
        "write `split: {validation: 0.2}`, or `monitor: loss`",
    ),
]


@pytest.mark.parametrize(("text", "place", "code", "message", "hint"), REFUSED)
def test_what_does_not_fit_is_refused_in_these_words(text, place, code, message, hint):
    with pytest.raises(ProblemError) as caught:
        parse_problem(text, "p")
    assert len(caught.value.faults) == 1
    fault = caught.value.faults[0]
    assert fault.place is not None
    assert (f"{fault.place.line}:{fault.place.column}", fault.code) == (place, code)
    assert (fault.message, fault.hint) == (message, hint)


@pytest.mark.parametrize(
    "text",
    [
        NET + "given: {w1: 1, w2: 2, b: 3, x1: 1, y: 2}",
        NET + "given: {x: [1, 2], y: 1}",
        NET + "differentiate: {o: [w1, z_o, x1, b]}",
        NET + "loss: (o - y)^2\ndifferentiate: {loss: [o]}",
        NET + "loss: o",
        NET + "loss: o^2\ndata: [{x: [1, 2]}]",
        TWO + "given: {W1: [[1, 2], [3, 4]], b2: [1, 2, 3]}",
        TWO + "given: {b1: 0}",
        TWO + "convention: {vectors: columns}\ngiven: {W2: [[1, 2], [3, 4], [5, 6]]}",
        TWO + "loss: cross_entropy\ndata: [{x: [1, 2], y: 2}, {x: [1, 2], y: [0, 0, 1]}]",
        F + "loss: f\ndata: [{x: 1}]",
        F + "loss: out-y",
        "network: {input: [x], layers: [{units: [h], weights: w}, {units: [o], weights: w}]}",
        "network: {input: ['a^[0]'], layers: [{units: ['a^[1]']}]}\ndifferentiate: {'a^[1]': ['z_a^[1]']}",
        F + "data: [{x: 1}]\nstop_early: {monitor: loss}",
        F + "data: [{x: 1}]\nsplit: {folds: 3}\nstop_early: {}",
    ],
)
def test_what_fits_is_not_complained_of(text):
    parse_problem(text)


def test_a_broken_part_hides_nothing_in_the_rest_and_invents_nothing():
    with pytest.raises(ProblemError) as caught:
        parse_problem("network: {input: 2}\nloss: half_see\ngiven: {a: 1}\ndata: [{x: [1, 2]}, {x: 1}]", "p")
    assert [fault.code for fault in caught.value.faults] == ["missing-key", "unknown-loss", "wrong-size"]
