"""Stock clients that retry a refused join by themselves: each client counts as one join."""

from __future__ import annotations

import subprocess
from itertools import count
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser import chromium
from tests.e2e.harness import PATIENCE, QUICK, Fence, Upstream, free_port, make_config, until
from tests.e2e.kept import measure_at, metric, refused
from tests.e2e.tooling import program, run_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.e2e

ORDER, MARKER = "DE-2026-0001", "PT-2026-0002"
ASKED: Final = 4  # times, by each client
_NETWORKS: Final = count(1)
_REFUSALS: Final = 'joinfence_decisions_total{reason="order",verdict="refuse"}'


def curl(url: str, client: str) -> None:
    retrying = ("--retry", "3", "--retry-all-errors", "--retry-delay", "1", "--fail")
    done = _run(program("curl"), *retrying, "-sS", "-H", f"X-Forwarded-For: {client}", url)
    assert "451" in done


def wget(url: str, client: str) -> None:
    retrying = ("--tries=4", "--retry-on-http-error=451", "--waitretry=0")
    done = _run(program("wget"), *retrying, "-O", "-", f"--header=X-Forwarded-For: {client}", url)
    assert "451" in done


def requests_session(url: str, client: str) -> None:
    assert run_tool("requests_client.py", url, client) == 451


def reloading_chromium(url: str, client: str) -> None:
    with chromium() as browser:
        page = browser.new_page(extra_http_headers={"X-Forwarded-For": client})
        answers = [page.goto(url), *(page.reload() for _ in range(ASKED - 1))]
        assert [answer and answer.status for answer in answers] == [451] * ASKED


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode, "it is refused to the end"
    return done.stderr


@pytest.fixture(scope="module")
def metrics() -> int:
    return free_port()


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory, upstream: Upstream, metrics: int) -> Iterator[Fence]:
    folder = tmp_path_factory.mktemp("counting")
    config = make_config(folder)
    measure_at(config, metrics)
    with Fence(folder, upstream.port, config, scripts=QUICK) as fence:
        yield fence


def household() -> str:
    """Return an address in Germany, in a network that no other client of this run has."""
    return f"2003:0:0:{next(_NETWORKS):x}::1"


def counted(fence: Fence) -> int:
    """Return how many joins the order has refused, once all refusals up to now are in the tallies."""
    state = fence.folder / "state" / "joinfence"
    before = refused(state, MARKER)
    # Joins are written in order: once a later join is in the tallies, so are all before it.
    network = f"193.136.0.{next(_NETWORKS)}"
    assert fence.get("/join?meeting=invest-live", network).status == 451
    assert until(lambda: refused(state, MARKER) == before + 1)
    return refused(state, ORDER)


@pytest.mark.parametrize(
    "client",
    [pytest.param(each, id=each.__name__) for each in (curl, wget, requests_session, reloading_chromium)],
)
def test_each_client_counts_once_however_often_it_retries(
    counting: Fence, metrics: int, client: Callable[[str, str], None]
) -> None:
    url = f"http://127.0.0.1:{counting.port}/join?meeting=townhall"
    for _ in range(2):
        joins, asked = counted(counting), metric(metrics, _REFUSALS)
        client(url, household())
        assert metric(metrics, _REFUSALS) - asked == ASKED, "each request was refused"
        assert counted(counting) - joins == 1
