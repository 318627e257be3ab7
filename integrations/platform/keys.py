"""The key file: data keys by version and one index key, outside the database, readable by us alone.

JSON: {"current": 2, "data": {"1": <base64>, "2": <base64>}, "index": <base64>}, each key 32 bytes.
The index key is never rotated by `rotate`: every blind index would have to be computed again.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KEY_BYTES = 32


class KeysError(Exception):
    """The key file cannot be used; the text gives the path and the cause, never a key."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The keys of a running process. `data` by version; new ciphertexts use `current`."""

    current: int
    data: Mapping[int, bytes]
    index: bytes


def load_keys(path: Path) -> Keys:
    """Read the key file; refuses one that others may read."""
    try:
        mode = path.stat().st_mode
        raw = json.loads(path.read_text(encoding="ascii"))
        data = {int(version): _decode(text) for version, text in raw["data"].items()}
        keys = Keys(int(raw["current"]), data, _decode(raw["index"]))
    except OSError as error:
        raise KeysError(f"{path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeysError(f"{path}: not a key file") from None
    if stat.S_IMODE(mode) & 0o077:
        raise KeysError(f"{path}: others may read it (mode {stat.S_IMODE(mode):o}, want 600)")
    if keys.current not in keys.data:
        raise KeysError(f"{path}: the current version {keys.current} has no key")
    return keys


def create_keys(path: Path) -> Keys:
    """Make the first key file. Never overwrites: a lost key file must be restored, not replaced."""
    keys = Keys(1, {1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _write_beside(path, keys)
    try:
        os.link(temporary, path)  # fails when another process was first; its file stands
    except FileExistsError:
        return load_keys(path)
    finally:
        temporary.unlink()
    return keys


def rotate_keys(path: Path) -> Keys:
    """Add a new data key and make it current; older ones stay to read what they wrote."""
    keys = load_keys(path)
    version = max(keys.data) + 1
    data = {**keys.data, version: secrets.token_bytes(KEY_BYTES)}
    rotated = Keys(version, data, keys.index)
    os.replace(_write_beside(path, rotated), path)
    return rotated


def _write_beside(path: Path, keys: Keys) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(_as_json(keys), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _as_json(keys: Keys) -> dict[str, object]:
    data = {str(version): _encode(key) for version, key in keys.data.items()}
    return {"current": keys.current, "data": data, "index": _encode(keys.index)}


def _encode(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _decode(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if len(key) != KEY_BYTES:
        raise ValueError("wrong length")
    return key
