"""Microseconds per decision, compared with one database look-up and one address parse."""

from __future__ import annotations

import ipaddress
import statistics
import timeit
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import geoip2.database
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from joinfence.config.order_store.stored import StoredOrders, encode_order
from joinfence.engine.client.networks import Networks
from joinfence.engine.client.resolve import ClientAddressPolicy
from joinfence.engine.decide import decide
from joinfence.engine.joins.extract.head import FromPath
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.engine.joins.rules import Rule
from joinfence.engine.order import Authority, LegalBasis, Mode, Order, Redress
from joinfence.engine.order_index import OrderIndex
from joinfence.engine.policy import OnUndetermined, Policy
from joinfence.engine.values import Join, Request
from joinfence.location.corrections import Corrections
from joinfence.location.locate import Locator
from joinfence.location.mmdb import Mmdb
from joinfence.location.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from joinfence.location.source import Source

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PROXIES = ClientAddressPolicy(
    header=b"x-forwarded-for", trusted_proxies=Networks([ipaddress.ip_network("127.0.0.0/8")])
)
CALLS = 2000


def measure_decisions(folder: Path, counts: tuple[int, ...], rounds: int) -> dict[str, Any]:
    """Return microseconds by kind of request and number of orders, and those of the yardsticks."""
    database = _database(folder / "country.mmdb")
    candidates: dict[tuple[str, int], Callable[[], object]] = {}
    for count in counts:
        for sources in ("registry", "mmdb"):
            policy = _policy(count, (Registry(),) if sources == "registry" else (Mmdb(database),))
            for name, request in _requests().items():
                candidates[f"{name}, {sources}", count] = partial(decide, request, policy)
        with_claims = replace(_policy(count, (Registry(),)), client_address=replace(PROXIES, claims=True))
        candidates["join refused, registry, chain: client_or_claims", count] = partial(
            decide, _requests()["join refused"], with_claims
        )
        candidates["join admitted (elsewhere), registry, chain: client_or_claims", count] = partial(
            decide, _requests()["join admitted (elsewhere)"], with_claims
        )
    reader = geoip2.database.Reader(str(database))
    yardsticks: dict[str, Callable[[], object]] = {
        "geoip2.database.Reader.country()": lambda: reader.country("9.9.9.9"),
        "ipaddress.ip_address()": lambda: ipaddress.ip_address("9.9.9.9"),
    }
    everything: dict[Any, Callable[[], object]] = {**candidates, **yardsticks}
    timings: dict[Any, list[float]] = {key: [] for key in everything}
    for _ in range(rounds):
        for key, call in everything.items():
            timings[key].append(timeit.timeit(call, number=CALLS) / CALLS * 1e6)
    medians = {key: statistics.median(values) for key, values in timings.items()}
    return {
        "microseconds": {
            name: {str(count): medians[name, count] for count in counts}
            for name in dict.fromkeys(name for name, _count in candidates)
        },
        "yardsticks": {name: medians[name] for name in yardsticks},
    }


def _requests() -> dict[str, Request]:
    def request(path: bytes, client: bytes) -> Request:
        return Request(
            method="GET",
            scheme="https",
            hosts=("meet.example",),
            path=path,
            headers=(
                (b"Host", b"meet.example"),
                (b"User-Agent", b"Mozilla/5.0"),
                (b"Accept", b"text/html,application/xhtml+xml,*/*;q=0.8"),
                (b"Accept-Language", b"de,en;q=0.5"),
                (b"Cookie", b"session=0123456789abcdef"),
                (b"X-Forwarded-For", b"6.6.6.6, " + client),
            ),
            body=None,
            peer="127.0.0.1",
            at=NOW,
        )

    return {
        "no join": request(b"/static/app/main.4f3a.js?v=12", b"193.136.0.1"),
        "join, no order": request(b"/j/99999999999?pwd=x", b"193.136.0.1"),
        "join admitted (elsewhere)": request(b"/j/1000?pwd=x", b"9.9.9.9"),
        "join refused": request(b"/j/1000?pwd=x", b"193.136.0.1"),
    }


def _policy(count: int, sources: tuple[Source, ...]) -> Policy:
    templates = ("/j/{meeting}", "/wc/join/{meeting}", "/wc/{meeting}/join")
    rule = Rule(
        service="zoom",
        name="link",
        paths=tuple(PathTemplate(t) for t in templates),
        meeting=(FromPath("meeting"),),
    )
    return Policy(
        client_address=PROXIES,
        on_undetermined=OnUndetermined.ADMIT,
        rules=RuleSet([rule]),
        orders=_index(count),
        locate=Locator(corrections=Corrections({}), sources=sources),
        revision="bench",
    )


def _index(count: int) -> OrderIndex:
    """Return the index over orders, which are stored in memory as in a running fence."""
    orders = map(_order, range(count))
    stored_orders = {o.id: encode_order(o, stamp=0, settled=True, document="", digest=b"") for o in orders}
    named = ((entry.id, entry.meetings) for entry in stored_orders.values())
    return OrderIndex(()).changed(
        StoredOrders(stored_orders, {_AUTHORITY.id: _AUTHORITY}, {}), removed=(), added=named
    )


_AUTHORITY = Authority(
    id="a", name={"en": "Authority"}, kind="court", competence=("PT",), official_url="https://a.example/"
)


def _order(number: int) -> Order:
    return Order(
        id=f"PT-{number:04}-0001",
        version=1,
        purpose="copyright",
        mode=Mode.ENFORCE,
        authority=_AUTHORITY,
        instrument="judgment",
        reference="1",
        issued_on=NOW.date(),
        legal_basis=(LegalBasis(citation="x", scheme="url", value="https://a.example/"),),
        reasons={"en": "x"},
        territory=("PT",),
        meetings=(Join("zoom", str(1000 + number)),),
        effective_from=NOW - timedelta(days=1),
        expires_at=NOW + timedelta(days=80),
        review_by=NOW + timedelta(days=80),
        suspended_since=None,
        redress=Redress(
            how="x",
            url="https://a.example/",
            language="en",
            operator_contact="l@m.example",
            answer_within_days=1,
        ),
    )


def _database(path: Path) -> Path:
    writer = MMDBWriter(6, "GeoLite2-Country", languages=["en"], description="bench", ipv4_compatible=True)
    for network, country in (("9.9.0.0/16", "US"), ("193.136.0.0/15", "PT"), ("2003::/19", "DE")):
        writer.insert_network(IPSet([network]), {"country": {"iso_code": country}})
    writer.to_db_file(str(path))
    return path
