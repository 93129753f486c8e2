"""A fence and its upstream for all tests that change neither: each worker starts them once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.harness import Fence, Upstream, make_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def upstream() -> Iterator[Upstream]:
    server = Upstream()
    yield server
    server.close()


@pytest.fixture(scope="session")
def fence(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("fence")
    with Fence(folder, upstream.port, make_config(folder), ("--set", "connection_strategy=lazy")) as it:
        yield it


@pytest.fixture(autouse=True)
def _nothing_received_yet(request: pytest.FixtureRequest) -> None:
    """Forget what the upstream of all tests received for another one."""
    if "upstream" in request.fixturenames:
        request.getfixturevalue("upstream").connections.clear()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return make_config(tmp_path)
