"""Microseconds to read a client address from headers made to be slow, compared with a short header."""

from __future__ import annotations

import statistics
import timeit
from functools import partial
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from joinfence.engine.client.networks import Networks
from joinfence.engine.client.resolve import ClientAddressPolicy, HeaderForm, resolve_client_address
from joinfence.engine.values import ClientAddress

if TYPE_CHECKING:
    from joinfence.engine.values import HeaderFields

CALLS = 5000
_TRUSTED = Networks([ip_network("127.0.0.0/8")])
_HEADERS = {
    b"X-Forwarded-For": (HeaderForm.LIST, b"9.9.9.9"),
    b"Forwarded": (HeaderForm.FORWARDED, b"for=9.9.9.9"),
}


def measure_client_address(rounds: int) -> dict[str, Any]:
    """Return, for each header and each way to send it, microseconds and the ratio to a short one."""
    found = {}
    for name, (form, answer) in _HEADERS.items():
        policy = ClientAddressPolicy(header=name.lower(), form=form, trusted_proxies=_TRUSTED)
        calls = {
            way: partial(resolve_client_address, peer="127.0.0.1", headers=headers, policy=policy)
            for way, headers in _ways(name, answer).items()
        }
        for call in calls.values():
            assert isinstance(call(), ClientAddress)  # noqa: S101 - else something else is measured
        timings: dict[str, list[float]] = {way: [] for way in calls}
        for _ in range(rounds):
            for way, call in calls.items():
                timings[way].append(timeit.timeit(call, number=CALLS) / CALLS * 1e6)
        medians = {way: statistics.median(values) for way, values in timings.items()}
        short = medians["short"]
        found[name.decode()] = {
            way: {"microseconds": value, "ratio": value / short} for way, value in medians.items()
        }
    return found


def _ways(name: bytes, answer: bytes) -> dict[str, HeaderFields]:
    host = (b"Host", b"meet.example")
    return {
        "short": (host, (name, answer)),
        "a line of 1 MB": (
            host,
            (name, answer.replace(b"9", b"6") * (1_000_000 // len(answer)) + b"," + answer),
        ),
        "a line of 1 MB of entries": (host, (name, b"6.6.6.6," * 125_000 + answer)),
        "20,000 lines": (host, *[(name, b"6.6.6.6")] * 20_000, (name, answer)),
        "1 MB of open quotes": (host, (name, b'"' * 1_000_001 + b"," + answer)),
    }
