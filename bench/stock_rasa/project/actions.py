# mypy: ignore-errors
# rasa_sdk is in the environment of Rasa, not in ours.
"""The rival's action server: what Rasa's documentation has one write for a validated form."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

Slots = dict[str, Any]
NAME = re.compile(r"[^\W\d_][^\d_]{1,60}")
CARD = re.compile(r"[A-Z]{1,2}\d{5,6}")
PHONE = re.compile(r"(0|\+212)[567]\d{8}")
BOYS = frozenset({"ذكر", "ولد", "garçon", "weld"})
GIRLS = frozenset({"أنثى", "بنت", "fille", "bnt"})
SLOTS = (
    *("child_first_name", "child_last_name", "child_sex", "birth_date", "birth_place"),
    *("father_name", "mother_name", "parent_card", "parent_phone", "confirmed"),
)


def _matching(slot: str, pattern: re.Pattern[str], text: str) -> Slots:
    return {slot: text if pattern.fullmatch(text) else None}


class ValidateBirth(FormValidationAction):
    """Checks each answer when it is given."""

    def name(self) -> str:
        """As Rasa wants it: `validate_` and the form."""
        return "validate_birth_form"

    def validate_child_first_name(self, value: str, *_: object) -> Slots:
        """A name."""
        return _matching("child_first_name", NAME, value)

    def validate_child_last_name(self, value: str, *_: object) -> Slots:
        """A name."""
        return _matching("child_last_name", NAME, value)

    def validate_father_name(self, value: str, *_: object) -> Slots:
        """A name."""
        return _matching("father_name", NAME, value)

    def validate_mother_name(self, value: str, *_: object) -> Slots:
        """A name."""
        return _matching("mother_name", NAME, value)

    def validate_birth_place(self, value: str, *_: object) -> Slots:
        """A place, as written."""
        return _matching("birth_place", NAME, value)

    def validate_child_sex(self, value: str, *_: object) -> Slots:
        """A word for a boy or a girl."""
        word = value.strip().lower()
        return {"child_sex": "male" if word in BOYS else "female" if word in GIRLS else None}

    def validate_birth_date(self, value: str, *_: object) -> Slots:
        """Day, month and year."""
        try:
            day, month, year = map(int, value.split("/"))
            return {"birth_date": date(year, month, day).isoformat()}
        except ValueError:
            return {"birth_date": None}

    def validate_parent_card(self, value: str, *_: object) -> Slots:
        """An identity card's number."""
        return _matching("parent_card", CARD, value.upper().replace(" ", ""))

    def validate_parent_phone(self, value: str, *_: object) -> Slots:
        """A Moroccan number."""
        return _matching("parent_phone", PHONE, value.replace(" ", ""))

    def validate_confirmed(
        self, value: str, dispatcher: CollectingDispatcher, tracker: Tracker, _: object
    ) -> Slots:
        """Yes or no, as Rasa understood it."""
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        return {"confirmed": {"affirm": "yes", "deny": "no"}.get(str(intent))}


class SubmitBirth(Action):
    """The end of the form."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_submit_birth"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Slots) -> list[Slots]:
        """Say that it is done, and empty the form for the next birth."""
        dispatcher.utter_message(response="utter_submitted")
        return [SlotSet(slot, None) for slot in SLOTS]
