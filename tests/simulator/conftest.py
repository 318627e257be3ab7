"""A simulator and the gateway it posts to, both on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.provider import Notebook, Provider, running_notebook, running_provider


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    with running_notebook() as found:
        yield found


@pytest.fixture
def provider(notebook: Notebook) -> Iterator[Provider]:
    with running_provider(f"{notebook.url}/inbound#rc=2&rp=all") as found:
        yield found
