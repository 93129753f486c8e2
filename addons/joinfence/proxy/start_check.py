"""Keeps what clients do from ending the start of mitmdump.

mitmdump ends its start if anything is logged as an error before the start is over (addon `errorcheck`). Its
port is open by then, and clients already make the fence and mitmproxy log errors: a join whose client
address cannot be determined, a request that cannot be parsed, a connection that breaks. With a supervisor
that restarts mitmdump, one stubborn client could keep the service down. So the check passes over errors that
belong to a client: those logged in a task of a connection, and those that the event loop reports for a
callback that belongs to no task. Errors in the configuration, the options and the port are logged elsewhere,
and still end the start.
"""

from __future__ import annotations

import asyncio
import logging

from mitmproxy.addons.errorcheck import ErrorCheckHandler
from mitmproxy.proxy.server import ConnectionHandler


def ignore_errors_of_clients() -> None:
    """Have mitmdump's check of its start pass over errors that belong to clients."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, ErrorCheckHandler) and _is_of_start not in handler.filters:
            handler.addFilter(_is_of_start)


def _is_of_start(record: logging.LogRecord) -> bool:
    return not (_in_task_of_connection() or record.funcName == "_asyncio_exception_handler")


def _in_task_of_connection() -> bool:
    """Return whether the code that runs is in a task that mitmproxy made for a connection.

    mitmproxy names the client of such a task, but only after the task has run for the first time: tasks are
    eager. So the coroutine is looked at, which is a method of the connection's handler.
    """
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop runs in this thread
        return False
    frame = getattr(task and task.get_coro(), "cr_frame", None)
    return frame is not None and isinstance(frame.f_locals.get("self"), ConnectionHandler)
