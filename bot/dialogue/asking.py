"""Puts the next thing to the citizen: a question, the notice, the choices that go with them."""

from __future__ import annotations

from bot import answers
from bot.dialogue import form, menus, shown
from bot.dialogue.messages import Name, Sentence, Verbatim
from bot.dialogue.turn import Turn
from bot.flows import Question, flow_named

CANDIDATES_SHOWN = 4
PROOF = "proof"
RESUME_LABELS = {"resume.ask": "choice.resume", "resume.sent_elsewhere": "choice.see_here"}
# A child who died after birth: what was said, and the event that is declared too.
BOTH_EVENTS = {"child_died": "declare_death", "note.birth_too": "declare_birth"}
YES_NO = ("yes", "no")
ZERO = "0"  # typed, or tapped where there are buttons: what the question's `zero` means


def has_phone(turn: Turn) -> bool:
    """Whether the channel itself tells the citizen's number."""
    return turn.world.msisdn is not None


def question_waiting(turn: Turn) -> Question | None:
    """The question that waits for an answer, if one does."""
    return turn.flow.by_id.get(turn.state.asked) if turn.flow and turn.state.asked else None


def ask(turn: Turn, question: Question) -> None:
    """Ask a question in the wording that fits, with its choices, and wait at its step."""
    _, frame = turn.form
    helper = bool(turn.draft and turn.draft.helper)
    suffix = form.variant(question, {**frame.values, "helper": helper})
    turn.wait_at(form.step_of(question, frame), question.id)
    turn.say(f"ask.{question.id}{suffix}")
    _offer_choices(turn, question)


def _offer_choices(turn: Turn, question: Question) -> None:
    chosen = question.more if turn.state.aside.get("more") == question.id else question.choices
    for value in chosen:
        turn.offer(f"answer:{question.id}={value}", f"choice.{question.id}.{value}")
    if question.answer == "yes_no":
        for value in YES_NO:
            turn.offer(f"answer:{question.id}={value}", f"choice.{value}")
    if question.zero and turn.has_buttons:
        turn.offer(f"answer:{question.id}={ZERO}", f"choice.zero_{question.zero}")


def is_waiting(turn: Turn) -> bool:
    """Whether something was asked that an answer is still due to."""
    return question_waiting(turn) is not None or turn.state.at in DUE


def ask_again(turn: Turn) -> None:
    """Put the pending thing again, whatever it is, after something else was answered."""
    question = question_waiting(turn)
    if question:
        ask(turn, question)
    else:
        AGAIN.get(turn.state.at, home)(turn)


def home(turn: Turn) -> None:
    """Where nothing waits: an unfinished draft is offered again, else the menu."""
    if turn.has_unfinished:
        ask_resume(turn)
    else:
        menus.menu(turn)


def may_ask(turn: Turn) -> bool:
    """Whether questions of the flow on top may be put: a declaration only after its notice."""
    if turn.state.side:
        return True
    return turn.draft is not None and turn.draft.status != "cancelled" and bool(turn.draft.consent)


def ask_consent(turn: Turn) -> None:
    """The notice before the first personal question: who, why, how long, rights. What else can
    be done instead of beginning is offered there where the event asks for it."""
    flow, _ = turn.form
    turn.wait_at("consent")
    _introduce(turn, flow.intro)
    turn.say("consent.notice", days=turn.world.retention_days)
    if turn.world.cndp_number:
        turn.say("consent.cndp", number=turn.world.cndp_number)
    turn.say("consent.begin")
    turn.offer("do:consent_yes", "choice.continue" if flow.beside else "choice.yes")
    for choice in flow.beside:
        turn.offer(f"do:{choice}", f"choice.{choice}")
    turn.offer("do:consent_no", "choice.no")
    if turn.has_buttons:
        turn.offer("do:details", "choice.details")


def _introduce(turn: Turn, intro: str) -> None:
    """Say, once and in a message of its own, what a citizen should know before beginning."""
    said = turn.declaration.said
    if intro and intro not in said:
        said.append(intro)
        turn.say(intro)
        turn.flush("answer")


def ask_resume(turn: Turn, news: str = "resume.ask") -> None:
    """Offer an unfinished draft again, naming neither event nor person: the phone may be shared.
    `news`: what else is to be said of it."""
    turn.wait_at("resume")
    turn.say(news)
    turn.offer("do:resume", RESUME_LABELS.get(news, "choice.resume_here"))
    turn.offer("do:other", "choice.other")


def _resume_again(turn: Turn) -> None:
    if turn.locked and turn.state.asked == PROOF:
        ask_proof(turn)
    else:
        ask_resume(turn)


def ask_proof(turn: Turn) -> None:
    """Ask for what only the author of the locked draft knows."""
    turn.wait_at("resume", PROOF)
    turn.say(f"resume.proof_{turn.state.aside['proof']}")


def ask_instead(turn: Turn, wanted: str) -> None:
    """A declaration is wanted while another is unfinished: which of the two."""
    turn.state.aside["wanted"] = wanted
    turn.wait_at("resume")
    turn.say("resume.ask")
    turn.offer("do:resume", "choice.resume")
    turn.offer("do:anew", "choice.anew")


def ask_extras(turn: Turn) -> None:
    """What can follow a reference: complete, a twin, the other of two events, something else."""
    turn.wait_at("extras")
    draft = turn.draft
    if not turn.has_sentences:
        turn.say("menu.ask")
    if draft and form.next_question(
        flow_named(draft.flow), draft.frame, "completing", has_phone(turn)
    ):
        turn.offer("do:complete", "choice.complete")
    if draft and form.several(draft.frame):
        turn.offer("do:twin", "choice.twin")
    for said, event in BOTH_EVENTS.items():
        if draft and said in draft.said:
            turn.offer(f"do:start_{event}", f"menu.{event}")
    if not turn.has_choices:
        turn.offer("do:other", "choice.other")
    if draft and draft.status == "submitted":
        turn.offer("do:receipt", "choice.receipt")


def ask_review(turn: Turn) -> None:
    """The summary: every answer with the number to change it, then the explicit yes.

    The other script's spellings follow as a message of their own, so that a French summary keeps to
    GSM-7; the same numbers as in the summary change them.
    """
    flow, frame = turn.form
    turn.wait_at("review")
    turn.say("review.check")
    for question in reviewed(turn):
        value = shown.value_of(flow, frame, question, turn.language)
        turn.offer(f"edit:{question.id}", Sentence(f"review.{question.id}", {"value": value}))
    if turn.has_buttons:
        _offer_end_of_review(turn)
    else:
        turn.say_after("review.send" if is_complete(turn) else "review.go_on")
    _propose_spellings(turn)


def _offer_end_of_review(turn: Turn) -> None:
    if is_complete(turn):
        turn.offer("do:submit", "choice.submit")
    else:
        turn.offer("do:complete", "choice.continue")


def is_complete(turn: Turn) -> bool:
    """Whether every core question has its answer, if only "I don't know"."""
    flow, frame = turn.form
    return form.next_question(flow, frame, "core", has_phone(turn)) is None


def reviewed(turn: Turn) -> list[Question]:
    """The questions a summary shows: those answered, and the core ones left open."""
    flow, frame = turn.form
    full = form.effective(flow, frame.values)
    return [
        q
        for q in flow.questions
        if not q.part_of and form.relevant(q, full, has_phone(turn)) and form.answered(q, frame)
    ]


def _propose_spellings(turn: Turn) -> None:
    names = proposed_names(turn)
    if not names:
        return
    turn.flush()
    script = "ar" if any(form.script_of(n) == "ar" for n in names) else "latin"
    turn.say(f"review.spelling_{script}", names=Name(" - ".join(names)))


def proposed_names(turn: Turn) -> list[str]:
    """The names as proposed in the script they were not written in, each person once."""
    flow, frame = turn.form
    full = form.effective(flow, frame.values)
    people = flow.people[:1] if form.typed_in_arabic(flow, frame) else flow.people
    found = []
    for person in people:
        typed = shown.typed_script(frame.values, person)
        both = all(frame.values.get(f"{person}_given_name_{s}") for s in form.OTHER_SCRIPT)
        name = shown.full_name(full, person, form.OTHER_SCRIPT[typed])
        if name and not both:
            found.append(name)
    return found


def offer_candidates(turn: Turn, question: Question, labels: list[str]) -> None:
    """Ask which of several readings of an answer is meant."""
    turn.say("which")
    for number, label in enumerate(labels[:CANDIDATES_SHOWN]):
        turn.offer(f"pick:{question.id}={number}", Verbatim(label))


def commune_of(turn: Turn) -> str:
    """The place whose office takes the declaration, as the citizen calls it; empty when unknown."""
    frame = turn.frame
    values = frame.values if frame else {}
    event = turn.flow.place if turn.flow else ""
    code = values.get(f"{event}_arrondissement") or values.get(f"{event}_commune")
    return answers.commune_label(str(code), turn.language) if code else ""


# How to put again what waits and is no question of a flow.
AGAIN = {
    "consent": ask_consent,
    "cancel": menus.ask_cancel,
    "forget": menus.ask_forget,
    "language": menus.ask_language,
    "resume": _resume_again,
    "paused": ask_resume,
    "review": ask_review,
    "late": menus.ask_late,
    "extras": ask_extras,
    "callback_phone": menus.ask_callback_phone,
    "menu": menus.menu,
    "mention": menus.ask_mention,
}
# At these a decision is due: whatever is said in between, they are put again.
DUE = frozenset(AGAIN) - {"extras", "menu", "mention"}


def after_all(turn: Turn) -> None:
    """Something ended and nothing waits beneath it: offer what can follow."""
    if turn.draft and turn.draft.status == "submitted":
        ask_extras(turn)
    else:
        menus.menu(turn)
