"""The faults one can switch on: what providers and networks do on a bad day."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Switches(BaseModel):
    """All off by default. Counters run down to zero by themselves, one for each send call."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    down: bool = Field(default=False, description="every API call gets 503")
    accept_then_drop: int = Field(default=0, ge=0, description="sends taken, then a cut line")
    drop: int = Field(default=0, ge=0, description="sends not taken, the line cut")
    answer_delay_ms: int = Field(
        default=0, ge=0, le=60_000, description="a send is taken at once and answered late"
    )
    too_many: int = Field(default=0, ge=0, description="sends refused with 20429")
    undelivered_code: int | None = Field(
        default=None, description="receipts end in undelivered, this code"
    )
    lost_webhooks: bool = Field(
        default=False, description="inbound messages are listed, never posted"
    )
    duplicates: int = Field(default=0, ge=0, le=5, description="more posts of each inbound message")
    webhook_delay_ms: int = Field(default=0, ge=0, le=60_000)
    webhooks_swapped: bool = Field(default=False, description="each message waits for the next one")
    receipt_delay_ms: int = Field(default=0, ge=0, le=60_000)
    lost_receipts: bool = False
    receipts_twice: bool = False
    receipts_reversed: bool = False
    stop_words: bool = Field(
        default=False, description="the provider's own English STOP, START, HELP"
    )

    def take(self, counter: str) -> bool:
        """Use up one of a counter; False when it stands at zero."""
        left: int = getattr(self, counter)
        if left:
            setattr(self, counter, left - 1)
        return left > 0
