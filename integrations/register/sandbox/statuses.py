"""Where a record may go from where it stands: only forward, each end final."""

from __future__ import annotations

# To where, from which. A correction may be asked for again; that is not going back.
PRE_DECLARATIONS: dict[str, tuple[str, ...]] = {
    "opened": ("received",),
    "correction_asked": ("opened", "correction_asked"),
    "registered": ("opened", "correction_asked"),
    "rejected": ("opened", "correction_asked"),
    "expired": ("received", "opened", "correction_asked"),
    "withdrawn": ("received",),
}
ORDERS: dict[str, tuple[str, ...]] = {
    "paid": ("awaiting_payment",),
    "lapsed": ("awaiting_payment",),
    "processing": ("paid",),
    "rejected": ("paid", "processing"),
    "sent": ("processing",),
    "arrived": ("sent",),
    "delivered": ("sent", "arrived"),
    "returned": ("sent", "arrived"),
}
WITH_AN_OFFICER = ("opened", "correction_asked")


def refusal(status: str) -> str:
    """Why a client may not change a record that stands there."""
    return "opened" if status in WITH_AN_OFFICER else "closed"
