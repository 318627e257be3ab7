"""Ciphertexts open only where they were sealed; blind indexes say equal or not, nothing else."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.platform.crypto import Crypto, CryptoError, key_version
from integrations.platform.keys import Keys

ROW, OTHER = UUID(int=1), UUID(int=2)
OLD = Keys(1, {1: b"a" * 32}, b"i" * 32)
NEW = Keys(2, {1: b"a" * 32, 2: b"b" * 32}, b"i" * 32)


@given(st.binary())
def test_what_is_sealed_opens(value: bytes) -> None:
    crypto = Crypto(OLD)
    assert crypto.open("t", "c", ROW, crypto.seal("t", "c", ROW, value)) == value


@pytest.mark.parametrize(
    "place", [("u", "c", ROW), ("t", "d", ROW), ("t", "c", OTHER)], ids=["table", "column", "row"]
)
def test_a_value_moved_elsewhere_does_not_open(place: tuple[str, str, UUID]) -> None:
    token = Crypto(OLD).seal("t", "c", ROW, b"Zohra")
    with pytest.raises(CryptoError) as caught:
        Crypto(OLD).open(*place, token)
    assert "Zohra" not in str(caught.value)


@given(st.integers(min_value=0, max_value=35), st.integers(min_value=1, max_value=255))
def test_an_altered_token_does_not_open(position: int, change: int) -> None:
    token = bytearray(Crypto(OLD).seal("t", "c", ROW, b"Zohra"))
    token[position] ^= change
    with pytest.raises(CryptoError):
        Crypto(OLD).open("t", "c", ROW, bytes(token))


@given(st.binary(max_size=40))
def test_noise_is_no_token(noise: bytes) -> None:
    with pytest.raises(CryptoError):
        Crypto(OLD).open("t", "c", ROW, noise)


def test_an_older_key_still_opens_and_the_new_one_seals() -> None:
    token = Crypto(OLD).seal("t", "c", ROW, b"Zohra")
    assert Crypto(NEW).open("t", "c", ROW, token) == b"Zohra"
    assert key_version(Crypto(NEW).seal("t", "c", ROW, b"Zohra")) == 2
    with pytest.raises(CryptoError, match="key version 2 is not loaded"):
        Crypto(OLD).open("t", "c", ROW, Crypto(NEW).seal("t", "c", ROW, b""))


def test_equal_values_never_look_equal_sealed() -> None:
    crypto = Crypto(OLD)
    assert crypto.seal("t", "c", ROW, b"x") != crypto.seal("t", "c", ROW, b"x")


def test_blind_indexes_agree_by_value_and_domain_only() -> None:
    one, rotated = Crypto(OLD), Crypto(NEW)
    assert one.blind("phone", "+212600000001") == rotated.blind("phone", "+212600000001")
    assert one.blind("phone", "+212600000001") != one.blind("phone", "+212600000002")
    assert one.blind("phone", "x") != one.blind("name", "x")
