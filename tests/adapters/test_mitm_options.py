"""What mitmproxy's options must be; the messages at a start are shown in tests/e2e/test_failures.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mitmproxy import exceptions

from tests.adapters.test_mitm import config, context, raised

if TYPE_CHECKING:
    from pathlib import Path

    from mitmproxy.test import taddons

__all__ = ["config", "context"]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("mode", ["regular"], "in reverse mode only"),
        ("mode", ["reverse:tcp://127.0.0.1:1"], "there are no requests to decide on"),
        ("ignore_hosts", ["x"], "ignore_hosts lets everybody pass unseen"),
        ("allow_hosts", ["x"], "allow_hosts lets everybody pass unseen"),
        ("validate_inbound_headers", False, "one request can hide in the body of another"),
    ],
)
def test_an_option_that_lets_requests_past_is_refused_while_the_fence_runs(
    context: taddons.context, config: Path, option: str, value: object, message: str
) -> None:
    raised(context, config)
    with pytest.raises(exceptions.OptionsError, match=message):
        context.options.update(**{option: value})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("geofence_config", 7, "a geofence option cannot be used: "),
        ("geofence_confg", "x", "there is no option geofence_confg; the fence has one: geofence_config"),
    ],
)
def test_a_wrong_option_of_ours_is_said_and_taken_away(
    context: taddons.context,
    config: Path,
    caplog: pytest.LogCaptureFixture,
    name: str,
    value: object,
    message: str,
) -> None:
    context.options.deferred[name] = value
    if name != "geofence_config":
        raised(context, config)
    else:
        from joinfence.adapters.mitm import Geofence

        context.master.addons.add(Geofence())
    assert message in caplog.text
    assert name not in context.options.deferred
