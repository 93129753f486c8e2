"""A fence in front of one meeting service, with orders for the Netherlands that name its meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.config_files import edit
from tests.e2e.harness import make_config, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DUTCH, AMERICAN = "145.100.0.1", "9.9.9.9"
_ORDER: Final = "NL-2026-0003"
_SERVICES: Final = "services: [services/demo.yaml, services/janus-videoroom.yaml, services/zoom.yaml]"


def configure(folder: Path, service: str, *meetings: str) -> Path:
    """Write a configuration with one service and one order that covers these meetings; return its main file."""
    config = make_config(folder)
    edit(config, _SERVICES, f"services: [services/{service}.yaml]")
    orders = config.parent / "orders"
    template = (orders / f"{_ORDER}.yaml").read_text("utf-8")
    (orders.parent / "template.yaml").write_text(template.replace("janus-videoroom", service), "utf-8")
    for order in orders.iterdir():
        order.unlink()
    order_for(config, _ORDER, *meetings)
    return config


def order_for(config: Path, order: str, *meetings: str) -> None:
    """Bring an order into force, within the time an edit takes."""
    template = (config.parent / "template.yaml").read_text("utf-8").replace(_ORDER, order)
    service = template.partition("- service: ")[2].partition("\n")[0]
    listed = "".join(f"  - service: {service}\n    id: {meeting!r}\n" for meeting in meetings)
    before, _, after = template.partition(f"  - service: {service}\n    id: 1234\n")
    (config.parent / "orders" / f"{order}.yaml").write_text(before + listed + after, "utf-8")


def impose(config: Path, order: str, meeting: str, is_refused: Callable[[], bool]) -> None:
    """Bring an order into force, and return once a newcomer is refused."""
    order_for(config, order, meeting)
    assert until(is_refused), f"{order} did not come into force"


def everybody_is_dutch(config: Path) -> None:
    """Locate every client on loopback in the Netherlands: browsers and SDKs send no X-Forwarded-For."""
    edit(config, "source: X-Forwarded-For", "source: peer")
    edit(config, '  trusted_proxies: [127.0.0.1/32, "::1/128"]\n', "")
    correction = "corrections:\n  - {network: 127.0.0.0/8, territory: NL, on: 2026-11-01, reason: A test on loopback.}\n"
    edit(config.parent / "corrections.yaml", "corrections: []\n", correction)
