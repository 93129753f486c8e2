from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest
from mitmproxy.addons.errorcheck import ErrorCheck
from mitmproxy.proxy.server import ConnectionHandler
from mitmproxy.utils import asyncio_utils

from joinfence.proxy.start_check import ignore_errors_of_clients

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("joinfence")


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> Iterator[ErrorCheck]:
    # Its handler passes over what another test logs, and takes a fixture's time for another test.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    check = ErrorCheck()
    yield check
    check.finish()


def counted(check: ErrorCheck) -> list[str]:
    return [record.getMessage() for record in check.logger.has_errored]


class Connection(ConnectionHandler):
    """A connection that logs an error as soon as a hook is called for it."""

    def __init__(self) -> None:
        """Need nothing."""

    async def handle_hook(self, hook: object) -> None:  # noqa: ARG002 - mitmproxy's signature
        logger.error("the client address could not be determined")


def test_an_error_of_the_start_counts_and_one_of_a_client_does_not(check: ErrorCheck) -> None:
    async def serve() -> None:
        logger.error("the port is taken")

        with asyncio_utils.set_eager_task_factory():
            await asyncio.create_task(Connection().handle_hook(None))

    ignore_errors_of_clients()
    ignore_errors_of_clients()
    logger.error("a broken configuration")
    asyncio.run(serve())
    assert counted(check) == ["a broken configuration", "the port is taken"]
    assert len(check.logger.filters) == 1


def test_what_the_event_loop_reports_of_a_callback_does_not_count(check: ErrorCheck) -> None:
    def _asyncio_exception_handler() -> None:  # mitmproxy's own has this name
        logger.error("Unhandled error in task.")

    ignore_errors_of_clients()
    _asyncio_exception_handler()
    assert counted(check) == []
