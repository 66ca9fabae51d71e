"""Numbers of statements: in order, in any number format, and put together from the symbols of a view."""

from __future__ import annotations

from fractions import Fraction

import numpy
import pytest

from chalkgrad.core.node import variable
from chalkgrad.core.precise import precise
from chalkgrad.reading.problem import Problem
from chalkgrad.solving.statements import Statement, View
from chalkgrad.solving.values import Values, as_array, gathered, run, spread
from chalkgrad.solving.views import unit_view

X, Y, Z = variable("x"), variable("y"), variable("z")


def two_lines() -> View:
    statements = (Statement(Y, X / 3, "forward", "y", "value"), Statement(Z, 3 * Y, "forward", "z", "value"))
    return View("units", 1, statements, {}, {}, {}, {}, {}, {}, None)


class TestRun:
    def test_works_statements_out_in_order_and_leaves_the_leaves_alone(self):
        leaves = {X: 6.0}
        assert run(two_lines(), leaves, numpy) == {X: 6.0, Y: 2.0, Z: 6.0}
        assert leaves == {X: 6.0}

    def test_to_fifty_digits_a_third_is_a_third(self):
        xp = precise()
        found = run(two_lines(), {X: xp.exact_number(Fraction(1))}, xp)
        assert abs(found[Y] * 3 - 1) < 1e-49

    def test_what_is_rounded_is_what_the_next_line_uses(self):
        found = run(two_lines(), {X: 1.0}, numpy, lambda statement, value: round(value, 2))
        assert found[Y] == 0.33
        assert found[Z] == 0.99

    def test_a_view_can_be_run_in_both_formats_one_after_the_other(self):
        view, xp = two_lines(), precise()
        assert isinstance(run(view, {X: 1.0}, numpy)[Y], float)
        assert not isinstance(run(view, {X: xp.exact_number(Fraction(1))}, xp)[Y], float)

    def test_remembers_nothing_of_the_values_it_was_copied_from(self):
        first = Values({X: 1.0})
        first.remembered["key"] = 1
        assert Values(first).remembered == {}


class TestAsArray:
    @pytest.mark.parametrize("number", [Fraction(1, 3), 2, Fraction(15, 100)])
    def test_a_single_number(self, number):
        assert as_array(number, (), numpy) == float(Fraction(number))
        assert abs(as_array(number, (), precise()) - precise().exact_number(Fraction(number))) == 0

    def test_a_list_becomes_a_row_or_a_column_as_its_symbol_is(self):
        assert as_array([1, 2], (1, 2), numpy).shape == (1, 2)
        assert as_array([1, 2], (2, 1), precise()).shape == (2, 1)
        assert as_array([1, 2], (2, 1), numpy).dtype == numpy.float64

    def test_a_number_too_long_for_a_float_is_rounded_once(self):
        assert as_array(Fraction(10**40 + 1, 10**40), (), numpy) == 1.0


class TestSpreadAndGather:
    def test_what_is_spread_comes_back(self):
        problem = Problem.from_formula("p = sum(x W)", data=[{"x": [1, 2]}], given={"W": [[1, 2], [3, 4]]})
        view = unit_view(problem, 1)
        (owner,) = problem.graph(1).parameters
        values = Values()
        spread(view, owner, numpy.array([[1.0, 2.0], [3.0, 4.0]]), values)
        assert len(values) == 4
        assert gathered(view, owner, None, values).tolist() == [[1, 2], [3, 4]]

    def test_entries_without_a_gradient_count_nothing(self):
        problem = Problem.from_formula("p = sum(x W)", data=[{"x": [1, 2]}], given={"W": [[1, 2], [3, 4]]})
        view = unit_view(problem, 1)
        (owner,) = problem.graph(1).parameters
        first = view.entries[owner][0, 0]
        assert gathered(view, owner, {first: first}, {first: 7}).tolist() == [[7, 0], [0, 0]]
