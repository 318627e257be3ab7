"""Papers of a declaration: attached, seen, taken away, and gone with what they belong to."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from actions.attachments import MOST_FILES, Attachments, Listed, PapersError
from actions.privacy import erase, export_sender
from integrations.database.engine import Database, open_database
from integrations.database.retention import erase_expired
from integrations.database.rotation import reencrypt
from integrations.documents.refusal import RefusedDocumentError
from integrations.documents.scrubbing import Scrubbed, scrub
from integrations.platform.clock import SetClock
from integrations.platform.crypto import Crypto, CryptoError
from integrations.platform.keys import Keys
from integrations.platform.settings import Settings
from tests.support import papers
from tests.support.declaring import Citizen
from tests.support.phone import FRIDAY

pytestmark = pytest.mark.database
PHOTO = papers.picture(size=(64, 48))
WITH_PLACE = papers.photo_with_place()
NAME = "صورة-Canari-livret.jpg"


async def cleaned(content: bytes) -> Scrubbed:
    """The real cleaning, here: a process of its own has its own tests."""
    return await asyncio.to_thread(scrub, content)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(FRIDAY, ticking=False)


@pytest.fixture
def desk(db: Database, clock: SetClock) -> Attachments:
    return Attachments(db, clock, cleaned)


@pytest.fixture
def citizen(db: Database, settings: Settings, clock: SetClock) -> Citizen:
    return Citizen(db, settings, clock)


def files(listed: tuple[Listed, ...]) -> dict[str, list[str]]:
    """The names of what is attached, by paper; papers without a file left out."""
    return {paper.id: [a.name for a in paper.attached] for paper in listed if paper.attached}


async def cells(db: Database, citizen: Citizen) -> list[tuple[object, ...]]:
    """Every row of this person's papers: content, name, index, when removed."""
    statement = """select a.content_enc, a.name_enc, a.content_index, a.removed_at
        from attachment a join conversation c on c.id = a.conversation_id
        where c.address_index = :owner order by a.id"""
    owner = db.crypto.blind("address", citizen.address)
    async with db.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(statement), {"owner": owner})]


async def code_of(waiting: object) -> str:
    with pytest.raises(PapersError) as refused:
        await waiting  # type: ignore[misc]
    return refused.value.code


async def test_the_list_follows_the_declaration(desk: Attachments, citizen: Citizen) -> None:
    await citizen.begin()
    listed = await desk.papers(citizen.sender)
    assert [paper.id for paper in listed] == ["birth_notice", "marriage_or_booklet", "identity"]
    assert files(listed) == {}


async def test_a_file_is_attached_cleaned_encrypted_and_read_back(
    desk: Attachments, citizen: Citizen, db: Database
) -> None:
    await citizen.submit()
    listed = await desk.attach(citizen.sender, "identity", NAME, WITH_PLACE)
    assert files(listed) == {"identity": [NAME]}
    assert await desk.papers(citizen.sender) == listed
    [attached] = listed[2].attached
    draft_id = await citizen.one("d.id")
    assert isinstance(draft_id, UUID)
    kept = await desk.content(draft_id, attached.id)
    assert kept is not None
    assert (kept.media_type, kept.name, len(kept.content)) == ("image/jpeg", NAME, attached.size)
    assert kept.content == scrub(WITH_PLACE).content
    assert await desk.content(uuid4(), attached.id) is None  # another declaration's officer
    [row] = await cells(db, citizen)
    plain = (b"Canari", kept.content[20:60], papers.GPS_WORDS, b"\xff\xd8\xff")
    assert not [word for word in plain for cell in row[:3] if word in cell]  # type: ignore[operator]


async def test_a_paper_moved_to_another_row_does_not_open(
    desk: Attachments, citizen: Citizen, db: Database
) -> None:
    await citizen.begin()
    await desk.attach(citizen.sender, "identity", "a", PHOTO)
    listed = await desk.attach(citizen.sender, "identity", "b", papers.pdf())
    one, other = (a.id for a in listed[2].attached)
    swap = """update attachment set content_enc = (select content_enc from attachment
        where id = :other) where id = :one"""
    async with db.engine.begin() as connection:
        await connection.execute(text(swap), {"one": one, "other": other})
    draft_id = await citizen.one("d.id")
    with pytest.raises(CryptoError):
        await desk.content(draft_id, one)  # type: ignore[arg-type]


async def test_the_same_file_again_is_the_same_attachment(
    desk: Attachments, citizen: Citizen, db: Database
) -> None:
    await citizen.begin()
    first = await desk.attach(citizen.sender, "identity", "first", PHOTO)
    assert await desk.attach(citizen.sender, "identity", "again", PHOTO) == first
    assert len(await cells(db, citizen)) == 1
    # One scan may hold two papers.
    both = await desk.attach(citizen.sender, "marriage_or_booklet", "other", PHOTO)
    assert files(both) == {"identity": ["first"], "marriage_or_booklet": ["other"]}


async def test_at_once_the_same_file_is_kept_once_and_never_more_than_ten(
    desk: Attachments, citizen: Citizen, db: Database
) -> None:
    await citizen.begin()
    same = [desk.attach(citizen.sender, "identity", "same", PHOTO) for _ in range(4)]
    await asyncio.gather(*same)
    assert len(await cells(db, citizen)) == 1
    others = [
        desk.attach(citizen.sender, "birth_notice", str(n), papers.picture(size=(20 + n, 20)))
        for n in range(MOST_FILES + 2)
    ]
    done = await asyncio.gather(*others, return_exceptions=True)
    refused = [each for each in done if isinstance(each, PapersError)]
    assert [each.code for each in refused] == ["too_many"] * 3
    assert len(await cells(db, citizen)) == MOST_FILES
    # What is there already may come again, and one taken away makes room.
    listed = await desk.attach(citizen.sender, "identity", "same", PHOTO)
    await desk.remove(citizen.sender, listed[2].attached[0].id)
    await desk.attach(citizen.sender, "identity", "new", PHOTO)


async def test_a_file_taken_away_leaves_nothing_readable(
    desk: Attachments, citizen: Citizen, db: Database
) -> None:
    await citizen.begin()
    listed = await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    attached = listed[2].attached[0].id
    assert files(await desk.remove(citizen.sender, attached)) == {}
    [row] = await cells(db, citizen)
    assert row[:3] == (None, None, None)
    assert row[3] is not None
    assert await code_of(desk.remove(citizen.sender, attached)) == "gone"


async def test_nobody_else_reaches_a_paper(
    desk: Attachments, citizen: Citizen, db: Database, settings: Settings, clock: SetClock
) -> None:
    await citizen.begin()
    listed = await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    other = Citizen(db, settings, clock)
    assert await code_of(desk.papers(other.sender)) == "no_declaration"
    await other.begin()
    assert files(await desk.papers(other.sender)) == {}
    assert await code_of(desk.remove(other.sender, listed[2].attached[0].id)) == "gone"
    assert files(await desk.papers(citizen.sender)) == {"identity": [NAME]}


async def test_without_a_declaration_nothing_can_be_attached(
    desk: Attachments, citizen: Citizen
) -> None:
    assert await code_of(desk.attach(citizen.sender, "identity", "", PHOTO)) == "no_declaration"
    await citizen.say("bonjour")
    await citizen.say(choice="do:start_declare_birth")  # the notice is not agreed to yet
    assert await code_of(desk.papers(citizen.sender)) == "no_declaration"


async def test_a_paper_that_is_not_asked_for_is_refused(
    desk: Attachments, citizen: Citizen
) -> None:
    await citizen.begin()
    for kind in ("mother_birth_act", "passport", "../etc"):
        assert await code_of(desk.attach(citizen.sender, kind, "", PHOTO)) == "unknown"


async def test_a_refused_file_leaves_nothing(
    desk: Attachments, citizen: Citizen, db: Database
) -> None:
    await citizen.begin()
    with pytest.raises(RefusedDocumentError, match="not_a_document"):
        await desk.attach(citizen.sender, "identity", "photo.jpg", papers.EXE)
    assert await cells(db, citizen) == []


async def test_after_a_silence_the_papers_wait_for_the_proof(
    desk: Attachments, citizen: Citizen
) -> None:
    await citizen.submit()
    listed = await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    citizen.wait(minutes=31)
    attached = listed[2].attached[0].id
    for tried in (
        desk.papers(citizen.sender),
        desk.attach(citizen.sender, "identity", "", PHOTO),
        desk.remove(citizen.sender, attached),
    ):
        assert await code_of(tried) == "locked"
    await citizen.say("bonjour")
    assert await code_of(desk.papers(citizen.sender)) == "locked"


@pytest.mark.parametrize("status", ["transmitted", "correction_asked"])
async def test_papers_come_as_long_as_nobody_works_with_it_or_asks_for_more(
    desk: Attachments, citizen: Citizen, db: Database, status: str
) -> None:
    await citizen.submit()
    record_id = await citizen.one("p.id")
    async with db.engine.begin() as connection:
        await connection.execute(
            text("update pre_declaration set status = :status where id = :id"),
            {"id": record_id, "status": status},
        )
    listed = await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    assert files(listed) == {"identity": [NAME]}
    await desk.remove(citizen.sender, listed[2].attached[0].id)
    async with db.engine.connect() as connection:
        jobs = await connection.scalar(
            text("select count(*) from procrastinate_jobs where args->>'pre_declaration_id' = :id"),
            {"id": str(record_id)},
        )
    assert jobs == 3, "the submission, the paper that came, the paper that went"


async def test_once_an_office_has_opened_the_record_it_stays_as_it_is(
    desk: Attachments, citizen: Citizen, db: Database
) -> None:
    await citizen.submit()
    listed = await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    async with db.engine.begin() as connection:
        await connection.execute(
            text("update pre_declaration set status = 'opened' where id = :id"),
            {"id": await citizen.one("p.id")},
        )
    assert files(await desk.papers(citizen.sender)) == {"identity": [NAME]}
    attached = listed[2].attached[0].id
    assert await code_of(desk.remove(citizen.sender, attached)) == "opened"
    assert await code_of(desk.attach(citizen.sender, "identity", "", papers.pdf())) == "opened"


async def test_what_no_longer_fits_the_list_is_shown_and_can_be_taken_away(
    desk: Attachments, citizen: Citizen
) -> None:
    await citizen.fill()
    await desk.attach(citizen.sender, "birth_notice", NAME, PHOTO)
    await citizen.say(choice="edit:birth_place")
    await citizen.say("à la maison")
    listed = await desk.papers(citizen.sender)
    assert listed[0].id == "birth_attestation"
    assert files(listed) == {"birth_notice": [NAME]}
    assert files(await desk.remove(citizen.sender, listed[-1].attached[0].id)) == {}


async def test_to_be_forgotten_takes_the_papers_of_an_open_declaration(
    desk: Attachments, citizen: Citizen, db: Database
) -> None:
    await citizen.fill()
    await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    await citizen.say(choice="do:forget")
    await citizen.say(choice="do:forget_yes")
    assert [row[:3] for row in await cells(db, citizen)] == [(None, None, None)]
    assert await code_of(desk.papers(citizen.sender)) == "no_declaration"


async def test_what_was_sent_keeps_its_papers_until_its_own_term(
    desk: Attachments, citizen: Citizen, db: Database, settings: Settings, clock: SetClock
) -> None:
    await citizen.submit()
    await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    assert await erase(db, citizen.address, clock.now()) == 1
    assert await code_of(desk.papers(citizen.sender)) == "no_declaration"
    now = clock.now()
    await erase_expired(db, settings, now + timedelta(days=settings.draft_days + 1))
    assert [row[0] is None for row in await cells(db, citizen)] == [False]
    # The last day is up to thirty-odd days after the birth; its term begins then.
    await erase_expired(db, settings, now + timedelta(days=settings.retention_days + 40))
    assert [row[:3] for row in await cells(db, citizen)] == [(None, None, None)]


async def test_the_operator_erases_an_open_declarations_papers_at_once(
    desk: Attachments, citizen: Citizen, db: Database, clock: SetClock
) -> None:
    await citizen.begin()
    await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    await erase(db, citizen.address, clock.now())
    assert [row[:3] for row in await cells(db, citizen)] == [(None, None, None)]


async def test_a_file_that_comes_while_all_is_erased_is_not_left_behind(
    desk: Attachments, db: Database, settings: Settings, clock: SetClock
) -> None:
    for _ in range(4):
        citizen = Citizen(db, settings, clock)
        await citizen.begin()
        await asyncio.gather(
            desk.attach(citizen.sender, "identity", NAME, PHOTO),
            erase(db, citizen.address, clock.now()),
            desk.attach(citizen.sender, "identity", NAME, papers.pdf()),
            return_exceptions=True,
        )
        assert all(row[:3] == (None, None, None) for row in await cells(db, citizen))


@pytest.mark.parametrize("how", ["expired", "cancelled"])
async def test_papers_go_with_a_draft_that_ends(
    how: str, desk: Attachments, citizen: Citizen, db: Database, settings: Settings, clock: SetClock
) -> None:
    await citizen.fill()
    await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    await erase_expired(db, settings, clock.now())
    assert [row[0] is None for row in await cells(db, citizen)] == [False]
    if how == "cancelled":
        await citizen.say(choice="do:cancel")
        await citizen.say(choice="do:cancel_yes")
        assert await code_of(desk.papers(citizen.sender)) == "no_declaration"
        await erase_expired(db, settings, clock.now())
    else:
        await erase_expired(db, settings, clock.now() + timedelta(days=settings.draft_days))
    assert [row[:3] for row in await cells(db, citizen)] == [(None, None, None)]


async def test_a_person_may_see_what_is_held(
    desk: Attachments, citizen: Citizen, db: Database
) -> None:
    await citizen.begin()
    await desk.attach(citizen.sender, "identity", NAME, PHOTO)
    [held] = (await export_sender(db, citizen.address))["attachments"]
    assert (held["kind"], held["media_type"], held["name"]) == ("identity", "image/jpeg", NAME)
    assert held["content"].startswith("/9j/")  # a JPEG in base64
    assert (await export_sender(db, f"web:{uuid4()}"))["attachments"] == []


async def test_new_keys_seal_the_papers_again(
    desk: Attachments, citizen: Citizen, db: Database, database_url: str, clock: SetClock
) -> None:
    await citizen.begin()
    for size in range(6):
        await desk.attach(citizen.sender, "identity", NAME, papers.picture(size=(20 + size, 20)))
    old = db.crypto.keys
    fresh = {**old.data, 2: secrets.token_bytes(32)}
    renewed = Database(db.engine, Crypto(Keys(2, fresh, old.index)))
    assert await reencrypt(renewed) > 12
    only_new = open_database(database_url, Crypto(Keys(2, {2: fresh[2]}, old.index)))
    listed = await Attachments(only_new, clock, cleaned).papers(citizen.sender)
    draft_id = await citizen.one("d.id")
    attached = listed[2].attached[5]
    kept = await Attachments(only_new, clock, cleaned).content(draft_id, attached.id)  # type: ignore[arg-type]
    assert kept is not None
    assert len(kept.content) == attached.size
    await only_new.close()
