"""Each type of value by itself. Complete messages are compared in the tests of the files that use them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from ipaddress import ip_network
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from joinfence.config.yaml import fields


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (fields.Instant, "2026-11-01T00:00:00Z", datetime(2026, 11, 1, tzinfo=UTC)),
        (fields.Day, "2026-11-01", date(2026, 11, 1)),
        (fields.Url, "https://meet.example:8443/a?b=c", "https://meet.example:8443/a?b=c"),
        (fields.NetworkField, "10.0.0.0/8", ip_network("10.0.0.0/8")),
        (fields.NetworkField, "10.1.2.3", ip_network("10.1.2.3/32")),
        (fields.Language, "pt-BR", "pt-BR"),
        (fields.Territory, "DE-BY", "DE-BY"),
        (fields.Mailbox, "legal@meet.example", "legal@meet.example"),
        (fields.Identifier, "de-court-1", "de-court-1"),
    ],
)
def test_a_valid_value_is_converted(kind: Any, text: str, value: object) -> None:
    assert TypeAdapter(kind).validate_python(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (fields.Instant, "2026-11-01T00:00:00"),
        (fields.Instant, 20261101),
        (fields.Day, "2026-1-1"),
        (fields.Day, "2026-02-30"),
        (fields.Day, "20261101"),
        (fields.Url, "https://"),
        (fields.Url, "https://meet.example/\n"),
        (fields.Url, "https://meet.example/<x>"),
        (fields.Url, "https://meet.example:99999/"),
        (fields.Url, "javascript:alert(1)"),
        (fields.Url, 7),
        (fields.NetworkField, "10.0.0.0/255.0.0.0"),
        (fields.NetworkField, "fe80::1%eth0"),
        (fields.NetworkField, "*"),
        (fields.Language, "german"),
        (fields.Language, True),
        (fields.Mailbox, "Legal <legal@meet.example>"),
        (fields.Mailbox, "legal@meet"),
        (fields.Identifier, "Upper"),
        (fields.Text, ""),
        (fields.Text, "x" * 501),
        (fields.Text, 1),
    ],
)
def test_an_invalid_value_is_refused(kind: Any, text: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)
