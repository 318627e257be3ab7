"""What a page said and what it was told: whether anything was lost on the way or came twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Replies = dict[int, dict[int, int]]
"""By the number of a step: how often it had how many replies."""


@dataclass
class Ledger:
    """The books of one page. `said`: the step of each message by its id; `told`: which message each
    numbered reply answers. `repeated` replies came again under their number, as they may when a
    message is sent again: the page shows them once."""

    said: dict[str, int] = field(default_factory=dict)
    told: dict[int, str | None] = field(default_factory=dict)
    repeated: int = 0

    @property
    def last(self) -> int:
        """The number of the last reply."""
        return max(self.told, default=0)

    def tell(self, reply: Mapping[str, Any]) -> bool:
        """Enter a reply; False when it is there already."""
        if reply["seq"] in self.told:
            self.repeated += 1
            return False
        self.told[reply["seq"]] = reply["re"]
        return True

    def missing(self) -> int:
        """Numbers that were left out."""
        return self.last - len(self.told)

    def silent(self) -> int:
        """Messages without a reply."""
        return len(self.said.keys() - set(self.told.values()))

    def strange(self) -> int:
        """Replies to messages this page never sent."""
        return sum(answered not in self.said for answered in self.told.values())


@dataclass
class Books:
    """The ledgers of all pages, added up."""

    said: int = 0
    told: int = 0
    repeated: int = 0
    missing: int = 0
    silent: int = 0
    strange: int = 0
    replies: Replies = field(default_factory=dict)


def closed(ledgers: Iterable[Ledger]) -> Books:
    """Add them up."""
    books = Books()
    for ledger in ledgers:
        books.said += len(ledger.said)
        books.told += len(ledger.told)
        books.repeated += ledger.repeated
        books.missing += ledger.missing()
        books.silent += ledger.silent()
        books.strange += ledger.strange()
        _count(ledger, books.replies)
    return books


def _count(ledger: Ledger, replies: Replies) -> None:
    numbers = Counter(ledger.told.values())
    for message_id, step in ledger.said.items():
        if number := numbers[message_id]:
            counts = replies.setdefault(step, {})
            counts[number] = counts.get(number, 0) + 1


def faults(books: Books) -> list[str]:
    """Each way in which pages were not told everything exactly once; empty when they were."""
    found = {
        f"{books.missing} numbered replies never came": books.missing,
        f"{books.silent} messages without a reply": books.silent,
        f"{books.strange} replies to nothing that was said": books.strange,
    }
    told = [sentence for sentence, count in found.items() if count]
    uneven = [item for item in sorted(books.replies.items()) if len(item[1]) > 1]
    return told + [_uneven(step, counts) for step, counts in uneven]


def _uneven(step: int, counts: Mapping[int, int]) -> str:
    # The same step of every birth has as many replies, unless one was answered twice.
    told = ", ".join(f"{times} times {number}" for number, times in sorted(counts.items()))
    return f"replies to step {step}: {told}"
