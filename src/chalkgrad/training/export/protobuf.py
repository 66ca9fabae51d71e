"""Messages of Protocol Buffers, as far as an ONNX file needs them: numbers, texts, and messages within messages.

Writing these few kinds of fields takes less than the libraries for it, which are large and tied to their versions.

Source: Protocol Buffers documentation, Encoding, https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

__all__ = ["Message", "field", "message"]

Message = bytes
_VARINT, _BYTES, _FLOAT = 0, 2, 5


def message(*fields: bytes) -> Message:
    """A message of fields, in their order."""
    return b"".join(fields)


def field(number: int, value: int | float | str | bytes | Iterable[bytes]) -> bytes:
    """One field: a whole number, a float32, a text, bytes or a message; a list of messages is a repeated field.

    >>> field(1, 150).hex(), field(2, "testing").hex()
    ('089601', '120774657374696e67')
    """
    if isinstance(value, int):
        return _varint(number << 3 | _VARINT) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | _FLOAT) + struct.pack("<f", value)
    if isinstance(value, str):
        # A lone surrogate is no text that UTF-8 knows.
        value = value.encode(errors="replace")
    if isinstance(value, bytes):
        return _varint(number << 3 | _BYTES) + _varint(len(value)) + value
    return b"".join(field(number, entry) for entry in value)


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; negative numbers as 64 bits."""
    value &= 2**64 - 1
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)
