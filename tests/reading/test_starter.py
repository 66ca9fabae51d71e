"""The file that a new problem starts from can be read as it stands and teaches every key."""

from __future__ import annotations

import re

import pytest

from chalkgrad.errors import UsageError
from chalkgrad.reading.problem_file import parse_problem
from chalkgrad.reading.schema import ProblemKeys
from chalkgrad.reading.starter import starter_file


@pytest.mark.parametrize("kind", ["network", "formula"])
class TestTheStarterFile:
    def test_can_be_read_as_it_stands(self, kind):
        keys = parse_problem(starter_file(kind), "problem.yaml").keys
        assert getattr(keys, kind) is not None
        assert keys.data is not None
        assert keys.given

    def test_lines_are_short_and_end_without_blanks(self, kind):
        for line in starter_file(kind).splitlines():
            assert len(line) <= 120
            assert line == line.rstrip()

    def test_what_stands_in_comments_can_be_read_too(self, kind):
        offered = re.sub(r"^# (\w+: )", r"\1", starter_file(kind), flags=re.MULTILINE)
        offered = offered.replace("[NAMES]", "[w]" if kind == "formula" else "[w1]").replace("EXPRESSION", "y_hat")
        offered = re.sub(r"^differentiate: .*$", "", offered, flags=re.MULTILINE)
        keys = parse_problem(offered, "problem.yaml").keys
        assert keys.stop_early is not None
        assert keys.regularizer is not None


def test_both_together_name_every_key():
    text = starter_file("network") + starter_file("formula")
    for key in ProblemKeys.model_fields:
        assert re.search(rf"^(?:# )?{key}:", text, flags=re.MULTILINE), key


def test_any_other_kind_is_refused():
    with pytest.raises(UsageError) as caught:
        starter_file("netwrok")  # type: ignore[arg-type]
    fault = caught.value.faults[0]
    assert (fault.code, fault.message) == ("unknown-kind", "expected network or formula, read `netwrok`")
    assert fault.hint == 'did you mean "network"?'
