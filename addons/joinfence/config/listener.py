"""An address and port to listen on, such as 127.0.0.1:9464 or [::1]:9464."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import PlainValidator

if TYPE_CHECKING:
    from joinfence.engine.values import Address

_TEXT: Final = re.compile(r"(?:([0-9.]+)|\[([0-9a-fA-F:]+)\]):([0-9]{1,5})")
_HIGHEST_PORT: Final = 65535


def parse_listener(text: str) -> tuple[Address, int]:
    """Return address and port. Raises ValueError."""
    found = _TEXT.fullmatch(text)
    if found is None or not 1 <= int(found[3]) <= _HIGHEST_PORT:
        message = "an address and port such as 127.0.0.1:9464"
        raise ValueError(message)
    return ip_address(found[1] or found[2]), int(found[3])


def _listener(value: object) -> str:
    try:
        parse_listener(str(value))
    except ValueError:
        message = "an address and port such as 127.0.0.1:9464"
        raise ValueError(message) from None
    return str(value)


Listener = Annotated[str, PlainValidator(_listener, json_schema_input_type=str)]
