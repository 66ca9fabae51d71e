# ruff: noqa: E501 - every message stands in one piece, as it is told
"""What quantities are worth, as a problem file says it: names in their one spelling, and faults with their places."""

import pytest

from chalkgrad.api.solving import read_text
from chalkgrad.errors import ProblemError
from chalkgrad.reading.schema_marks import MarksKeys, parts_of_quantity, spelled

TEXT = """formula: |
  z = w x + b
  a = sigmoid(z)
loss: half_sse
data: [{x: 1, y: 2}]
given: {w: 1, b: 2}
"""


def test_left_out_every_quantity_is_worth_one():
    marks = read_text(TEXT).keys.marks
    assert marks == MarksKeys()
    assert marks.worth("z").total == 1


def test_weights_and_parts():
    marks = read_text(
        TEXT + "marks: {default: 2, quantities: {z: 0.5, dL/dw: {method: 1, accuracy: 2}, b': 3}}"
    ).keys.marks
    assert [marks.worth(name).total for name in ("a", "z", "dloss/dw", "b'")] == [2, 0.5, 3, 3]
    assert marks.worth("dloss/dw").accuracy == 2
    assert marks.worth("z").accuracy is None


def test_one_part_alone():
    worth = read_text(TEXT + "marks: {quantities: {z: {accuracy: 2}}}").keys.marks.worth("z")
    assert (worth.method, worth.accuracy) == (0, 2)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("z_h1", "z_h1"),
        ("dL/dw1", "dloss/dw1"),
        ("∂L/∂w1", "dloss/dw1"),
        ("dloss / dw1", "dloss/dw1"),
        ("df/dx", "df/dx"),
        ("w1'", "w1'"),
        ("w1′", "w1'"),
        ("w_{11}", "w_11"),
        ("m(w1)", "m(w1)"),
        ("z + 1", None),
        ("w1''", None),
        ("", None),
        ("dL/d", None),
    ],
)
def test_a_quantity_has_one_spelling(written, name):
    assert spelled(written) == name


def test_the_names_in_a_name():
    assert parts_of_quantity("dz_h1/dw1") == ("z_h1", "w1")


@pytest.mark.parametrize(
    ("marks", "code", "message", "hint"),
    [
        ("{quantities: {zz: 2}}", "unknown-name", "there is no quantity `zz`", 'did you mean "z"?'),
        ("{quantities: {dL/dq: 2}}", "unknown-name", "there is no quantity `q`", "there are a, b, loss, w, x, y, z"),
        ("{quantities: {a': 2}}", "unknown-name", "there is no parameter `a`", "there are w, b"),
        (
            "{quantities: {z: -1}}",
            "out-of-range",
            "marks.quantities.z: expected a number of at least 0, read -1",
            "",
        ),
        (
            "{quantities: {z: {metod: 1}}}",
            "not-a-worth",
            "marks.quantities.z: expected a number of at least 0, or {method: 1, accuracy: 1}, read a mapping with `metod`",
            "",
        ),
        (
            "{quantities: {'z + 1': 1}}",
            "not-a-quantity",
            "marks.quantities: expected the name of a quantity, such as z_h1, dL/dw1, or w1' for a new value, read `z + 1`",
            "",
        ),
        (
            "{quantities: {dL/dw: 1, dloss/dw: 2}}",
            "duplicate-key",
            "`dloss/dw` and `dL/dw` are two spellings of one name",
            "keep one of them",
        ),
        ("{defaut: 1}", "unknown-key", "marks has no key `defaut`", 'did you mean "default"?'),
        ("3", "not-a-mapping", "marks: expected a mapping `key: value`, read 3", ""),
        ("{default: -1}", "out-of-range", "marks.default: expected a number of at least 0, read -1", ""),
    ],
)
def test_faults(marks, code, message, hint):
    with pytest.raises(ProblemError) as caught:
        read_text(f"{TEXT}marks: {marks}")
    (fault,) = caught.value.faults
    assert (fault.code, fault.message, fault.hint) == (code, message, hint)
    assert fault.place is not None
    assert fault.place.line == 7


def test_units_and_entries_of_a_network_have_worths():
    text = """network: {input: 2, layers: [{units: 2, activation: tanh}, {units: 1}]}
loss: half_sse
data: [{x: [1, 2], y: 1}]
marks: {quantities: {z_h1_1: 1, dL/dW1: 2, "dL/dw^(1)_{12}": 1, "w^(1)_{12}'": 1, loss: 3}}
"""
    assert len(read_text(text).keys.marks.quantities) == 5


def test_from_python():
    from chalkgrad.reading.problem import Problem

    problem = Problem.from_formula("f = x^2", given={"x": 3}, marks={"quantities": {"f": 2, "df/dx": 0.5}})
    assert problem.keys.marks.worth("df/dx").total == 0.5
