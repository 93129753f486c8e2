"""All files are read and checked before anything is used."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from joinfence.config.approvals.sshsig import STOP
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.decide import decide
from joinfence.engine.decision import Reason
from joinfence.engine.order import Standing, standing
from joinfence.engine.values import Join, Location
from joinfence.loading.loader import Loader
from joinfence.site.build import build
from tests.config_files import copy_configs, edit
from tests.factories import make_request
from tests.mmdb_files import COUNTRIES, write_mmdb
from tests.signing import listed, public, sign

if TYPE_CHECKING:
    from joinfence.engine.policy import Policy

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MMDB = "- {kind: mmdb, path: geo.mmdb, max_age_days: 30}"


def test_the_shipped_configuration_decides(tmp_path: Path) -> None:
    policy = Loader(copy_configs(tmp_path)).load(NOW).policy
    request = make_request("/j/987-6543-2101", peer="127.0.0.1", headers=((b"X-Forwarded-For", b"2003::1"),))
    assert decide(request, policy).reason is Reason.ORDER
    assert len(policy.orders) == 3
    assert policy.orders.for_meeting(Join("janus-videoroom", "1234"))[0].id == "NL-2026-0003"


def test_the_problems_of_all_files_are_reported_together(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "- kind: registry", "- {kind: mmdb, path: missing.mmdb}")
    edit(main.parent / "corrections.yaml", "corrections: []", "corrections: [1]")
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "territory: [DE]", "territory: [UK]")
    edit(main.parent / "orders" / "PT-2026-0002.yaml", "version: 1", "version: 0")
    with pytest.raises(ConfigError) as caught:
        Loader(main).load(NOW)
    assert [problem.path.name for problem in caught.value.problems] == [
        "corrections.yaml",
        "geofence.yaml",
        "DE-2026-0001.yaml",
        "PT-2026-0002.yaml",
    ]


def test_problems_of_the_register_and_of_services_are_reported_together(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main.parent / "authorities.yaml", "kind: court", "kind: x")
    edit(main.parent / "services" / "zoom.yaml", "name: zoom", "name: demo")
    edit(main.parent / "services" / "demo.yaml", "schema: service/1", "schema: service/2")
    (main.parent / "services" / "cut.yaml").write_bytes(b"\xff")
    edit(main, "services: [", "services: [services/cut.yaml, ")
    with pytest.raises(ConfigError) as caught:
        Loader(main).load(NOW)
    assert [problem.path.name for problem in caught.value.problems] == [
        "authorities.yaml",
        "cut.yaml",
        "demo.yaml",
    ]


def test_a_service_has_one_file(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main.parent / "services" / "zoom.yaml", "name: zoom", "name: demo")
    with pytest.raises(ConfigError, match='name: "demo" has another file; keep one'):
        Loader(main).load(NOW)


def test_every_edit_changes_the_revision(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "# notices:", "notices:")
    loader = Loader(main)
    revisions = [loader.load(NOW).policy.revision, Loader(main).load(NOW).policy.revision]
    assert len(set(revisions)) == 1
    in_use = sorted(
        Path(path) for path in loader.fingerprint() if path.endswith(".yaml") and path != str(main)
    )
    for path in (main, *in_use):
        path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
        revisions.append(loader.load(NOW).policy.revision)
    assert len(set(revisions)) == len(revisions) - 1


def test_a_database_beside_the_registry_must_agree_with_it(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "- kind: registry", f"- kind: registry\n    {MMDB}")
    write_mmdb(main.parent / "geo.mmdb", {**COUNTRIES, "193.136.0.0/15": {"country": {"iso_code": "ES"}}})
    loaded = Loader(main).load(NOW)
    found = loaded.policy.locate(ip_address("2003::1"), NOW)
    assert isinstance(found, Location)
    assert (found.country, len(found.sources)) == ("DE", 2)
    assert not isinstance(loaded.policy.locate(ip_address("193.136.0.1"), NOW), Location)
    assert loaded.stale(datetime(2099, 1, 1, tzinfo=UTC)) == [loaded.sources[1].name]


def test_a_database_that_becomes_unusable_stays_in_use_and_other_edits_are_loaded(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "- kind: registry", MMDB)
    path = write_mmdb(main.parent / "geo.mmdb")
    loader = Loader(main)
    assert loader.load(NOW).warnings == ()
    path.write_bytes(b"")
    (main.parent / "orders" / "DE-2026-0001.yaml").unlink()
    loaded = loader.load(NOW)
    assert len(loaded.policy.orders) == 2
    assert isinstance(loaded.policy.locate(ip_address("9.9.9.9"), NOW), Location)
    assert [str(w).removeprefix(str(main)).split(" ")[0] for w in loaded.warnings] == [":24:26:"]


def test_corrections_and_orders_are_optional(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "corrections: corrections.yaml", "")
    edit(main, "orders: [orders/*.yaml]", "orders: []")
    assert len(Loader(main).load(NOW).policy.orders) == 0


def test_before_the_first_load_the_fingerprint_is_of_the_main_file_alone(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    loader = Loader(main)
    assert list(loader.fingerprint()) == [str(main)]
    loader.load(NOW)
    assert len(loader.fingerprint()) == 9


# -- after the first load, a broken file affects only itself ---------------------------------------


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return copy_configs(tmp_path)


@pytest.fixture
def loader(main: Path) -> Loader:
    loader = Loader(main)
    loader.load(NOW)
    return loader


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param("orders/DE-2026-0001.yaml", "version: 1", "version: 0", id="an order"),
        pytest.param("authorities.yaml", "kind: court", "kind: x", id="the register"),
        pytest.param("services/zoom.yaml", "schema: service/1", "schema: service/2", id="a service"),
        pytest.param("services/zoom.yaml", "name: zoom", "name: zoomed", id="a service that an order names"),
        pytest.param("authorities.yaml", "id: de-lg", "id: de-ag", id="an authority that ordered"),
        pytest.param("corrections.yaml", "corrections: []", "corrections: [1]", id="the corrections"),
        pytest.param("geofence.yaml", "on_error: admit", "on_error: block", id="the main file"),
        pytest.param(
            "geofence.yaml", "- kind: registry", "- {kind: mmdb, path: none}", id="no such database"
        ),
        pytest.param("geofence.yaml", "{required: 0}", "{required: 1, signers: none}", id="no such signers"),
    ],
)
def test_the_last_good_version_of_a_broken_file_is_used_and_an_order_can_be_suspended(
    main: Path, loader: Loader, name: str, old: str, new: str
) -> None:
    before = loader.load(NOW).policy.revision
    edit(main.parent / name, old, new)
    broken = loader.load(NOW)
    assert broken.warnings
    assert (broken.policy.revision, len(broken.policy.orders)) == (before, 3)
    with (main.parent / "orders" / "PT-2026-0002.yaml").open("a", encoding="utf-8") as file:
        file.write("suspended: {since: 2026-11-20T00:00:00Z, reason: An appeal.}\n")
    edited = loader.load(NOW)
    assert edited.warnings == broken.warnings
    assert edited.policy.revision != before
    standings = {order.id: standing(order, NOW) for order in edited.policy.orders}
    assert standings == {
        "DE-2026-0001": Standing.IN_FORCE,
        "NL-2026-0003": Standing.IN_FORCE,
        "PT-2026-0002": Standing.SUSPENDED,
    }
    edit(main.parent / name, new, old)
    assert loader.load(NOW).warnings == ()


def test_a_main_file_is_taken_whole_or_not_at_all(main: Path, loader: Loader) -> None:
    edit(main, "on_error: admit", "on_error: unavailable")
    edit(main, "{required: 0}", "{required: 1, signers: none}")
    assert loader.load(NOW).settings.on_error == "admit"
    edit(main, "{required: 1, signers: none}", "{required: 0}")
    assert loader.load(NOW).settings.on_error == "unavailable"


def test_a_file_because_of_which_a_main_file_is_held_back_is_followed(main: Path, loader: Loader) -> None:
    edit(main, "corrections: corrections.yaml", "corrections: others.yaml")
    others = main.parent / "others.yaml"
    others.write_text("schema: corrections/2", encoding="utf-8")
    assert {warning.path for warning in loader.load(NOW).warnings} == {others}
    before = loader.fingerprint()
    assert before.keys() >= {str(main.parent / "corrections.yaml"), str(others)}
    shutil.copy(main.parent / "corrections.yaml", others)
    assert loader.fingerprint() != before
    assert loader.load(NOW).warnings == ()
    assert str(main.parent / "corrections.yaml") not in loader.fingerprint()


def test_a_file_that_only_a_held_back_main_file_names_is_not_used(main: Path, loader: Loader) -> None:
    correct(main.parent / "others.yaml", "9.9.9.9/32")
    edit(main, "corrections: corrections.yaml", "corrections: others.yaml")
    edit(main, "{required: 0}", "{required: 1, signers: none}")
    edit(main.parent / "corrections.yaml", "corrections: []", "corrections: [1]")
    located = loader.load(NOW).policy.locate(ip_address("9.9.9.9"), NOW)
    assert isinstance(located, Location)
    assert located.country != "KP"


def correct(path: Path, network: str) -> None:
    entry = f'{{network: "{network}", territory: KP, on: 2026-11-01, reason: Known.}}'
    path.write_text(f"schema: corrections/1\ncorrections: [{entry}]\n", encoding="utf-8")


def test_a_missing_folder_of_orders_is_reported_and_ends_no_order(main: Path, loader: Loader) -> None:
    (main.parent / "orders").rename(main.parent / "away")
    lost = loader.load(NOW)
    message = "the folder is missing or unmounted; its 3 orders stay as they were"
    assert [str(each) for each in lost.warnings] == [f"{main.parent / 'orders'}:1:1: {message}"]
    assert len(lost.policy.orders) == 3


def test_signatures_beside_orders_are_followed_and_count(main: Path) -> None:
    edit(main, "{required: 0}", "{required: 2, signers: allowed_signers, revoked: revoked}")
    signers = listed(("legal-anna", "anna"), ("operations-bob", "bob"))
    (main.parent / "allowed_signers").write_text(signers, encoding="utf-8")
    (main.parent / "revoked").touch()
    loader, order = Loader(main), main.parent / "orders" / "DE-2026-0001.yaml"

    def loaded_standing() -> Standing:
        found = loader.load(NOW).policy.orders.get("DE-2026-0001")
        assert found
        return standing(found, NOW)

    assert loaded_standing() is Standing.UNAPPROVED
    unsigned = loader.fingerprint()
    files = [sign(order, "anna", "legal-anna"), sign(order, "bob", "operations-bob")]
    signed = loader.fingerprint()
    assert signed.keys() - unsigned.keys() == {str(file) for file in files}
    assert loaded_standing() is Standing.IN_FORCE
    (main.parent / "revoked").write_text(public("bob"), encoding="utf-8")
    assert signed != loader.fingerprint()
    assert loaded_standing() is Standing.UNAPPROVED
    (main.parent / "revoked").write_text("", encoding="utf-8")
    assert loaded_standing() is Standing.IN_FORCE
    sign(order, "bob", "stop", STOP)
    assert loaded_standing() is Standing.SUSPENDED


# -- x and ::ffff:x are the same address, from the configuration to the location -------------------


@pytest.fixture(scope="module")
def plain_and_mapped(tmp_path_factory: pytest.TempPathFactory) -> list[Policy]:
    policies = []
    for trusted, corrected in (
        ("10.0.0.0/8", "192.0.2.0/24"),
        ("::ffff:10.0.0.0/104", "::ffff:192.0.2.0/120"),
    ):
        main = copy_configs(tmp_path_factory.mktemp("mapped"))
        edit(main, '[127.0.0.1/32, "::1/128"]', f'["{trusted}"]')
        entry = f'{{network: "{corrected}", territory: DE, on: 2026-11-01, reason: Known.}}'
        edit(main.parent / "corrections.yaml", "corrections: []", f"corrections: [{entry}]")
        policies.append(Loader(main).load(NOW).policy)
    return policies


@given(st.ip_addresses(v=4))
@example(IPv4Address("192.0.2.7"))
@example(IPv4Address("10.0.0.7"))
def test_mapped_and_plain_addresses_are_the_same_everywhere(
    plain_and_mapped: list[Policy], address: IPv4Address
) -> None:
    found = [
        decide(
            make_request("/j/98765432101", peer=peer, headers=((b"X-Forwarded-For", entry.encode()),)), policy
        )
        for policy in plain_and_mapped
        for peer in ("10.0.0.1", "::ffff:10.0.0.1")
        for entry in (str(address), f"::ffff:{address}", f"[::ffff:{address}]:443")
    ]
    assert len({(str(getattr(d.client, "address", d.client)), d.location, d.reason) for d in found}) == 1
    if address in ip_network("192.0.2.0/24"):
        assert found[0].reason is Reason.ORDER


def public_configs(folder: Path) -> Path:
    """Copy the shipped configuration, and require that orders are published to be in force."""
    main = copy_configs(folder)
    edit(main, "# site: {folder: /var/www/legal}", "site: {folder: legal}")
    edit(main, "public_before_effective: false", "public_before_effective: true")
    return main


def test_an_order_is_in_force_once_it_is_published(tmp_path: Path) -> None:
    main = public_configs(tmp_path)
    loader, site = Loader(main), main.parent / "legal"
    before = loader.load(NOW)
    assert {standing(order, NOW) for order in before.policy.orders} == {Standing.UNPUBLISHED}
    assert [warning.message for warning in before.warnings] == [
        f"public_before_effective: {site / 'index.json'} is missing, so no order is in force: "
        "build the public pages with `joinfence site build`"
    ]
    assert str(site / "index.json") in loader.fingerprint()
    build(main, before, site, NOW)
    after = loader.load(NOW)
    assert {standing(order, NOW) for order in after.policy.orders} == {Standing.IN_FORCE}
    assert after.warnings == ()
    assert after.policy.revision != before.policy.revision


def test_a_broken_index_prevents_a_start_and_changes_nothing_in_a_running_fence(tmp_path: Path) -> None:
    main = public_configs(tmp_path)
    loader, index = Loader(main), main.parent / "legal" / "index.json"
    build(main, loader.load(NOW), index.parent, NOW)
    loader.load(NOW)
    index.write_text("{}")
    with pytest.raises(ConfigError, match="is not an index written by `joinfence site build`"):
        Loader(main).load(NOW)
    running = loader.load(NOW)
    assert [warning.path for warning in running.warnings] == [index]
    assert {standing(order, NOW) for order in running.policy.orders} == {Standing.IN_FORCE}


def test_an_order_edited_since_it_was_published_is_not_in_force(tmp_path: Path) -> None:
    main = public_configs(tmp_path)
    build(main, Loader(main).load(NOW), main.parent / "legal", NOW)
    edit(main.parent / "orders" / "DE-2026-0001.yaml", "id: townhall", "id: other")
    edit(main.parent / "orders" / "PT-2026-0002.yaml", "reference: DGC-2026/4471", "reference: DGC-2026/4472")
    found = {order.id: standing(order, NOW) for order in Loader(main).load(NOW).policy.orders}
    assert found == {
        "DE-2026-0001": Standing.IN_FORCE,  # its pages show how many meetings it names, not which
        "NL-2026-0003": Standing.IN_FORCE,
        "PT-2026-0002": Standing.UNPUBLISHED,
    }
