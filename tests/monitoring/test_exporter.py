"""The HTTP server for metrics."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING
from urllib.error import URLError

import pytest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from joinfence.monitoring.exporter import Exporter
from tests.e2e.harness import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric


class One(Collector):
    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("one", "One.", value=1)


def fetch(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=120) as answer:
        return str(answer.read().decode())


def test_it_listens_at_the_given_address_and_can_move() -> None:
    exporter, first, second = Exporter(One()), free_port(), free_port()
    exporter.listen(f"127.0.0.1:{first}")
    exporter.listen(f"127.0.0.1:{first}")
    assert "one 1.0" in fetch(first)
    exporter.listen(f"127.0.0.1:{second}")
    assert "one 1.0" in fetch(second)
    with pytest.raises(URLError):
        fetch(first)
    exporter.listen(None)
    with pytest.raises(URLError):
        fetch(second)
    exporter.stop()


def test_a_port_that_is_taken_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    first, second, port = Exporter(One()), Exporter(One()), free_port()
    first.listen(f"127.0.0.1:{port}")
    second.listen(f"127.0.0.1:{port}")
    assert caplog.messages == [f"metrics cannot be served at 127.0.0.1:{port}: Address already in use"]
    first.stop()
    second.stop()
