"""Why the register did not do what it was asked, as two kinds: later, or never.

Neither carries what was sent or what was answered: a code, a status, names of fields.
"""

from __future__ import annotations


class RegisterError(Exception):
    """`code`: the register's own word, or ours where it had none."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class RegisterAwayError(RegisterError):
    """It cannot be known or done now: the same again later. `retry_after`: seconds, if it said."""

    def __init__(self, code: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.retry_after = retry_after


class RegisterRefusedError(RegisterError):
    """The same will never be taken. `fields`: which ones were at fault, by name."""

    def __init__(self, code: str, status: int = 0, fields: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.status = status
        self.fields = fields
