"""The catalogue, each of its statements held against a second source."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy
import pytest

from chalkgrad.core.algebra import multiply, power
from chalkgrad.core.evaluate import Evaluator
from chalkgrad.core.gradient import gradient
from chalkgrad.core.node import Facts, variable
from chalkgrad.core.shape import Axis
from chalkgrad.errors import UsageError
from chalkgrad.ops import OPS, Loss, Optimizer, Regularizer
from chalkgrad.ops.functions import unary
from chalkgrad.render import write
from chalkgrad.solving.catalogue import catalogue_data, catalogue_document
from chalkgrad.solving.catalogue_entries import Curve, describe, kind_of

CURVES: dict[str, Curve] = {
    op.name: described.curve
    for op in OPS.with_role("activation", "function")
    if (described := describe(op)).curve is not None
}

# Each function as mpmath has it or as its source writes it, apart from our forwards and our definitions.
SELU_SCALE, SELU_ALPHA = mp.mpf("1.0507009873554804934193349852946"), mp.mpf("1.6732632423543772848170429916717")
ORACLES: dict[str, Callable[[Any], Any]] = {
    "linear": lambda z: z,
    "step": lambda z: mp.mpf(z >= 0),
    "sigmoid": lambda z: (1 + mp.tanh(z / 2)) / 2,
    "tanh": mp.tanh,
    "relu": lambda z: (z + abs(z)) / 2,
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "elu": lambda z: z if z > 0 else mp.exp(z) - 1,
    "selu": lambda z: SELU_SCALE * (z if z > 0 else SELU_ALPHA * (mp.exp(z) - 1)),
    "gelu": lambda z: z * mp.ncdf(z),
    "silu": lambda z: z / (1 + mp.exp(-z)),
    "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "exp": mp.exp,
    "log": mp.log,
    "sqrt": mp.sqrt,
    "sin": mp.sin,
    "cos": mp.cos,
    "sign": mp.sign,
    "abs": abs,
    "erf": mp.erf,
}

# What the laws and conventions say of the slope at a kink.
SLOPES_AT_KINKS = {"step": 0, "relu": 0, "leaky_relu": 0.01, "selu": SELU_SCALE * SELU_ALPHA, "sign": 0, "abs": 0}
SLOPES_AT_KINKS["sqrt"] = mp.inf

# The slope of each loss for its prediction as its law says it: from predictions, targets, and the loss itself.
SIZE, SAMPLES = 6, 3
LAWS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "half_sse": lambda p, y, loss: p - y,
    "sse": lambda p, y, loss: 2 * (p - y),
    "mse": lambda p, y, loss: 2 * (p - y) / SIZE,
    "rmse": lambda p, y, loss: (p - y) / (SIZE * loss),
    "mae": lambda p, y, loss: numpy.sign(p - y) / SIZE,
    "huber": lambda p, y, loss: numpy.where(abs(p - y) <= 1, p - y, numpy.sign(p - y)) / SIZE,
    "binary_cross_entropy": lambda p, y, loss: (p - y) / (SIZE * p * (1 - p)),
    "binary_cross_entropy_from_logits": lambda p, y, loss: (1 / (1 + numpy.exp(-p)) - y) / SIZE,
    "cross_entropy": lambda p, y, loss: -y / (SAMPLES * p),
    "cross_entropy_from_logits": lambda p, y, loss: (
        (numpy.exp(p) / numpy.exp(p).sum(axis=1, keepdims=True) - y) / SAMPLES
    ),
    "hinge": lambda p, y, loss: numpy.where(y * p < 1, -y, 0) / SIZE,
    "kl": lambda p, y, loss: -y / (SAMPLES * p),
}


def text(*names: str, kind: str | None = None) -> str:
    written = write(catalogue_document(names, kind), "text")
    assert isinstance(written, str)
    return written


def test_every_curve_has_an_oracle() -> None:
    assert set(ORACLES) == set(CURVES)


@pytest.mark.parametrize("name", CURVES)
class TestEveryCurve:
    def places(self, name: str) -> list[float]:
        return [0.3, 1.7, 4] if name in ("log", "sqrt") else [-4, -1.7, -0.3, 0.3, 1.7, 4]

    def test_its_value_is_that_of_the_oracle(self, name: str) -> None:
        for place in self.places(name):
            found = CURVES[name].at(place)  # type: ignore[arg-type]
            assert found is not None
            # Both work with 50 digits or with mpmath's 15; the coarser one decides.
            assert mp.almosteq(found[0], ORACLES[name](mp.mpf(place)), rel_eps=1e-14, abs_eps=1e-14)

    def test_its_derivative_is_the_slope_of_the_oracle(self, name: str) -> None:
        for place in self.places(name):
            found = CURVES[name].at(place)  # type: ignore[arg-type]
            assert found is not None
            assert mp.almosteq(found[1], mp.diff(ORACLES[name], place), rel_eps=1e-10, abs_eps=1e-10)

    def test_its_range_holds_and_is_no_wider_than_needed(self, name: str) -> None:
        op = OPS.function(name)
        places = numpy.linspace(-60, 60, 24_001) if name not in ("log", "sqrt") else numpy.geomspace(1e-30, 1e9, 20_001)
        values = numpy.asarray(op.forward(numpy, places), dtype=float)
        if op.facts.range.startswith("{"):
            allowed = {float(number.replace("−", "-")) for number in op.facts.range.strip("{}").split(",")}
            assert set(values) == allowed
            return
        found = re.fullmatch(r"([\[(])(−?[\d.∞]+), (−?[\d.∞]+)([\])])", op.facts.range)
        assert found is not None, op.facts.range
        low, high = (float(found[k].replace("−", "-").replace("∞", "inf")) for k in (2, 3))
        # In float64 a value may round to the open end that it only comes near to.
        assert values.min() >= low
        assert values.max() <= high
        # No tighter whole range to 3 decimals; an infinite end is gone towards without bound.
        assert values.min() <= low + 1e-3 if math.isfinite(low) else values.min() < -0.5
        assert values.max() >= high - 1e-3 if math.isfinite(high) else values.max() > 20

    def test_it_has_a_kink_where_its_record_says_so_and_nowhere_else(self, name: str) -> None:
        if name in ("log", "sqrt"):
            pytest.skip("zero is the end of its domain")
        oracle, step = ORACLES[name], mp.mpf("1e-6")
        right = (oracle(step) - oracle(mp.mpf(0))) / step
        left = (oracle(mp.mpf(0)) - oracle(-step)) / step
        # Without a kink the slope changes by the step times a second derivative that is at most 1 here, and it is at
        # most 2; beyond that the value jumps.
        rough = abs(right - left) > 1e-2 or max(abs(left), abs(right)) > 10
        assert rough == (OPS.function(name).facts.kink == "0")

    def test_its_slope_at_a_kink_is_the_stated_one(self, name: str) -> None:
        facts = OPS.function(name).facts
        assert bool(facts.kink) == (name in SLOPES_AT_KINKS)
        if facts.kink:
            found = CURVES[name].at(0)
            assert found is not None
            assert mp.almosteq(found[1], SLOPES_AT_KINKS[name], 1e-14) or found[1] == SLOPES_AT_KINKS[name]
            assert facts.convention


@pytest.mark.parametrize(
    "loss", [entry for entry in OPS.entries if isinstance(entry, Loss)], ids=lambda loss: loss.name
)
def test_the_law_of_every_loss_is_its_gradient(loss: Loss) -> None:
    shape = (Axis("samples", SAMPLES), Axis("outputs", 2))
    prediction, target = variable("p", shape), variable("y", shape)
    total = loss.total(loss.rows(prediction, target, 1))
    p = numpy.array([[0.2, 0.8], [0.65, 0.35], [0.55, 0.45]])
    if loss.targets == "numbers":
        p, y = p * 4, numpy.array([[0.0, 1.0], [2.0, -1.0], [2.5, 1.5]])
    else:
        y = numpy.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]) * (2 if loss.targets == "signs" else 1)
        y -= loss.targets == "signs"
    value, slope = Evaluator([total, gradient(total, [prediction])[0]], [prediction, target])(p, y)
    assert slope == pytest.approx(LAWS[loss.name](p, y, value), rel=1e-12, abs=1e-12)


def test_the_slopes_that_words_speak_of_are_true() -> None:
    slope_of = {name: lambda z, name=name: abs(mp.diff(ORACLES[name], z)) for name in ("sigmoid", "tanh")}
    assert slope_of["sigmoid"](0) == 0.25
    assert slope_of["sigmoid"](5) < 0.01
    assert slope_of["tanh"](3) < 0.01
    assert slope_of["tanh"](0) == 1


class TestOverview:
    def test_names_everything_of_every_kind(self) -> None:
        shown = re.sub(r"\s+", "", text())
        for entry in OPS.entries:
            if kind_of(entry):
                # A long name may be broken over two lines of its cell.
                assert entry.name[:25] in shown, entry.name
        for title in ("Activations", "Losses", "Optimizers", "Regularizers", "Functions"):
            assert title in shown

    def test_of_one_kind_shows_no_other(self) -> None:
        shown = text(kind="regularizer")
        assert shown.startswith("Regularizers\n")
        assert "l1" in shown
        assert "tanh" not in shown

    def test_a_range_that_all_share_is_said_once(self) -> None:
        assert text(kind="loss").count("[0, ∞)") == 1

    def test_leaves_out_parts_that_are_named_by_nobody(self) -> None:
        assert not {"xlogy", "indicator", "softmax_unit", "huber_unit", "add"} & {
            entry["name"] for entry in catalogue_data()
        }

    @pytest.mark.parametrize("format", ["text", "md", "tex", "html", "typ"])
    def test_can_be_written_in_every_format(self, format: str) -> None:
        names = [entry["name"] for entry in catalogue_data()]
        assert write(catalogue_document(), format)
        assert write(catalogue_document(names), format)


class TestSection:
    def test_of_tanh_says_it_all(self) -> None:
        shown = text("tanh")
        assert shown.startswith("hyperbolic tangent\n")
        for line in (
            "a = tanh(z) = (e^z − e^{−z})/(e^z + e^{−z})",
            "∂a/∂z = 1 − a² = 1 − (tanh(z))²",
            "The slope of tanh is one minus its output squared, so the output is used again.",
            "Values: (−1, 1)",
            "Source: LeCun et al., Efficient BackProp (1998), section 4.4",
            "Initial weights: gain 1.6667, a factor on the standard deviation",
        ):
            assert line in shown
        assert re.search(r"a +−0\.9640 +−0\.7616 +0 +0\.7616 +0\.9640", shown)
        assert re.search(r"∂a/∂z +0\.0707 +0\.4200 +1 +0\.4200 +0\.0707", shown)

    def test_of_relu_tells_of_its_kink_and_of_dying_units(self) -> None:
        shown = re.sub(r"\s+", " ", text("relu"))
        assert "Kink: not differentiable at 0" in shown
        assert "Convention: the slope at 0 is taken as 0 (convention: {relu_at_zero: ..} changes it)" in shown
        assert "dead" in shown
        assert "the sign 1 with a condition is 1 where that holds, else 0" in shown

    def test_of_softmax_gives_every_slope(self) -> None:
        lines = catalogue_data(["softmax"])[0]["derivative"]
        assert lines == [
            "∂a₁/∂z₁ = a₁ · (1 − a₁)",
            "∂a₁/∂z₂ = −a₂ · a₁",
            "∂a₂/∂z₁ = −a₁ · a₂",
            "∂a₂/∂z₂ = a₂ · (1 − a₂)",
        ]

    def test_of_a_cross_entropy_shows_what_a_softmax_does_to_it(self) -> None:
        shown = text("cross_entropy")
        assert "∂ℓ/∂ŷ₁ = −y₁/ŷ₁" in shown
        assert "∂ℓ/∂z₁ = ŷ₁ − y₁    behind a softmax" in shown
        assert "L = ∑ ℓₙ/N    of a batch of N samples" in shown

    def test_of_adam_has_its_lines_and_letters(self) -> None:
        (data,) = catalogue_data(["adam"])
        assert data["formula"] == [
            "g_w = ∂L/∂w",
            "m_w ← β₁ · m_w + (1 − β₁) · g_w",
            "v_w ← β₂ · v_w + (1 − β₂) · g²_w",
            "m̂_w = m_w/(1 − β₁ᵗ)",
            "v̂_w = v_w/(1 − β₂ᵗ)",
            "w ← w − η · m̂_w/(√(v̂_w) + ε)",
        ]
        assert data["settings"] == {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
        assert re.search(r"ε +epsilon +1×10⁻⁸", text("adam"))

    def test_outside_its_domain_a_logarithm_has_no_value(self) -> None:
        assert re.search(r"y +— +— +−∞ +0 +0\.6931", text("log"))

    def test_several_names_have_a_heading_each(self) -> None:
        shown = text("tanh", "adam", "l2")
        assert shown.startswith("From the catalogue\n")
        for heading in ("hyperbolic tangent (tanh)", "Adam (adam)", "L2 (weight decay) (l2)"):
            assert heading in shown

    @pytest.mark.parametrize(
        ("name", "found"),
        [("ln", ["log"]), ("swish", ["silu"]), ("ReLU", ["relu"]), ("σ", ["sigmoid"]), ("max", ["maximum", "max"])],
    )
    def test_goes_by_other_names_too(self, name: str, found: list[str]) -> None:
        assert [entry["name"] for entry in catalogue_data([name])] == found

    def test_a_name_given_twice_is_shown_once(self) -> None:
        assert len(catalogue_data(["relu", "ReLU"])) == 1


class TestData:
    def test_is_plain_enough_for_json(self) -> None:
        assert json.loads(json.dumps(catalogue_data())) == catalogue_data()

    def test_every_entry_has_formula_law_and_where_it_is_chosen_a_source(self) -> None:
        for entry in catalogue_data():
            assert entry["formula"], entry["name"]
            assert entry["law"], entry["name"]
            assert bool(entry["derivative"]) == (entry["kind"] != "optimizer"), entry["name"]
            if entry["kind"] in ("activation", "optimizer", "regularizer"):
                assert all(entry[key] for key in ("use", "avoid", "source")), entry["name"]

    def test_only_activations_have_a_gain(self) -> None:
        assert {entry["kind"] for entry in catalogue_data() if entry["gain"] is not None} == {"activation"}


class TestExtended:
    def test_a_teachers_own_op_is_shown_without_another_edit(self) -> None:
        cube = unary(
            "cube",
            lambda xp, z: z**3,
            lambda z, a: multiply(3, power(z, 2)),
            definition=lambda z: power(z, 3),
            role="activation",
            facts=Facts("cube", law="The slope of the cube is three squares."),
        )
        (data,) = catalogue_data(["cube"], ops=OPS.extend(cube))
        assert data["formula"] == ["a = cube(z) = z³"]
        assert data["derivative"] == ["∂a/∂z = 3 z²"]

    def test_every_kind_of_record_has_a_kind(self) -> None:
        for entry in OPS.entries:
            if isinstance(entry, Loss | Optimizer | Regularizer):
                assert kind_of(entry)


class TestFaults:
    @pytest.mark.parametrize(
        ("names", "kind", "said"),
        [
            (
                ["tnah"],
                None,
                'there is no entry named "tnah" in the catalogue [unknown-name]\n    hint: did you mean "tanh"?',
            ),
            (
                ["zzzz"],
                None,
                'there is no entry named "zzzz" in the catalogue [unknown-name]\n    hint: `chalkgrad ops` lists all',
            ),
            (
                ["tanh"],
                "optimizer",
                'there is no optimizer named "tanh" in the catalogue [unknown-name]\n'
                '    hint: "tanh" is of the kind activation',
            ),
            (
                [],
                "optimiser",
                'there is no kind "optimiser" in the catalogue [unknown-kind]\n    hint: did you mean "optimizer"?',
            ),
            (
                [],
                "x",
                'there is no kind "x" in the catalogue [unknown-kind]\n'
                "    hint: one of activation, loss, optimizer, regularizer, function",
            ),
        ],
    )
    def test_says_what_was_asked_and_what_there_is(self, names: list[str], kind: str | None, said: str) -> None:
        with pytest.raises(UsageError) as raised:
            catalogue_document(names, kind)
        assert str(raised.value) == said

    def test_reports_every_unknown_name_at_once(self) -> None:
        with pytest.raises(UsageError) as raised:
            catalogue_data(["tnah", "relu", "adma"])
        assert len(raised.value.faults) == 2
