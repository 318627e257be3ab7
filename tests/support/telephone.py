"""Fixtures of the provider's side: a simulator and the notebook it posts to, both on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.provider import (
    Notebook,
    Provider,
    good_day,
    running_notebook,
    running_provider,
)


@pytest.fixture(scope="module")
def one_notebook() -> Iterator[Notebook]:
    with running_notebook() as found:
        yield found


@pytest.fixture
def notebook(one_notebook: Notebook) -> Notebook:
    one_notebook.posts.clear()
    one_notebook.answers.clear()
    return one_notebook


@pytest.fixture(scope="module")
def one_provider(one_notebook: Notebook) -> Iterator[Provider]:
    with running_provider(f"{one_notebook.url}/inbound#rc=2&rp=all") as found:
        yield found


@pytest.fixture
def provider(one_provider: Provider, notebook: Notebook) -> Iterator[Provider]:
    yield from good_day(one_provider)
