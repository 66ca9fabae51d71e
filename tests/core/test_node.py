"""Nodes: interned, frozen, freed when nobody holds them, safe with threads and with depth."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
import weakref
from decimal import Decimal
from fractions import Fraction

import numpy
import pytest

from chalkgrad.core.algebra import add, summation
from chalkgrad.core.node import ONE, VARIABLE, ZERO, Node, as_node, constant, toposort, variable
from chalkgrad.core.shape import shape_of
from chalkgrad.errors import ShapeError, UsageError

DEEP = 100_000
x, y = variable("x"), variable("y")


def deep(depth: int) -> Node:
    node = x
    for _ in range(depth):
        node = add(node, y)
    return node


class TestInterning:
    def test_the_same_op_on_the_same_arguments_is_the_same_object(self):
        assert x + y is add(x, y)
        assert (x + y) * 2 is 2 * (x + y)
        assert variable("x") is x
        assert x + y is not y + x

    def test_names_and_shapes_tell_variables_apart(self):
        assert variable("x", shape_of(2, 3)) is variable("x", shape_of(2, 3))
        assert variable("x", shape_of(2, 3)) is not x

    def test_attributes_tell_nodes_apart_and_those_left_out_are_written_in(self):
        matrix = variable("m", shape_of(2, 3))
        assert summation(matrix) is summation(matrix, axes=None)
        assert summation(matrix) is not summation(matrix, axes=(0,))
        assert summation(matrix).attributes == {"axes": None}

    def test_two_threads_get_the_same_object(self):
        barrier, made = threading.Barrier(8), [[] for _ in range(8)]

        def build(mine):
            barrier.wait()
            for k in range(300):
                mine.append((x + k) * y)

        threads = [threading.Thread(target=build, args=(mine,)) for mine in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(len({id(node) for node in same}) == 1 for same in zip(*made, strict=True))

    def test_nodes_that_nobody_holds_are_freed(self):
        node = (x + 12345) * y
        watched, inner = weakref.ref(node), weakref.ref(node.arguments[0])
        del node
        gc.collect()
        assert watched() is None
        assert inner() is None

    def test_a_deep_graph_is_freed_without_running_out_of_stack(self):
        node = deep(DEEP)
        watched = weakref.ref(node)
        del node
        gc.collect()
        assert watched() is None


class TestFrozen:
    def test_nothing_can_be_set_or_deleted(self):
        for change in (lambda: setattr(x, "op", None), lambda: setattr(x, "new", 1), lambda: delattr(x, "op")):
            with pytest.raises(AttributeError, match="a node is frozen; make a new one"):
                change()

    def test_attributes_are_a_copy(self):
        x.attributes["name"] = "z"
        assert x.name == "x"

    @pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
    def test_a_second_node_of_one_kind_cannot_be_made(self, duplicate):
        with pytest.raises(TypeError, match="nodes are not pickled; write the problem file instead"):
            duplicate(x)


class TestConstants:
    @pytest.mark.parametrize(
        ("value", "number", "typed"),
        [
            (3, Fraction(3), ""),
            (0.1, Fraction(1, 10), "0.1"),
            (1e-3, Fraction(1, 1000), "0.001"),
            (2.0, Fraction(2), ""),
            (-0.0, Fraction(0), ""),
            (Fraction(1, 3), Fraction(1, 3), ""),
            (Decimal("0.250"), Fraction(1, 4), "0.250"),
            (numpy.float64(0.1), Fraction(1, 10), "0.1"),
            (numpy.int64(7), Fraction(7), ""),
            (10**400, Fraction(10**400), ""),
        ],
    )
    def test_numbers_stay_exact_and_as_typed(self, value, number, typed):
        node = constant(value)
        assert node.number == number
        assert type(node.number.numerator) is int
        assert node.attributes["typed"] == typed

    def test_how_a_user_wrote_it_is_kept(self):
        assert constant(Fraction(1, 2), "0.50").attributes["typed"] == "0.50"
        assert constant(0.5) is not constant(Fraction(1, 2))

    @pytest.mark.parametrize("value", [float("inf"), float("nan"), Decimal("Infinity"), numpy.float64("nan")])
    def test_infinities_and_nan_are_refused(self, value):
        with pytest.raises(UsageError) as caught:
            constant(value)
        assert str(caught.value) == f"a constant must be a finite number, not {value} [not-finite]"

    def test_only_constants_have_a_number_and_only_variables_a_name(self):
        assert (ONE.number, x.number, (x + y).number) == (1, None, None)
        assert (x.name, ONE.name, (x + y).name) == ("x", "", "")
        assert as_node(x) is x
        assert as_node(0) is ZERO


class TestOperators:
    def test_python_operators_make_nodes(self):
        matrix = variable("m", shape_of(2, 3))
        made = [x + 1, 1 + x, x - 1, 1 - x, x * 2, 2 * x, x / 2, 2 / x, x**2, -x, matrix @ matrix.T]
        assert [node.op.name for node in made] == [
            "add", "add", "subtract", "subtract", "multiply", "multiply", "divide", "divide", "power",
            "negate", "matmul",
        ]  # fmt: skip

    def test_how_nodes_are_shown_while_debugging(self):
        assert [repr(node) for node in (x, constant(0.5), x + y)] == ["x", "1/2", "add(…2)"]
        assert repr(add) == "<op add>"

    def test_a_quantity_has_no_axes_or_two(self):
        with pytest.raises(ShapeError) as caught:
            variable("v", shape_of(3))
        assert str(caught.value) == (
            "v is (3), but a quantity is a scalar or has two axes [not-two-axes]\n"
            "    hint: a vector is a matrix with one row or one column"
        )


class TestToposort:
    def test_arguments_come_first_and_each_node_once(self):
        shared = x + y
        order = toposort([shared * shared - x, shared])
        assert len(order) == len(set(order)) == 5
        for position, node in enumerate(order):
            assert all(order.index(argument) < position for argument in node.arguments)

    def test_what_lies_below_a_stop_is_left_out(self):
        inner = x + y
        assert toposort([inner * 2], stops=[inner]) == [constant(2), inner, 2 * inner]
        assert toposort([inner], stops=[inner]) == [inner]

    def test_a_hundred_thousand_nested_nodes_need_no_recursion(self):
        order = toposort([deep(DEEP)])
        assert len(order) == DEEP + 2
        assert sum(node.op is VARIABLE for node in order) == 2
