"""A step at which a mistake can be made."""

from __future__ import annotations

from tests.marking.courses import course, symbol

from chalkgrad.marking.mistakes import Site
from chalkgrad.marking.slips import surroundings_of


def site(problem: str, name: str, stage: int = 1) -> Site:
    around = surroundings_of(course(problem), stage)
    statement = around.statements[symbol(course(problem), name, stage)]
    return Site(around, statement, statement.formula, stage > 1)


def test_a_weighted_sum() -> None:
    assert site("sigmoid-2-2-2", "z_h1").is_weighted_sum
    assert [weight.name for weight in site("sigmoid-2-2-2", "z_h1").weights] == ["w1", "w2", "b1"]
    assert not site("sigmoid-2-2-2", "h1").is_weighted_sum
    assert not site("sigmoid-2-2-2", "dloss/dh1:1").is_weighted_sum


def test_an_error_holds_a_target_and_comes_from_the_loss() -> None:
    assert site("sigmoid-2-2-2", "dloss/do1").is_error
    assert site("l2", "dloss/dz_y_hat_1#1").is_error
    assert not site("sigmoid-2-2-2", "dloss/dz_o1").is_error


def test_a_gradient_through_an_activation() -> None:
    use = site("sigmoid-2-2-2", "dloss/dz_h1").activation
    assert use is not None
    assert (use.node.op.name, use.before.name) == ("sigmoid", "z_h1")
    assert site("sigmoid-2-2-2", "dloss/dw1").activation is None


def test_a_gradient_inside_a_longer_line() -> None:
    use = site("skip-tanh-relu", "dloss/da").activation
    assert use is not None
    assert use.node.op.name == "relu"


def test_a_line_of_the_optimizer() -> None:
    line = site("relu-adam", "parameter:w5:new")
    assert line.parameter is not None
    assert line.gradient is not None
    assert (line.parameter.name, line.gradient.name) == ("w5", "dloss/dw5:total")
    assert line.memory("m_hat") is symbol(course("relu-adam"), "m_hat:w5:new")
    assert line.setting("beta1") is None
    assert [old.name for old in site("relu-adam", "m:w5:new").old_memory()] == ["m:w5"]


def test_a_gradient_of_a_parameter() -> None:
    assert site("sigmoid-2-2-2", "dloss/dw1").is_of_parameter
    assert not site("sigmoid-2-2-2", "dloss/dh1").is_of_parameter
    upstream = site("sigmoid-2-2-2", "dloss/dw1").upstream
    assert upstream is symbol(course("sigmoid-2-2-2"), "dloss/dz_h1")
