"""What mitmproxy's options must be for the fence to hold, and what is said when they are not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from mitmproxy import ctx, exceptions
from mitmproxy.proxy.mode_specs import ProxyMode, ReverseMode

if TYPE_CHECKING:
    from joinfence.loading.loader import Loaded

logger = logging.getLogger("joinfence")

OPTION: Final = "geofence_config"
OPENINGS: Final = {
    "mode",
    "rawtcp",
    "keep_host_header",
    "ignore_hosts",
    "allow_hosts",
    "validate_inbound_headers",
}
"""A change to one of these can let requests pass beside the fence, or past its rules."""


def check_options() -> None:
    """Log what is wrong with the `geofence_*` options. mitmproxy itself would start without a word."""
    try:
        ctx.options.process_deferred()
    except exceptions.OptionsError as error:
        logger.error("a geofence option cannot be used: %s", error)  # noqa: TRY400 - no traceback for a typing error
    for name in sorted(name for name in ctx.options.deferred if name.startswith("geofence_")):
        if name != OPTION:
            logger.error("there is no option %s; the fence has one: %s", name, OPTION)
        # Left in place it would be tried, and fail, again and again, and keep the gate from being raised.
        del ctx.options.deferred[name]


def complaints_about(loaded: Loaded) -> list[str]:
    """Return what about mitmproxy's options would make this policy fail."""
    complaints = []
    entry = loaded.settings.client_address
    others = [mode for mode in ctx.options.mode if not mode.startswith("reverse:")]
    if not entry.from_peer and others:
        complaints.append(
            f"client_address.source {entry.source} has a meaning in reverse mode only, and the mode is "
            f"{', '.join(others)}: set source: peer, or --mode reverse:URL"
        )
    if others and ctx.options.rawtcp:
        complaints.append(
            f"in mode {', '.join(others)} a request with an empty line in front is no HTTP to mitmproxy and "
            "passes unseen: set --set rawtcp=false"
        )
    opaque = [mode for mode in ctx.options.mode if not _speaks_http(mode)]
    if opaque:
        complaints.append(
            f"in mode {', '.join(opaque)} there are no requests to decide on: use --mode reverse:http"
        )
    complaints += [
        f"{name} lets everybody pass unseen who names such a host: unset it"
        for name in ("ignore_hosts", "allow_hosts")
        if getattr(ctx.options, name)
    ]
    if not ctx.options.validate_inbound_headers:
        complaints.append(
            "without validate_inbound_headers one request can hide in the body of another: set it to true"
        )
    hosts = sorted({rule.service for rule in loaded.policy.rules.rules if rule.hosts})
    if hosts and not ctx.options.keep_host_header:
        complaints.append(
            f"the rules of {', '.join(hosts)} name hosts, which the fence does not get to see: "
            "set --set keep_host_header=true"
        )
    return complaints


def _speaks_http(mode: str) -> bool:
    parsed = ProxyMode.parse(mode)
    return not isinstance(parsed, ReverseMode) or parsed.scheme in {"http", "https", "http3"}
