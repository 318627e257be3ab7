"""The signature is checked over the configured URL and every field, as Twilio makes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.twilio.signature import is_signed, sign

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
PUBLISHED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_twilios_published_example_is_accepted() -> None:
    assert is_signed(URL, FIELDS, PUBLISHED, TOKEN)


@pytest.mark.parametrize(
    ("url", "fields", "signature", "token"),
    [
        pytest.param(URL, FIELDS, "", TOKEN, id="missing signature"),
        pytest.param(URL, FIELDS, PUBLISHED, "", id="no token configured"),
        pytest.param(URL, FIELDS, PUBLISHED, "12346", id="another token"),
        pytest.param(URL, FIELDS, PUBLISHED[:-1], TOKEN, id="cut signature"),
        pytest.param(URL, FIELDS, "é" * 28, TOKEN, id="not base64"),
        pytest.param(URL.replace("1", "2"), FIELDS, PUBLISHED, TOKEN, id="another URL"),
        pytest.param(URL, FIELDS[1:], PUBLISHED, TOKEN, id="a field less"),
        pytest.param(URL, [*FIELDS, ("New", "1")], PUBLISHED, TOKEN, id="a field more"),
        pytest.param(URL, [*FIELDS[:-1], ("To", "+18005551212 ")], PUBLISHED, TOKEN, id="a space"),
    ],
)
def test_anything_else_is_refused(
    url: str, fields: list[tuple[str, str]], signature: str, token: str
) -> None:
    assert not is_signed(url, fields, signature, token)


@given(st.lists(st.tuples(st.text(min_size=1), st.text()), max_size=8))
def test_what_we_sign_we_accept(fields: list[tuple[str, str]]) -> None:
    clean = [pair for pair in fields if _encodable("".join(pair))]
    assert is_signed(URL, clean, sign(URL, clean, TOKEN), TOKEN)
    assert not is_signed(URL, [*clean, ("X", "y")], sign(URL, clean, TOKEN), TOKEN)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
