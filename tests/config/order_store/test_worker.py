"""The process that reads order files, spoken to as its parent does."""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

from joinfence.config.order_store import worker
from joinfence.config.order_store.wire import lines, read_order_file
from joinfence.config.order_store.worker import first_message, serve
from joinfence.config.orders.authorities import read_authorities
from joinfence.engine.joins.normalise import Step
from tests.config_files import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REGISTER = read_authorities(SHIPPED / "authorities.yaml")
SERVICES = {"demo": (), "zoom": (Step.DIGITS,), "janus-videoroom": ()}
PATHS = [str(path) for path in sorted((SHIPPED / "orders").iterdir())]


def given(*lists: list[str]) -> io.BytesIO:
    said = [first_message(REGISTER, SERVICES, NOW), *lists]
    return io.BytesIO(b"".join(json.dumps(each).encode() + b"\n" for each in said))


def test_it_answers_what_would_be_read_here(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("schema: order/1", encoding="utf-8")
    out = io.BytesIO()
    serve(given(PATHS, [str(broken)]), out)
    expected = [lines(path, read_order_file(path, REGISTER, SERVICES, NOW)) for path in [*PATHS, str(broken)]]
    assert out.getvalue() == b"".join(expected)


def test_as_a_process_it_makes_room_for_others_and_ends_with_whoever_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    niceness: list[int] = []
    monkeypatch.setattr(os, "nice", niceness.append)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=given(PATHS)))

    class Gone(io.BytesIO):
        def flush(self) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=Gone()))
    worker.main()
    assert niceness == [10]
