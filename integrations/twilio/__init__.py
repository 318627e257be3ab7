"""Twilio's protocol: signed webhooks in, REST out. Knows messages, nothing of conversations."""

from __future__ import annotations

from integrations.twilio.errors import SendFailure
from integrations.twilio.messages import Received, Sent, TwilioMessages
from integrations.twilio.signature import is_signed

__all__ = ["Received", "SendFailure", "Sent", "TwilioMessages", "is_signed"]
