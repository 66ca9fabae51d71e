"""Optimizers and regularizers in problem files: what is read, refused and told to editors is what their records say."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.ops import OPS
from chalkgrad.reading.defaults import initial_for
from chalkgrad.reading.known_names import INITIALS
from chalkgrad.reading.problem import Problem
from chalkgrad.reading.problem_file import json_schema, parse_problem
from chalkgrad.reading.schema_of_ops import OptimizerKeys, RegularizerKeys
from chalkgrad.reading.written_numbers import exact

F = "formula: f = x^2\n"
every_optimizer = pytest.mark.parametrize("record", OPS.optimizers.values(), ids=lambda record: record.name)
every_setting = pytest.mark.parametrize(
    ("record", "setting"),
    [(record, setting) for record in OPS.optimizers.values() for setting in record.takes],
    ids=lambda entry: entry.name,
)


def keys(text):
    return parse_problem(F + text).keys


def said(text):
    with pytest.raises(ProblemError) as caught:
        parse_problem(F + text)
    return [(fault.message, fault.hint) for fault in caught.value.faults]


@every_optimizer
class TestEveryOptimizer:
    def test_by_its_name_alone_has_the_numbers_of_its_record(self, record):
        problem = Problem.from_formula("f = (w - 1)^2", given={"w": 0}, optimizer=record.name)
        assert problem.settings == record.settings
        assert problem.optimizer is record

    def test_is_the_same_as_a_mapping_with_its_name(self, record):
        assert keys(f"optimizer: {record.name}").optimizer == keys(f"optimizer: {{name: {record.name}}}").optimizer

    def test_takes_bias_correction_if_it_has_moments(self, record):
        assert (keys(f"optimizer: {record.name}").optimizer.bias_correction == "by_step") is record.corrects_bias
        text = f"optimizer: {{name: {record.name}, bias_correction: off}}"
        if record.corrects_bias:
            assert keys(text).optimizer.bias_correction == "off"
            return
        takes = ", ".join(["name", *record.settings])
        message = f"the optimizer {record.name} has no key `bias_correction`; it takes {takes}"
        assert said(text) == [(message, "`bias_correction` is taken by adam, adamw, nadam")]

    def test_tells_each_default_with_its_reason(self, record):
        problem = parse_problem(F + f"loss: f\noptimizer: {record.name}")
        told = {entry.key: (entry.shown, entry.why) for entry in problem.defaults_taken()}
        for setting in record.takes:
            assert told[f"optimizer.{setting.name}"] == (setting.default, setting.why)
        correction = ("by_step", "as in the paper of Adam") if record.corrects_bias else None
        assert told.get("optimizer.bias_correction") == correction

    def test_is_described_for_editors(self, record):
        names, each = json_schema()["properties"]["optimizer"]["anyOf"]
        assert names["enum"] == list(OPS.optimizers)
        (described,) = [entry for entry in each["oneOf"] if entry["properties"]["name"]["const"] == record.name]
        assert described["description"] == record.facts.law
        assert (described["required"], described["additionalProperties"]) == (["name"], False)
        wanted = ["name", *record.settings, *(["bias_correction"] if record.corrects_bias else [])]
        assert list(described["properties"]) == wanted
        assert all(entry["description"] and entry["title"] for entry in described["properties"].values())


@every_setting
class TestEverySetting:
    def test_is_kept_as_it_is_written(self, record, setting):
        read = keys(f"optimizer: {{name: {record.name}, {setting.name}: 0.250}}").optimizer
        assert (read.settings[setting.name], str(read.settings[setting.name])) == (Fraction(1, 4), "0.250")
        assert read.written == {setting.name}
        assert read.settings == {**OptimizerKeys.of(record).settings, setting.name: exact("0.25")}

    @pytest.mark.parametrize("number", ["-0.1", "1"])
    def test_is_refused_out_of_its_range(self, record, setting, number):
        text = f"optimizer: {{name: {record.name}, {setting.name}: {number}}}"
        if number == "1" and not setting.is_share:
            assert keys(text).optimizer.settings[setting.name] == 1
            return
        words = "at least 0 and below 1" if setting.is_share else "at least 0"
        assert said(text) == [(f"optimizer.{setting.name}: expected a number of {words}, read {number}", "")]

    def test_is_described_for_editors(self, record, setting):
        each = json_schema()["properties"]["optimizer"]["anyOf"][1]["oneOf"]
        (described,) = [entry for entry in each if entry["properties"]["name"]["const"] == record.name]
        entry = described["properties"][setting.name]
        number, _ = entry["anyOf"]
        assert (entry["default"], entry["examples"]) == (float(setting.default), [float(setting.default)])
        assert entry["description"] == setting.meaning
        limits = {"minimum": 0, "exclusiveMaximum": 1} if setting.is_share else {"minimum": 0}
        assert number == {"type": "number", **limits}


class TestOptimizers:
    def test_without_a_word_it_is_plain_gradient_descent(self):
        assert keys("").optimizer == OptimizerKeys.of(OPS.optimizer("sgd"))
        assert json_schema()["properties"]["optimizer"]["default"] == "sgd"

    def test_every_slip_in_one_is_told_with_its_place(self):
        text = F + "optimizer:\n  name: adam\n  beta1: 2\n  beta3: 0.5\n  epsilon: tiny\nepochs: -1\n"
        with pytest.raises(ProblemError) as caught:
            parse_problem(text)
        assert [(fault.place.line, fault.place.column, fault.message) for fault in caught.value.faults] == [
            (4, 10, "optimizer.beta1: expected a number of at least 0 and below 1, read 2"),
            (
                5,
                3,
                "the optimizer adam has no key `beta3`; it takes name, learning_rate, beta1, beta2, epsilon, "
                "bias_correction",
            ),
            (6, 12, "optimizer.epsilon: expected a number of at least 0, read `tiny`"),
            (7, 9, "epochs: expected a whole number of at least 1, read -1"),
        ]

    def test_the_nearest_setting_is_offered(self):
        takes = "name, learning_rate, beta1, beta2, epsilon, momentum_decay, bias_correction"
        message = f"the optimizer nadam has no key `momentumdecay`; it takes {takes}"
        assert said("optimizer: {name: nadam, momentumdecay: 0}") == [(message, 'did you mean "momentum_decay"?')]


class TestRegularizers:
    @pytest.mark.parametrize("name", OPS.regularizers)
    def test_every_one_is_read_by_its_name(self, name):
        assert keys(f"regularizer: {{{name}: 0.5}}").regularizer == RegularizerKeys({name: exact("0.5")})
        problem = Problem.from_formula("f = w^2", given={"w": 1}, loss="f", regularizer={name: 0.5})
        assert problem.strengths == {name: Fraction(1, 2)}

    @pytest.mark.parametrize("name", OPS.regularizers)
    def test_every_one_is_described_for_editors(self, name):
        schema = json_schema()["properties"]["regularizer"]
        assert OPS.regularizer(name).facts.law in schema["properties"][name]["description"]
        assert {"required": [name]} in schema["anyOf"]

    def test_none_is_none(self):
        assert keys("").regularizer is None
        assert Problem.from_formula("f = x^2").strengths == {}

    def test_names_are_in_their_one_spelling(self):
        read = Problem.from_formula("f = w_1^2", given={"w_1": 1}, regularizer={"l2": 1, "on": "w_{1}"}).keys
        assert read.regularizer == RegularizerKeys({"l2": exact("1")}, ("w_1",))

    @pytest.mark.parametrize(
        ("text", "message", "hint"),
        [
            ("{}", "regularizer: expected how much, such as {l2: 0.01} or {l1: 0.001}, read an empty mapping", ""),
            (
                "{on: [w]}",
                "regularizer: expected how much, such as {l2: 0.01} or {l1: 0.001}, read a mapping with `on`",
                "",
            ),
            ("3", "regularizer: expected a mapping `key: value`, read 3", ""),
            ("{l2: -1}", "regularizer.l2: expected a number of at least 0, read -1", ""),
            ("{l2: 1, on: []}", "regularizer.on: expected a list with at least one entry, read an empty list", ""),
            ("{l2: 1, onn: [w]}", "regularizer has no key `onn`", 'did you mean "on"?'),
            (
                "{l2: 1, on: [w, 3 4]}",
                "regularizer.on, entry 2: expected a name that starts with a letter, such as w1, b_2 or a^[1]_2, "
                "read `3 4`",
                "",
            ),
        ],
    )
    def test_refusals(self, text, message, hint):
        assert said(f"regularizer: {text}") == [(message, hint)]

    def test_a_strength_out_of_its_place_is_sent_home(self):
        assert said("l2: 0.1") == [("a problem has no key `l2`", "`l2` is a key of regularizer")]


class TestInitialValues:
    def test_every_activation_says_how_weights_before_it_are_drawn(self):
        assert {initial_for(name) for name in OPS.activations} == {"he_uniform", "xavier_uniform"} & set(INITIALS)

    def test_relu_and_its_kin_start_as_he_et_al_say(self):
        kin = {name for name in OPS.activations if initial_for(name) == "he_uniform"}
        assert kin == {"relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus"}

    def test_a_function_left_open_starts_as_glorot_and_bengio_say(self):
        assert initial_for("f1") == "xavier_uniform"
