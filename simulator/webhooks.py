"""The provider's posts to the gateway: signed, repeated, late, lost, out of order, as switched."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag

import httpx

from integrations.twilio.signature import sign
from simulator.config import SimulatorConfig
from simulator.payloads import inbound_fields, receipt_fields
from simulator.store import Message, Store
from simulator.switches import Switches

log = logging.getLogger(__name__)
# A message that waits for the next one goes out alone after this.
SWAP_PATIENCE_SECONDS = 5.0
SWAP_HEAD_START_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Overrides:
    """The connection overrides of a webhook URL's fragment: `#rc=2&rp=all`."""

    url: str
    retries: int
    policies: frozenset[str]

    @classmethod
    def of(cls, url: str) -> Overrides:
        """Read them; without a fragment the provider retries once, when it cannot connect."""
        bare, fragment = urldefrag(url)
        given = parse_qs(fragment)
        policies = ",".join(given.get("rp", ["ct"])).split(",")
        return cls(bare, int(given.get("rc", ["1"])[0]), frozenset(policies))

    def again(self, answer: int | None) -> bool:
        """Whether this answer (None: no connection) is one to retry; 429 never is."""
        if answer is None:
            return bool(self.policies & {"all", "ct", "rt"})
        if answer == 429 or answer < 400:
            return False
        return bool(self.policies & {"all", f"{answer // 100}xx"})


class Webhooks:
    """Posts in the background; `aclose` waits for none of them."""

    def __init__(self, config: SimulatorConfig, switches: Switches, store: Store) -> None:
        self._config = config
        self._switches = switches
        self._store = store
        self._http = httpx.AsyncClient(timeout=httpx.Timeout(15, connect=5), trust_env=False)
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: asyncio.Event | None = None

    def inbound(self, message: Message) -> None:
        """Post a citizen's message to the gateway."""
        if self._switches.lost_webhooks:
            message.webhook = "lost"
            return
        self._start(self._inbound(message))

    def receipts(self, message: Message) -> None:
        """Let a message of the service travel, and tell the gateway how it goes."""
        self._start(self._receipts(message))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _inbound(self, message: Message) -> None:
        await self._overtaken()
        await asyncio.sleep(self._switches.webhook_delay_ms / 1000)
        fields = inbound_fields(message, self._config)
        token = str(uuid.uuid4())
        answer = await self._post(self._config.sms_webhook, fields, token)
        message.webhook = "taken" if answer is not None and answer < 300 else "refused"
        self._store.touch()
        for repeat in range(self._switches.duplicates):
            # Every second repeat comes without the token, as from a fallback URL or a replay.
            await self._post(self._config.sms_webhook, fields, token if repeat % 2 == 0 else None)

    async def _overtaken(self) -> None:
        """With `webhooks_swapped`, every other message waits until the one after it is posted."""
        if not self._switches.webhooks_swapped:
            return
        if self._waiting is not None:
            before, self._waiting = self._waiting, None
            asyncio.get_running_loop().call_later(SWAP_HEAD_START_SECONDS, before.set)
            return
        self._waiting = mine = asyncio.Event()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(mine.wait(), SWAP_PATIENCE_SECONDS)
        if self._waiting is mine:
            self._waiting = None

    async def _receipts(self, message: Message) -> None:
        last = "undelivered" if self._switches.undelivered_code else "delivered"
        told = []
        for status in ("sent", last):
            await asyncio.sleep(0.05 + self._switches.receipt_delay_ms / 1000)
            message.status = status
            if status == "undelivered":
                message.error_code = self._switches.undelivered_code
            self._store.touch()
            told.append(receipt_fields(message, self._config))
            if not self._switches.receipts_reversed:
                await self._tell(message, told.pop())
        for fields in reversed(told):
            await self._tell(message, fields)

    async def _tell(self, message: Message, fields: dict[str, str]) -> None:
        if message.status_callback is None or self._switches.lost_receipts:
            return
        token = str(uuid.uuid4())
        for _ in range(2 if self._switches.receipts_twice else 1):
            await self._post(message.status_callback, fields, token)

    async def _post(self, target: str, fields: dict[str, str], token: str | None) -> int | None:
        """One event with its retries; the last answer's status, None when nobody answered."""
        overrides = Overrides.of(target)
        answer = await self._once(overrides.url, fields, token)
        for attempt in range(overrides.retries):
            if not overrides.again(answer):
                break
            await asyncio.sleep(0.2 * (attempt + 1))
            answer = await self._once(overrides.url, fields, token)
        return answer

    async def _once(self, url: str, fields: dict[str, str], token: str | None) -> int | None:
        signature = sign(url, fields.items(), self._config.auth_token)
        headers = {"X-Twilio-Signature": signature, "User-Agent": "TwilioProxy/1.1"}
        if token:
            headers["I-Twilio-Idempotency-Token"] = token
        try:
            answer = await self._http.post(url, data=fields, headers=headers)
        except httpx.HTTPError as error:
            log.warning("simulator.gateway_away error=%s", type(error).__name__)
            return None
        return answer.status_code

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way."""
        return not self._tasks

    async def aclose(self) -> None:
        """Stop posting."""
        for task in self._tasks:
            task.cancel()
        await self._http.aclose()
