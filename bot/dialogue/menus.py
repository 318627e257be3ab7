"""The choices that belong to no question of a flow: the menu, and what is asked before something
is thrown away, forgotten or refused."""

from __future__ import annotations

from bot.dialogue.turn import Turn


def menu(turn: Turn) -> None:
    """What Hala can do, in six choices."""
    turn.wait_at("menu")
    turn.state.side = None
    turn.say("menu.ask")
    turn.offer("do:start_declare_birth", "menu.declare_birth")
    turn.offer("do:start_declare_death", "menu.declare_death")
    turn.offer("do:mention", "menu.mention")
    turn.offer("do:copies", "menu.copies")
    turn.offer("do:start_check_status", "menu.check_status")
    turn.offer("do:agent", "menu.agent")


def ask_mention(turn: Turn) -> None:
    """Which of the two events whose mention is wanted."""
    turn.wait_at("mention")
    turn.say("mention.ask")
    turn.offer("do:start_declare_marriage", "menu.declare_marriage")
    turn.offer("do:start_declare_divorce", "menu.declare_divorce")


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
