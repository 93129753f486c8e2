from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.config.approvals.sshsig import STOP
from tests.config_files import copy_configs, edit
from tests.mmdb_files import write_mmdb
from tests.signing import listed, sign

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

ORDER = "DE-2026-0001"


def check(main: Path, at: str = "2026-11-24T12:00:00Z") -> Result:
    return CliRunner().invoke(app, ["check", str(main), "--at", at])


TRIAL = "approvals.required is 0: one person alone can put an order in force"
"""The warning about the shipped configuration, which is meant for trying joinfence out."""


def warnings(result: Result) -> list[str]:
    return [
        line.removeprefix("warning: ") for line in result.stdout.splitlines() if line.startswith("warning: ")
    ]


def test_a_valid_configuration_is_summarised(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    done = check(main)
    assert (done.exit_code, warnings(done)) == (0, [TRIAL])
    assert done.stdout.splitlines()[1].startswith(f"{main} is valid: policy ")
    assert done.stdout.endswith(", 3 orders (3 in force now), 3 services\n")


def test_every_problem_is_reported_with_status_2(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main.parent / "orders" / f"{ORDER}.yaml", "territory: [DE]", "territory: [UK, EL]")
    done = check(main)
    order = main.parent / "orders" / f"{ORDER}.yaml"
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        f'{order}:42:13: territory[0]: found "UK", expected an ISO 3166-1 alpha-2 or ISO 3166-2 code; UK: write GB\n'
        f'{order}:42:17: territory[1]: found "EL", expected an ISO 3166-1 alpha-2 or ISO 3166-2 code; EL: write GR\n'
        f"2 problem(s) in {main}\n"
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-12-30T00:00:00Z", ["order DE-2026-0001 is to be reviewed by 2027-01-10T00:00:00+01:00", "order PT-2026-0002 is to be reviewed by 2026-12-31T00:00:00+00:00"]),
        ("2027-01-12T00:00:00Z", ["order DE-2026-0001 is not in force: its review was due by 2027-01-10T00:00:00+01:00", "order NL-2026-0003 is to be reviewed by 2027-01-15T00:00:00+01:00", "order PT-2026-0002 is not in force: its review was due by 2026-12-31T00:00:00+00:00"]),
        ("2027-04-02T00:00:00Z", ["order DE-2026-0001 expired on 2027-02-08T00:00:00+01:00; its file can be archived", "order NL-2026-0003 expired on 2027-03-31T00:00:00+02:00; its file can be archived", "order PT-2026-0002 expired on 2027-01-31T00:00:00+00:00; its file can be archived"]),
    ],
)  # fmt: skip
def test_orders_that_end_soon_or_have_ended_earn_warnings(
    tmp_path: Path, at: str, expected: list[str]
) -> None:
    done = check(copy_configs(tmp_path), at)
    assert (done.exit_code, warnings(done)) == (0, [TRIAL, *expected])


def test_suspended_and_observing_orders_earn_warnings(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    orders = main.parent / "orders"
    edit(orders / f"{ORDER}.yaml", "expires_at: 2027-02-08", "expires_at: 2026-12-01")
    edit(orders / f"{ORDER}.yaml", "review_by: 2027-01-10", "review_by: 2026-12-01")
    with (orders / "PT-2026-0002.yaml").open("a") as file:
        file.write("suspended: {since: 2026-11-20T00:00:00Z, reason: An appeal.}\n")
    with (orders / "NL-2026-0003.yaml").open("a") as file:
        file.write("mode: observe\n")
    assert warnings(check(main)) == [
        TRIAL,
        "order DE-2026-0001 expires on 2026-12-01T00:00:00+01:00",
        "order NL-2026-0003 only observes: it refuses nobody",
        "order PT-2026-0002 is suspended",
    ]


def test_a_database_that_is_too_old_earns_a_warning(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    write_mmdb(main.parent / "geo.mmdb")
    edit(main, "- kind: registry", "- {kind: mmdb, path: geo.mmdb, max_age_days: 1}")
    told = warnings(check(main, "2027-01-01T00:00:00+00:00".replace("2027-01-01", "2040-01-01")))
    assert told[-1].startswith("GeoLite2-Country of ")
    assert told[-1].endswith(" is older than max_age_days allows, so it is not used")


def test_wide_proxy_networks_and_old_proxy_files_earn_warnings(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(
        main,
        'trusted_proxies: [127.0.0.1/32, "::1/128"]',
        "trusted_proxies: [64.0.0.0/7, {file: cdn.txt, max_age_days: 1}]",
    )
    (main.parent / "cdn.txt").write_text("192.0.2.0/24\n")
    told = warnings(check(main, "2040-01-01T00:00:00Z"))
    assert told[0].startswith(f"{main}:17:21: client_address.trusted_proxies[0]: 64.0.0.0/7 is wider than /8")
    assert told[1].startswith(
        f"{main}:17:33: client_address.trusted_proxies[1]: cdn.txt was last written on "
    )


def test_trusting_every_address_is_refused(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, 'trusted_proxies: [127.0.0.1/32, "::1/128"]', "trusted_proxies: [0.0.0.0/1, 128.0.0.0/1]")
    done = check(main)
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{main}:17:20: client_address.trusted_proxies: covers every address")


def test_warnings_say_why_an_order_is_not_approved_and_who_stopped_one(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    orders = main.parent / "orders"
    edit(main, "approvals: {required: 0}", "approvals: {required: 2, signers: allowed_signers}")
    signers = listed(("legal-anna", "anna"), ("operations-bob", "bob"), ("legal-carl", "carl"))
    (main.parent / "allowed_signers").write_text(signers, encoding="utf-8")
    for name in ("DE-2026-0001", "PT-2026-0002"):
        sign(orders / f"{name}.yaml", "anna", "legal-anna")
    sign(orders / "DE-2026-0001.yaml", "carl", "legal-carl")
    sign(orders / "PT-2026-0002.yaml", "bob", "operations-bob")
    sign(orders / "PT-2026-0002.yaml", "carl", "legal-carl", STOP)
    done = check(main)
    assert warnings(done) == [
        "order DE-2026-0001 is not approved",
        "order DE-2026-0001: legal-carl.sig does not count: legal-anna.sig was also signed in the role legal; each role counts once (same_role)",
        "order DE-2026-0001: 1 of 2 approvals (legal-anna); 1 more needed, each with another key in another role (too_few)",
        "order NL-2026-0003 is not approved",
        "order NL-2026-0003: 0 of 2 approvals; 2 more needed, each with another key in another role (too_few)",
        "order PT-2026-0002 is suspended by legal-carl",
    ]
    assert done.stdout.endswith(", 3 orders (0 in force now), 3 services\n")


def test_orders_that_the_public_pages_do_not_show_are_warned_of(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "# site: {folder: /var/www/legal}", "site: {folder: legal}")
    edit(main, "public_before_effective: false", "public_before_effective: true")
    assert "order DE-2026-0001 is not published: the public pages do not show it as it is now" in warnings(
        check(main)
    )


def test_an_official_language_without_a_translation_earns_a_warning(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main.parent / "orders" / f"{ORDER}.yaml", "territory: [DE]", "territory: [FI]")
    edit(main.parent / "authorities.yaml", "competence: [DE]", "competence: [FI]")
    assert [warning for warning in warnings(check(main)) if "translation" in warning] == [
        "there is no translation into Finnish (fi), an official language of Finland: refusals there use other "
        "languages; `scripts/translations add fi` starts one"
    ]


def test_a_template_that_omits_a_required_part_is_refused(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "# notices:", "notices:")
    edit(main.parent / "notices" / "branding.yaml", "  - page.html.j2\n", "  - refusal.txt.j2\n")
    own = main.parent / "notices" / "refusal.txt.j2"
    own.write_text(
        "{{ words.authority(order).text }}, {{ order.reference }}"
        "{% for basis in order.legal_basis %}{{ basis.citation }}{% endfor %}"
    )
    done = check(main)
    assert done.exit_code == 2
    assert f"{own}:1:1: does not state the period: the beginning is missing" in done.output
    assert (
        f"{own}:1:1: does not state the redress: how to contest before the authority is missing"
        in done.output
    )
    assert "does not state the law" not in done.output


def test_the_register_of_demands_is_checked_too(tmp_path: Path) -> None:
    main = copy_configs(tmp_path).parent / "reports" / "geofence.yaml"
    assert check(main).exit_code == 0
    edit(main.parent / "demands.yaml", "order: FR-2026-0001", "order: France")
    done = check(main)
    assert done.exit_code == 2
    assert done.stderr == (
        f'{main.parent / "demands.yaml"}:13:12: demands[0].order: found "France", expected the id of the order '
        f"it became\n1 problem(s) in {main}\n"
    )
