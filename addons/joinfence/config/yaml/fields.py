"""The types of value in configuration files, each with a description of what is expected.

Scalars arrive as the YAML core schema resolves them, so dates and networks are still text here. A validator
only says what is expected; `validate` adds the value found, the place and the line.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from ipaddress import ip_network
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, StringConstraints, WithJsonSchema

from joinfence.config.yaml import codes
from joinfence.config.yaml.languages import LANGUAGES

if TYPE_CHECKING:
    from joinfence.engine.client.networks import Network


def _text(value: object) -> str:
    if not isinstance(value, str):
        message = "text; put it in quotes"
        raise ValueError(message)  # noqa: TRY004 - pydantic collects ValueError, and would not TypeError
    return value


def _territory(value: object) -> str:
    if isinstance(value, str) and codes.is_territory(value):
        return value
    hint = codes.territory_hint(str(value))
    message = "an ISO 3166-1 alpha-2 or ISO 3166-2 code"
    raise ValueError(f"{message}; {value}: {hint}" if hint else message)


def _language(value: object) -> str:
    if isinstance(value, str) and value.partition("-")[0] in LANGUAGES:
        return value
    message = "a language code such as de or pt-BR"
    raise ValueError(message)


def _instant(value: object) -> datetime:
    instant = _parse_instant(value) if isinstance(value, str) else None
    if instant is None:
        message = "a date and time with time zone, such as 2026-11-01T00:00:00+01:00"
        raise ValueError(message)
    return instant


@lru_cache(maxsize=4096)  # orders share most of their dates, so sharing the values saves memory
def _parse_instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None


def _day(value: object) -> date:
    try:
        if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    message = "a date such as 2026-11-01"
    raise ValueError(message)


def _url(value: object) -> str:
    message = "an https:// address"
    try:
        parts = urlsplit(_text(value))
        good = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(message) from None
    if not good or not re.fullmatch(r"[!-~]+", str(value)) or re.search(r"[<>\"\\^`{|}]", str(value)):
        raise ValueError(message)
    return str(value)


def network(value: object) -> Network:
    """Return the network in a text. Raises ValueError, also for host bits, with what is expected instead."""
    text = _text(value)
    if not re.fullmatch(r"[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?", text):
        message = "a network such as 10.0.0.0/8 or 2001:db8::/32, without names, zones or wildcards"
        raise ValueError(message)
    try:
        return ip_network(text)
    except ValueError:
        pass
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        message = "a network such as 10.0.0.0/8 or 2001:db8::/32"
        raise ValueError(message) from None
    message = f"a network without host bits; write {meant}"
    raise ValueError(message)


def _pattern(pattern: str) -> WithJsonSchema:
    """Return the JSON Schema by which an editor checks a type; reading the file checks more than that."""
    return WithJsonSchema({"type": "string", "pattern": pattern})


_PLACE: Final = {
    "anyOf": [
        {"type": "string", "enum": sorted(codes.countries())},
        {"type": "string", "pattern": "^[A-Z]{2}-[A-Z0-9]{1,3}$"},
    ]
}

# The constraints come first so that pydantic's core checks them; the BeforeValidator still runs before them.
Text = Annotated[str, StringConstraints(min_length=1, max_length=500), BeforeValidator(_text)]
Territory = Annotated[str, PlainValidator(_territory), WithJsonSchema(_PLACE)]
Language = Annotated[str, PlainValidator(_language), _pattern("^[a-z]{2}(-[A-Za-z0-9]+)*$")]
Instant = Annotated[datetime, PlainValidator(_instant, json_schema_input_type=datetime)]
Day = Annotated[date, PlainValidator(_day, json_schema_input_type=date)]
Url = Annotated[str, PlainValidator(_url), _pattern("^https://[!-~]+$")]
NetworkField = Annotated[Any, PlainValidator(network, json_schema_input_type=str)]


def _mailbox(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", value):
        message = "a mailbox such as legal@meet.example"
        raise ValueError(message)
    return value


_IDENTIFIER: Final = r"^[a-z0-9][a-z0-9-]{0,63}$"

Mailbox = Annotated[str, BeforeValidator(_text), AfterValidator(_mailbox), _pattern("^[^@ ]+@[^@ ]+$")]
Identifier = Annotated[
    str,
    Field(pattern=_IDENTIFIER, description="lower-case letters, digits and hyphens"),
    BeforeValidator(_text),
    _pattern(_IDENTIFIER),
]
