"""The register as the assistant sees it: what it may ask of it, in its own words.

A port: `integrations/register` has its clients. Nothing here knows HTTP, and nothing of a
conversation goes through it but what a citizen has declared.
"""

from __future__ import annotations

from bot.register.copies import CopyOrder, Fee, HeldOrder, Payment, Quote, QuoteRequest
from bot.register.errors import RegisterAwayError, RegisterError, RegisterRefusedError
from bot.register.events import Event, Events
from bot.register.port import Register
from bot.register.records import (
    Act,
    Attachment,
    Correction,
    Held,
    Office,
    PreDeclaration,
    SameEvent,
    Status,
)

__all__ = [
    "Act",
    "Attachment",
    "CopyOrder",
    "Correction",
    "Event",
    "Events",
    "Fee",
    "Held",
    "HeldOrder",
    "Office",
    "Payment",
    "PreDeclaration",
    "Quote",
    "QuoteRequest",
    "Register",
    "RegisterAwayError",
    "RegisterError",
    "RegisterRefusedError",
    "SameEvent",
    "Status",
]
