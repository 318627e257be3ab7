"""Encryption of columns and blind indexes over them.

A token is: format byte 1, key version (2 bytes), nonce (12 bytes), AES-256-GCM ciphertext with its
tag. Table, column and row id are bound as associated data: a value moved elsewhere does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from integrations.platform.keys import Keys

FORMAT = 1
NONCE_BYTES = 12
HEADER_BYTES = 3


class CryptoError(Exception):
    """A token does not open: wrong place, wrong key or altered. The text names the place only."""


class Crypto:
    """Seals and opens values with the keys of this process."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._current = keys.current
        self._ciphers = {version: AESGCM(key) for version, key in keys.data.items()}
        self._index_key = keys.index

    def seal(self, table: str, column: str, row_id: UUID, value: bytes) -> bytes:
        """Encrypt `value` for one cell of one row."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        header = bytes((FORMAT,)) + self.current_version
        place = _place(table, column, row_id)
        return header + nonce + self._ciphers[self._current].encrypt(nonce, value, place)

    def open(self, table: str, column: str, row_id: UUID, token: bytes) -> bytes:
        """Decrypt a cell's token; `CryptoError` when it is not this cell's or was altered."""
        cipher = self._ciphers.get(key_version(token))
        if cipher is None:
            raise CryptoError(f"{table}.{column}: key version {key_version(token)} is not loaded")
        nonce, sealed = token[HEADER_BYTES:][:NONCE_BYTES], token[HEADER_BYTES + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, _place(table, column, row_id))
        except (InvalidTag, ValueError):
            raise CryptoError(f"{table}.{column}: the value does not open") from None

    def seal_json(self, table: str, column: str, row_id: UUID, value: Any) -> bytes:
        """Encrypt a JSON value for one cell."""
        return self.seal(table, column, row_id, orjson.dumps(value))

    def open_json(self, table: str, column: str, row_id: UUID, token: bytes) -> Any:
        """Decrypt a JSON value."""
        return orjson.loads(self.open(table, column, row_id, token))

    @property
    def current_version(self) -> bytes:
        """The version of the current key as tokens carry it."""
        return self._current.to_bytes(2, "big")

    def blind(self, domain: str, value: str) -> bytes:
        """Blind index of a normalised whole value; equal values of one domain give equal bytes."""
        message = domain.encode() + b"\0" + value.encode("utf-8", "surrogatepass")
        return hmac.new(self._index_key, message, hashlib.sha256).digest()


def key_version(token: bytes) -> int:
    """The key version a token names; raises `CryptoError` on anything that is no token."""
    if len(token) <= HEADER_BYTES + NONCE_BYTES or token[0] != FORMAT:
        raise CryptoError("not a token")
    return int.from_bytes(token[1:HEADER_BYTES], "big")


def _place(table: str, column: str, row_id: UUID) -> bytes:
    return f"{table}.{column}:".encode() + row_id.bytes
