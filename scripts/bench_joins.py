"""Microseconds of join rules for a request that is no join, and milliseconds for hostile bodies.

Processor time is measured, which a busy machine affects less.
"""

from __future__ import annotations

import json
import statistics
import time
import timeit
from functools import partial
from typing import TYPE_CHECKING, Any

from bench_decisions import NOW
from joinfence.config.services.reader import read_service
from joinfence.config.yaml.document import read_document
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.engine.values import Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CALLS = 5000
_HEADERS = (
    (b"Host", b"meet.example"),
    (b"User-Agent", b"Mozilla/5.0"),
    (b"Accept", b"text/html,application/xhtml+xml,*/*;q=0.8"),
    (b"Accept-Language", b"de,en;q=0.5"),
    (b"Accept-Encoding", b"gzip, deflate, br"),
    (b"Cookie", b"session=0123456789abcdef"),
    (b"X-Forwarded-For", b"193.136.0.1"),
)
_NO_JOINS = {
    "a script": ("GET", b"/static/app/main.4f3a.js?v=12"),
    "the API": ("GET", b"/api/v4/users/me/teams/members"),
    "Matrix sync": ("GET", b"/_matrix/client/v3/sync?since=s1&timeout=30000"),
    "a Matrix event": ("PUT", b"/_matrix/client/v3/rooms/!a:b/send/m.room.message/1"),
    "a long poll": ("GET", b"/janus/1234567890/987654321?maxev=10"),
    "an encoded file": ("GET", b"/files/a/report%202026.pdf"),
}
# Three services have pages at such paths: with all rules loaded this is a join that no order names.
_CANDIDATE = ("a file at the root", "GET", b"/favicon.ico")
_WIDE = b"[" + b"1," * 19_000 + b"1]"


def measure_joins(root: Path, rounds: int) -> dict[str, Any]:
    """Return microseconds by request, with the rules of one and of all services, and milliseconds by body."""
    services = {path.stem: _rules(path) for path in sorted((root / "configs" / "services").glob("*.yaml"))}
    one = RuleSet(services["zoom"])
    every = RuleSet(rule for rules in services.values() for rule in rules)
    calls: dict[tuple[str, str], Callable[[], object]] = {}
    for name, (method, path) in _NO_JOINS.items():
        request = _request(method, path)
        assert not every.joins(request).joins  # noqa: S101 - else something else is measured
        calls[name, "one"] = partial(one.joins, request)
        calls[name, "all"] = partial(every.joins, request)
    name, method, path = _CANDIDATE
    for rules, label in ((one, "one"), (every, "all")):
        calls[name, label] = partial(rules.joins, _request(method, path))
    found = _medians(calls, rounds, CALLS)
    return {
        "services": len(services),
        "microseconds": {
            name: {
                "one": found[name, "one"],
                "all": found[name, "all"],
                "more": found[name, "all"] - found[name, "one"],
            }
            for name in (*_NO_JOINS, _CANDIDATE[0])
        },
        "hostile_milliseconds": {
            name: value / 1000 for name, value in _medians(_hostile(services), rounds, 1).items()
        },
    }


def _rules(path: Path) -> list[Any]:
    return read_service(read_document(path))[2]


def _request(method: str, path: bytes, body: bytes | None = None) -> Request:
    return Request(
        method=method,
        scheme="https",
        hosts=("meet.example",),
        path=path,
        headers=_HEADERS,
        body=body,
        peer="127.0.0.1",
        at=NOW,
    )


def _hostile(services: dict[str, list[Any]]) -> dict[str, Callable[[], object]]:
    janus, jitsi = RuleSet(services["janus-videoroom"]), RuleSet(services["jitsi"])
    mirotalk, bbb = RuleSet(services["mirotalk-sfu"]), RuleSet(services["bigbluebutton"])
    polling = b"/socket.io/?EIO=4&transport=polling"
    bomb = b"<!DOCTYPE a [" + b"".join(
        b"<!ENTITY e%d '%s'>" % (n, b"&e%d;" % (n - 1) * 10 if n else b"x" * 10) for n in range(10)
    )
    posts = {
        "an honest join": (
            janus,
            b"/janus/1/2",
            json.dumps({"body": {"request": "join", "room": 1}}).encode(),
        ),
        "JSON 200,000 deep": (janus, b"/janus/1/2", b"[" * 200_000),
        "JSON 19,000 deep": (janus, b"/janus/1/2", b"[" * 19_000),
        "JSON of 19,000 numbers": (janus, b"/janus/1/2", _WIDE),
        "JSON of 120,000 numbers": (janus, b"/janus/1/2", b"[" + b"1," * 120_000 + b"1]"),
        "256 KB that are not UTF-8": (janus, b"/janus/1/2", b'"' + b"\xff" * 262_000 + b'"'),
        "entities that multiply": (jitsi, b"/http-bind", bomb + b"]><body>&e9;</body>"),
        "XML of 3,900 elements": (
            jitsi,
            b"/http-bind",
            b"<body>" + b"<a><b/></a>" * 190 + b"<a>" + b"<b/>" * 3_500 + b"</a></body>",
        ),
        "XML of 60,000 elements": (jitsi, b"/http-bind", b"<body>" + b"<a/>" * 60_000 + b"</body>"),
        "XML 1,000 deep": (jitsi, b"/http-bind", b"<a>" * 1_000),
        "10,000 packets": (mirotalk, polling, b"\x1e".join([b'42["x",{"room_id":"a"}]'] * 10_000)),
        "500 packets": (mirotalk, polling, b"\x1e".join([b'42["x",{"room_id":"a"}]'] * 500)),
        "a form of 16,000 fields": (bbb, b"/bigbluebutton/api/join", b"a=1&" * 16_000),
    }
    return {
        name: partial(rules.joins, _request("POST", path, body))
        for name, (rules, path, body) in posts.items()
    }


def _medians[Key](calls: dict[Key, Callable[[], object]], rounds: int, number: int) -> dict[Key, float]:
    timings: dict[Key, list[float]] = {key: [] for key in calls}
    for _ in range(rounds):
        for key, call in calls.items():
            timings[key].append(timeit.timeit(call, number=number, timer=time.process_time) / number * 1e6)
    return {key: statistics.median(values) for key, values in timings.items()}
