"""What is written between the processes is read as it was, also what orjson refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packing import pack, unpack

TEXTS = st.text(st.characters(codec=None))  # half surrogate pairs, too
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_is_read_as_it_was_written(value: Any) -> None:
    assert unpack(pack(value)) == value


@given(VALUES)
def test_it_is_json_as_pythons_own_module_has_it(value: Any) -> None:
    assert json.loads(pack(value)) == value
    assert unpack(json.dumps(value)) == value  # what the record holds from before


def test_it_has_no_spaces() -> None:
    assert pack({"a": ["ü", 1]}) == '{"a":["ü",1]}'.encode()


@pytest.mark.parametrize("raw", [b"", b"{", b'{"a":}', b"\xff"])
def test_what_is_no_json_is_an_error(raw: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(raw)


def test_what_json_cannot_hold_is_an_error() -> None:
    with pytest.raises(TypeError):
        pack({"a": object()})
