"""`joinfence probe`."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

import typer
from rich.text import Text

from joinfence.cli.shared import REFUSED, console, fail, printable
from joinfence.refusal.probe import PATH, TOKEN, Position

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT_SECONDS: Final = 10
_ATTEMPTS: Final = 8
_SINGLE_ADDRESS_HEADERS: Final = ("X-Real-IP", "CF-Connecting-IP", "True-Client-IP")
_LARGEST_ANSWER: Final = 4096
_GOOD: Final = {Position.LEFT, Position.ABSENT}

_APPEND: Final = (
    "nginx:    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "HAProxy:  option forwardfor",
)
_ADVICE: Final[Mapping[Position, tuple[str, tuple[str, ...]]]] = {
    Position.CHOSEN: (
        (
            "spoofable: the fence took the made-up address for the client's. The proxy passes the header on "
            "unchanged, or the probe ran inside a trusted network. Make the proxy append the address it sees:"
        ),
        _APPEND,
    ),
    Position.LEFT: ("fine: the proxy appends the address it sees, and the fence uses it", ()),
    Position.ABSENT: ("fine: the made-up address is ignored, or does not reach the fence", ()),
    Position.RIGHT: (
        "unsupported: the proxy adds its entry at the front, where clients write. Make it append instead:",
        _APPEND,
    ),
    Position.IGNORED: (
        "misconfigured: a proxy sends the header, but the fence takes that proxy for the client. Configure:",
        ("client_address: {source: X-Forwarded-For, trusted_proxies: [ADDRESS_OF_THE_PROXY]}",),
    ),
    Position.UNDETERMINED: (
        (
            "misconfigured: the fence finds no client address. Make the proxy append the address it sees, or "
            "set client_address.source to the header it sends:"
        ),
        _APPEND,
    ),
}
"""Position of the made-up address -> what it means and what to do, and lines that show how."""


def probe(
    url: Annotated[
        str, typer.Argument(help="The public URL of the service, in front of all proxies.", metavar="URL")
    ],
    source_address: Annotated[
        str, typer.Option("--from", help="The local address to send from.", metavar="IP")
    ] = "",
) -> None:
    """Find out whether clients can choose the address they are taken for.

    Sends a made-up address to the public URL, and the fence reports in which position it arrived. Needs
    probe: true in client_address. The exit status is 1 if something must be fixed.
    """
    position = _ask(url, source_address)
    sentence, lines = _ADVICE[position]
    out = console()
    out.print(Text.assemble((position.value, "green" if position in _GOOD else "bold red"), f": {sentence}"))
    for line in lines:
        out.print(f"  {line}")
    raise typer.Exit(0 if position in _GOOD else REFUSED)


def _ask(url: str, source_address: str) -> Position:
    # A load balancer may send the second request to a fence that did not issue the token, so try again.
    for _ in range(_ATTEMPTS):
        issued = _get(url, source_address, {})
        token, address = issued.get("token"), issued.get("address")
        if not (isinstance(token, str) and isinstance(address, str)):
            fail(f"{url}: no fence with probe: true in client_address answers there")
        answered = _get(url, source_address, _forged_headers(token, address)).get("position")
        if answered in set(Position):
            return Position(answered)
    return fail(f"{url}: the fence gave no position; try again")


def _forged_headers(token: str, address: str) -> dict[str, str]:
    headers = dict.fromkeys(("X-Forwarded-For", *_SINGLE_ADDRESS_HEADERS), address)
    return {**headers, "Forwarded": f'for="[{address}]"', TOKEN: token}


def _get(url: str, source_address: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON object that the probe's path answers with, or {}. Exits if the request fails."""
    try:
        parts = urlsplit(url)
        kind = {"http": HTTPConnection, "https": HTTPSConnection}.get(parts.scheme)
        host, port = parts.hostname, parts.port
    except ValueError:
        kind = host = port = None
    if kind is None or not host:
        fail(f'found "{url}", expected an address such as https://meet.example')
    source = (source_address, 0) if source_address else None
    connection = kind(host, port, timeout=_TIMEOUT_SECONDS, source_address=source)
    try:
        connection.request("GET", PATH.decode("ascii"), headers=dict(headers))
        answer = json.loads(connection.getresponse().read(_LARGEST_ANSWER))
    except (OSError, HTTPException) as error:
        fail(f"{url}: {printable(str(error))}")
    except ValueError:
        return {}
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else {}
