"""What goes into a turn and what comes out of it: the words the core shares with the other rooms.

Nothing here is text for citizens: a `Sentence` is a catalogue key with typed values, and
`bot.wording` alone turns it into words for a language and a channel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from bot.answers.result import Language
from bot.dialogue.state import Draft

Channel = Literal["web", "whatsapp", "sms", "ussd"]
ReplyKind = Literal["question", "answer", "notice", "code"]
Media = Literal["image", "audio", "video", "document", "location", "contact", "sticker", "other"]


class Name(str):
    """A person's name or words kept as written: rendering never alters a letter of it."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """The digits of a reference or a resume code, shown in groups of four."""

    digits: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A catalogue key and its values; a value may be another sentence (a label) or a typed
    thing."""

    key: str
    args: Mapping[str, Arg] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text that is already in the citizen's language: a knowledge answer, a candidate's label."""

    text: str


@dataclass(frozen=True, slots=True)
class Both:
    """Several things named one after the other, joined the way the language lists things."""

    items: tuple[Arg, ...]


Arg = str | int | date | Reference | Sentence | Verbatim | Both


@dataclass(frozen=True, slots=True)
class Choice:
    """One offered choice. `id` carries its whole meaning (`answer:child_sex=male`, `do:back`), so
    that a button of an older message still means what it meant when it was shown."""

    id: str
    label: Sentence | Verbatim


@dataclass(frozen=True, slots=True)
class Card:
    """What a citizen keeps of a message: the reference and the last day, for channels that can show
    them apart. `receipt`: the link to the form to print, where there is one."""

    kind: str
    reference: Reference
    last_day: date | None
    title: Sentence
    steps: tuple[Sentence, ...]
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the citizen: whole sentences, choices, and what is said after the choices.

    `first_number` is that of the first choice where choices are typed by number.

    `kind` decides what the sender may do when it cannot know whether the message left: a question
    is sent again, a code is not."""

    sentences: tuple[Sentence | Verbatim, ...]
    choices: tuple[Choice, ...] = ()
    footer: tuple[Sentence | Verbatim, ...] = ()
    kind: ReplyKind = "question"
    first_number: int = 1
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """What a citizen sent: text, the id of a tapped choice, or a kind of media.

    `language`: that of the page it was sent from, where there is one: it counts until the citizen
    has written or chosen another."""

    text: str = ""
    choice: str | None = None
    media: Media | None = None
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A span that understanding found. `kind` and `role` are those of
    bot/understanding/domain.yml."""

    kind: str
    text: str
    role: str | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Understood:
    """What understanding says of a text. `topic` is the full retrieval intent, `intent` its head;
    `alternatives` are the next likeliest intents with their confidence."""

    intent: str
    topic: str
    confidence: float
    entities: tuple[Entity, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class StatusView:
    """What may be said of a request once its second factor fits. `receipt`: the token of its form,
    for the sender who declared it only."""

    kind: str
    status: str
    last_day: date | None = None
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was looked up for this message. `understood` None with `asked` True: it is down or slow.

    `statuses` maps (reference, second factor) to what the register says, None where nothing fits.
    `drafts` maps resume codes to their drafts, None where nothing fits or too many were tried.
    `receipts` maps references to the token of their form, None where it can be fetched no more.
    """

    understood: Understood | None = None
    asked: bool = False
    statuses: Mapping[tuple[str, str], StatusView | None] = field(default_factory=dict)
    drafts: Mapping[str, Draft | None] = field(default_factory=dict)
    receipts: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NeedUnderstanding:
    """The turn cannot be decided without reading the text."""

    text: str


@dataclass(frozen=True, slots=True)
class NeedStatus:
    """The turn cannot be decided without the register's word on a request."""

    reference: str
    second_factor: str


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """The turn cannot be decided without the declaration that a resume code stands for."""

    code: str


@dataclass(frozen=True, slots=True)
class NeedReceipt:
    """The turn cannot be decided without the token of a submission's form."""

    reference: str


Need = NeedUnderstanding | NeedStatus | NeedDraft | NeedReceipt


@dataclass(frozen=True, slots=True)
class World:
    """What surrounds a turn. `now` is aware, in Africa/Casablanca. `msisdn` is the sender's
    number in
    E.164 where the channel has one. `new_reference(kind)` draws a fresh 12-digit reference,
    `new_resume_code()` an 8-digit code, `new_token()` what a link cannot be guessed without;
    links begin with `base_url`. A draft is kept `draft_days`, one with a code
    `resume_days`; a page silent for `screen_minutes` may have somebody else before it."""

    now: datetime
    channel: Channel
    new_reference: Callable[[int], str]
    new_id: Callable[[], str]
    new_resume_code: Callable[[], str]
    new_token: Callable[[], str]
    msisdn: str | None = None
    trial: bool = True
    retention_days: int = 60
    draft_days: int = 7
    resume_days: int = 30
    screen_minutes: int = 30
    cndp_number: str = ""
    base_url: str = ""
