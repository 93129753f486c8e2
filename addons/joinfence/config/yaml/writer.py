"""Plain data to YAML in the style of the shipped files."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from ruamel.yaml import YAML
from ruamel.yaml.representer import RoundTripRepresenter

if TYPE_CHECKING:
    from ruamel.yaml.nodes import ScalarNode

# Parsers disagree on which of these are blanks or line breaks. In double quotes they are written as escapes.
_NEEDS_QUOTES: Final = re.compile("[\x85\u2028\u2029]|\\A\\s|\\s\\Z")


class _Representer(RoundTripRepresenter):
    def represent_str(self, data: str) -> ScalarNode:
        style = '"' if _NEEDS_QUOTES.search(data) else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Representer.add_representer(str, _Representer.represent_str)


def round_trip() -> YAML:
    """Return a YAML reader and writer that keeps comments and quotation marks."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Representer = _Representer
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def dumped(data: object) -> str:
    """Return plain data, or data that `round_trip` loaded, as YAML text."""
    out = io.StringIO()
    round_trip().dump(data, out)
    return out.getvalue()
