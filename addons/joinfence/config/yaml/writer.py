"""Plain data to YAML as people write it here."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from ruamel.yaml import YAML
from ruamel.yaml.representer import RoundTripRepresenter

if TYPE_CHECKING:
    from ruamel.yaml.nodes import ScalarNode

# Readers differ on what of these is a blank or a line break; in double quotes they are told by number.
_NEEDS_QUOTES: Final = re.compile("[\x85\u2028\u2029]|\\A\\s|\\s\\Z")


class _Representer(RoundTripRepresenter):
    def represent_str(self, data: str) -> ScalarNode:
        style = '"' if _NEEDS_QUOTES.search(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Representer.add_representer(str, _Representer.represent_str)


def round_trip() -> YAML:
    """Return a reader and writer that keeps comments and quotes."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Representer = _Representer
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def dumped(data: object) -> str:
    """Return plain data, or what `round_trip` read, as YAML text."""
    out = io.StringIO()
    round_trip().dump(data, out)
    return out.getvalue()
