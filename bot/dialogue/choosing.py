"""Does what an offered choice means: its id carries the whole meaning, whenever it was offered."""

from __future__ import annotations

from bot import answers
from bot.dialogue import answering, asking, commands, editing, knowing
from bot.dialogue.turn import Turn
from bot.flows import Question

PLACES = ("commune", "arrondissement")  # answers that a search on a page gives as codes


def choose(turn: Turn, choice_id: str) -> bool:
    """Do what an offered choice means, whenever it was offered; one that means nothing any more
    (or never did) is said to, and what waits is put again."""
    if not _chosen(turn, choice_id):
        turn.say("choice.stale")
        asking.ask_again(turn)
    return True


def _chosen(turn: Turn, choice_id: str) -> bool:
    verb, _, rest = choice_id.partition(":")
    question_id, _, value = rest.partition("=")
    question = turn.flow.by_id.get(question_id) if turn.flow and asking.may_ask(turn) else None
    if verb == "do" and rest in commands.COMMANDS:
        commands.run(turn, rest)
    elif verb == "edit" and question:
        editing.open_question(turn, question)
    elif verb == "pick" and question and value.isdecimal():
        return answering.pick(turn, question, int(value))
    elif verb == "answer" and question:
        _answer(turn, question, value)
    elif verb == "skip" and question:
        commands.leave_open(turn, question)
    elif verb == "ask" and knowing.can_tell(turn, rest):
        knowing.tell(turn, rest)
    else:
        return False
    return True


def _answer(turn: Turn, question: Question, value: str) -> None:
    if value in (*question.choices, *question.more):
        answering.take(turn, question, value)
    elif question.answer == "yes_no" and value in asking.YES_NO:
        answering.take(turn, question, value == "yes")
    elif value == asking.ZERO and question.zero:
        answering.take(turn, question, None)
    elif question.answer in PLACES and answers.is_place(value):
        answering.take(turn, question, value)
    else:
        asking.ask(turn, question)
