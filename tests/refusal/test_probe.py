"""The fence's side of the probe; tests/e2e/test_proxies.py runs it through real proxies."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

import pytest

from joinfence.engine.client.networks import Networks
from joinfence.engine.client.resolve import ClientAddressPolicy, HeaderForm
from joinfence.refusal.probe import MAX_TOKENS, PATH, TOKEN, TOKEN_LIFETIME, Position, Probe, position
from tests.factories import NOW, make_request

if TYPE_CHECKING:
    from joinfence.refusal.answer import Answer

TRUSTED = Networks([ip_network("10.0.0.0/8")])
XFF = ClientAddressPolicy(header=b"x-forwarded-for", trusted_proxies=TRUSTED)
PEER = ClientAddressPolicy()
SINGLE = ClientAddressPolicy(header=b"x-real-ip", form=HeaderForm.SINGLE, trusted_proxies=TRUSTED)
FORWARDED = ClientAddressPolicy(header=b"forwarded", form=HeaderForm.FORWARDED, trusted_proxies=TRUSTED)
MADE_UP = ip_address("2001:db8::7")


def ask(probe: Probe, *headers: tuple[bytes, bytes], at: datetime = NOW) -> Answer | None:
    return probe.answer(make_request(PATH, headers=headers, at=at), XFF)


def issued(probe: Probe, at: datetime = NOW) -> dict[str, str]:
    answer = ask(probe, at=at)
    assert answer is not None
    document: dict[str, str] = json.loads(answer.body)
    return document


def token_of(document: dict[str, str]) -> tuple[bytes, bytes]:
    return TOKEN.encode(), document["token"].encode()


def test_a_token_comes_with_a_documentation_address_and_both_are_random() -> None:
    first, second = issued(Probe()), issued(Probe())
    assert first.keys() == {"token", "address"}
    assert IPv6Address(first["address"]) in ip_network("2001:db8::/32")
    assert not set(first.values()) & set(second.values())
    assert len(first["token"]) >= 20


def test_the_answer_contains_the_position_and_nothing_else() -> None:
    probe = Probe()
    document = issued(probe)
    line = (b"X-Forwarded-For", f"{document['address']}, 9.9.9.9".encode())
    answer = ask(probe, line, token_of(document))
    assert answer is not None
    assert (answer.status, answer.body) == (200, b'{"position": "left"}\n')
    assert answer.headers == (("Content-Type", "application/json"), ("Cache-Control", "no-store"))


@pytest.mark.parametrize("late", [False, True], ids=["used twice", "older than a minute"])
def test_a_token_is_valid_once_and_for_a_minute(late: bool) -> None:
    probe = Probe()
    document = issued(probe)
    used = ask(probe, token_of(document), at=NOW + TOKEN_LIFETIME) if not late else None
    assert used is None or used.status == 200
    answer = ask(probe, token_of(document), at=NOW + TOKEN_LIFETIME + timedelta(seconds=late))
    assert answer is not None
    assert answer.status == 403
    assert b"position" not in answer.body


def test_only_the_latest_tokens_are_kept() -> None:
    probe = Probe()
    documents = [issued(probe) for _ in range(MAX_TOKENS + 1)]
    for document, status in ((documents[0], 403), (documents[1], 200), (documents[-1], 200)):
        answer = ask(probe, token_of(document))
        assert answer is not None
        assert answer.status == status


@pytest.mark.parametrize(("path", "method"), [(b"/", "GET"), (PATH + b"/", "GET"), (PATH, "POST")])
def test_other_requests_are_not_probes(path: bytes, method: str) -> None:
    assert Probe().answer(make_request(path, method=method), XFF) is None


@pytest.mark.parametrize(
    ("policy", "peer", "line", "expected"),
    [
        pytest.param(XFF, "10.0.0.1", b"2001:db8::7", "chosen", id="passed on"),
        pytest.param(XFF, "10.0.0.1", b"2001:db8::7, 9.9.9.9", "left", id="appended"),
        pytest.param(XFF, "10.0.0.1", b"2001:db8::7, 9.9.9.9, 10.0.0.2", "left", id="appended twice"),
        pytest.param(XFF, "10.0.0.1", b"9.9.9.9", "absent", id="overwritten"),
        pytest.param(XFF, "10.0.0.1", b"9.9.9.9, 2001:db8::7", "right", id="prepended"),
        pytest.param(XFF, "10.0.0.1", b"10.0.0.2", "undetermined", id="proxies only"),
        pytest.param(XFF, "10.0.0.1", b"2001:db8::7, unknown", "undetermined", id="followed by unknown"),
        pytest.param(XFF, "10.0.0.1", None, "undetermined", id="removed"),
        pytest.param(XFF, "5.5.5.5", b"2001:db8::7, 9.9.9.9", "ignored", id="a proxy that is not listed"),
        pytest.param(XFF, "5.5.5.5", b"2001:db8::7", "absent", id="direct"),
        pytest.param(PEER, "5.5.5.5", b"2001:db8::7, 9.9.9.9", "ignored", id="peer, behind a proxy"),
        pytest.param(PEER, "5.5.5.5", b"2001:db8::7", "absent", id="peer, direct"),
        pytest.param(PEER, "5.5.5.5", None, "absent", id="peer, removed"),
        pytest.param(SINGLE, "10.0.0.1", b"2001:db8::7", "chosen", id="single, passed on"),
        pytest.param(SINGLE, "10.0.0.1", b"9.9.9.9", "absent", id="single, overwritten"),
        pytest.param(FORWARDED, "10.0.0.1", b'for="[2001:db8::7]", for=9.9.9.9', "left", id="forwarded"),
    ],
)
def test_the_position(policy: ClientAddressPolicy, peer: str, line: bytes | None, expected: str) -> None:
    name = policy.header or b"x-forwarded-for"
    request = make_request(PATH, headers=() if line is None else ((name, line),), peer=peer)
    assert position(request, policy, MADE_UP) is Position(expected)
