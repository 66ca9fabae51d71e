"""Against the wire format as its documentation shows it, and against the onnx package."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalkgrad.training.export.protobuf import field, message


@pytest.mark.parametrize(
    ("value", "hexadecimal"),
    [(0, "0800"), (1, "0801"), (127, "087f"), (128, "088001"), (150, "089601"), (-1, "08" + "ff" * 9 + "01")],
)
def test_whole_numbers(value, hexadecimal):
    assert field(1, value).hex() == hexadecimal


def test_other_kinds():
    assert field(2, 1.5) == b"\x15" + struct.pack("<f", 1.5)
    assert field(3, "é") == b"\x1a\x02\xc3\xa9"
    assert field(20, b"").hex() == "a20100"
    assert field(1, [b"a", b"b"]) == field(1, b"a") + field(1, b"b")
    assert message(field(1, 1), field(2, "a")) == field(1, 1) + field(2, "a")


@given(st.integers(-(2**63), 2**63 - 1), st.text(st.characters(exclude_categories=["Cs"])), st.floats(width=32))
def test_they_are_read_back(number, text, real):
    onnx = pytest.importorskip("onnx")
    read = onnx.AttributeProto.FromString(message(field(1, text), field(2, float(real)), field(3, number)))
    assert (read.name, read.i) == (text, number)
    assert read.f == real or real != real
