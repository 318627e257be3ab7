"""Fills what an opening sentence already said, and says it back in full before asking on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answers import find_communes
from bot.answers.result import Accepted, Parsed, Value
from bot.dialogue import answering, form, rules, shown
from bot.dialogue.losses import child_lost
from bot.dialogue.messages import Both, Entity
from bot.dialogue.turn import Turn
from bot.dialogue.words import corrects, denies, has, key
from bot.flows import Flow, Question, flow_named

PLACE_KINDS = ("place", "commune", "country")


def fill(turn: Turn, entities: Sequence[Entity], text: str) -> list[Question]:
    """Write every entity that its question's parser accepts and that is still open; which were
    written."""
    flow, draft = turn.flow, turn.draft
    if not flow or not draft or turn.state.side:
        return []
    notice_company(turn, text)
    changes = corrects(text) or has(text, "correction", "changed_mind")
    written = []
    for question_id, value in _values(turn, entities):
        question = flow.by_id[question_id]
        if not form.answered(question, draft.frame) or (
            changes and form.changes(question, draft.frame, value)
        ):
            answering.write(turn, question, value)
            written.append(question)
    return written


def notice_company(turn: Turn, text: str) -> list[str]:
    """Note that there are twins, or that somebody else declares; which sentences say so."""
    draft, values, noted = turn.declaration, turn.declaration.frame.values, []
    flow = flow_named(draft.flow)
    if _says_helper(flow, text) and not draft.helper:
        draft.helper = True
        noted.append("helper.noted")
    if not flow.keep:
        return noted
    if has(text, "twins", "none"):
        if form.several(draft.frame):
            values["multiple_birth_rank"] = "single"
            noted.append("twin.single")
    elif has(text, "twins") and not form.several(draft.frame):
        values["multiple_birth_rank"] = "first"
        noted.append("twin.noted")
    return noted


def _says_helper(flow: Flow, text: str) -> bool:
    """Whether somebody else declares. A relative who is named is helped, but where it is the
    relative whose death is declared."""
    return has(text, "helper", "aid") or (flow.subject != "deceased" and has(text, "helper"))


def _values(turn: Turn, entities: Sequence[Entity]) -> list[tuple[str, Value]]:
    found: list[tuple[str, Value]] = []
    flow, _ = turn.form
    # Then a day may be that of the death: it is asked.
    lost = flow.subject == "child" and child_lost(turn.text)
    for entity in entities:
        question_id = flow.entities.get(f"{entity.kind}.{entity.role}") or flow.entities.get(
            entity.kind
        )
        if (lost and entity.kind == "date") or denies(turn.text, entity.text):
            continue
        if question_id:
            _add(found, question_id, _read(turn, question_id, entity.text))
    _add_sex_of_own_child(turn, entities, found)
    _add_what_relations_say(turn, entities, found)
    where = " ".join(e.text for e in entities if e.kind in PLACE_KINDS)
    if where and flow.place:
        _add(found, *_place(turn, flow.place, where))
    elif where and flow.country and flow.country not in dict(found) and find_communes(where):
        found.append((flow.country, "MA"))
    return found


def _add_sex_of_own_child(
    turn: Turn, entities: Sequence[Entity], found: list[tuple[str, Value]]
) -> None:
    """ "My son", "بنتي": the child's sex, unless it is she who gave birth."""
    flow, _ = turn.form
    if has(turn.text, "gave_birth") or "child_sex" not in flow.by_id:
        return
    for entity in entities:
        if entity.kind == "relation" and has(entity.text, "own_child"):
            _add(found, "child_sex", _read(turn, "child_sex", entity.text))


def _add_what_relations_say(
    turn: Turn, entities: Sequence[Entity], found: list[tuple[str, Value]]
) -> None:
    """ "My father": the declarant is a child, and the deceased a man."""
    flow, _ = turn.form
    said = {key(e.text) for e in entities if e.kind == "relation"}
    for relation in flow.relations:
        if said & {key(word) for word in relation.words}:
            for question_id, value in relation.answers.items():
                if question_id not in dict(found) and not _is_of_helped(turn, question_id):
                    found.append((question_id, value))


def _is_of_helped(turn: Turn, question_id: str) -> bool:
    """Who helps is not the one who declares: how they are related says nothing of that."""
    return turn.declaration.helper and question_id == "declarant_capacity"


def _read(turn: Turn, question_id: str, text: str) -> Parsed:
    flow, _ = turn.form
    return answering.read_now(turn, flow.by_id[question_id], text)


def _place(turn: Turn, event: str, where: str) -> tuple[str, Parsed]:
    """A place with its kind answers the place; a town alone only its commune."""
    place = _read(turn, f"{event}_place", where)
    known = place.value if isinstance(place, Accepted) else None
    if isinstance(known, dict) and known.get("kind") not in (None, "unknown"):
        return f"{event}_place", place
    return f"{event}_commune", _read(turn, f"{event}_commune", where)


def _add(found: list[tuple[str, Value]], question_id: str, parsed: Parsed) -> None:
    if isinstance(parsed, Accepted) and question_id not in dict(found):
        found.append((question_id, parsed.value))


def say_back(turn: Turn, questions: Sequence[Question]) -> None:
    """Say back what was understood, whole: a citizen must be able to catch an error at once."""
    flow, frame = turn.flow, turn.frame
    if not questions or not flow or not frame:
        return
    items = tuple(shown.value_of(flow, frame, q, turn.language) for q in questions)
    turn.say("understood", items=Both(items))
    for question in questions:
        rules.after(turn, question)
