"""Which pages may speak for a citizen: those of our own origin, whoever shows them in a frame."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from starlette.requests import HTTPConnection

from integrations.platform.settings import Settings

_OURSELVES = frozenset({"same-origin", "none"})
_HOME = 64


def is_own_origin(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the request was written by a page of ours. Browsers name the origin of every POST,
    DELETE and WebSocket; without one it is not believed."""
    origin = connection.headers.get("origin", "")
    return origin == origin_of(settings.base_url) or (
        not settings.is_production
        and origin in {f"http://{host}:{settings.port}" for host in ("localhost", "127.0.0.1")}
    )


def may_read(connection: HTTPConnection) -> bool:
    """Whether a GET with personal data in its answer comes from a page of ours, as far as the
    browser says; one that says nothing sends no cookie to foreign pages either (SameSite)."""
    return connection.headers.get("sec-fetch-site", "none") in _OURSELVES


def origin_of(url: str) -> str:
    """Scheme, host and port, as a browser writes them."""
    scheme, _, rest = url.lower().partition("://")
    host = rest.partition("/")[0]
    default = {"http": ":80", "https": ":443"}.get(scheme, "")
    return f"{scheme}://{host.removesuffix(default) if default else host}"


def client_of(connection: HTTPConnection) -> str:
    """The other end's address; behind a proxy the server must have set it from the proxy's word.
    Of IPv6 the network: one connection at home has 2^64 addresses. Never log it."""
    host = connection.client.host if connection.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.version == 4 or address.ipv4_mapped:
        return host
    return str(ip_network((int(address), _HOME), strict=False))
