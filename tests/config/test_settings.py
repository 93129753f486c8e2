from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.settings import read_settings
from joinfence.config.yaml.problems import ConfigError
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from pathlib import Path

TRUSTED = 'trusted_proxies: [127.0.0.1/32, "::1/128"]'


def test_the_shipped_settings_are_read(tmp_path: Path) -> None:
    settings, document = read_settings(copy_configs(tmp_path))
    assert settings.operator.url == "https://meet.example/legal/"
    assert settings.client_address.source == "X-Forwarded-For"
    assert [source.kind for source in settings.location.sources] == ["registry"]
    assert document.path == tmp_path / "configs" / "geofence.yaml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("legal/ ", "legal ", '9:8: operator.url: found "https://meet.example/legal", expected an address that ends in /'),
        (TRUSTED, "", "16:3: client_address.trusted_proxies: is missing; with source X-Forwarded-For, list the "
         "proxies to trust"),
        ("source: X-Forwarded-For", "source: peer", "17:20: client_address.trusted_proxies: has no effect with source "
         "peer; remove it, or set source"),
        (TRUSTED, "trusted_proxies: [0.0.0.0/1, 128.0.0.0/1]", "17:20: client_address.trusted_proxies: covers "
         "every address, so any client could choose the address it is taken for; list only your proxies"),
        (TRUSTED, 'trusted_proxies: ["*"]', '17:21: client_address.trusted_proxies[0]: found "*", expected a network '
         "such as 10.0.0.0/8 or 2001:db8::/32, without names, zones or wildcards"),
        ("kind: registry", "kind: dns", '24:13: location.sources[0].kind: found "dns", expected registry or mmdb'),
        ("kind: registry", "kind: mmdb", "24:7: location.sources[0].path: is missing; expected the path of an .mmdb "
         "file"),
        ("on_error: admit", "on_error: block", '48:11: on_error: found "block", expected admit or unavailable'),
        ("schema: geofence/1", "schema: geofence/1\nextra: 1", "5:1: extra: unknown key; expected one of schema, "
         "operator, client_address, location, services, authorities, orders, approvals, demands, notices, state, event_log, metrics, metrics_public, "
         "on_error, on_undetermined, site, public_before_effective"),
        ("public_before_effective: false", "public_before_effective: true", "61:26: public_before_effective: needs "
         "site.folder; set it to the folder the public pages are built in"),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_position(tmp_path: Path, old: str, new: str, message: str) -> None:
    main = copy_configs(tmp_path)
    edit(main, old, new)
    with pytest.raises(ConfigError) as caught:
        read_settings(main)
    assert str(caught.value) == f"{main}:{message}"


def test_the_registry_takes_no_path(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    edit(main, "- kind: registry", "- {kind: registry, path: x.mmdb} ")
    with pytest.raises(ConfigError) as caught:
        read_settings(main)
    assert str(caught.value) == (
        f"{main}:24:7: location.sources[0]: the registry is built in and takes no path or max_age_days; remove them"
    )
