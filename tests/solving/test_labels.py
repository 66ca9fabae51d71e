"""What symbols look like, and how numbers stand in a product or a power."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from chalkgrad.api import read, solve
from chalkgrad.core.notation import Precedence
from chalkgrad.core.precise import precise
from chalkgrad.render.boxes import Identifier
from chalkgrad.render.numbers import NumberStyle
from chalkgrad.render.textmath import box_text
from chalkgrad.solving.labels import Lettering, Numbering, binding, letters_of, partial_box, setting_box, value_box


def lettering(name: str, view: str = "units") -> Lettering:
    derivation = solve(read(name)).derivation
    numbers = derivation.shown_steps[0].exact[view]
    return letters_of(derivation.problem.graph(numbers.view.samples), numbers.view, numbers.batch.samples)


def letter(letters: Lettering, of: str, role: str = "value", sample: int | None = None) -> str:
    view = letters.view
    found = [s for s in view.statements if (s.of, s.role) == (of, role) and sample in (None, s.sample)]
    return box_text(letters.boxes[found[0].symbol])


class TestLettering:
    def test_quantities_gradients_and_deltas(self):
        letters = lettering("sigmoid-2-2-2")
        assert letter(letters, "h1") == "h₁"
        assert letter(letters, "loss") == "L"
        assert letter(letters, "w5", "gradient") == "∂L/∂w₅"
        assert letter(letters, "z_h1", "gradient") == "δ_h1"
        assert letter(letters, "w5", "parameter") == "w₅"

    def test_samples_have_numbers_where_there_are_several(self):
        letters = lettering("relu-adam")
        assert letter(letters, "h1", sample=0) == "h₁⁽¹⁾"
        assert letter(letters, "h1", sample=1) == "h₁⁽²⁾"
        assert letter(letters, "loss_n", sample=1) == "L⁽²⁾"

    def test_a_sample_keeps_the_number_that_it_has_in_the_data(self):
        derivation = solve(
            {
                "formula": "p = x w",
                "loss": "mse",
                "data": [{"x": [k], "y": 1} for k in range(4)],
                "given": {"w": 1},
                "batch": 2,
            }
        ).derivation
        numbers = derivation.shown_steps[1].exact["units"]
        letters = letters_of(derivation.problem.graph(numbers.view.samples), numbers.view, numbers.batch.samples)
        assert letter(letters, "p", sample=0) == "p⁽³⁾"

    def test_the_memory_of_an_optimizer(self):
        letters = lettering("relu-adam")
        assert [letter(letters, "w3", role) for role in ("m", "v", "m_hat", "v_hat")] == [
            "m_w3",
            "v_w3",
            "m̂_w3",
            "v̂_w3",
        ]
        assert letter(letters, "w3", "total") == "g_w3"

    def test_a_loss_that_has_a_name_keeps_it(self):
        letters = lettering("parabola")
        assert box_text(letters.loss) == "J"
        assert letter(letters, "w", "gradient") == "∂J/∂w"


@pytest.mark.parametrize(
    ("name", "text"), [("learning_rate", "η"), ("beta1", "β₁"), ("epsilon", "ε"), ("l2", "λ"), ("t", "t")]
)
def test_settings_have_their_usual_letters(name, text):
    assert box_text(setting_box(name)) == text


def test_every_setting_and_memory_of_every_optimizer_has_a_letter():
    from chalkgrad.ops import OPS, Optimizer

    for optimizer in [entry for entry in OPS.entries if isinstance(entry, Optimizer)]:
        for name in optimizer.settings:
            assert setting_box(name)
        data = {"formula": "J = w^2", "given": {"w": 1}, "optimizer": optimizer.name, "epochs": 2}
        assert str(solve(data))


def test_a_partial_derivative():
    assert box_text(partial_box(Identifier("L"), Identifier("w"))) == "∂L/∂w"


class TestValues:
    def box(self, value: Any, places: int = 4) -> tuple[str, bool]:
        box, exact = value_box(value, NumberStyle(places))
        return box_text(box), exact

    def test_numbers(self):
        third = precise().exact_number(1) / 3
        assert self.box(precise().context.mpf("0.5")) == ("0.5", True)
        assert self.box(third) == ("0.3333", False)

    def test_matrices(self):
        matrix = precise().array([[1, 2], [3, "0.25"]])
        assert self.box(matrix) == ("[[1, 2], [3, 0.25]]", True)
        assert self.box(matrix / 3)[1] is False

    def test_a_matrix_of_one_number_is_that_number(self):
        assert self.box(numpy.array([[0.25]])) == ("0.25", True)


@pytest.mark.parametrize(
    ("number", "precedence"), [(2, Precedence.ATOM), (-2, Precedence.NEGATION), (1e-9, Precedence.PRODUCT)]
)
def test_how_tightly_a_number_binds(number, precedence):
    value = precise().context.mpf(number)
    box, _ = value_box(value, NumberStyle(4))
    assert binding(value, box) == precedence


def test_numbers_stand_for_symbols_and_for_activations():
    derivation = solve(read("sigmoid-2-2-2")).derivation
    numbers = derivation.shown_steps[0].exact["units"]
    labels = Numbering(numbers.values, NumberStyle(4), numbers.view).labels()
    activation = next(s for s in numbers.view.statements if s.of == "h1" and s.role == "value")
    for node in (activation.symbol, activation.formula):
        assert node in labels.boxes
        assert box_text(labels.boxes[node].box) == "0.5933"
