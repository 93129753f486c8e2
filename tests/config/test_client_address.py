"""`client_address` in a configuration: what is refused, what earns a warning, and the resulting policy."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from joinfence import ClientAddressPolicy, ConfigError, Undetermined, resolve_client_address
from joinfence.engine.client.resolve import HeaderForm
from joinfence.loading.loader import Loader
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENTRY = 'source: X-Forwarded-For\n  trusted_proxies: [127.0.0.1/32, "::1/128"]'


def configured(folder: Path, *lines: str) -> Path:
    main = copy_configs(folder)
    edit(main, ENTRY, "\n  ".join(lines))
    return main


def problems(main: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        Loader(main).load(NOW)
    return [str(problem).removeprefix(f"{main.parent}/") for problem in caught.value.problems]


def warnings(main: Path) -> list[str]:
    return [str(warning).removeprefix(f"{main.parent}/") for warning in Loader(main).load(NOW).doubts]


XFF = "source: X-Forwarded-For"
SPELLING = "a network such as 10.0.0.0/8 or 2001:db8::/32, without names, zones or wildcards"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([XFF, "trusted_proxies: [0.0.0.0/0]"], "17:20: client_address.trusted_proxies: covers every address, so any client could choose the address it is taken for; list only your proxies"),
        ([XFF, "trusted_proxies: [0.0.0.0/1, 128.0.0.0/1]"], "17:20: client_address.trusted_proxies: covers every address, so any client could choose the address it is taken for; list only your proxies"),
        ([XFF, 'trusted_proxies: ["2000::/3"]'], "17:20: client_address.trusted_proxies: covers every address, so any client could choose the address it is taken for; list only your proxies"),
        ([XFF, "trusted_proxies: [10.0.0.1/8]"], '17:21: client_address.trusted_proxies[0]: found "10.0.0.1/8", expected a network without host bits; write 10.0.0.0/8'),
        ([XFF, "trusted_proxies: [proxy.example]"], f'17:21: client_address.trusted_proxies[0]: found "proxy.example", expected {SPELLING}'),
        ([XFF, 'trusted_proxies: ["fe80::1%eth0"]'], f'17:21: client_address.trusted_proxies[0]: found "fe80::1%eth0", expected {SPELLING}'),
        ([XFF, 'trusted_proxies: ["*"]'], f'17:21: client_address.trusted_proxies[0]: found "*", expected {SPELLING}'),
        ([XFF, "trusted_proxies: [{file: a, age: 3}]"], "17:21: client_address.trusted_proxies[0]: found a mapping, expected a network such as 10.0.0.0/8, or {file: cdn.txt, max_age_days: 30}"),
        ([XFF, "trusted_proxies: [{file: a, max_age_days: yes}]"], "17:21: client_address.trusted_proxies[0]: found a mapping, expected a network such as 10.0.0.0/8, or {file: cdn.txt, max_age_days: 30}"),
        ([XFF], "16:3: client_address.trusted_proxies: is missing; with source X-Forwarded-For, list the proxies to trust"),
        (["source: [X-Forwarded-For, X-Real-IP]", "trusted_proxies: [10.0.0.0/8]"], "16:11: client_address.source: found a list of 2, expected peer, X-Forwarded-For, Forwarded, or the name of a header that holds a single address"),
        (["source: X_Forwarded_For", "trusted_proxies: [10.0.0.0/8]"], '16:11: client_address.source: found "X_Forwarded_For", expected peer, X-Forwarded-For, Forwarded, or the name of a header that holds a single address'),
        (["source: X-Real-IP", "trusted_proxies: [10.0.0.0/8]", "hops: 1"], "18:9: client_address.hops: has no effect with source X-Real-IP, which is not a list; remove it"),
        (["source: X-Real-IP", "trusted_proxies: [10.0.0.0/8]", "chain: client_or_claims"], "18:10: client_address.chain: has no effect with source X-Real-IP, which is not a list; set chain: client"),
        ([XFF, "trusted_proxies: [10.0.0.0/8]", "forwarded_lenient: true"], "18:22: client_address.forwarded_lenient: has no effect with source X-Forwarded-For; remove it"),
        ([XFF, "trusted_proxies: [10.0.0.0/8]", "hops: 0"], "18:9: client_address.hops: found 0, expected the number of proxies, at least 1, including the one that connects to the fence"),
        ([XFF, "trusted_proxies: [10.0.0.0/8]", 'nat64_prefixes: ["64:ff9b::/97"]'], '18:20: client_address.nat64_prefixes[0]: found "64:ff9b::/97", expected an IPv6 prefix with a length of 32, 40, 48, 56, 64, 96 (RFC 6052)'),
        (["source: peer", "trusted_proxies: [10.0.0.0/8]"], "17:20: client_address.trusted_proxies: has no effect with source peer; remove it, or set source"),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_position(tmp_path: Path, lines: list[str], message: str) -> None:
    assert problems(configured(tmp_path, *lines)) == [f"geofence.yaml:{message}"]


WIDE = "any client inside it can choose the address it is taken for; list only the proxies themselves"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([XFF, "trusted_proxies: [10.0.0.0/8, 64.0.0.0/7]"], f"17:33: client_address.trusted_proxies[1]: 64.0.0.0/7 is wider than /8: {WIDE}"),
        ([XFF, 'trusted_proxies: ["2600::/15"]'], f"17:21: client_address.trusted_proxies[0]: 2600::/15 is wider than /16: {WIDE}"),
        ([XFF, 'trusted_proxies: ["::ffff:64.0.0.0/102"]'], f"17:21: client_address.trusted_proxies[0]: 64.0.0.0/6 is wider than /8: {WIDE}"),
        (["source: X-Forward-For", "trusted_proxies: [10.0.0.0/8]"], '16:11: client_address.source: "X-Forward-For" is not a known header; did you mean X-Forwarded-For?'),
        (["source: peer"], "16:3: client_address.upstream_headers: keep passes on X-Forwarded-For as clients send it, and the meeting service may believe it; set append or replace"),
    ],
)  # fmt: skip
def test_a_probable_mistake_earns_a_warning(tmp_path: Path, lines: list[str], message: str) -> None:
    assert warnings(configured(tmp_path, *lines)) == [f"geofence.yaml:{message}"]


@pytest.mark.parametrize(
    "lines",
    [
        [XFF, 'trusted_proxies: [10.0.0.0/8, "2600::/16"]'],
        ["source: forwarded", "trusted_proxies: [10.0.0.0/8]"],
        ["source: X-Client-Addr", "trusted_proxies: [10.0.0.0/8]"],
        ["source: peer", "upstream_headers: append"],
    ],
)
def test_a_sound_entry_earns_no_warning(tmp_path: Path, lines: list[str]) -> None:
    assert warnings(configured(tmp_path, *lines)) == []


# -- files of proxies ------------------------------------------------------------------------------


def with_file(folder: Path, text: str) -> Path:
    main = configured(folder, XFF, "trusted_proxies: [{file: cdn.txt, max_age_days: 30}]")
    (main.parent / "cdn.txt").write_text(text)
    os.utime(main.parent / "cdn.txt", (NOW.timestamp(), NOW.timestamp()))
    return main


def test_the_networks_of_a_proxy_file_are_trusted_and_follow_its_edits(tmp_path: Path) -> None:
    main = with_file(tmp_path, "# ours\n192.0.2.0/24  # edge\n\n2001:db8::/32\n")
    loader = Loader(main)
    loaded = loader.load(NOW)
    assert ip_address("192.0.2.7") in loaded.policy.client_address.trusted_proxies
    assert str(main.parent / "cdn.txt") in loader.fingerprint()
    (main.parent / "cdn.txt").write_text("198.51.100.0/24\n")
    again = loader.load(NOW)
    assert ip_address("192.0.2.7") not in again.policy.client_address.trusted_proxies
    assert again.policy.revision != loaded.policy.revision


def test_an_old_proxy_file_earns_a_warning(tmp_path: Path) -> None:
    main = with_file(tmp_path, "192.0.2.0/24\n")
    assert warnings(main) == []
    old = (NOW - timedelta(days=31)).timestamp()
    os.utime(main.parent / "cdn.txt", (old, old))
    assert warnings(main) == [
        "geofence.yaml:17:21: client_address.trusted_proxies[0]: cdn.txt was last written on 2026-10-24, more than 30 days ago; download it again: a proxy missing from it is taken for a client"
    ]


def test_networks_of_a_file_that_cover_every_address_are_refused(tmp_path: Path) -> None:
    assert problems(with_file(tmp_path, "0.0.0.0/1\n128.0.0.0/1\n")) == [
        "geofence.yaml:17:20: client_address.trusted_proxies: covers every address, so any client could choose the address it is taken for; list only your proxies"
    ]


def test_a_problem_in_a_proxy_file_is_reported_with_its_position_there(tmp_path: Path) -> None:
    assert problems(with_file(tmp_path, "192.0.2.0/24\n 10.0.0.1/8\nedge\n")) == [
        'cdn.txt:2:2: found "10.0.0.1/8", expected a network without host bits; write 10.0.0.0/8',
        f'cdn.txt:3:1: found "edge", expected {SPELLING}',
    ]


# -- the public function ---------------------------------------------------------------------------


def test_a_policy_from_a_mapping_resolves_an_address() -> None:
    mapping = {"source": "X-Forwarded-For", "trusted_proxies": ["10.0.0.0/8"]}
    policy = ClientAddressPolicy.from_mapping(mapping)
    found = resolve_client_address(
        peer="10.0.0.1", headers=[("X-Forwarded-For", b"6.6.6.6, 9.9.9.9")], policy=policy
    )
    assert not isinstance(found, Undetermined)
    assert (found.address, found.basis, found.port) == (ip_address("9.9.9.9"), "header", None)
    bad = resolve_client_address(peer="10.0.0.1", headers=[("X-Forwarded-For", "9.9.9.9:x")], policy=policy)
    assert bad == Undetermined(reason="malformed", detail="bad_port")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "mapping",
    [{"source": 1}, {"sauce": "peer"}, {"source": "Forwarded"}, {"source": "Forwarded", "trusted_proxies": ["0.0.0.0/0"]}],
)  # fmt: skip
def test_an_invalid_mapping_is_refused(mapping: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="client_address:1:1: "):
        ClientAddressPolicy.from_mapping(mapping)


def test_every_key_reaches_the_engine() -> None:
    policy = ClientAddressPolicy.from_mapping(
        {
            "source": "Forwarded",
            "trusted_proxies": ["10.0.0.0/8"],
            "hops": 2,
            "forwarded_lenient": True,
            "nat64_prefixes": ["64:ff9b::/96"],
            "chain": "client_or_claims",
        }
    )
    assert (policy.header, policy.form, policy.hops) == (b"forwarded", HeaderForm.FORWARDED, 2)
    assert (policy.lenient, policy.claims, str(policy.nat64_prefixes[0])) == (True, True, "64:ff9b::/96")
