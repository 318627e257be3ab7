"""The forms the provider posts: a citizen's message, and how a message of ours fares."""

from __future__ import annotations

from simulator.config import SimulatorConfig
from simulator.store import Message, new_sid

MEDIA_TYPES = {"image": "image/jpeg", "audio": "audio/ogg", "video": "video/mp4"}


def inbound_fields(message: Message, config: SimulatorConfig) -> dict[str, str]:
    """The form the provider posts for a citizen's message."""
    fields = {
        "ToCountry": "MA",
        "ToState": "",
        "SmsMessageSid": message.sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": message.sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": message.body,
        "FromCountry": "MA",
        "To": message.to,
        "ToZip": "",
        "NumSegments": str(max(1, message.segments)),
        "MessageSid": message.sid,
        "AccountSid": config.account_sid,
        "From": message.sender,
        "ApiVersion": "2010-04-01",
    }
    if message.opt_out_type:
        fields["OptOutType"] = message.opt_out_type
    return fields | _media_fields(message, config)


def _media_fields(message: Message, config: SimulatorConfig) -> dict[str, str]:
    if message.media is None:
        return {}
    if message.media == "location":
        return {"MessageType": "location", "Latitude": "34.0209", "Longitude": "-6.8416"}
    path = f"/2010-04-01/Accounts/{config.account_sid}/Messages/{message.sid}/Media/{new_sid('ME')}"
    return {
        "NumMedia": "1",
        "MediaUrl0": "https://api.twilio.com" + path,
        "MediaContentType0": MEDIA_TYPES.get(message.media, "application/octet-stream"),
    }


def receipt_fields(message: Message, config: SimulatorConfig) -> dict[str, str]:
    """The form the provider posts when a message of ours changes its state."""
    fields = {
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "MessageStatus": message.status,
        "To": message.to,
        "MessageSid": message.sid,
        "AccountSid": config.account_sid,
        "From": message.sender,
        "ApiVersion": "2010-04-01",
    }
    if message.error_code:
        fields["ErrorCode"] = str(message.error_code)
    return fields
