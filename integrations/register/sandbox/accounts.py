"""Officers' accounts: argon2id, an office, a role. Their pages sign in with these."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from integrations.platform.ids import new_id
from integrations.register.sandbox.operations import Operation
from integrations.register.sandbox.problems import not_valid

Role = Literal["clerk", "registrar", "supervisor"]


@dataclass(frozen=True, slots=True)
class Officer:
    """Who is signed in."""

    id: str
    login: str
    name: str
    office: str
    role: Role


async def create(
    operation: Operation, login: str, password: str, name: str, office: str, role: Role
) -> None:
    """Make an account, or give an existing one these values and this password."""
    known = await operation.row("select 1 from office where id = :office", office=office)
    if known is None:
        raise not_valid(("office", "unknown_office"))
    await operation.run(
        "insert into officer (id, login, password_hash, name, office_id, role, created_at)"
        " values (:id, :login, :hash, :name, :office, :role, :now) on conflict (login) do update"
        " set password_hash = excluded.password_hash, name = excluded.name,"
        " office_id = excluded.office_id, role = excluded.role, ended_at = null",
        id=new_id(),
        login=login,
        hash=_hasher().hash(password),
        name=name,
        office=office,
        role=role,
        now=operation.now,
    )


async def sign_in(operation: Operation, login: str, password: str) -> Officer | None:
    """The officer, when the password is theirs; it takes as long when there is no such login."""
    found = await operation.row(
        "select * from officer where login = :login and ended_at is null", login=login
    )
    kept = _nobodys() if found is None else found["password_hash"]
    if not _is_password(kept, password) or found is None:
        return None
    return Officer(
        str(found["id"]), found["login"], found["name"], found["office_id"], found["role"]
    )


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash("nobody's password")


def _is_password(kept: str, password: str) -> bool:
    try:
        return _hasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
