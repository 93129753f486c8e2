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

_SECONDS: Final = 10
_ATTEMPTS: Final = 8
_SINGLE: Final = ("X-Real-IP", "CF-Connecting-IP", "True-Client-IP")
_LARGEST: Final = 4096
_GOOD: Final = {Position.LEFT, Position.ABSENT}

_APPEND: Final = (
    "nginx:    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "HAProxy:  option forwardfor",
)
_SAYS: Final[Mapping[Position, tuple[str, tuple[str, ...]]]] = {
    Position.CHOSEN: (
        (
            "spoofable: the fence took the made-up address for the client's. The proxy hands the header on "
            "as it came, or the probe ran inside a trusted network. Let the proxy append what it saw:"
        ),
        _APPEND,
    ),
    Position.LEFT: ("fine: the proxy appends, and the fence takes what it appended", ()),
    Position.ABSENT: ("fine: nothing of the made-up address counts, or it does not even reach the fence", ()),
    Position.RIGHT: (
        "unsupported: the proxy puts its entry first, where clients write. Let it append instead:",
        _APPEND,
    ),
    Position.IGNORED: (
        "wrong place: a proxy writes the header, and the fence takes that proxy for the client. Configure:",
        ("client_address: {source: X-Forwarded-For, trusted_proxies: [ADDRESS_OF_THE_PROXY]}",),
    ),
    Position.UNDETERMINED: (
        (
            "nobody: the fence finds no client address. Let the proxy append what it saw, or name the header "
            "it sends in client_address.source:"
        ),
        _APPEND,
    ),
}


def probe(
    url: Annotated[
        str, typer.Argument(help="The public address of the service, through all proxies.", metavar="URL")
    ],
    source_address: Annotated[
        str, typer.Option("--from", help="The address of this machine to send from.", metavar="IP")
    ] = "",
) -> None:
    """Find out whether clients can choose the address they are taken for.

    Sends a made-up address through the public entry; the fence says where it came out. Needs probe: true
    below client_address. The exit status is 1 where something is to be mended.
    """
    found = _ask(url, source_address)
    sentence, lines = _SAYS[found]
    out = console()
    out.print(Text.assemble((found.value, "green" if found in _GOOD else "bold red"), f": {sentence}"))
    for line in lines:
        out.print(f"  {line}")
    raise typer.Exit(0 if found in _GOOD else REFUSED)


def _ask(url: str, source_address: str) -> Position:
    for _ in range(_ATTEMPTS):  # behind the entry there may be several fences, each with tokens of its own
        issued = _get(url, source_address, {})
        token, address = issued.get("token"), issued.get("address")
        if not (isinstance(token, str) and isinstance(address, str)):
            fail(f"{url}: no fence answers there that has probe: true below client_address")
        answered = _get(url, source_address, _forged(token, address)).get("position")
        if answered in set(Position):
            return Position(answered)
    return fail(f"{url}: the fence gave no position; try again")


def _forged(token: str, address: str) -> dict[str, str]:
    headers = dict.fromkeys(("X-Forwarded-For", *_SINGLE), address)
    return {**headers, "Forwarded": f'for="[{address}]"', TOKEN: token}


def _get(url: str, source_address: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the JSON that the probe's path below a URL answers, {} where it is none; exits on a failure."""
    try:
        parts = urlsplit(url)
        kind = {"http": HTTPConnection, "https": HTTPSConnection}.get(parts.scheme)
        host, port = parts.hostname, parts.port
    except ValueError:
        kind = host = port = None
    if kind is None or not host:
        fail(f'found "{url}", expected an address such as https://meet.example')
    source = (source_address, 0) if source_address else None
    connection = kind(host, port, timeout=_SECONDS, source_address=source)
    try:
        connection.request("GET", PATH.decode("ascii"), headers=dict(headers))
        answer = json.loads(connection.getresponse().read(_LARGEST))
    except (OSError, HTTPException) as error:
        fail(f"{url}: {printable(str(error))}")
    except ValueError:
        return {}
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else {}
