"""The explicit yes and what comes after it: the reference, completing, a further child."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bot.dialogue import asking, events, form, menus, receipts, rules
from bot.dialogue.effects import SubmitDeclaration
from bot.dialogue.messages import Card, Reference, Sentence
from bot.dialogue.state import Draft, Frame
from bot.dialogue.turn import Turn
from bot.flows import flow_named


def submit(turn: Turn) -> None:
    """Give the draft its reference and tell what to do next, with the last day."""
    draft = turn.declaration
    flow = flow_named(draft.flow)
    day = _day_to_tell(turn)
    draft.reference = turn.reference = turn.world.new_reference(flow.reference_kind)
    draft.status, draft.ring = "submitted", "completing"
    turn.effect(
        SubmitDeclaration(
            draft.reference,
            flow.id,
            draft.id,
            form.to_submit(flow, draft.frame),
            form.missing(flow, draft.frame, asking.has_phone(turn)),
            day,
        )
    )
    turn.say("done.reference", reference=Reference(draft.reference))
    what_next = _what_next(turn, day)
    for sentence in what_next:
        turn.say(sentence.key, **sentence.args)
    link = receipts.draw(turn, draft)
    turn.keep(_card(draft, day, what_next, link))
    receipts.tell_unasked(turn, link)
    asking.ask_extras(turn)


def _day_to_tell(turn: Turn) -> date | None:
    """The last day, None where there is none or it is over for an event that is taken all the
    same."""
    limit = rules.event_last_day(turn)
    return limit.day if limit and not limit.passed(turn.now.date()) else None


def _what_next(turn: Turn, day: date | None) -> tuple[Sentence, ...]:
    draft = turn.declaration
    return _where_to(turn, day), Sentence(f"papers.{papers_kind(draft)}")


def _where_to(turn: Turn, day: date | None) -> Sentence:
    """Where to go with the number: the consulate, the office of the place, or of the births."""
    draft = turn.declaration
    flow, commune = flow_named(draft.flow), asking.commune_of(turn)
    is_abroad = events.is_abroad(flow, draft.frame.values)
    if day is None:
        where = "abroad_undated" if is_abroad else "undated"
        return Sentence(f"done.go_{where}.{flow.id}")
    if is_abroad:
        return Sentence(f"done.go_abroad.{flow.id}", {"day": day})
    if commune:
        return Sentence("done.go_at", {"commune": commune, "day": day})
    return Sentence(f"done.go_somewhere.{flow.id}", {"day": day})


def _card(draft: Draft, day: date | None, what_next: tuple[Sentence, ...], receipt: str) -> Card:
    return Card(
        kind=draft.flow,
        reference=Reference(draft.reference),
        last_day=day,
        title=Sentence(f"card.title.{draft.flow}"),
        steps=(Sentence("card.not_registered"), *what_next),
        receipt=receipt,
    )


def papers_kind(draft: Draft) -> str:
    """Which list of papers fits the case."""
    return PAPERS[draft.flow](draft)


def _papers_of_birth(draft: Draft) -> str:
    """Abroad, at home, father not named, or the usual one."""
    values = draft.frame.values
    where = {"abroad": "_abroad", "home": "_home", "on_the_way": "_home"}
    left_out = values.get("father_known") is False
    kind = where.get(str(values.get("birth_place_kind")), "")
    return f"birth{kind}{'_left_out' if left_out else ''}"


def _papers_of_death(draft: Draft) -> str:
    """With the prosecutor's authorisation where it was named, or the usual one."""
    return "death_prosecutor" if rules.PROSECUTOR in draft.said else "death"


PAPERS: dict[str, Callable[[Draft], str]] = {
    "declare_birth": _papers_of_birth,
    "declare_death": _papers_of_death,
    "declare_marriage": lambda _: "marriage",
    "declare_divorce": lambda _: "divorce",
}


def completed(turn: Turn) -> None:
    """The completing ring is done: say so, offer what remains."""
    draft = turn.declaration
    turn.say("done.completed", reference=Reference(draft.reference))
    asking.ask_extras(turn)


def complete(turn: Turn) -> None:
    """Begin or go on with the completing ring."""
    draft, flow = turn.draft, turn.flow
    if not draft or not flow or draft.status != "submitted":
        menus.menu(turn)
        return
    question = form.next_question(flow, draft.frame, "completing", asking.has_phone(turn))
    if question:
        turn.say("complete.begin")
        asking.ask(turn, question)
    else:
        completed(turn)


def twin(turn: Turn) -> bool:
    """A further child of the same birth: a draft of its own, the parents not typed again. False
    when no child was sent before it."""
    first = turn.draft
    if not first or first.status != "submitted":
        return False
    flow = flow_named(first.flow)
    kept = {s: first.frame.values[s] for s in flow.keep if s in first.frame.values}
    history = [q.id for q in flow.questions if any(s in kept for s in q.fills)]
    unknown = [q for q in first.frame.unknown if flow.by_id[q].fills[0] in flow.keep]
    siblings = first.siblings + 1
    frame = Frame(flow.id, flow.version, kept, unknown, history)
    frame.values["multiple_birth_rank"] = {1: "second"}.get(siblings, "third")
    turn.draft = Draft(
        id=turn.world.new_id(),
        flow=flow.id,
        frame=frame,
        consent=first.consent,
        helper=first.helper,
        siblings=siblings,
        said=list(first.said),
    )
    turn.say("twin.next")
    return True
