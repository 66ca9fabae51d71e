from __future__ import annotations

import ast

import pytest

from chalkgrad.training.export.numpy_words import NUMPY
from chalkgrad.training.export.recipe import Recipe
from chalkgrad.training.export.sections import Script, decimal

from .conftest import CASES, material


def script_for(case: str) -> Script:
    problem = CASES[case]()
    given = material(problem)
    return Script(
        Recipe(problem, given["parameters"], "network", given.get("x"), given.get("y"), given["batches"]), NUMPY
    )


def test_decimals():
    assert [decimal(value) for value in (1, 0.5, 1e-8)] == ["1", "0.5", "1e-08"]


@pytest.mark.parametrize("case", CASES)
def test_no_two_quantities_share_a_name(case):
    names = [written.text for written in script_for(case).names.values()]
    assert len(set(names)) == len(names)


def test_the_function_of_the_optimizer_is_its_own_lines():
    assert script_for("optimizer adam, uncorrected").update() == [
        "def adam_step(parameter, gradient, memory):",
        '    """Adam: the parameter after one step."""',
        '    m = beta1 * memory["m"] + (1 - beta1) * gradient',
        '    v = beta2 * memory["v"] + (1 - beta2) * gradient**2',
        "    memory.update(m=m, v=v)",
        "    return parameter - learning_rate * m / (np.sqrt(v) + epsilon)",
    ]


def test_a_name_within_the_function_does_not_hide_a_number_that_it_needs():
    text = "\n".join(script_for("own records").update())
    function = ast.parse(text).body[0]
    assigned = {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    assert assigned == {"trace"}
    assert "keep * memory" in text


def test_the_penalty_is_that_of_all_regularizers():
    assert script_for("l1 and l2").penalty()[-1] == (
        "    return 0.5 * (l2 * np.sum(weight**2)) + l1 * np.sum(np.abs(weight))"
    )
