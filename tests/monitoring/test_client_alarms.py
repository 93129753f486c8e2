"""Faults of a deployment are logged once, and nothing about clients is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from joinfence.engine.client.resolve import ClientAddressPolicy
from joinfence.engine.decide import NO_JOIN, decide
from joinfence.engine.values import AddressBasis, Flaw, UndeterminedReason
from joinfence.monitoring.client_alarms import SILENCE, Alarm, ClientFaults
from joinfence.monitoring.majority_sketch import MIN_TOTAL
from tests.factories import NOW, make_policy, make_request

POLICY = make_policy()


def note(
    faults: ClientFaults, *lines: str, peer: str = "10.0.0.1", minutes: int = 0, policy: object = POLICY
) -> list[str]:
    headers = tuple((b"X-Forwarded-For", line.encode()) for line in lines)
    request = make_request(headers=headers, peer=peer, at=NOW + timedelta(minutes=minutes))
    assert isinstance(policy, type(POLICY))
    return list(faults.note(decide(request, policy), request, policy.client_address))


def many(faults: ClientFaults, count: int = 100) -> None:
    for number in range(count):
        note(faults, f"9.9.{number}.9")


def test_every_outcome_and_reason_is_counted() -> None:
    faults = ClientFaults()
    note(faults, "9.9.9.9")
    note(faults, "9.9.9.9", peer="9.9.9.8")
    note(faults)
    note(faults, "nonsense")
    note(faults, "nonsense")
    assert faults.outcomes == {
        AddressBasis.HEADER: 1,
        AddressBasis.PEER_UNTRUSTED: 1,
        UndeterminedReason.HEADER_MISSING: 1,
        UndeterminedReason.MALFORMED: 2,
    }
    assert faults.details == {Flaw.NOT_AN_ADDRESS: 2}
    assert faults.ignored_headers == {"x-forwarded-for": 1}


def test_a_request_that_needed_no_address_is_not_counted() -> None:
    faults = ClientFaults()
    assert list(faults.note(NO_JOIN, make_request("/"), POLICY.client_address)) == []
    assert not faults.outcomes


def test_unused_forwarding_headers_are_counted_by_name() -> None:
    faults = ClientFaults()
    headers = (
        (b"X-Forwarded-For", b"9.9.9.9"),
        (b"FORWARDED", b"for=9"),
        (b"X-Real-IP", b"1"),
        (b"X-Foo", b""),
    )
    request = make_request(headers=headers)
    list(faults.note(decide(request, POLICY), request, POLICY.client_address))
    assert faults.ignored_headers == {"forwarded": 1, "x-real-ip": 1}
    peer = replace(POLICY, client_address=ClientAddressPolicy())
    list(faults.note(decide(request, peer), request, peer.client_address))
    assert faults.ignored_headers["x-forwarded-for"] == 1


@pytest.mark.parametrize(
    ("lines", "alarm", "text"),
    [
        ([], Alarm.HEADER_MISSING, "the trusted proxy sends no x-forwarded-for"),
        (["10.0.0.2"], Alarm.ALL_TRUSTED, "names only trusted proxies"),
    ],
)
def test_faults_of_the_header_are_logged_above_one_per_cent_of_joins(
    lines: list[str], alarm: Alarm, text: str
) -> None:
    faults = ClientFaults()
    many(faults, 200)
    assert note(faults, *lines) == []
    assert note(faults, *lines) == []
    logged = [message for _ in range(3) for message in note(faults, *lines)]
    assert len(logged) == 1
    assert text in logged[0]
    assert faults.alarms[alarm] > 1


@pytest.mark.parametrize("client", ["192.168.7.7", "100.64.0.1", "fd00::7", "fe80::7", "127.0.0.7"])
def test_a_client_in_a_private_network_is_logged(client: str) -> None:
    logged = note(ClientFaults(), client)
    assert len(logged) == 1
    assert logged[0].startswith("clients come from private networks")
    assert client not in logged[0]


def test_a_header_from_an_untrusted_peer_is_logged() -> None:
    logged = note(ClientFaults(), "9.9.9.9", peer="9.8.7.6")
    assert logged == [
        "connections from outside client_address.trusted_proxies send x-forwarded-for, which is ignored: list the proxy, if it is one"
    ]
    assert note(ClientFaults(), peer="9.8.7.6") == []


def test_an_alarm_is_logged_once_an_hour_with_the_joins_since_then() -> None:
    faults = ClientFaults()
    last = int(SILENCE.total_seconds() // 60)
    assert len(note(faults, "192.168.7.7")) == 1
    assert [note(faults, "192.168.7.7", minutes=minute) for minute in range(1, last)] == [[]] * (last - 1)
    (again,) = [m for m in note(faults, "192.168.7.7", minutes=last) if m.startswith("clients come")]
    assert again.endswith(f"({last} joins since this was last logged)")


def test_one_address_that_makes_most_joins_is_logged() -> None:
    faults = ClientFaults()
    logged = [message for _ in range(MIN_TOTAL) for message in note(faults, "9.9.9.9")]
    assert [message.partition(":")[0] for message in logged] == [
        "one address makes more than half of the joins"
    ]


def test_no_address_is_kept() -> None:
    faults = ClientFaults()
    many(faults)
    kept = repr(vars(faults)) + repr(vars(faults._sketch))
    assert "9.9." not in kept
