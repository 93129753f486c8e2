"""The traffic that is recorded: what a client sends, and the verdict it should get, with the reason in words.

The verdicts are those of the shipped orders at AT, with the proxies of PROXIES trusted. They were worked out by
hand from the orders, the rules and the registry's record of each address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

AT: Final = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROXIES: Final = "trusted_proxies: [127.0.0.1/32, 10.0.0.0/8]"

DE, DE4, PT, PT6, NL, NL6, US = (
    *("2003::1", "217.0.0.1", "193.136.0.1", "2001:690::1"),
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


@dataclass(frozen=True)
class Sent:
    """One request and its verdict: (verdict, reason, order)."""

    method: str
    target: str
    forwarded: tuple[str, ...]
    verdict: tuple[str, str, str | None]
    why: str
    body: bytes | None = None
    from_address: str = "127.0.0.1"


def _get(target: str, forwarded: str, verdict: tuple[str, str, str | None], why: str) -> Sent:
    return Sent("GET", target, (forwarded,), verdict, why)


def _post(
    target: str, forwarded: str, verdict: tuple[str, str, str | None], why: str, body: bytes | None = None
) -> Sent:
    return Sent("POST", target, (forwarded,), verdict, why, body)


JOIN = "/api/meetings/townhall/join"
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
    _post("/api/join", DE, GERMAN, "the meeting in the body", b'{"meeting": "townhall", "name": "A"}'),
    _post("/api/join", DE, GERMAN, "a decoy behind it", b'{"meeting": "townhall", "meeting": "x"}'),
    _post("/api/join", DE, NO_ORDER, "another meeting in the body", b'{"meeting": "open-lecture"}'),
    _post("/api/join", DE, NO_JOIN, "a body without a meeting", b'{"name": "townhall"}'),
    _get("/join?meeting=townhall", DE, GERMAN, "the meeting in the query"),
    _get("/join?meeting=x&meeting=townhall", DE, GERMAN, "a decoy before it"),
    _get("/join?meeting=open-lecture", DE, NO_ORDER, "another meeting in the query"),
    _get("/api/meetings/townhall/participants", DE, NO_JOIN, "a list is no join"),
    _get("/ws/townhall", DE, GERMAN, "the socket's path"),
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
    _get("/wc/98765432101/start", DE, NO_JOIN, "no join rule names it"),
    _get("/j/98765432102", DE, NO_ORDER, "another meeting"),
    _get("/J/98765432101", DE, NO_JOIN, "paths mind case"),
    _get("/j/", DE, NO_JOIN, "no meeting"),
    _get("/j/townhall", DE, NO_JOIN, "no number"),
    _get("/j/98765432101", US, ELSEWHERE, "the same link from the United States"),
    _get("/j/91234567890", PT, PORTUGUESE, "the Portuguese order"),
    _get("/j/91234567890", PT6, PORTUGUESE, "over IPv6"),
    _get("/j/91234567890", DE, ELSEWHERE, "not for Germany"),
    _get("/my/someone", DE, NO_JOIN, "a personal link names no number"),
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
    )  # fmt: skip
