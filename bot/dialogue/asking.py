"""Puts the next thing to the citizen: a question, the notice, the choices that go with them."""

from __future__ import annotations

from bot import answers
from bot.dialogue import form, shown
from bot.dialogue.messages import Name, Sentence, Verbatim
from bot.dialogue.turn import Turn
from bot.flows import Question, flow_named

CANDIDATES_SHOWN = 4
PROOF = "proof"
RESUME_LABELS = {"resume.ask": "choice.resume", "resume.sent_elsewhere": "choice.see_here"}
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
        menu(turn)


def may_ask(turn: Turn) -> bool:
    """Whether questions of the flow on top may be put: a declaration only after its notice."""
    if turn.state.side:
        return True
    return turn.draft is not None and turn.draft.status != "cancelled" and bool(turn.draft.consent)


def ask_consent(turn: Turn) -> None:
    """The notice before the first personal question: who, why, how long, rights."""
    turn.wait_at("consent")
    turn.say("consent.notice", days=turn.world.retention_days)
    if turn.world.cndp_number:
        turn.say("consent.cndp", number=turn.world.cndp_number)
    turn.say("consent.begin")
    turn.offer("do:consent_yes", "choice.yes")
    turn.offer("do:consent_no", "choice.no")
    if turn.has_buttons:
        turn.offer("do:details", "choice.details")


def menu(turn: Turn) -> None:
    """What Hala can do, as four choices."""
    turn.wait_at("menu")
    turn.state.side = None
    turn.say("menu.ask")
    turn.offer("do:start_declare_birth", "menu.declare_birth")
    turn.offer("do:start_check_status", "menu.check_status")
    turn.offer("do:papers", "menu.papers")
    turn.offer("do:agent", "menu.agent")


def ask_cancel(turn: Turn) -> None:
    """Ask before an unfinished declaration is thrown away."""
    turn.wait_at("cancel")
    turn.say("cancel.ask")
    turn.offer("do:cancel_yes", "choice.cancel_yes")
    turn.offer("do:cancel_no", "choice.cancel_no")


def ask_forget(turn: Turn) -> None:
    """Ask before everything of this sender is erased."""
    turn.wait_at("forget")
    turn.say("forget.ask")
    turn.offer("do:forget_yes", "choice.forget_yes")
    turn.offer("do:cancel_no", "choice.cancel_no")


def ask_callback_phone(turn: Turn) -> None:
    """Ask for the number to call back on, where the channel has none of its own."""
    turn.wait_at("callback_phone")
    turn.say("ticket.phone")


def ask_late(turn: Turn) -> None:
    """No ordinary declaration after the delay: what a late one is, then the papers or a person."""
    turn.say("menu.ask" if turn.state.at == "late" else "late.told")
    turn.wait_at("late")
    turn.offer("do:late_papers", "choice.late_papers")
    turn.offer("do:agent", "choice.agent")
    if turn.flow:
        turn.offer(f"edit:{turn.flow.event_date}", "choice.correct_date")


def ask_language(turn: Turn) -> None:
    """Ask which language, in both scripts; what waited before is put again afterwards."""
    if turn.state.at != "language":
        turn.state.aside["before_language"] = [turn.state.at, turn.state.asked]
    turn.wait_at("language")
    turn.say("language.ask")
    turn.offer("do:arabic", "language.arabic")
    turn.offer("do:french", "language.french")


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


def ask_instead(turn: Turn) -> None:
    """A new declaration is wanted while another is unfinished: which of the two."""
    turn.wait_at("resume")
    turn.say("resume.ask")
    turn.offer("do:resume", "choice.resume")
    turn.offer("do:anew", "choice.anew")


def ask_extras(turn: Turn) -> None:
    """What can follow a reference: complete, a twin, something else."""
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
    if not turn.has_choices:
        turn.offer("do:other", "choice.other")


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
    people = ("child",) if form.typed_in_arabic(frame) else ("child", "father", "mother")
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
    "cancel": ask_cancel,
    "forget": ask_forget,
    "language": ask_language,
    "resume": _resume_again,
    "paused": ask_resume,
    "review": ask_review,
    "late": ask_late,
    "extras": ask_extras,
    "callback_phone": ask_callback_phone,
    "menu": menu,
}
# At these a decision is due: whatever is said in between, they are put again.
DUE = frozenset(AGAIN) - {"extras", "menu"}


def after_all(turn: Turn) -> None:
    """Something ended and nothing waits beneath it: offer what can follow."""
    if turn.draft and turn.draft.status == "submitted":
        ask_extras(turn)
    else:
        menu(turn)
