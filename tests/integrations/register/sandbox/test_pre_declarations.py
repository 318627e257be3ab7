"""Pre-declarations: taken once, replaced while nobody has them, only forward, then forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from integrations.platform.ids import new_reference
from tests.support.sandbox import MAARIF, Sandbox, birth, event

PDF = b"%PDF-1.7\n%%EOF"
LARGEST = 5 * 1024 * 1024


def sent(sandbox: Sandbox, body: dict[str, Any]) -> str:
    """The transaction id under which a declaration was taken."""
    transaction_id = str(uuid4())
    assert sandbox.put(body, transaction_id).status_code == 201
    return transaction_id


def opened(sandbox: Sandbox, body: dict[str, Any]) -> str:
    """The same, after an officer opened it."""
    transaction_id = sent(sandbox, body)
    assert sandbox.officer(body["reference"], "open").json()["status"] == "opened"
    return transaction_id


def code(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def fault(answer: Any) -> set[tuple[str, str]]:
    """The fields named by a 422."""
    assert code(answer) == (422, "not_valid")
    return {(each["field"], each["problem"]) for each in answer.json()["fields"]}


def test_the_first_is_created_and_a_repeat_changes_nothing(sandbox: Sandbox) -> None:
    body = birth()
    first = sandbox.put(body, transaction_id := str(uuid4()))
    again = sandbox.put(body, transaction_id)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["status"] == "received"
    assert first.json()["office"]["id"] == f"{MAARIF}-1"
    assert "(bureau fictif)" in first.json()["office"]["name_fr"]
    assert sandbox.types(transaction_id) == ["pre_declaration.received"]


def test_parallel_repeats_create_one(sandbox: Sandbox) -> None:
    body, transaction_id = birth(), str(uuid4())
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: sandbox.put(body, transaction_id), range(24)))
    assert sorted(answer.status_code for answer in answers) == [200] * 23 + [201]
    assert sandbox.types(transaction_id) == ["pre_declaration.received"]


def test_parallel_transactions_cannot_share_a_reference(sandbox: Sandbox) -> None:
    body = birth()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sandbox.put(body), range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    refused = {code(answer) for answer in answers if answer.status_code == 409}
    assert refused == {(409, "reference_taken")}


def test_a_newer_version_replaces_and_an_older_one_comes_too_late(sandbox: Sandbox) -> None:
    body = birth()
    transaction_id = sent(sandbox, body)
    newer = body | {"version": 3, "missing": [], "values": body["values"] | {"birth_time": "04:30"}}
    assert sandbox.put(newer, transaction_id).json()["missing"] == []
    late = sandbox.put(body | {"version": 2, "missing": ["birth_time"]}, transaction_id)
    assert (late.status_code, late.json()["version"], late.json()["missing"]) == (200, 3, [])
    seen = sandbox.operator("GET", f"/sandbox/pre-declarations/{body['reference']}").json()
    assert seen["content"]["values"]["birth_time"] == "04:30"


def test_what_was_declared_is_never_given_back(sandbox: Sandbox) -> None:
    body = birth()
    transaction_id = sent(sandbox, body)
    found = sandbox.client.get("/v1/pre-declarations", params={"reference": body["reference"]})
    read = sandbox.client.get(f"/v1/pre-declarations/{transaction_id}")
    assert found.json() == read.json()
    assert "Salma" not in read.text
    assert "سلمى" not in read.text


def test_a_version_stands_for_one_content(sandbox: Sandbox) -> None:
    body = birth()
    transaction_id = sent(sandbox, body)
    answer = sandbox.put(body | {"missing": []}, transaction_id)
    assert code(answer) == (409, "other_content")


def test_a_transaction_keeps_its_reference(sandbox: Sandbox) -> None:
    transaction_id = sent(sandbox, birth())
    assert code(sandbox.put(birth(version=2), transaction_id)) == (409, "other_reference")


def test_nothing_changes_once_it_is_opened_but_a_repeat_is_still_answered(
    sandbox: Sandbox,
) -> None:
    body = birth()
    transaction_id = opened(sandbox, body)
    assert sandbox.put(body, transaction_id).json()["status"] == "opened"
    assert code(sandbox.put(body | {"version": 2}, transaction_id)) == (409, "opened")
    assert code(sandbox.client.delete(f"/v1/pre-declarations/{transaction_id}")) == (409, "opened")


def test_a_correction_takes_what_was_asked_for_and_nothing_else(sandbox: Sandbox) -> None:
    body = birth()
    transaction_id = opened(sandbox, body)
    said = {"steps": ["mother_family_name_ar"], "reason": "الاسم لا يوافق عقد الزواج"}
    asked = sandbox.officer(body["reference"], "correction", **said).json()
    assert asked["correction"]["answered_at"] is None
    assert asked["last_day"] == body["last_day"]
    other = body | {"version": 2, "values": body["values"] | {"child_sex": "male"}}
    assert code(sandbox.put(other, transaction_id)) == (409, "not_asked")
    right = body | {"version": 2, "values": body["values"] | {"mother_family_name_ar": "الفاسي"}}
    answered = sandbox.put(right, transaction_id).json()
    assert answered["status"] == "correction_asked"
    assert answered["correction"]["answered_at"]
    assert sandbox.types(transaction_id)[-2:] == [
        "pre_declaration.correction_asked",
        "pre_declaration.corrected",
    ]


def test_withdrawn_it_is_forgotten_and_may_be_withdrawn_again(sandbox: Sandbox) -> None:
    body = birth()
    transaction_id = sent(sandbox, body)
    path = f"/v1/pre-declarations/{transaction_id}"
    attached = sandbox.client.put(
        f"{path}/attachments/{uuid4()}?kind=birth_notice",
        content=PDF,
        headers={"Content-Type": "application/pdf"},
    )
    assert attached.status_code == 201
    assert [sandbox.client.delete(path).status_code for _ in range(2)] == [204, 204]
    held = sandbox.client.get(path).json()
    assert (held["status"], held["missing"], held["attachments"]) == ("withdrawn", [], [])
    statement = "select content, event_date from pre_declaration where reference = %s"
    assert sandbox.rows(statement, body["reference"]) == [(None, None)]
    assert code(sandbox.put(body | {"version": 2}, transaction_id)) == (409, "closed")
    assert code(sandbox.officer(body["reference"], "open")) == (409, "withdrawn")
    assert sandbox.types(transaction_id).count("pre_declaration.withdrawn") == 1


STEPS = ("open", "correction", "register", "reject")


@pytest.mark.parametrize("end", ["register", "reject"])
def test_a_status_never_goes_back(sandbox: Sandbox, end: str) -> None:
    body = birth()
    transaction_id = opened(sandbox, body)
    final = sandbox.officer(body["reference"], end, reason="الوثائق ناقصة").json()["status"]
    for step in STEPS:
        sandbox.officer(body["reference"], step, steps=["child_sex"])
    sandbox.put(body | {"version": 9}, transaction_id)
    sandbox.client.delete(f"/v1/pre-declarations/{transaction_id}")
    held = sandbox.client.get(f"/v1/pre-declarations/{transaction_id}").json()
    assert held["status"] == final


@pytest.mark.parametrize("step", STEPS[1:])
def test_an_officer_opens_it_first(sandbox: Sandbox, step: str) -> None:
    body = birth()
    sent(sandbox, body)
    answer = sandbox.officer(body["reference"], step, steps=["child_sex"])
    assert code(answer) == (409, "is_received")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (birth(values={"birth_date": "2999-01-01"}), ("values.birth_date", "in_the_future")),
        (birth(values={"birth_date": "2025-02-30"}), ("values.birth_date", "not_a_date")),
        (birth(values={"birth_date": "2025-02"}), ("values.birth_date", "not_a_date")),
        (
            birth(values={"birth_commune": "99.999.99.9"}),
            ("values.birth_commune", "unknown_commune"),
        ),
        (birth(values={"mother_cnie": "BK123456"}), ("values.mother_cnie", "not_an_identity")),
        (birth(reference="100000000000"), ("reference", "check_digit")),
        (birth(reference=new_reference(2)), ("reference", "other_kind")),
        (birth(version="1"), ("version", "int_type")),
        (birth(nonsense=1), ("nonsense", "extra_forbidden")),
        (event("declare_death", death_commune=MAARIF), ("values.death_date", "required")),
        (
            event("declare_divorce", divorce_date="2020-01-01", marriage_date="2021-01-01"),
            ("values.divorce_date", "before_marriage"),
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    sandbox: Sandbox, body: dict[str, Any], named: tuple[str, str]
) -> None:
    answer = sandbox.put(body)
    assert named in fault(answer)
    assert "2999" not in answer.text


def test_what_is_not_known_may_be_missing(sandbox: Sandbox) -> None:
    body = event("declare_death", deceased_birth_date="1951") | {"missing": ["death_date"]}
    answer = sandbox.put(body)
    assert (answer.status_code, answer.json()["office"]) == (201, None)


def test_a_place_that_takes_no_such_kind_refuses_it(sandbox: Sandbox) -> None:
    statement = "select commune from office where place = 1 and not kinds @> array[%s] limit 1"
    [(commune,)] = sandbox.rows(statement, "declare_birth")
    offices = sandbox.client.get("/v1/offices", params={"commune": commune}).json()
    assert all("declare_birth" not in office["kinds"] for office in offices)
    answer = sandbox.put(birth(values={"birth_commune": commune}))
    assert fault(answer) == {("values.birth_commune", "kind_not_taken")}


def test_offices_of_a_city_are_those_of_its_arrondissements(sandbox: Sandbox) -> None:
    city = sandbox.client.get("/v1/offices", params={"commune": "06.141.01.0"}).json()
    mine = sandbox.client.get("/v1/offices", params={"commune": MAARIF}).json()
    assert len({office["commune"] for office in city}) == 16
    assert len(mine) >= 3
    assert all(office in city for office in mine)
    assert all("(مكتب تجريبي)" in office["name_ar"] for office in city)
    nowhere = sandbox.client.get("/v1/offices", params={"commune": "99.999.99.9"})
    assert code(nowhere) == (404, "unknown")


def test_attachments_are_taken_once_and_until_it_is_opened(sandbox: Sandbox) -> None:
    body = birth()
    transaction_id = sent(sandbox, body)
    path = f"/v1/pre-declarations/{transaction_id}/attachments/{uuid4()}"
    as_pdf = {"Content-Type": "application/pdf"}
    first = sandbox.client.put(f"{path}?kind=birth_notice", content=PDF, headers=as_pdf)
    again = sandbox.client.put(f"{path}?kind=birth_notice", content=PDF, headers=as_pdf)
    other = sandbox.client.put(f"{path}?kind=birth_notice", content=PDF + b"2", headers=as_pdf)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert code(other) == (409, "other_content")
    sandbox.officer(body["reference"], "open")
    assert code(sandbox.client.delete(path)) == (409, "opened")
    another = f"/v1/pre-declarations/{transaction_id}/attachments/{uuid4()}?kind=cnie"
    late = sandbox.client.put(another, content=PDF + b"3", headers=as_pdf)
    assert code(late) == (409, "opened")


def test_an_attachment_is_taken_away(sandbox: Sandbox) -> None:
    path = f"/v1/pre-declarations/{sent(sandbox, birth())}/attachments/{uuid4()}"
    sandbox.client.put(
        f"{path}?kind=cnie", content=PDF, headers={"Content-Type": "application/pdf"}
    )
    assert [sandbox.client.delete(path).status_code for _ in range(2)] == [204, 204]


@pytest.mark.parametrize(
    ("content", "media_type", "refused"),
    [
        (PDF.ljust(LARGEST + 1), "application/pdf", (413, "too_large")),
        (PDF, "image/jpeg", (415, "media_type")),
        (PDF, "text/html", (415, "media_type")),
        (b"", "application/pdf", (415, "media_type")),
    ],
)
def test_an_attachment_that_is_none_is_refused(
    sandbox: Sandbox, content: bytes, media_type: str, refused: tuple[int, str]
) -> None:
    path = f"/v1/pre-declarations/{sent(sandbox, birth())}/attachments/{uuid4()}?kind=cnie"
    answer = sandbox.client.put(path, content=content, headers={"Content-Type": media_type})
    assert code(answer) == refused


def test_the_largest_attachment_is_taken(sandbox: Sandbox) -> None:
    path = f"/v1/pre-declarations/{sent(sandbox, birth())}/attachments/{uuid4()}?kind=cnie"
    answer = sandbox.client.put(
        path, content=PDF.ljust(LARGEST), headers={"Content-Type": "application/pdf"}
    )
    assert (answer.status_code, answer.json()["bytes"]) == (201, LARGEST)


def test_a_body_too_large_is_refused(sandbox: Sandbox) -> None:
    answer = sandbox.put(birth(values={f"step_{n}": "x" * 500 for n in range(140)}))
    assert code(answer) == (413, "too_large")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"mother_identity": {"kind": "cnie", "number": "XY987654", "country": "MA"}}, True),
        ({"mother_identity": {"kind": "cnie", "number": "XY987655", "country": "MA"}}, False),
        ({"names": ["الأمين أَحْمد", "Imane Lahlou"]}, True),
        ({"names": ["احمد الامين", "LAHLOU imane"]}, True),
        ({"names": ["احمد الامين", "Imane Berrada"]}, False),
        ({"names": []}, False),
        ({}, False),
        ({"date": "2025-09-02", "names": ["احمد الامين"]}, False),
    ],
)
def test_the_same_event_is_found_by_identity_or_by_all_names(
    sandbox: Sandbox, asked: dict[str, Any], told: bool
) -> None:
    parents = {
        "birth_date": "2025-09-01",
        "father_given_name_ar": "أحمد",
        "father_family_name_ar": "الأمين",
        "mother_given_name_latin": "Imane",
        "mother_family_name_latin": "Lahlou",
        "mother_cnie": {"kind": "cnie", "number": "XY987654", "country": "MA"},
    }
    sent(sandbox, birth(values=parents))
    body = {"kind": "declare_birth", "date": "2025-09-01"} | asked
    answer = sandbox.client.post("/v1/pre-declarations/exists", json=body)
    assert answer.json() == {"exists": told}


def test_a_withdrawn_one_does_not_exist(sandbox: Sandbox) -> None:
    mother = {"kind": "passport", "number": "ZZ1112223", "country": "FR"}
    given = {"mother_cnie": mother, "birth_date": "2025-08-08"}
    transaction_id = sent(sandbox, birth(values=given))
    body = {"kind": "declare_birth", "date": "2025-08-08", "mother_identity": mother}
    path = "/v1/pre-declarations/exists"
    assert sandbox.client.post(path, json=body).json() == {"exists": True}
    sandbox.client.delete(f"/v1/pre-declarations/{transaction_id}")
    assert sandbox.client.post(path, json=body).json() == {"exists": False}
