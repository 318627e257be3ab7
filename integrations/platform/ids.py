"""Row ids, made by us and not by the database: a ciphertext is bound to its row's id before the row
exists, and Debian's PostgreSQL before 18 has no `uuidv7()`."""

from __future__ import annotations

import secrets
import time
import uuid

from stdnum import damm

FORBIDDEN_START = "212"  # would read as a Moroccan phone number


def new_id() -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): milliseconds, then 74 random bits: it grows in time."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return uuid.UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


def new_reference(kind: int) -> str:
    """Twelve digits: the kind (1 birth ... 6 call-back), ten random ones, a Damm check digit.

    Never begins with 212, which would read as a phone number. Uniqueness is the database's to say.
    """
    if not 1 <= kind <= 9:
        raise ValueError(f"reference kind must be one digit from 1 to 9, not {kind}")
    while True:
        body = f"{kind}{secrets.randbelow(10**10):010d}"
        if not body.startswith(FORBIDDEN_START):
            return body + damm.calc_check_digit(body)


def new_token() -> str:
    """What a link cannot be guessed without: 32 random bytes, in letters an address may have."""
    return secrets.token_urlsafe(32)


def new_resume_code() -> str:
    """Eight digits: seven random ones, the first not 0, and a Damm check digit.

    Uniqueness is the database's to say; that it is no date, the core's.
    """
    body = str(10**6 + secrets.randbelow(9 * 10**6))
    return body + damm.calc_check_digit(body)
