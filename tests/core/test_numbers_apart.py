"""Single numbers taken out of a program."""

import numpy

from chalkgrad.core.lowering import lower
from chalkgrad.core.node import constant, variable
from chalkgrad.core.numbers_apart import numbers_apart
from chalkgrad.core.running import run_program
from chalkgrad.core.shape import shape_of

x, t, m = variable("x", shape_of(2, 3)), variable("t"), variable("m")
FORMULAS = [x * (1 - constant(0.5) ** t), m * constant(0.9) ** t, x / m + 1, x]
PROGRAM = lower(FORMULAS, {x: (2, 3), t: (), m: ()}, "float64")


def test_both_parts_together_give_what_the_program_gives():
    apart = numbers_apart(PROGRAM, PROGRAM.inputs[1:])
    array = numpy.arange(6.0).reshape(2, 3)
    *passed, own = run_program(apart.numbers, [numpy.float64(2), numpy.float64(4)])
    outputs = run_program(apart.rest, [array, *passed])
    assert len(passed) == apart.passed == 2
    assert apart.number_outputs == (1,)
    expected = run_program(PROGRAM, [array, numpy.float64(2), numpy.float64(4)])
    assert own == expected.pop(1)
    for found, value in zip(outputs, expected, strict=True):
        numpy.testing.assert_array_equal(found, value)


def test_what_depends_on_a_matrix_stays():
    apart = numbers_apart(PROGRAM, PROGRAM.inputs[1:])
    assert all(not operation.result.shape for operation in apart.numbers.operations)
    assert all(operation.result.shape for operation in apart.rest.operations)


def test_numbers_that_are_not_named_stay():
    apart = numbers_apart(PROGRAM, PROGRAM.inputs[1:2])
    assert apart.number_outputs == ()
    assert PROGRAM.inputs[2] in apart.rest.inputs


def test_numbers_of_many_steps_are_worked_out_at_once():
    apart = numbers_apart(PROGRAM, PROGRAM.inputs[1:])
    many = run_program(apart.numbers, [numpy.array([1.0, 2.0, 3.0]), numpy.full(3, 4.0)])
    for place in range(3):
        one = run_program(apart.numbers, [numpy.float64(place + 1), numpy.float64(4)])
        assert [values[place] for values in many] == one
