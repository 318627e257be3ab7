"""Who posted a webhook: Twilio's signature over the public URL and every form field.

The URL comes from configuration. A proxy's headers can be forged by whoever calls us, so they are
never asked. The comparison itself, with and without port, is the official SDK's.
"""

from __future__ import annotations

from collections.abc import Iterable

from twilio.request_validator import RequestValidator, compare


class _Fields(dict[str, list[str]]):
    """Form fields with repeated names, in the shape the validator knows (`getall`)."""

    def getall(self, name: str) -> list[str]:
        return self[name]


def is_signed(url: str, fields: Iterable[tuple[str, str]], signature: str, token: str) -> bool:
    """Whether `signature` (X-Twilio-Signature) was made with `token` for exactly this request.

    `fields` are all form fields in the order they came, unknown ones included, nothing trimmed.
    """
    if not signature or not token:
        return False
    validator, grouped = RequestValidator(token), _grouped(fields)
    # Nearly always the URL is signed as it stands; only then is it tried with and without a port.
    if compare(validator.compute_signature(url, grouped), signature):
        return True
    return bool(validator.validate(url, grouped, signature))


def sign(url: str, fields: Iterable[tuple[str, str]], token: str) -> str:
    """The signature Twilio would send: for the simulator and for tests."""
    return str(RequestValidator(token).compute_signature(url, _grouped(fields)))


def _grouped(fields: Iterable[tuple[str, str]]) -> _Fields:
    grouped = _Fields()
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    return grouped
