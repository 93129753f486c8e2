"""Behind real proxies the fence finds the true client, whatever the client writes into headers."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.config_files import SHIPPED, edit
from tests.e2e.harness import (
    AMERICA,
    GERMANY,
    PATIENCE,
    Answer,
    Fence,
    Upstream,
    free_port,
    make_config,
    read_answer,
    until,
)
from tests.e2e.proxies import INNER_ADDRESS, Proxies, need, proxies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.e2e

JOIN = "/j/98765432101"  # covered for DE
# All proxies connect from 127.0.0.1. Clients have other addresses of this machine, which the corrections locate.
GERMAN, AMERICAN, GERMAN_V6 = "127.0.0.2", "127.0.0.3", "::1"
LISTED = 'trusted_proxies: [127.0.0.1/32, "::1/128"]'
TRUSTED = ["nginx appended", "nginx two_deep", "haproxy appended", "haproxy two_deep"]


def configure(folder: Path, client_address: str) -> Path:
    """Return a configuration with these `client_address` lines."""
    main = make_config(folder)
    edit(
        main,
        f"  source: X-Forwarded-For\n  {LISTED}",
        "".join(f"  {x}\n" for x in client_address.split("; ")),
    )
    places = ((GERMAN, 32, "DE"), (AMERICAN, 32, "US"), (GERMAN_V6, 128, "DE"))
    entries = "".join(
        f'\n  - {{network: "{at}/{length}", territory: {code}, on: 2026-11-01, reason: A test.}}'
        for at, length, code in places
    )
    edit(main.parent / "corrections.yaml", "corrections: []", f"corrections:{entries}")
    return main


@contextlib.contextmanager
def behind_proxies(folder: Path, client_address: str) -> Iterator[tuple[Fence, Proxies, Upstream]]:
    upstream, port = Upstream(), free_port()
    by_ipv6 = f"reverse:http://127.0.0.1:{upstream.port}@::1:{port}"
    arguments = ("--set", "connection_strategy=lazy", "--mode", by_ipv6)
    with Fence(folder, upstream.port, configure(folder, client_address), arguments, port=port) as fence:
        (folder / "proxies").mkdir()
        with proxies(folder / "proxies", fence.port) as them:
            yield fence, them, upstream
    upstream.close()


@pytest.fixture(scope="module")
def xff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Fence, Proxies, Upstream]]:
    config = (
        "source: X-Forwarded-For; trusted_proxies: [127.0.0.1/32]; upstream_headers: replace; probe: true"
    )
    with behind_proxies(tmp_path_factory.mktemp("xff"), config) as it:
        yield it


@pytest.fixture(scope="module")
def forwarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Fence, Proxies, Upstream]]:
    config = "source: Forwarded; trusted_proxies: [127.0.0.1/32]; upstream_headers: replace"
    with behind_proxies(tmp_path_factory.mktemp("forwarded"), config) as it:
        yield it


def get(port: int, target: str, client: str, *lines: str) -> Answer:
    """Send a request from one of the addresses of this machine."""
    host = "::1" if ":" in client else "127.0.0.1"
    with socket.create_connection((host, port), PATIENCE, source_address=(client, 0)) as connection:
        head = "".join(f"{line}\r\n" for line in ("Host: meet.example", *lines, "Connection: close"))
        connection.sendall(f"GET {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
        return read_answer(connection)


def seen(upstream: Upstream, port: int, client: str, *lines: str) -> list[str]:
    """Return the forwarding header lines with which a request reaches the service."""
    upstream.connections.clear()
    assert get(port, "/", client, *lines).status == 200
    assert until(lambda: b"\r\n\r\n" in upstream.received)
    lines_there = upstream.received.decode("latin-1").split("\r\n")
    return [line for line in lines_there if "orwarded" in line.partition(":")[0]]


FORGED = [
    [],
    [f"X-Forwarded-For: {AMERICA}"],
    [f"X-Forwarded-For: {AMERICA}, 127.0.0.1", "X-Forwarded-For: nonsense,,"],
    ['X-Forwarded-For: "', "X-Forwarded-For: unknown"],
    [f"X-Forwarded-For: {', '.join(['6.6.6.6'] * 400)}"],
    ["Connection: X-Forwarded-For", f"X-Forwarded-For: {AMERICA}"],
]


@pytest.mark.parametrize(
    "lines", FORGED, ids=["plain", "forged", "in two lines", "broken", "long", "for one hop"]
)
@pytest.mark.parametrize("proxy", TRUSTED)
def test_the_true_client_is_found(xff: tuple[Fence, Proxies, Upstream], proxy: str, lines: list[str]) -> None:
    _, them, upstream = xff
    port = them.ports[proxy]
    for client, status in ((GERMAN, 451), (GERMAN_V6, 451), (AMERICAN, 200)):
        assert get(port, JOIN, client, *lines).status == status
        assert seen(upstream, port, client, *lines) == [f"X-Forwarded-For: {client}"]


@pytest.mark.parametrize("lie", [AMERICA, GERMANY])
@pytest.mark.parametrize("proxy", ["haproxy forwarded", "haproxy forwarded_two_deep"])
def test_the_true_client_is_found_in_forwarded(
    forwarded: tuple[Fence, Proxies, Upstream], proxy: str, lie: str
) -> None:
    _, them, upstream = forwarded
    port = them.ports[proxy]
    quoted = f'for="[{lie}]"' if ":" in lie else f"for={lie}"
    forged = [
        f"Forwarded: {quoted}",
        'Forwarded: for="never closed, for=127.0.0.1',
        f"X-Forwarded-For: {lie}",
    ]
    for client, status in ((GERMAN, 451), (GERMAN_V6, 451), (AMERICAN, 200)):
        found = f'for="[{client}]"' if ":" in client else f"for={client}"
        assert get(port, JOIN, client, *forged).status == status
        assert seen(upstream, port, client, *forged) == [f"Forwarded: {found}"]


def test_the_true_client_is_found_behind_proxies_that_connect_by_ipv6(tmp_path: Path) -> None:
    config = 'source: X-Forwarded-For; trusted_proxies: ["::1/128"]; upstream_headers: replace'
    with behind_proxies(tmp_path, config) as (_, them, upstream):
        for proxy in ("nginx over_ipv6", "nginx over_ipv6_two_deep"):
            for client, status in ((GERMAN, 451), (AMERICAN, 200)):
                for lines in FORGED:
                    assert get(them.ports[proxy], JOIN, client, *lines).status == status
                    found = seen(upstream, them.ports[proxy], client, *lines)
                    assert found == [f"X-Forwarded-For: {client}"]


def test_proxies_that_are_not_listed_raise_an_alarm(tmp_path: Path) -> None:
    config = "source: X-Forwarded-For; trusted_proxies: [127.0.0.9/32]"
    with behind_proxies(tmp_path, config) as (fence, them, _):
        get(them.ports["nginx appended"], JOIN, GERMAN)
        assert until(lambda: "outside client_address.trusted_proxies send x-forwarded-for" in fence.log)
        assert GERMAN not in fence.log
        edit(fence.config, "127.0.0.9/32", "127.0.0.1/32")
        assert until(lambda: fence.log.count("in force") == 2)
        get(them.ports["nginx inner_elsewhere"], JOIN, GERMAN)
        assert until(lambda: "clients come from private networks" in fence.log)
        assert GERMAN not in fence.log
        assert INNER_ADDRESS not in fence.log


# -- the headers that the service gets---------------------------------------------------------------

SENT = ["X-Forwarded-For: 6.6.6.6", "X_Forwarded_For: 7.7.7.7", "X.Forwarded.For: 8.8.8.8"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("keep", SENT),
        ("append", ["X-Forwarded-For: 6.6.6.6, 127.0.0.3"]),
        ("replace", ["X-Forwarded-For: 127.0.0.3"]),
    ],
)
def test_the_service_gets_forwarding_headers_as_configured(
    tmp_path: Path, mode: str, expected: list[str]
) -> None:
    upstream = Upstream()
    main = configure(tmp_path, f"upstream_headers: {mode}")
    with Fence(tmp_path, upstream.port, main) as fence:
        assert seen(upstream, fence.port, AMERICAN, *SENT) == expected
        # The same if the decision needed the body.
        upstream.connections.clear()
        head = "\r\n".join(
            ["POST /api/join HTTP/1.1", "Host: x", *SENT, "Content-Length: 15", "Connection: close"]
        )
        with socket.create_connection(
            ("127.0.0.1", fence.port), PATIENCE, source_address=(AMERICAN, 0)
        ) as connection:
            connection.sendall(head.encode() + b'\r\n\r\n{"meeting":"x"}')
            assert read_answer(connection).status == 200
        assert [x for x in upstream.received.decode().split("\r\n") if "orwarded" in x] == expected
    upstream.close()


# -- the probe -------------------------------------------------------------------------------------


def probe(port: int, source: str = GERMAN) -> tuple[int, str]:
    command = [sys.executable, "-m", "joinfence", "probe", f"http://127.0.0.1:{port}", "--from", source]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("proxy", "position", "status", "mends"),
    [
        (
            "nginx chosen",
            "chosen: spoofable",
            1,
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        ),
        ("nginx appended", "left: fine", 0, ""),
        ("nginx two_deep", "left: fine", 0, ""),
        ("haproxy appended", "left: fine", 0, ""),
        ("nginx overwritten", "absent: fine", 0, ""),
        (
            "nginx prepended",
            "right: unsupported",
            1,
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        ),
    ],
)
def test_the_probe_reports_where_its_address_arrives(
    xff: tuple[Fence, Proxies, Upstream], proxy: str, position: str, status: int, mends: str
) -> None:
    _, them, _ = xff
    code, said = probe(them.ports[proxy])
    assert (code, said.startswith(position)) == (status, True), said
    assert mends in said
    assert ("\n  nginx:" in said) == bool(mends)


def test_the_probe_finds_a_proxy_that_is_not_listed_and_a_fence_without_a_probe(tmp_path: Path) -> None:
    config = "source: X-Forwarded-For; trusted_proxies: [127.0.0.9/32]; probe: true"
    with behind_proxies(tmp_path, config) as (fence, them, _):
        code, said = probe(them.ports["nginx appended"])
        assert (code, said.startswith("ignored: misconfigured")) == (1, True), said
        assert "trusted_proxies: [ADDRESS_OF_THE_PROXY]" in said
        edit(fence.config, "probe: true", "probe: false")
        assert until(lambda: fence.log.count("in force") == 2)
        code, said = probe(them.ports["nginx appended"])
        assert (code, "no fence with probe: true in client_address answers there" in said) == (2, True), said


def test_haproxy_accepts_the_example_configuration(tmp_path: Path) -> None:
    # Without the certificate, which only an operator has.
    text = (SHIPPED / "deployment" / "haproxy.cfg").read_text()
    (tmp_path / "haproxy.cfg").write_text(
        text.replace(" ssl crt /etc/ssl/meet.example.pem alpn h2,http/1.1", "")
    )
    command = [need("haproxy"), "-c", "-f", str(tmp_path / "haproxy.cfg")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "WARNING" in done.stderr) == (0, False), done.stderr
