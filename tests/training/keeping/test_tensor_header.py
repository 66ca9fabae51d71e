"""What the header of a file may claim."""

import json
from typing import Any

import pytest

from chalkgrad.errors import ProblemError
from chalkgrad.training.keeping.tensor_header import TensorEntry, read_header, shown_name

TAKE_ANOTHER = "take another copy of it: nothing in it can be relied on"


def entry(dtype: Any = "F32", shape: Any = (1,), place: Any = (0, 4), **more: Any) -> dict[str, Any]:
    listed = (list(value) if isinstance(value, tuple) else value for value in (shape, place))
    return {"dtype": dtype, **dict(zip(("shape", "data_offsets"), listed, strict=True)), **more}


def refused(header: Any, body_bytes: int = 4) -> tuple[str, str]:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    with pytest.raises(ProblemError) as caught:
        read_header(text, "w", body_bytes)
    return caught.value.code, caught.value.faults[0].message


def test_a_header_that_is_right() -> None:
    tree = {"__metadata__": {"a": "b"}, "V": entry(place=(4, 8)), "W": entry(), "none": entry(shape=(0,), place=(4, 4))}
    header = read_header(json.dumps(tree).encode(), "w", 8)
    assert header.metadata == {"a": "b"}
    assert header.entries["V"] == TensorEntry("F32", (1,), 4, 8)
    assert list(header.entries) == ["V", "W", "none"]


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (b"{", "its header is no JSON"),
        (b'{"\xff": 1}', "its header is no JSON"),
        (b"[" * 100_000, "its header is no JSON"),
        (b'{"W": NaN}', "its header is no JSON"),
        (b'{"W": 1' + b"0" * 5000 + b"}", "its header is no JSON"),
        (b"[]", "its header is not a list of arrays by their names"),
        (b'{"W": {}, "W": {}}', 'its header names "W" twice'),
        (b'{"W": {"dtype": "F32", "dtype": "F64"}}', 'its header names "dtype" twice'),
        (b'{"__metadata__": {"a": "1", "a": "2"}}', 'its header names "a" twice'),
        ({"__metadata__": {"a": 1}}, "its metadata are not texts"),
        ({"__metadata__": []}, "its metadata are not texts"),
        ({"W": 1}, '"W" does not say its dtype, its shape and its place, and nothing else'),
        ({"W": entry(more=1)}, '"W" does not say its dtype, its shape and its place, and nothing else'),
        ({"W": entry(dtype=1)}, 'the dtype, shape or place of "W" is not what such a thing can be'),
        ({"W": entry(shape=(1.0,))}, 'the dtype, shape or place of "W" is not what such a thing can be'),
        ({"W": entry(shape=(True,))}, 'the dtype, shape or place of "W" is not what such a thing can be'),
        ({"W": entry(shape=(-1,))}, 'the dtype, shape or place of "W" is not what such a thing can be'),
        ({"W": entry(shape=4)}, 'the dtype, shape or place of "W" is not what such a thing can be'),
        ({"W": entry(place=(-4, 0))}, 'the dtype, shape or place of "W" is not what such a thing can be'),
        ({"W": entry(place=(0, 4, 8))}, 'the dtype, shape or place of "W" is not what such a thing can be'),
        ({"W": entry(place=(4, 0))}, '"W" has another size than its shape says'),
        ({"W": entry(shape=(2,))}, '"W" has another size than its shape says'),
        ({"W": entry(dtype="F64")}, '"W" has another size than its shape says'),
        ({"W": entry(shape=(1 << 62, 1 << 62))}, '"W" has another size than its shape says'),
        ({"W": entry(shape=(1,) * 33)}, '"W" claims 33 dimensions'),
        (
            {"W": entry(shape=(1 << 40,), place=(0, 4 << 40))},
            "its arrays take 4,398,046,511,104 bytes, and 4 are there",
        ),
        ({"W": entry(), "V": entry()}, "its arrays overlap"),
        ({"W": entry(), "V": entry(shape=(2,), place=(2, 10))}, "its arrays overlap"),
        ({"W": entry(place=(4, 8))}, "there are bytes that belong to no array"),
        ({"W": entry(), "V": entry(place=(8, 12))}, "there are bytes that belong to no array"),
        ({}, "its arrays take 0 bytes, and 4 are there"),
    ],
)
def test_a_header_that_lies(header: Any, why: str) -> None:
    assert refused(header) == ("damaged-weights", f"`w` is damaged: {why}")


def test_other_kinds_of_number() -> None:
    assert refused({"W": entry(dtype="BF16", place=(0, 2))})[1].startswith('"W" in `w` holds "BF16"; expected F32 or')


def test_a_name_that_moves_the_cursor_is_shown_and_not_obeyed() -> None:
    assert shown_name("\x1b[2JW\n") == r'"\u001b[2JW\u000a"'
    assert shown_name("W" * 100) == f'"{"W" * 57}..."'
