"""Whose page may speak for a citizen, name by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request

from channels.web.cookies import cleared, set_cookie, tokens_of
from channels.web.origins import client_of, is_own_origin, may_read, origin_of
from tests.support.services import settings_for


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw})


@pytest.mark.parametrize(
    ("origin", "is_own"),
    [
        ("https://hala.example", True),
        ("https://hala.example:443", False),  # no browser writes the default port
        ("https://HALA.example", False),
        ("http://hala.example", False),
        ("https://hala.example.evil.example", False),
        ("https://evil-hala.example", False),
        ("http://localhost:8080", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost:9999", False),
        ("null", False),
        ("", False),
    ],
)
def test_origins_beside_a_public_url(tmp_path: Path, origin: str, is_own: bool) -> None:
    settings = settings_for(tmp_path, public_url="https://Hala.example:443/", port=8080)
    assert is_own_origin(request(origin=origin), settings) is is_own
    assert not is_own_origin(request(), settings)


def test_in_production_loopback_is_foreign(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, public_url="https://hala.example", port=8080)
    settings = settings.model_copy(update={"env": "production"})
    assert is_own_origin(request(origin="https://hala.example"), settings)
    assert not is_own_origin(request(origin="http://localhost:8080"), settings)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://hala.example/base", "https://hala.example"),
        ("https://hala.example:443", "https://hala.example"),
        ("http://hala.example:80", "http://hala.example"),
        ("https://hala.example:8443", "https://hala.example:8443"),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_only_our_own_pages_read() -> None:
    assert may_read(request())
    assert may_read(request(sec_fetch_site="same-origin"))
    for site in ("cross-site", "same-site"):
        assert not may_read(request(sec_fetch_site=site))


def test_the_cookie_is_secure_over_https_and_kept_apart_in_a_frame() -> None:
    plain = set_cookie("t", embed=False, is_https=True, days=7)
    assert plain == "__Host-hala_session=t; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax; Secure"
    framed = set_cookie("t", embed=True, is_https=True, days=7)
    assert framed.startswith("__Host-hala_session_embed=t; ")
    assert framed.endswith("; HttpOnly; SameSite=None; Secure; Partitioned")
    local = set_cookie("t", embed=True, is_https=False, days=7)
    assert local == "hala_session=t; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"


def test_both_cookies_are_read_and_taken_away() -> None:
    both = request(cookie=f"hala_session=one; hala_session_embed=two; other=three; x={'y' * 99}")
    assert [*tokens_of(both, is_https=False)] == ["two", "one"]
    long = request(cookie=f"hala_session={'y' * 99}")
    assert [*tokens_of(long, is_https=False)] == []
    assert [cookie.partition(";")[0] for cookie in cleared(is_https=True)] == [
        "__Host-hala_session=",
        "__Host-hala_session_embed=",
    ]
    assert [cookie.partition(";")[0] for cookie in cleared(is_https=False)] == ["hala_session="]


def test_over_https_a_session_given_by_another_site_of_the_domain_is_not_taken() -> None:
    planted = request(cookie="hala_session=planted; hala_session_embed=planted")
    assert [*tokens_of(planted, is_https=True)] == []
    ours = request(cookie="hala_session=planted; __Host-hala_session=ours")
    assert [*tokens_of(ours, is_https=True)] == ["ours"]


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("198.51.100.7", "198.51.100.8", False),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.8", False),
        ("a name", "another", False),
    ],
)
def test_one_connection_at_home_is_one_client(first: str, second: str, is_one: bool) -> None:
    clients = [
        client_of(Request({"type": "http", "method": "GET", "headers": [], "client": (host, 1)}))
        for host in (first, second)
    ]
    assert (clients[0] == clients[1]) is is_one
