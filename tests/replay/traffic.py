"""The traffic that is recorded: what a client sends, and the verdict it should get, with the reason in words.

The verdicts are those of the shipped orders at AT, with the proxies of PROXIES trusted. They were worked out by
hand from the orders, the rules and the registry's record of each address.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROXIES: Final = 'trusted_proxies: [127.0.0.1/32, "::1/128", 10.0.0.0/8]'

DE, DE4, DE6, PT, PT6, NL, NL6, US = (
    *("2003::1", "217.0.0.1", "2a02:8000::1", "193.136.0.1", "2001:690::1"),
    *("145.100.0.1", "2001:610::1", "9.9.9.9"),
)
ADMIT, REFUSE = "admit", "refuse"
NO_JOIN, NO_ORDER, ELSEWHERE = (
    (ADMIT, "no_join", None),
    (ADMIT, "no_order", None),
    (ADMIT, "outside_territory", None),
)
GERMAN, PORTUGUESE, DUTCH = (
    (REFUSE, "order", order) for order in ("DE-2026-0001", "PT-2026-0002", "NL-2026-0003")
)
UNDETERMINED, UNLOCATED = (ADMIT, "undetermined", None), (ADMIT, "unlocated", None)


class By(StrEnum):
    """What a request is sent with."""

    SOCKET = "a socket: as it stands, over HTTP/1.1"
    HTTP2 = "curl, over HTTP/2 and TLS"
    WEBSOCKET = "websockets, which then says a word"


@dataclass(frozen=True)
class Sent:
    """One request and its verdict: (verdict, reason, order).

    `forwarded` are the lines of X-Forwarded-For, `headers` further lines.
    """

    method: str
    target: str
    forwarded: tuple[str, ...]
    verdict: tuple[str, str, str | None]
    why: str
    body: bytes | None = None
    from_address: str = "127.0.0.1"
    headers: tuple[str, ...] = ()
    by: By = By.SOCKET


def _get(target: str, forwarded: str, verdict: tuple[str, str, str | None], why: str) -> Sent:
    return Sent("GET", target, (forwarded,), verdict, why)


def _post(
    target: str, forwarded: str, verdict: tuple[str, str, str | None], why: str, body: bytes | None = None
) -> Sent:
    return Sent("POST", target, (forwarded,), verdict, why, body)


JOIN = "/api/meetings/townhall/join"
ZIPPED = gzip.compress(b'{"meeting": "townhall"}', mtime=0)
DEMO: Final = (
    _get("/", DE, NO_JOIN, "the front page"),
    _get("/meet/townhall", DE, NO_JOIN, "the meeting's page is no join of this service"),
    _post(JOIN, DE, GERMAN, "a covered join, IPv6"),
    _post(JOIN, DE4, GERMAN, "a covered join, IPv4"),
    _post(JOIN, f"{DE4}:51034", GERMAN, "the port is no part of the address"),
    _post(JOIN, f"[{DE}]:443", GERMAN, "IPv6 with a port"),
    _post(JOIN, f"::ffff:{DE4}", GERMAN, "a mapped address is the IPv4 address"),
    _post(JOIN, US, ELSEWHERE, "the same meeting from the United States"),
    _post(JOIN, PT, ELSEWHERE, "Portugal is not Germany"),
    _post("/api/meetings/open-lecture/join", DE, NO_ORDER, "another meeting"),
    _post("/api/meetings/TOWNHALL/join", DE, NO_ORDER, "ids of this service mind case"),
    _post("/api/meetings/invest-live/join", PT, PORTUGUESE, "the Portuguese order, IPv4"),
    _post("/api/meetings/invest-live/join", PT6, PORTUGUESE, "the Portuguese order, IPv6"),
    _post("/api/meetings/invest-live/join", DE, ELSEWHERE, "Germany is not Portugal"),
    _post(JOIN, f"{US}, {DE}", GERMAN, "a forged entry stands left of the client"),
    _post(JOIN, f"{DE}, {US}", ELSEWHERE, "a forged entry cannot cause a refusal either"),
    _post(JOIN, f"{DE}, 10.0.0.7", GERMAN, "one inner proxy"),
    _post(JOIN, f"{US}, {DE}, 10.0.0.8, 10.0.0.7", GERMAN, "two inner proxies and a forged entry"),
    Sent("POST", JOIN, (US, DE), GERMAN, "two lines are one list"),
    Sent("POST", JOIN, (DE, "10.0.0.7"), GERMAN, "a proxy that adds a line of its own"),
    Sent("POST", JOIN, (), UNDETERMINED, "the balancer adds no header"),
    _post(JOIN, "10.0.0.9, 10.0.0.7", UNDETERMINED, "nobody but proxies"),
    _post(JOIN, "unknown", UNDETERMINED, "a proxy that will not say"),
    _post(JOIN, f"{DE},", UNDETERMINED, "the nearest entry is empty"),
    _post(JOIN, "192.168.1.20", UNLOCATED, "a private address has no place"),
    _post(JOIN, "100.64.0.9", UNLOCATED, "carrier-grade NAT has no place"),
    _post(JOIN, "::9.9.9.9", UNLOCATED, "an IPv4-compatible address has no place"),
    Sent("POST", JOIN, (DE,), UNLOCATED, "no proxy of ours: its header is not read, it is on loopback", None, "127.5.5.5"),
    Sent("POST", JOIN, (DE4,), GERMAN, "a proxy of ours that is connected by IPv6", None, "::1"),
    Sent("POST", JOIN, (US,), ELSEWHERE, "by IPv6, for a client in the United States", None, "::1"),
    Sent("POST", JOIN, (DE,), GERMAN, "over HTTP/2", by=By.HTTP2),
    Sent("POST", JOIN, (US,), ELSEWHERE, "over HTTP/2, from the United States", by=By.HTTP2),
    Sent("POST", "/api/join", (DE6,), GERMAN, "over HTTP/2, the meeting in the body", b'{"meeting":"townhall"}', by=By.HTTP2),
    Sent("GET", "/meet/townhall", (DE,), NO_JOIN, "over HTTP/2, a page", by=By.HTTP2),
    _post(JOIN, f"::, {DE}", GERMAN, "what a client made up cannot spoil its own address"),
    _post(JOIN, f"\udcff\udcfe,,\t {DE}", GERMAN, "nor can bytes that are no text"),
    _post(JOIN, f"{'x' * 300}, {DE}", GERMAN, "nor can a long text"),
    _post(JOIN, f"{US}\r\n\tx, {DE}", GERMAN, "nor can a line that is folded"),
    _post(JOIN, f"{US}, {DE}\r\n , 10.0.0.7", UNDETERMINED, "no honest proxy folds what it adds"),
    _post(JOIN, f"{DE4}:99999", UNDETERMINED, "there is no such port"),
    _post(JOIN, "217.000.000.001", UNDETERMINED, "leading zeros are read in two ways"),
    _post(JOIN, "0.0.0.0", UNDETERMINED, "the unspecified address is nobody"),
    _post(JOIN, f"for={DE4}", UNDETERMINED, "an element of Forwarded in X-Forwarded-For"),
    _post(JOIN, "", UNDETERMINED, "an empty line"),
    _post(JOIN, DE + ", 10.0.0.7" * 17, UNDETERMINED, "more proxies than any honest chain has"),
    _post(JOIN, DE + ", 10.0.0.7" * 15, GERMAN, "fifteen proxies and a client are read"),
    _post(JOIN, "fe80::1%eth0", UNLOCATED, "a link-local address has no place"),
    _post(JOIN, "2002:d900:1::1", UNLOCATED, "nor has 6to4, whatever address it holds"),
    Sent("POST", JOIN, (), UNDETERMINED, "Forwarded is not the header that is configured", headers=(f"Forwarded: for={DE4}",)),
    Sent("POST", JOIN, (US,), ELSEWHERE, "nor are its look-alikes", headers=(f"X_Forwarded_For: {DE}", f"X-Real-IP: {DE}")),
    Sent("POST", JOIN, (), GERMAN, "header names mind no case", headers=(f"x-FORWARDED-for: {DE}",)),
    _post("/meet/../api//meetings/%74ownhall/join?x=1", DE, GERMAN, "the path in a spelling that servers read alike"),
    _get(JOIN, DE, NO_JOIN, "this service joins by POST only"),
    Sent("DELETE", "/api/meetings/townhall/participants/1", (DE,), NO_JOIN, "leaving is no join"),
    _post("/api/echo?meeting=townhall", DE, NO_JOIN, "nothing is joined here", b'{"meeting": "townhall"}'),
    _post("/api/join", DE, GERMAN, "the meeting in the body", b'{"meeting": "townhall", "name": "A"}'),
    _post("/api/join", DE, GERMAN, "a decoy behind it", b'{"meeting": "townhall", "meeting": "x"}'),
    _post("/api/join", DE, NO_ORDER, "another meeting in the body", b'{"meeting": "open-lecture"}'),
    _post("/api/join", DE, NO_JOIN, "a body without a meeting", b'{"name": "townhall"}'),
    _post("/api/join", DE, GERMAN, "a letter as an escape", rb'{"meeting": "\u0074ownhall"}'),
    _post("/api/join", DE, GERMAN, "the key as an escape", rb'{"\u006deeting": "townhall"}'),
    _post("/api/join", DE, GERMAN, "in UTF-16", '{"meeting": "townhall"}'.encode("utf-16")),
    _post("/api/join", DE, NO_JOIN, "not where the rule looks", b'{"a": {"meeting": "townhall"}}'),
    Sent("POST", "/api/join", (DE,), GERMAN, "compressed", ZIPPED, headers=("Content-Encoding: gzip",)),
    Sent("POST", "/api/join", (US,), ELSEWHERE, "compressed, from the United States", ZIPPED, headers=("Content-Encoding: gzip",)),
    _get("/join?meeting=townhall", DE, GERMAN, "the meeting in the query"),
    _get("/join?meeting=x&meeting=townhall", DE, GERMAN, "a decoy before it"),
    _get("/join?meeting=open-lecture", DE, NO_ORDER, "another meeting in the query"),
    _get("/api/meetings/townhall/participants", DE, NO_JOIN, "a list is no join"),
    _get("/ws/townhall", DE, GERMAN, "the socket's path, without the wish to open one"),
    Sent("GET", "/ws/townhall", (DE,), GERMAN, "a WebSocket", by=By.WEBSOCKET),
    Sent("GET", "/ws/townhall?name=guest", (f"{US}, {DE4}, 10.0.0.7",), GERMAN, "a WebSocket behind two proxies", by=By.WEBSOCKET),
    Sent("GET", "/ws/townhall", (NL6,), ELSEWHERE, "a WebSocket from the Netherlands", by=By.WEBSOCKET),
    Sent("GET", "/ws/open-lecture", (DE,), NO_ORDER, "a WebSocket to another meeting", by=By.WEBSOCKET),
)  # fmt: skip

ZOOM: Final = (
    _get("/j/98765432101", DE, GERMAN, "a link"),
    _get("/j/98765432101?pwd=abc", DE, GERMAN, "with a password"),
    _get("/j/98765432101/", DE, GERMAN, "with a trailing slash"),
    _get("/j/987-6543-2101", DE, GERMAN, "with dashes"),
    _get("/j/987%206543%202101", DE, GERMAN, "with encoded blanks"),
    _get("//j//98765432101", DE, GERMAN, "with doubled slashes"),
    _get("/x/../j/98765432101", DE, GERMAN, "through a parent folder"),
    _get("/%6A/%39%38765432101", DE, GERMAN, "percent-encoded"),
    _get("/j/98765432101;x=y", DE, GERMAN, "with a path parameter"),
    _get("/wc/join/98765432101", DE, GERMAN, "the web client"),
    _get("/wc/98765432101/join?prefer=1", DE, GERMAN, "the web client's other form"),
    _get("/wc/98765432101/start", DE, GERMAN, "who starts it enters it"),
    _get("/j/98765432102", DE, NO_ORDER, "another meeting"),
    _get("/J/98765432101", DE, NO_JOIN, "paths mind case"),
    _get("/j/", DE, NO_JOIN, "no meeting"),
    _get("/j/townhall", DE, NO_JOIN, "no number"),
    _get("/j/98765432101", US, ELSEWHERE, "the same link from the United States"),
    _get("/j/91234567890", PT, PORTUGUESE, "the Portuguese order"),
    _get("/j/91234567890", PT6, PORTUGUESE, "over IPv6"),
    _get("/j/91234567890", DE, ELSEWHERE, "not for Germany"),
    _get("/my/someone", DE, NO_JOIN, "a personal link that nobody has written down"),
    _get("/j/98765432101%2F", DE, GERMAN, "with an encoded slash behind it, which some servers drop"),
    _get("/j/98765432101%00", DE, GERMAN, "with a NUL, where some servers stop reading"),
    _get("/j\\98765432101", DE, GERMAN, "with a backslash, which some servers take for a slash"),
    _get("/j/98765432101#success", DE, GERMAN, "with a fragment that should not have been sent"),
    _get("/j/98765432101%3Fpwd=1", DE, NO_ORDER, "an encoded question mark belongs to the id"),
    _get("/x/j/98765432101", DE, NO_JOIN, "deeper down it is another page"),
    _get("/j/98765432101/settings", DE, NO_JOIN, "and so it is behind it"),
    _get("/wc//join/98765432101", DE, GERMAN, "the web client with a doubled slash"),
    _get("/wc/%39876543%32101/join/", DE, GERMAN, "its other form, percent-encoded"),
    _get("/wc/join/987-6543-2101?pwd=abc", DE4, GERMAN, "IPv4, with dashes"),
    _get("/wc/join/98765432101", PT, ELSEWHERE, "not for Portugal"),
    _get(
        "/wc/91234567890/join", f"{DE}, {PT}, 10.0.0.7", PORTUGUESE, "behind two proxies, with a forged entry"
    ),
    _get("/wc/join/91234567890", f"{PT}, {DE}, 10.0.0.7", ELSEWHERE, "the forged entry says Portugal"),
    _get("/j/98765432101", "unknown, 10.0.0.7", UNDETERMINED, "the inner proxy will not say"),
    Sent("GET", "/j/98765432101", (), UNDETERMINED, "the balancer adds no header"),
    Sent("GET", "/j/98765432101", (DE,), GERMAN, "over HTTP/2", by=By.HTTP2),
    _post("/j/98765432101", DE, GERMAN, "a link's form is sent", b"name=A"),
    Sent("OPTIONS", "/j/98765432101", (DE,), NO_JOIN, "a preflight passes"),
    Sent("HEAD", "/j/98765432101", (DE,), GERMAN, "HEAD is asked like GET"),
)


def janus(session: int, handle: int) -> tuple[Sent, ...]:
    """Return the messages of a participant that has a session and a handle."""
    here = f"/janus/{session}/{handle}"

    def message(body: str, forwarded: str, verdict: tuple[str, str, str | None], why: str) -> Sent:
        return _post(
            here, forwarded, verdict, why, f'{{"janus":"message","transaction":"t","body":{body}}}'.encode()
        )

    join = '{"request":"join","ptype":"publisher","room":%s}'
    whole = f'{{"janus":"message","transaction":"t","body":{join % "1234"}}}'.encode()
    return (
        message(join % "1234", NL, DUTCH, "a covered join, IPv4"),
        message(join % "1234", NL6, DUTCH, "a covered join, IPv6"),
        message(join % "1234", DE, ELSEWHERE, "the licence covers Germany"),
        message(join % "5678", NL, NO_ORDER, "another room"),
        message(join.replace("join", "JOIN") % "1234", NL, DUTCH, "Janus does not mind case"),
        message(join.replace("join", "joinandconfigure") % "1234", NL, DUTCH, "joining in one step"),
        message(join % '5678,"room":1234', NL, DUTCH, "a decoy before the room"),
        message('{"request":"listparticipants","room":1234}', NL, NO_JOIN, "a list is no join"),
        message('{"request":"leave"}', NL, NO_JOIN, "leaving is no join"),
        _post("/janus", NL, DUTCH, "the ids in the body", (
            f'{{"janus":"message","transaction":"t","session_id":{session},"handle_id":{handle},'
            f'"body":{join % "1234"}}}').encode()),
        _post(f"/janus/{session}", NL, NO_JOIN, "a keep-alive is no join", b'{"janus":"keepalive","transaction":"t"}'),
        Sent("GET", f"/janus/{session}?maxev=5", (NL,), NO_JOIN, "nor is fetching what has happened"),
        message(join % "1234", US, ELSEWHERE, "from the United States"),
        message(join % "1234", f"{US}, {NL}, 10.0.0.7", DUTCH, "behind two proxies, with a forged entry"),
        message(join % "1234", f"{NL}, {US}, 10.0.0.7", ELSEWHERE, "the forged entry says the Netherlands"),
        message(join % "1234", "", UNDETERMINED, "an empty line"),
        message(join % "5678", DE, NO_ORDER, "another room, from elsewhere"),
        message(join % '1234,"room":5678', NL, DUTCH, "a decoy behind the room, which is the one that Janus enters"),
        message(join % '"1234"', NL, DUTCH, "the room's number as a text"),
        message('{"request":"join","ptype":"subscriber","room":1234,"feed":1}', NL, DUTCH, "who only watches joins as well"),
        message('{"request":"exists","room":1234}', NL, NO_JOIN, "asking is no join"),
        message('{"request":"configure","room":1234}', NL, NO_JOIN, "nor is setting up what was joined"),
        message('{"request":["join"],"room":1234}', NL, DUTCH, "a list, which some services read as its text; Janus refuses it"),
        _post(f"{here}/", NL, DUTCH, "a slash behind the path", whole),
        _post(f"//janus//{session}/{handle}", NL, DUTCH, "doubled slashes", whole),
        Sent("POST", here, (NL,), DUTCH, "whatever its type says", whole, headers=("Content-Type: text/plain",)),
        _post(here, NL, DUTCH, "behind a NUL Janus reads no further", whole + b"\0}"),
        _post(here, NL, NO_JOIN, "handing on a candidate", b'{"janus":"trickle","transaction":"t","candidate":{"completed":true}}'),
        _post(here, NL, NO_JOIN, "detaching", b'{"janus":"detach","transaction":"t"}'),
        _post(f"/janus/{session}", NL, NO_JOIN, "ending the session", b'{"janus":"destroy","transaction":"t"}'),
    )  # fmt: skip
