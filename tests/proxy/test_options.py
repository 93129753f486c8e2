"""Options with which joins could bypass the fence or its rules are reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from mitmproxy.optmanager import _UnconvertedStrings
from mitmproxy.test import taddons

from joinfence.loading.loader import Loader
from joinfence.proxy.options import OPTION, check_options, option_problems
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def context() -> Iterator[taddons.context]:
    with taddons.context() as it:
        for name, kind, default in (
            (OPTION, str, ""),
            ("keep_host_header", bool, False),
            ("validate_inbound_headers", bool, True),
            ("ignore_hosts", Sequence[str], []),
            ("allow_hosts", Sequence[str], []),
        ):
            it.options.add_option(name, kind, default, "test")
        it.options.mode = ["reverse:http://127.0.0.1:1"]
        yield it


@pytest.mark.parametrize(
    ("deferred", "logged"),
    [
        ({}, []),
        ({OPTION: "a.yaml"}, []),
        ({OPTION: _UnconvertedStrings(["a", "b"])}, ["a geofence option cannot be used: "]),
        (
            {"geofence_confg": "a"},
            ["there is no option geofence_confg; the only geofence option is geofence_config"],
        ),
        ({"other_option": "a"}, []),
    ],
    ids=["none", "ours", "given twice", "misspelt", "another addon's"],
)
def test_invalid_geofence_options_are_logged_and_dropped(
    context: taddons.context, caplog: pytest.LogCaptureFixture, deferred: dict[str, Any], logged: list[str]
) -> None:
    context.options.deferred.update(deferred)
    check_options()
    messages = [record.getMessage() for record in caplog.records]
    assert [message.startswith(start) for message, start in zip(messages, logged, strict=True)] == [
        True
    ] * len(logged)
    assert not [name for name in context.options.deferred if name.startswith("geofence_")]


@pytest.mark.parametrize(
    ("options", "problems"),
    [
        ({}, []),
        ({"mode": ["reverse:https://meet.example"]}, []),
        ({"mode": ["reverse:http3://meet.example"]}, []),
        ({"mode": ["reverse:meet.example:80"]}, []),
        ({"mode": ["regular"], "rawtcp": False}, ["client_address.source X-Forwarded-For only works in reverse mode"]),
        ({"mode": ["reverse:tcp://127.0.0.1:1"]}, ["in mode reverse:tcp://127.0.0.1:1 there are no requests"]),
        ({"mode": ["reverse:http://a:1", "reverse:tls://b:1@0"]}, ["in mode reverse:tls://b:1@0 there are no"]),
        ({"ignore_hosts": ["a"]}, ["ignore_hosts lets requests bypass the fence"]),
        ({"allow_hosts": ["a"]}, ["allow_hosts lets requests bypass the fence"]),
        ({"validate_inbound_headers": False}, ["without validate_inbound_headers one request can hide"]),
    ],
)  # fmt: skip
def test_options_that_bypass_the_fence_are_problems(
    context: taddons.context, tmp_path: Path, options: dict[str, Any], problems: list[str]
) -> None:
    loaded = Loader(copy_configs(tmp_path)).load(datetime.now(UTC))
    context.options.update(**options)
    found = option_problems(loaded)
    assert [problem[: len(start)] for problem, start in zip(found, problems, strict=True)] == problems


def test_rules_with_hosts_need_the_host_header_that_was_sent(
    context: taddons.context, tmp_path: Path
) -> None:
    config = copy_configs(tmp_path)
    edit(config.parent / "services" / "zoom.yaml", "    paths:", "    hosts: [zoom.example]\n    paths:")
    loaded = Loader(config).load(datetime.now(UTC))
    assert [problem[:27] for problem in option_problems(loaded)] == ["the rules of zoom name host"]
    context.options.keep_host_header = True
    assert option_problems(loaded) == []


def test_source_peer_needs_no_reverse_mode(context: taddons.context, tmp_path: Path) -> None:
    config = copy_configs(tmp_path)
    edit(config, "source: X-Forwarded-For", "source: peer")
    edit(config, '  trusted_proxies: [127.0.0.1/32, "::1/128"]\n', "")
    context.options.mode = ["regular", "transparent"]
    loaded = Loader(config).load(datetime.now(UTC))
    assert [problem.rpartition(": ")[2] for problem in option_problems(loaded)] == ["set --set rawtcp=false"]
    context.options.rawtcp = False
    assert option_problems(loaded) == []
