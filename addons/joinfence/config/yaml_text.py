"""Plain data to YAML as people write it here."""

from __future__ import annotations

import io

from ruamel.yaml import YAML


def round_trip() -> YAML:
    """Return a reader and writer that keeps comments and quotes."""
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def dumped(data: object) -> str:
    """Return plain data, or what `round_trip` read, as YAML text."""
    out = io.StringIO()
    round_trip().dump(data, out)
    return out.getvalue()
