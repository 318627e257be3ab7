"""What officers do with a record: the officer's pages and the trials' `/sandbox` both call this.

Each function is one step of a record's life, in the caller's transaction; a step that the record's
status does not allow is a problem 409 and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping

from integrations.platform.clock import local
from integrations.platform.ids import new_id
from integrations.register.sandbox.checks import day_of
from integrations.register.sandbox.feed import tell
from integrations.register.sandbox.offices import main_office
from integrations.register.sandbox.operations import Operation, as_json
from integrations.register.sandbox.problems import ProblemError, not_valid, unknown
from integrations.register.sandbox.statuses import PRE_DECLARATIONS

IN_HAND = timedelta(days=30)
ACT_KINDS = {"declare_birth": "birth", "declare_death": "death"}
SUBJECTS = {"birth": "child", "death": "deceased"}
ORIGINS = {
    "declare_death": ("deceased_birth_commune",),
    "declare_marriage": ("husband_birth_commune", "wife_birth_commune"),
    "declare_divorce": ("husband_birth_commune", "wife_birth_commune"),
}


async def record(operation: Operation, reference: str) -> RowMapping:
    """The record by its number, held until the transaction ends."""
    found = await operation.row(
        "select * from pre_declaration where reference = :reference for update",
        reference=reference,
    )
    if found is None:
        raise unknown()
    return found


async def open_record(operation: Operation, reference: str) -> RowMapping:
    """Take it in hand: from now on the citizen changes nothing. Opening again only shows it."""
    found = await record(operation, reference)
    if found["status"] == "received":
        await _move(operation, found, "opened")
        await _tell(operation, found, "opened", office=found["office_id"])
        return await record(operation, reference)
    if found["status"] == "withdrawn":
        raise ProblemError(409, "withdrawn")
    return found


async def ask_correction(
    operation: Operation, reference: str, steps: Sequence[str], reason: str
) -> None:
    """Ask the citizen for these steps and nothing else; the last day stays."""
    if not steps:
        raise not_valid(("steps", "required"))
    found = await record(operation, reference)
    asked = {
        "steps": list(steps),
        "reason": reason,
        "asked_at": operation.now.isoformat(),
        "answered_at": None,
    }
    await _move(operation, found, "correction_asked", correction=as_json(asked))
    await _tell(operation, found, "correction_asked", steps=list(steps), reason=reason)


async def register_record(operation: Operation, reference: str) -> None:
    """Draw up the act (births, deaths) and tell the offices of birth (deaths, marriages, divorces).

    Of a marriage or divorce there is no act here: it is a mention in the margin of two others.
    """
    found = await record(operation, reference)
    _check_may(found, "registered")
    kind = ACT_KINDS.get(found["kind"])
    act = None if kind is None else await _draw_up(operation, found, kind)
    await _move(operation, found, "registered", act=None if act is None else as_json(act))
    await _tell(operation, found, "registered", act=act, office=found["office_id"])
    await _notify_origins(operation, found)


async def reject(operation: Operation, reference: str, reason: str) -> None:
    """Refuse it, with the reason that the citizen reads."""
    found = await record(operation, reference)
    await _move(operation, found, "rejected", reason=reason)
    await _tell(operation, found, "rejected", reason=reason)


async def note(operation: Operation, notice_id: str) -> None:
    """The office of birth wrote the mention. Again changes nothing."""
    notice = await operation.row(
        "select n.*, p.reference from notice n join pre_declaration p using (transaction_id)"
        " where n.id = :id for update of n",
        id=notice_id,
    )
    if notice is None:
        raise unknown()
    if notice["noted_at"] is None:
        await operation.run(
            "update notice set noted_at = :now where id = :id", now=operation.now, id=notice_id
        )
        await _tell_notice(operation, notice, "noted")


async def expire(operation: Operation) -> int:
    """Declarations whose last day has passed with nobody at the office; how many.

    What an officer has in hand was shown to them in time, perhaps: they get some days more.
    """
    today = local(operation.now).date()
    passed = await operation.rows(
        "update pre_declaration set status = 'expired', changed_at = :now"
        " where last_day < :today and status = 'received'"
        " or last_day < :long_ago and status in ('opened', 'correction_asked')"
        " returning transaction_id, reference",
        now=operation.now,
        today=today,
        long_ago=today - IN_HAND,
    )
    for row in passed:
        await _tell(operation, row, "expired")
    return len(passed)


def _check_may(found: RowMapping, status: str) -> None:
    if found["status"] not in PRE_DECLARATIONS[status]:
        raise ProblemError(409, f"is_{found['status']}")


async def _move(operation: Operation, found: RowMapping, status: str, **columns: Any) -> None:
    _check_may(found, status)
    values = {"correction": None, "act": None, "reason": None} | columns
    await operation.run(
        "update pre_declaration set status = :status, changed_at = :now,"
        " correction = coalesce(cast(:correction as jsonb), correction),"
        " act = cast(:act as jsonb), reason = :reason where transaction_id = :id",
        status=status,
        now=operation.now,
        id=found["transaction_id"],
        **values,
    )


async def _draw_up(operation: Operation, found: RowMapping, kind: str) -> dict[str, int]:
    """A new act under the next number of its office and year."""
    office, year = found["office_id"], local(operation.now).year
    if office is None:
        raise ProblemError(409, "no_office")
    number = await operation.row(
        "insert into act_number (office_id, kind, year, last) values (:office, :kind, :year, 1)"
        " on conflict (office_id, kind, year) do update set last = act_number.last + 1"
        " returning last",
        office=office,
        kind=kind,
        year=year,
    )
    assert number is not None
    await operation.run(
        "insert into act (office_id, kind, year, number, given_name_ar, given_name_latin,"
        " family_name_ar, family_name_latin, father_name_ar, father_name_latin, birth_date)"
        " values (:office, :kind, :year, :number, :given_name_ar, :given_name_latin,"
        " :family_name_ar, :family_name_latin, :father_name_ar, :father_name_latin, :birth_date)",
        office=office,
        kind=kind,
        year=year,
        number=number["last"],
        **_person(found["content"]["values"], kind),
    )
    return {"number": number["last"], "year": year}


def _person(values: dict[str, Any], kind: str) -> dict[str, Any]:
    subject = SUBJECTS[kind]
    names = {
        f"{part}_name_{script}": values.get(f"{subject}_{part}_name_{script}")
        for part in ("given", "family")
        for script in ("ar", "latin")
    }
    father = {f"father_name_{s}": values.get(f"father_given_name_{s}") for s in ("ar", "latin")}
    born = values.get("birth_date" if kind == "birth" else "deceased_birth_date")
    return {**names, **father, "birth_date": day_of(born)}


async def _notify_origins(operation: Operation, found: RowMapping) -> None:
    """A notice to the office of birth of each person, except to oneself."""
    values = found["content"]["values"]
    communes = [values.get(step) for step in ORIGINS.get(found["kind"], ())]
    offices = [await main_office(operation, commune) for commune in communes if commune]
    for office in dict.fromkeys(offices):
        if office is None or office == found["office_id"]:
            continue
        notice = await operation.row(
            "insert into notice (id, transaction_id, from_office, to_office, sent_at)"
            " values (:id, :transaction_id, :sender, :office, :now)"
            " returning *, cast(:reference as text) as reference",
            id=new_id(),
            transaction_id=found["transaction_id"],
            sender=found["office_id"],
            office=office,
            now=operation.now,
            reference=found["reference"],
        )
        assert notice is not None
        await _tell_notice(operation, notice, "sent")


async def _tell_notice(operation: Operation, notice: RowMapping, what: str) -> None:
    transaction_id, reference = str(notice["transaction_id"]), notice["reference"]
    offices = {"office": notice["from_office"], "to_office": notice["to_office"]}
    await tell(operation, f"notice.{what}", transaction_id, reference, **offices)


async def _tell(operation: Operation, found: RowMapping, what: str, **data: Any) -> None:
    transaction_id = str(found["transaction_id"])
    await tell(operation, f"pre_declaration.{what}", transaction_id, found["reference"], **data)
