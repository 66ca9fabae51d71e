"""The set of everything a problem may name."""

from dataclasses import replace

import pytest

from chalkgrad.core.node import Op
from chalkgrad.errors import UsageError
from chalkgrad.ops import OPS, OpSet
from chalkgrad.ops.activations import relu, tanh
from chalkgrad.ops.functions import sin


def test_everything_is_found_by_its_name_and_kind():
    assert OPS.activation("relu") is relu
    assert OPS.function("tanh") is tanh
    assert OPS.function("sin") is sin
    assert OPS.loss("mse").name == "mse"
    assert OPS.optimizer("adam").name == "adam"
    assert OPS.regularizer("l2").name == "l2"


@pytest.mark.parametrize("kind", ["activations", "functions", "losses", "optimizers", "regularizers"])
def test_each_kind_is_listed_by_name(kind):
    listed = getattr(OPS, kind)
    find = getattr(OPS, {"losses": "loss"}.get(kind, kind[:-1]))
    assert listed
    assert all(entry.name == name and find(name) is entry for name, entry in listed.items())


def test_what_is_listed_is_everything():
    kinds = [OPS.functions, OPS.losses, OPS.optimizers, OPS.regularizers]
    listed = {id(entry) for kind in kinds for entry in kind.values()}
    left = [entry for entry in OPS.entries if id(entry) not in listed]
    assert {entry.role for entry in left} == {"algebra", "loss", "structure"}
    assert set(OPS.activations) < set(OPS.functions)


@pytest.mark.parametrize(("name", "arity"), [("tanh", 1), ("relu", 1), ("softmax", 1), ("maximum", 2), ("max", 1)])
def test_settings_are_no_arguments(name, arity):
    assert OPS.function(name).arity == arity


def test_what_the_problem_format_promises_is_there():
    for name in "half_sse sse mse rmse mae huber binary_cross_entropy cross_entropy hinge".split():
        assert OPS.loss(name)
    for name in "sgd momentum nesterov adagrad rmsprop adam adamw nadam".split():
        assert OPS.optimizer(name)


@pytest.mark.parametrize(
    ("find", "name", "message"),
    [
        (OPS.activation, "sigmiod", 'there is no activation named "sigmiod" [unknown-activation]\n'
         '    hint: did you mean "sigmoid"?'),
        (OPS.function, "tahn", 'there is no function named "tahn" [unknown-function]\n    hint: did you mean "tanh"?'),
        (OPS.loss, "mes", 'there is no loss named "mes" [unknown-loss]\n    hint: did you mean "mse"?'),
        (OPS.optimizer, "adan", 'there is no optimizer named "adan" [unknown-optimizer]\n'
         '    hint: did you mean "adam"?'),
        (OPS.regularizer, "xyz", 'there is no regularizer named "xyz" [unknown-regularizer]\n    hint: one of l2, l1'),
        (OPS.activation, "sin", None),
        (OPS.function, "add", None),
    ],
)  # fmt: skip
def test_an_unknown_name_is_refused_with_the_nearest(find, name, message):
    with pytest.raises(UsageError) as caught:
        find(name)
    assert message is None or str(caught.value) == message


def test_a_teachers_own_op_comes_in_by_extension():
    own = replace(tanh, name="my_tanh")
    larger = OPS.extend(own)
    assert larger.activation("my_tanh") is own
    with pytest.raises(UsageError):
        OPS.activation("my_tanh")


def test_two_of_one_kind_and_name_are_refused():
    with pytest.raises(UsageError) as caught:
        OPS.extend(replace(tanh))
    assert str(caught.value) == "there are two of the name tanh [name-twice]\n    hint: rename one"


def test_a_name_may_be_that_of_two_kinds():
    assert OpSet.collect([tanh], [replace(OPS.loss("mse"), name="tanh")]).loss("tanh")


def test_iterating_and_roles_give_ops():
    assert all(isinstance(op, Op) for op in OPS)
    assert {op.role for op in OPS} == {"algebra", "function", "activation", "loss", "structure"}
    assert set(OPS.with_role("activation", "loss")) == {op for op in OPS if op.role in ("activation", "loss")}
