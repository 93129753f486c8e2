"""Checks that mitmproxy's options let no request bypass the fence."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from mitmproxy import ctx, exceptions
from mitmproxy.proxy.mode_specs import ProxyMode, ReverseMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.loading.loader import Loaded

logger = logging.getLogger("joinfence")

OPTION: Final = "geofence_config"
BYPASSES: Final = {
    "mode",
    "rawtcp",
    "keep_host_header",
    "ignore_hosts",
    "allow_hosts",
    "validate_inbound_headers",
}
"""Options with which requests can bypass the fence or its rules; a change to one of them is checked."""


def check_options() -> None:
    """Log what is wrong with the `geofence_*` options, which mitmproxy itself would ignore silently."""
    try:
        ctx.options.process_deferred()
    except exceptions.OptionsError as error:
        logger.error("a geofence option cannot be used: %s", error)  # noqa: TRY400 - no traceback for a typing error
    for name in sorted(name for name in ctx.options.deferred if name.startswith("geofence_")):
        if name != OPTION:
            logger.error("there is no option %s; the only geofence option is %s", name, OPTION)
        # mitmproxy retries deferred options with every addon: left in place, this one would stop the hooks
        # from being added.
        del ctx.options.deferred[name]


def option_problems(loaded: Loaded) -> list[str]:
    """Return what in mitmproxy's options would keep this policy from being enforced."""
    return [*_mode_problems(loaded), *_bypass_problems(), *_host_problems(loaded)]


def _mode_problems(loaded: Loaded) -> Iterator[str]:
    settings = loaded.settings.client_address
    others = [mode for mode in ctx.options.mode if not mode.startswith("reverse:")]
    if not settings.from_peer and others:
        yield (
            f"client_address.source {settings.source} only works in reverse mode, and the mode is "
            f"{', '.join(others)}: set source: peer, or --mode reverse:URL"
        )
    if others and ctx.options.rawtcp:
        yield (
            f"in mode {', '.join(others)} a request after an empty line is not HTTP to mitmproxy, and "
            "bypasses the fence: set --set rawtcp=false"
        )
    opaque = [mode for mode in ctx.options.mode if not _speaks_http(mode)]
    if opaque:
        yield f"in mode {', '.join(opaque)} there are no requests to decide on: use --mode reverse:http"


def _bypass_problems() -> Iterator[str]:
    for name in ("ignore_hosts", "allow_hosts"):
        if getattr(ctx.options, name):
            yield f"{name} lets requests bypass the fence, depending on the host that they name: unset it"
    if not ctx.options.validate_inbound_headers:
        yield "without validate_inbound_headers one request can hide in the body of another: set it to true"


def _host_problems(loaded: Loaded) -> Iterator[str]:
    hosts = sorted({rule.service for rule in loaded.policy.rules.rules if rule.hosts})
    if hosts and not ctx.options.keep_host_header:
        yield (
            f"the rules of {', '.join(hosts)} name hosts, which the fence does not get to see: "
            "set --set keep_host_header=true"
        )


def _speaks_http(mode: str) -> bool:
    parsed = ProxyMode.parse(mode)
    return not isinstance(parsed, ReverseMode) or parsed.scheme in {"http", "https", "http3"}
