"""A problem: from files, layers, formulas and nodes; every fault at its place."""

from __future__ import annotations

import copy
import pickle
import random
from fractions import Fraction
from typing import ClassVar

import numpy
import pytest

from chalkgrad.core.node import variable
from chalkgrad.core.shape import Axis, shape_of
from chalkgrad.errors import ChalkgradError, ProblemError, ShapeError, UsageError
from chalkgrad.ops.activations import sigmoid
from chalkgrad.reading.dataset import Dataset
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import parse_problem

LAYERS = "network: {input: 2, layers: [%s]}\n"


def read(text):
    return Problem.from_file(parse_problem(text, "p.yaml"))


def refused(text):
    """The error of a text, as the user sees it."""
    with pytest.raises(ChalkgradError) as caught:
        read(text)
    return str(caught.value)


def line_names(problem, samples=1):
    return [line.symbol.name for line in problem.graph(samples).lines]


class TestFaults:
    """Every message, with place and caret."""

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (
                "formula: |\n  z = x w + c\n  t = z + 1\n  u = t\n"
                "data: [{x: 1}]\ngiven: {w: 2, bb: 0.1}\nlearn: [w, ww]\n",
                'p.yaml:2:13: the name "c" has no value and no formula [unknown-name]\n'
                "      z = x w + c\n"
                "                ^\n"
                "    hint: give it under `given`, as in c: 0.5\n"
                "p.yaml:6:15: `bb` has a value, but no formula uses it [never-used]\n"
                "    given: {w: 2, bb: 0.1}\n"
                "                  ^^\n"
                "    hint: remove it\n"
                "p.yaml:7:12: there is no parameter `ww` [unknown-name]\n"
                "    learn: [w, ww]\n"
                "               ^^\n"
                '    hint: did you mean "w"?',
            ),
            (
                "formula: |\n  t = 2 x + later\n  later = 3\ndata: [{x: 1}]\n",
                'p.yaml:2:13: "later" is only worked out on a later line [used-too-early]\n'
                "      t = 2 x + later\n"
                "                ^^^^^\n"
                "    hint: move the line of later above this one",
            ),
            (
                "formula: t = 2 t\n",
                'p.yaml:1:16: the line "t" uses its own name [uses-itself]\n'
                "    formula: t = 2 t\n"
                "                   ^\n"
                "    hint: give what stands on the right another name",
            ),
            (
                "formula: |\n  w = x w\n  x = 3\ndata: [{x: 1}]\ngiven: {w: 2}\n",
                'p.yaml:2:3: "w" has a value under `given`, and this line works it out again [name-used-twice]\n'
                "      w = x w\n"
                "      ^\n"
                "    hint: give one of the two another name\n"
                'p.yaml:3:3: "x" is filled by the data, and this line works it out again [name-used-twice]\n'
                "      x = 3\n"
                "      ^\n"
                "    hint: give one of the two another name",
            ),
            (
                "formula: z = x W\ndata: [{x: [1, 2]}]\ngiven: {W: [[1, 2], [3, 4], [5, 6]]}\n",
                "p.yaml:1:14: the matrix product of x (samples: 1 × inputs: 2) and W (rows of W: 3 × columns of W: 2) "
                "needs as many columns on the left as rows on the right, but inputs = 2 does not fit rows of W = 3 "
                "[inner-sizes-differ]\n"
                "    formula: z = x W\n"
                "                 ^^^\n"
                "    hint: transpose one factor (x') or change their order",
            ),
            (
                "formula: z = x + c\ndata: [{x: [1, 2]}]\ngiven: {c: [1, 2, 3]}\n",
                "p.yaml:1:14: a sum needs equal sizes, but inputs = 2 does not fit entries of c = 3: "
                "x (samples: 1 × inputs: 2) and c (1 × entries of c: 3) [shapes-differ]\n"
                "    formula: z = x + c\n"
                "                 ^^^^^\n"
                "    hint: check the order of the factors, or transpose one of them",
            ),
            (
                "formula: z = x x'\nloss: z\ndata: [{x: [1, 2]}, {x: [1, 2]}]\n",
                "p.yaml:1:14: z multiplies samples with each other [samples-mixed]\n"
                "    formula: z = x x'\n"
                "                 ^^^^\n"
                "    hint: write it for one sample and set `batch: 1`",
            ),
            (
                "formula: z = sum(x' x)\ndata: [{x: [1, 2]}, {x: [1, 2]}]\n",
                "p.yaml:1:18: z multiplies samples with each other [samples-mixed]\n"
                "    formula: z = sum(x' x)\n"
                "                     ^^^^\n"
                "    hint: write it for one sample and set `batch: 1`",
            ),
            (
                "formula: z = sum([x_1, 2])\ndata: [{x: [1, 2]}, {x: [1, 2]}]\n",
                "p.yaml:1:18: this works for one sample, but not for several side by side: an entry of a matrix must "
                "be a scalar, but one is x_1 (samples: N × inputs: 1) [samples-mixed]\n"
                "    formula: z = sum([x_1, 2])\n"
                "                     ^^^^^^^^\n"
                "    hint: write it for one sample and set `batch: 1`",
            ),
            (
                "formula: o = x W\nloss: (o - yy)^2\ndata: [{x: [1], y: 2}]\ngiven: {W: [[1]]}\n",
                "p.yaml:2:12: `yy` is one name, and it is not defined [run-together]\n"
                "    loss: (o - yy)^2\n"
                "               ^^\n"
                "    hint: Write y y for a product.",
            ),
            (
                "formula: f = x^2\ndifferentiate: {ff: [x], f: [q]}\n",
                "p.yaml:2:17: there is no quantity `ff` to differentiate [unknown-name]\n"
                "    differentiate: {ff: [x], f: [q]}\n"
                "                    ^^\n"
                '    hint: did you mean "f"?\n'
                "p.yaml:2:26: `differentiate` asks for the derivatives of one quantity, and this is a second one "
                "[several-derivatives]\n"
                "    differentiate: {ff: [x], f: [q]}\n"
                "                             ^\n"
                "    hint: take one problem for each\n"
                "p.yaml:2:30: there is no quantity `q` [unknown-name]\n"
                "    differentiate: {ff: [x], f: [q]}\n"
                "                                 ^\n"
                "    hint: there are f, x, y, loss",
            ),
            (
                "formula: f = x^2\nregularizer: {l2: 1, on: [zz]}\n",
                "p.yaml:2:27: there is no parameter `zz` [unknown-name]\n"
                "    regularizer: {l2: 1, on: [zz]}\n"
                "                              ^^\n"
                "    hint: there are x",
            ),
            (
                "formula: f = x^2\nequal: {left: f, right: x^2 + q, for: [xx]}\n",
                'p.yaml:2:31: the name "q" has no value and no formula [unknown-name]\n'
                "    equal: {left: f, right: x^2 + q, for: [xx]}\n"
                "                                  ^\n"
                "    hint: give it under `given`, as in q: 0.5\n"
                "p.yaml:2:40: there is no quantity `xx` [unknown-name]\n"
                "    equal: {left: f, right: x^2 + q, for: [xx]}\n"
                "                                           ^^\n"
                '    hint: did you mean "x"?',
            ),
            (
                "formula: f = [x, 2]\n",
                "p.yaml:1:10: f has several entries, so it has no gradient [not-a-number]\n"
                "    formula: f = [x, 2]\n"
                "             ^\n"
                "    hint: give a `loss`, or ask for one number: its sum, or one of f_1, f_2",
            ),
            (
                "formula: f = x w\ngiven: {w: 1, x: 2}\ndata: [{x: 1}]\n",
                "p.yaml:2:15: `x` comes from the data, and stands under `given` too [given-twice]\n"
                "    given: {w: 1, x: 2}\n"
                "                  ^\n"
                "    hint: keep one of the two",
            ),
            (
                LAYERS % "{units: 3, weights: W}, {units: 2, weights: W}",
                "p.yaml:1:74: `W` has inputs: 2 × units: 3 in layer 1, but this layer has inputs: 3 × units: 2 "
                "[wrong-size]\n"
                "    network: {input: 2, layers: [{units: 3, weights: W}, {units: 2, weights: W}]}\n"
                "                                                                             ^\n"
                "    hint: only layers of the same sizes can share a matrix",
            ),
            (
                LAYERS % "{units: [y]}" + "loss: mse\n",
                "p.yaml:1:39: `y` is the target of each sample, so no unit can have this name [name-used-twice]\n"
                "    network: {input: 2, layers: [{units: [y]}]}\n"
                "                                          ^\n"
                "    hint: call the unit y_hat",
            ),
            (
                LAYERS % "{units: [h]}, {units: [z_h]}",
                "p.yaml:1:53: `z_h` is the weighted sum of h, so no unit can have this name [name-used-twice]\n"
                "    network: {input: 2, layers: [{units: [h]}, {units: [z_h]}]}\n"
                "                                                        ^^^\n"
                "    hint: call the unit something else",
            ),
            (
                "network: {input: [i, j], layers: [{units: 1}]}\nloss: mse\ngiven: {i: 1}\n",
                "p.yaml:3:9: `given` has i, but a sample needs all of i, j, y [value-missing]\n"
                "    given: {i: 1}\n"
                "            ^\n"
                "    hint: give each of them, or write `data`",
            ),
            (
                LAYERS % "{units: 1}" + "loss: hinge\ndata: [{x: [1, 2], y: 0}]\n",
                "p.yaml:3:23: sample 1, y: hinge expects -1 or 1, read 0 [not-a-class]\n"
                "    data: [{x: [1, 2], y: 0}]\n"
                "                          ^\n"
                "    hint: write -1 for the class that is not meant",
            ),
            (
                "formula: o = softmax(x W)\nloss: cross_entropy\ndata: [{x: 1, y: 2}]\ngiven: {W: [[1, 2]]}\n",
                "p.yaml:3:18: sample 1, y: expected a class from 0 to 1, read 2 [not-a-class]\n"
                "    data: [{x: 1, y: 2}]\n"
                "                     ^\n"
                "    hint: classes are counted from 0",
            ),
            (
                "formula: o = x W\nloss: mse\ndata: [{x: 1, y: 2}]\ngiven: {W: [[1, 2]]}\n",
                "p.yaml:3:18: sample 1, y: expected 2 numbers, one for each output, read 1 [wrong-size]\n"
                "    data: [{x: 1, y: 2}]\n"
                "                     ^",
            ),
        ],
    )
    def test_message(self, text, message):
        assert refused(text) == message

    def test_what_works_for_one_sample_may_be_written_for_one(self):
        assert read("formula: z = sum(x' x)\ndata: [{x: [1, 2]}, {x: [1, 2]}]\nbatch: 1\n").has_numbers


class TestNames:
    def test_a_superscript_is_found_again_in_every_spelling(self):
        units = '{units: ["a^[1]"]}, {units: [f]}'
        for spelling in ("z_a^[1]", "z^[1]_a", "z^{[1]}_{a}"):
            problem = read(LAYERS % units + f'differentiate: {{f: ["{spelling}", "a^{{[1]}}"]}}\n')
            assert problem.wanted == ("z_a^[1]", "a^[1]")

    def test_given_names_and_formulas_agree_in_latex_greek_and_unicode(self):
        problem = read(
            "formula: |\n"
            "  a^{[1]} = \\sigma(W^{[1]} x + b^{[1]})\n  \\hat{y} = a^{[1]}_1 + \\alpha\n  out = y_hat + β\n"
            'given: {"W^[1]": [[1, 2], [3, 4]], "b^{[1]}": [1, 2], α: 3, beta: 1}\n'
            "data: [{x: [1, 2]}]\nconvention: {vectors: columns}\n"
        )
        assert list(problem.values) == ["W^[1]", "b^[1]", "alpha", "beta"]
        assert line_names(problem) == ["z_a^[1]", "a^[1]", "y_hat", "out"]
        assert problem.bias_names == {"b^[1]", "beta"}

    def test_a_line_named_y_is_no_target(self):
        problem = read("formula: |\n  y = 2 x\n  f = y^2\n")
        assert [node.name for node in problem.graph(1).inputs] == []
        assert [node.name for node in problem.graph(1).parameters] == ["x"]

    def test_one_unit_is_differentiated(self):
        problem = read(LAYERS % "{units: 2}, {units: 2}" + "differentiate: {y_hat_2: [W1, h1_1]}\n")
        (line,) = problem.graph(1).loss_lines
        assert line.formula.arguments[0].op.name == "part"
        assert problem.wanted == ("W1", "h1_1")

    def test_several_samples_without_a_loss_are_summed(self):
        problem = read("formula: J = (x w)^2\ngiven: {w: 1}\ndata: [{x: 1}, {x: 2}]\n")
        assert line_names(problem, 1) == ["J"]
        assert line_names(problem, 2) == ["J", "loss_n", "loss"]

    def test_differentiate_goes_before_the_loss(self):
        problem = read(LAYERS % "{units: 1}" + "loss: mse\ndifferentiate: {y_hat: [x]}\n")
        assert problem.graph(1).loss is problem.output
        assert not problem.updates

    def test_what_stands_for_data_is_not_learned(self):
        text = "formula: o = w x\nloss: half_sse\ngiven: {w: 1, x: 2, y: 3}\n"
        assert read(text).learned == ("w",)
        assert read(text + "learn: [x]\n").learned == ("x",)
        assert read("formula: J = (x - 3)^2\ngiven: {x: 1}\n").learned == ("x",)


class TestValues:
    def test_inputs_under_given_make_one_sample(self):
        text = LAYERS % "{units: 1, weights: [[a, b]], bias: none}" + "loss: half_sse\n"
        for given in ("x1: 1, x_2: 2, y: 3", "x: [1, 2], y: 3", "x_1: 1, x2: 2, y_1: 3"):
            problem = read(text + f"given: {{a: 1, b: 2, {given}}}\n")
            assert (problem.samples.inputs, problem.samples.targets) == (((1, 2),), ((3,),))
            assert problem.has_numbers

    def test_classes_become_one_hot_in_networks_and_formulas(self):
        data = "loss: cross_entropy\ndata: [{x: [1, 2], y: 1}, {x: [1, 2], y: [1, 0]}]\n"
        for text in (
            LAYERS % "{units: 2, activation: softmax}",
            "formula: o = softmax(x W)\ngiven: {W: [[1, 2], [3, 4]]}\n",
        ):
            both = data if "network" in text else data.replace("[1, 0]", "0")
            assert read(text + both).samples.targets == ((0, 1), (1, 0))

    def test_a_formula_takes_its_sizes_from_a_file(self, tmp_path):
        (tmp_path / "d.csv").write_text("a,b,price\n1,2,3\n4,5,6\n", encoding="utf-8")
        text = "formula: o = x w\nloss: mse\ndata: {csv: d.csv, target: price}\ngiven: {w: [[1], [2]]}\n"
        problem = Problem.from_file(parse_problem(text, "p.yaml", tmp_path))
        assert [node.shape[1].size for node in problem.graph(None).inputs] == [2, 1]
        assert "p.yaml:3:" in refused(text)

    def test_classes_of_listed_samples_are_numbers_or_one_hot_in_the_data_set(self):
        text = LAYERS % "{units: 3, activation: softmax}" + "loss: cross_entropy\n"
        alone = read(text + "data: [{x: [1, 2], y: 2}, {x: [1, 2], y: 0}]").dataset.y
        mixed = read(text + "data: [{x: [1, 2], y: 2}, {x: [1, 2], y: [1, 0, 0]}]").dataset.y
        assert (alone.tolist(), alone.dtype) == ([2, 0], numpy.int64)
        assert mixed.tolist() == [[0, 0, 1], [1, 0, 0]]

    def test_functions_left_open_have_no_numbers(self):
        text = LAYERS % "{units: 1, activation: f}" + "loss: mse\ndata: [{x: [1, 2], y: 1}]\n"
        assert not read(text).has_numbers

    def test_partly_given(self):
        problem = read("formula: o = w q\ndifferentiate: {o: [w, q]}\ngiven: {w: 3}\n")
        assert problem.wanted == ("w", "q")
        assert not problem.has_numbers


class TestFromPython:
    def test_numbers_are_exact(self):
        problem = Problem.from_formula(
            "o = x W + b + c",
            given={"W": numpy.array([[0.1], [0.2]]), "b": numpy.float32(0.1), "c": Fraction(1, 3)},
            data=[{"x": numpy.array([1, 2])}],
            loss=None,
        )
        assert problem.values["W"] == ((Fraction(1, 10),), (Fraction(1, 5),))
        assert (problem.values["b"], problem.values["c"]) == (Fraction(1, 10), Fraction(1, 3))

    def test_nodes_are_filled_by_the_data(self):
        x, w = variable("x", (Axis("samples", None), Axis("inputs", 2))), variable("w", shape_of(2, 1))
        z = x @ w
        problem = Problem.from_nodes(
            {"z": z, "y_hat": sigmoid(z)},
            loss="binary_cross_entropy",
            given={"w": [[1], [2]]},
            data=[{"x": [1, 2], "y": 1}, {"x": [3, 4], "y": 0}],
        )
        assert line_names(problem, 2) == ["z", "y_hat", "loss_n", "loss"]
        assert problem.graph(1).lines[1].formula is sigmoid(problem.graph(1).lines[0].symbol)
        assert problem.has_numbers

    @pytest.mark.parametrize(
        ("keys", "kind", "message"),
        [
            (
                {"formula": "f = x\ng = f + q q2", "data": [{"x": 1}]},
                ProblemError,
                'formula:2:9: the name "q" has no value and no formula [unknown-name]\n    g = f + q q2\n'
                "            ^\n    hint: give it under `given`, as in q: 0.5\n"
                'formula:2:11: the name "q2" has no value and no formula [unknown-name]\n    g = f + q q2\n'
                "              ^^\n    hint: give it under `given`, as in q2: 0.5",
            ),
            (
                {"formula": "f = x", "lss": 1},
                ProblemError,
                'a problem has no key `lss` [unknown-key]\n    hint: did you mean "loss"?',
            ),
            (
                {"formula": "f = w", "given": {"w": float("nan")}},
                UsageError,
                "given.w: expected a number, text, list or mapping, read the number nan [not-a-value]\n"
                "    hint: numbers are finite; arrays are of NumPy; formulas are text",
            ),
            (
                {"formula": "f = w", "given": {"w": object}},
                UsageError,
                "given.w: expected a number, text, list or mapping, read a value of type type [not-a-value]\n"
                "    hint: numbers are finite; arrays are of NumPy; formulas are text",
            ),
            (
                {"formula": "f = w", "given": {"w": 1, "v": 2}},
                ProblemError,
                "`v` has a value, but no formula uses it [never-used]\n    hint: remove it",
            ),
        ],
    )
    def test_faults_without_a_file(self, keys, kind, message):
        with pytest.raises(kind) as caught:
            Problem.from_keys(keys)
        assert str(caught.value) == message

    def test_lists_without_end_are_refused(self):
        endless: list = []
        endless.append(endless)
        with pytest.raises(UsageError, match="nested without end"):
            Problem.from_formula("f = x", data=endless)

    def test_nodes_that_do_not_fit(self):
        x, w = variable("x", shape_of(1, 2)), variable("w", shape_of(2, 1))
        with pytest.raises(ShapeError) as caught:
            Problem.from_nodes({"z": x @ w}, data=[{"x": [1, 2, 3]}], given={"w": [1, 2]})
        assert str(caught.value) == (
            "the variable x is (1 × 2), but its value has the size 3 [wrong-size]\n"
            "    hint: give the variable the shape of its value"
        )
        with pytest.raises(ShapeError, match="but its value has the size 3 × 1"):
            Problem.from_nodes({"z": x @ w}, data=[{"x": [1, 2]}], given={"w": [[1], [2], [3]]})


NAMES = ["x", "y", "w", "b", "W", "h", "h1", "z_h1", "W1", "y_hat", "loss", "a^[1]", "w^(1)_{11}", "σ", "x_1", "f", ""]
PIECES = ["({} + {})", "{} {}", "{} * {}", "{} @ {}", "{}' {}",
          "relu({}) {}", "softmax({}) - {}", "sum({}) {}", "{}^{}",
          "{}/{}", "|{}| {}", "max(0, {}) {}", "f({}) + {}", "[{}, {}]", "{} > {}", "tanh({}) + tanh({})"]  # fmt: skip


def random_keys(chance):
    """Keys as a careless user might write them."""

    def expression(depth=0):
        if depth > 2 or chance.random() < 0.3:
            return chance.choice([*NAMES, "1", "2.5"])
        return chance.choice(PIECES).format(expression(depth + 1), expression(depth + 1))

    def number():
        return chance.choice([0, 1, -2, 0.5, "1/3", 1e300, True, None, 10**30])

    keys = {"formula": "\n".join(f"{chance.choice(NAMES)} = {expression()}" for _ in range(chance.randint(1, 3)))}
    if chance.random() < 0.5:
        units = ([1, 2, ["h1", "h2"], ["y"], ["x", "h"]], ["relu", "softmax", "f"], ["W", 1, [["w", 0.5]], None])
        layers = [dict(zip(("units", "activation", "weights"), map(chance.choice, units), strict=True)) for _ in "ab"]
        keys = {"network": {"input": chance.choice([1, 2, ["x"], ["i", "j"]]), "layers": layers}}
    if chance.random() < 0.6:
        keys["loss"] = chance.choice(["half_sse", "cross_entropy", "hinge", "mse", expression()])
    if chance.random() < 0.6:
        keys["data"] = [{"x": chance.choice([number(), [1, 2]]), "y": chance.choice([number(), [1, 0]])} for _ in "ab"]
    if chance.random() < 0.5:
        keys["given"] = {chance.choice(NAMES): chance.choice([number(), [1, 2], [[1, 2], [3, 4]]]) for _ in "ab"}
    if chance.random() < 0.3:
        keys["differentiate"] = {chance.choice(NAMES): [chance.choice(NAMES)]}
    if chance.random() < 0.2:
        keys["equal"] = {"left": expression(), "right": expression(), "for": [chance.choice(NAMES)]}
    return keys


@pytest.mark.parametrize("seed", range(8))
def test_careless_keys_raise_nothing_but_our_own_errors(seed):
    chance = random.Random(seed)
    accepted = 0
    for _ in range(150):
        try:
            problem = Problem.from_keys(random_keys(chance))
            assert problem.values is not None
            assert problem.wanted is not None
            accepted += 1
        except ChalkgradError:
            continue
    assert accepted


TEN = "data: [" + ", ".join(f"{{x: [{k}, {k % 3}], y: {2 * k}}}" for k in range(10)) + "]\n"


class TestParts:
    def test_longhand_sees_the_training_part_alone(self):
        problem = read(LAYERS % "{units: 1}" + "loss: mse\nsplit: {validation: 0.2, test: 0.2}\n" + TEN)
        rows = problem.parts.train.tolist()
        assert len(rows) == 6
        assert problem.samples.inputs == tuple((k, k % 3) for k in rows)
        assert problem.samples.targets == tuple((2 * k,) for k in rows)

    def test_without_a_split_nothing_is_left_out(self):
        assert len(read(LAYERS % "{units: 1}" + "loss: mse\n" + TEN).samples) == 10

    @pytest.mark.parametrize("listed", [True, False])
    def test_the_scale_is_that_of_the_training_part(self, listed, tmp_path):
        rows = "\n".join(f"{k},{k % 3},{2 * k}" for k in range(10))
        (tmp_path / "d.csv").write_text(f"a,b,y\n{rows}\n", encoding="utf-8")
        data = TEN if listed else "data: {csv: d.csv, target: y}\n"
        text = LAYERS % "{units: 1}" + "loss: mse\nscale: 0..1\nsplit: {test: 0.5}\n" + data
        problem = Problem.from_file(parse_problem(text, "p.yaml", tmp_path))
        columns = list(zip(*problem.samples.inputs, strict=True))
        assert [(min(column), max(column)) for column in columns] == [(0, 1), (0, 1)]
        assert 0 in problem.parts.test or 9 in problem.parts.test  # else all samples would give the same scale

    def test_a_split_that_cannot_be_drawn_is_told_at_its_place(self):
        text = LAYERS % "{units: 1}" + "loss: mse\ndata: [{x: [1, 2], y: 0}]\nsplit: {test: 0.5}\n"
        assert refused(text) == (
            "p.yaml:4:8: 1 sample leaves none for training: the split keeps 1 for test [empty-part]\n"
            "    split: {test: 0.5}\n"
            "           ^^^^^^^^^^^\n"
            "    hint: keep smaller shares"
        )

    def test_stratified_parts_have_the_classes_of_the_targets(self):
        samples = ", ".join(f"{{x: [{k}, 1], y: {int(k >= 6)}}}" for k in range(9))
        text = LAYERS % "{units: 1, activation: sigmoid}" + f"loss: binary_cross_entropy\ndata: [{samples}]\n"
        problem = read(text + "split: {test: 1/3, stratify: true}\n")
        assert problem.classes.tolist() == [0] * 6 + [1] * 3
        assert (problem.parts.test >= 6).sum() == 1


class TestSamplesFromMemory:
    X = numpy.arange(12.0).reshape(6, 2)

    @pytest.mark.parametrize("with_data", [True, False])
    def test_take_the_place_of_what_is_written(self, with_data):
        text = LAYERS % "{units: 1}" + "loss: mse\nbatch: 2\n" + (TEN if with_data else "")
        problem = read(text).with_dataset(Dataset(self.X, self.X[:, :1] * 2))
        assert problem.has_numbers
        assert problem.samples.inputs[1] == (2, 3)
        assert problem.samples.targets[1] == (4,)
        assert problem.file.order == "shuffled"
        assert {name: array.shape for name, array in problem.starting_arrays().items()} == {"W1": (2, 1), "b1": (1, 1)}
        assert problem.values["b1"] == [0]
        assert problem.graph(None).inputs

    def test_the_problem_before_is_as_it_was(self):
        problem = read(LAYERS % "{units: 1}" + "loss: mse\n" + TEN)
        problem.with_dataset(Dataset(self.X, self.X[:, :1]))
        assert len(problem.samples) == 10

    def test_formulas_take_their_sizes_from_them(self):
        problem = read("formula: o = x w\nloss: mse\ngiven: {w: [[1], [2]]}\n" + TEN)
        again = problem.with_dataset(Dataset(self.X, self.X[:, :1]))
        assert [node.shape[1].size for node in again.graph(None).inputs] == [2, 1]
        with pytest.raises(ChalkgradError, match="inputs: 3"):
            problem.with_dataset(Dataset(self.X.reshape(4, 3), self.X[:4, :1]))

    def test_may_be_given_at_once(self):
        data = Dataset(self.X.astype(numpy.float32) / 10, numpy.array([0, 1, 2, 0, 1, 2]))
        problem = Problem.from_layers(2, [{"units": 3, "activation": "softmax"}], loss="cross_entropy", data=data)
        assert problem.samples.inputs[0] == (0, Fraction(1, 10))  # as float32 prints it
        assert problem.samples.targets[1] == (0, 1, 0)
        assert problem.dataset.x is data.x

    def test_only_data_can_be_a_data_set(self):
        with pytest.raises(UsageError, match="title: expected a number, text, list or mapping"):
            Problem.from_layers(2, [{"units": 1}], title=Dataset(self.X, None))


class TestCopies:
    LAYERS = ({"units": 3, "activation": "tanh"}, {"units": 1})

    def test_a_problem_goes_to_another_process_and_keeps_its_places(self):
        text = "formula: p = x w\nloss: mse\ngiven: {w: 0.1}\ndata: [{x: 1, y: 2}]\n"
        problem = Problem.from_file(parse_problem(text, "mine.yaml"))
        other = pickle.loads(pickle.dumps(problem))
        assert other.values == problem.values
        assert str(other.file.key_place("loss")) == "mine.yaml:2:1"
        assert copy.deepcopy(problem) is copy.copy(problem) is problem

    def test_samples_from_memory_and_trained_numbers_go_along(self):
        data = Dataset(numpy.ones((4, 2)), numpy.ones((4, 1)))
        problem = Problem.from_layers(2, self.LAYERS, loss="mse", data=data, split={"validation": 0.5})
        problem = problem.with_values({name: array + 1 for name, array in problem.starting_arrays().items()}, "a run")
        other = pickle.loads(pickle.dumps(problem))
        assert numpy.array_equal(other.dataset.x, data.x)
        assert numpy.array_equal(other.starting_arrays()["W1"], problem.starting_arrays()["W1"])
        assert other.trained_in == "a run"

    def test_without_samples_only_its_network_is_left(self):
        data = Dataset(numpy.ones((4, 2)), numpy.array([0, 1, 0, 1]), class_names=("a", "b"))
        problem = Problem.from_layers(2, [{"units": 2, "activation": "softmax"}], loss="cross_entropy", data=data)
        empty = pickle.loads(pickle.dumps(problem.without_samples()))
        assert len(empty.dataset) == 0
        assert empty.dataset.class_names == ("a", "b")
        assert numpy.array_equal(empty.starting_arrays()["W1"], problem.starting_arrays()["W1"])

    def test_nodes_stay_in_their_process(self):
        problem = Problem.from_nodes({"f": variable("w") ** 2}, given={"w": 1})
        with pytest.raises(TypeError, match="a problem made of nodes is not pickled"):
            pickle.dumps(problem)


class TestPickedSamples:
    TEXT = LAYERS % "{units: 1}" + "loss: mse\nepochs: 9\nbatch: 2\norder: shuffled\nscale: 0..1\nsplit: {test: 0.5}\n"

    def test_are_one_step_in_the_order_in_which_they_are_named(self):
        problem = read(self.TEXT + TEN).with_samples([7, 2, 7])
        assert problem.samples.numbers == (7, 2)
        assert (problem.keys.epochs, problem.keys.batch, problem.file.order) == (1, "full", "given")
        assert problem.samples.targets == ((14,), (4,))

    def test_of_whatever_part_on_the_scale_of_the_training_part(self):
        problem = read(self.TEXT + TEN)
        train, test = problem.parts.train.tolist(), problem.parts.test.tolist()
        low, high = min(train), max(train)
        (found,) = problem.with_samples([test[0]]).samples.inputs
        assert found[0] == Fraction(test[0] - low, high - low)
        assert problem.with_samples([train[1]]).samples.inputs[0] == problem.samples.inputs[1]

    @pytest.mark.parametrize("how", ["none", "0..1", "standard"])
    def test_of_many_samples_have_the_scale_that_training_has(self, how):
        from chalkgrad.training.data import prepare_data

        chance = numpy.random.default_rng(5)
        dataset = Dataset(chance.integers(0, 255, (3000, 2)).astype(numpy.uint8), chance.normal(size=(3000, 1)))
        problem = read(LAYERS % "{units: 1}" + f"loss: mse\nscale: {how}\nsplit: {{test: 0.5}}\n" + TEN)
        problem = problem.with_dataset(dataset)
        assert problem.samples is None
        row = int(problem.parts.test[3])
        picked = problem.with_samples([row]).samples
        trained = prepare_data(problem, numpy.float64)
        assert [float(entry) for entry in picked.inputs[0]] == trained.x[row].tolist()
        assert [float(entry) for entry in picked.targets[0]] == trained.y[row].tolist()

    def test_classes_are_one_hot_and_a_missing_target_is_none(self):
        text = LAYERS % "{units: 3, activation: softmax}"
        data = "loss: cross_entropy\ndata: [{x: [1, 2], y: 2}, {x: [1, 2], y: 0}]\n"
        assert read(text + data).with_samples([1]).samples.targets == ((1, 0, 0),)
        assert read(text + "data: [{x: [1, 2]}, {x: [3, 4]}]\n").with_samples([1]).samples.targets == ((),)

    def test_the_data_are_not_read_again(self, tmp_path):
        (tmp_path / "d.csv").write_text("a,b,y\n1,2,3\n4,5,6\n", encoding="utf-8")
        text = LAYERS % "{units: 1}" + "loss: mse\ndata: {csv: d.csv, target: y}\n"
        problem = Problem.from_file(parse_problem(text, "p.yaml", tmp_path))
        assert len(problem.dataset) == 2
        (tmp_path / "d.csv").unlink()
        assert problem.with_samples([1]).samples.inputs == ((4, 5),)

    @pytest.mark.parametrize(("row", "message"), [(10, "sample 10: there are 10"), (-1, "sample -1: there are 10")])
    def test_one_that_is_not_there(self, row, message):
        with pytest.raises(UsageError) as caught:
            read(LAYERS % "{units: 1}" + "loss: mse\n" + TEN).with_samples([row])
        assert str(caught.value) == f"there is no {message}, counted from 0 [no-such-sample]"

    def test_without_data_there_is_none_to_pick(self):
        with pytest.raises(UsageError) as caught:
            read("formula: J = w^2\ngiven: {w: 1}\n").with_samples([0])
        assert caught.value.code == "no-data"

    def test_inputs_under_given_are_the_one_sample(self):
        text = LAYERS % "{units: 1, weights: [[a, b]], bias: none}" + "loss: half_sse\n"
        problem = read(text + "given: {a: 1, b: 2, x: [1, 2], y: 3}\n")
        assert problem.with_samples([0]).samples == problem.samples
        with pytest.raises(UsageError, match="there is 1, counted from 0"):
            problem.with_samples([1])


class TestValuesOfARun:
    PROBLEM = read(LAYERS % "{units: 2}" + "loss: mse\ndata: [{x: [1, 2], y: [3, 4]}]\n")
    DATA = "data: [{x: [1, 2], y: [3, 4]}]\n"
    VALUES: ClassVar = {"W1": [[0.1, 0.2], [0.3, 0.4]], "b1": [[0.5, 0.6]]}

    def test_are_what_it_starts_from(self):
        problem = self.PROBLEM.with_values(self.VALUES, "runs/a")
        assert problem.starting_arrays()["W1"].tolist() == self.VALUES["W1"]
        assert problem.values["b1"] == [[Fraction(0.5), Fraction(0.6)]]
        assert all(problem.exact_start(node) is problem.trained[node.name] for node in problem.graph(1).parameters)
        assert problem.trained_in == "runs/a"
        assert self.PROBLEM.starting_arrays()["W1"].tolist() != self.VALUES["W1"]

    def test_of_single_numbers(self):
        problem = read("formula: J = w^2\ngiven: {w: 1}\n").with_values({"w": numpy.float32(0.5)})
        assert problem.values == {"w": Fraction(1, 2)}

    def test_all_that_does_not_fit_is_told_at_once(self):
        with pytest.raises(UsageError) as caught:
            self.PROBLEM.with_values({"W1": numpy.zeros((3, 2)), "W9": numpy.zeros(1)})
        assert [fault.message for fault in caught.value.faults] == [
            "the values of W1 are 3 × 2, but the problem has 2 × 2",
            "there are no values for b1",
            "there are values for W9, but the problem has no such parameter",
        ]

    @pytest.mark.parametrize("initial", ["constant(0.1)", "uniform(-1, 1)", "zeros"])
    def test_exact_starts_are_the_values(self, initial):
        given = f"loss: mse\ninitial: {initial}\ngiven: {{b1: [0.5, 1/3]}}\n"
        problem = read(LAYERS % "{units: 2}" + given + self.DATA)
        for node in problem.graph(1).parameters:
            found = numpy.asarray(problem.exact_start(node), dtype=object)
            assert [Fraction(entry) for entry in found.flat] == list(numpy.ravel(problem.values[node.name]))
