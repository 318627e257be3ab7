"""The SDK's way out: httpx, to a base URL we choose.

The SDK's own client logs every recipient and names api.twilio.com in code. This one logs nothing,
and goes to `twilio_api_base`, so that the simulator is reached by the same code as the provider.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit, urlunsplit

import httpx
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

API_HOST = "https://api.twilio.com"

# httpx writes each URL at INFO, and a list call carries the recipient's number in its query.
logging.getLogger("httpx").setLevel(logging.WARNING)


class RebasedClient(AsyncHttpClient):  # type: ignore[misc]  # the SDK is untyped
    """An HttpClient for `twilio.rest.Client`. httpx's exceptions pass through unchanged."""

    def __init__(self, base: str, timeout_seconds: float) -> None:
        super().__init__(logging.getLogger(__name__), is_async=True, timeout=timeout_seconds)
        self._base = urlsplit(base.rstrip("/"))
        self._client = httpx.AsyncClient(timeout=timeout_seconds, trust_env=False)

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the SDK's signature
        allow_redirects: bool = False,
    ) -> Response:
        """One call, as the SDK asks for it; a redirect is never followed with our password."""
        answer = await self._client.request(
            method,
            self.rebased(uri),
            params=params or None,
            data=data,
            headers=headers,
            auth=auth,
            follow_redirects=False,
        )
        return Response(answer.status_code, answer.text, answer.headers)

    def rebased(self, uri: str) -> str:
        """The same path and query on our base; a base may have a path of its own."""
        asked = urlsplit(uri)
        path = self._base.path + asked.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
