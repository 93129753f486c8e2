"""`joinfence addon-path`."""

from __future__ import annotations

from importlib.util import find_spec

import typer

from joinfence.cli.shared import fail


def addon_path() -> None:
    """Print the path of the addon, for `mitmdump -s`."""
    spec = find_spec("geofence")
    if spec is None or spec.origin is None:
        fail("geofence.py is missing from the installation; reinstall joinfence")
    typer.echo(spec.origin)
