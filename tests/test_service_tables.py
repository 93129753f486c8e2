"""Each shipped service beside a table of what its clients send, and what can be sent instead: tests/services/*.yaml.

In a table `<jwt {...}>` stands for a token with these claims, `<b64 {...}>` for Base64url of this JSON, `<msgpack {...}>`
for MessagePack of it, and `<hex 00ff>` for bytes.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import msgpack
import pytest
from ruamel.yaml import YAML

from joinfence.config.services.reader import read_service
from joinfence.config.yaml.document import read_document
from joinfence.engine.joins.rule_set import RuleSet
from joinfence.engine.values import Request
from tests.config_files import SHIPPED
from tests.factories import NOW

TABLES = sorted((Path(__file__).parent / "services").glob("*.yaml"))
WRITTEN = re.compile(r"<(jwt|b64|msgpack|hex) ([^>]*)>")


def _written(match: re.Match[str]) -> str:
    kind, text = match.groups()
    if kind == "hex":
        return bytes.fromhex(text).decode("latin-1")
    if kind == "msgpack":
        return bytes(msgpack.packb(json.loads(text))).decode("latin-1")
    coded = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"e30.{coded}.c2ln" if kind == "jwt" else coded


def raw(text: str) -> bytes:
    """Return the bytes a table means: UTF-8, but where it writes bytes out."""
    if WRITTEN.search(text) and re.search(r"<(msgpack|hex) ", text):
        return WRITTEN.sub(_written, text).encode("latin-1")
    return WRITTEN.sub(_written, text).encode()


def make(method: str, target: str, headers: dict[str, str], body: bytes | None) -> Request:
    fields = tuple((name.encode(), raw(value)) for name, value in headers.items())
    return Request(
        method=method,
        scheme="https",
        hosts=(headers.get("Host", "meet.example"),),
        path=raw(target),
        headers=fields,
        body=body,
        peer="192.0.2.1",
        at=NOW,
    )


def cases() -> list[Any]:
    made = []
    for path in TABLES:
        table = YAML(typ="safe").load(path)
        made += [
            pytest.param(path.stem, table, case, id=f"{path.stem}: {case['id']}") for case in table["cases"]
        ]
    return made


@pytest.mark.parametrize(("service", "table", "case"), cases())
def test_what_is_sent_names_these_meetings(service: str, table: dict[str, Any], case: dict[str, Any]) -> None:
    rules = RuleSet(read_service(read_document(SHIPPED / "services" / f"{service}.yaml"))[2])
    if "message" in case:
        socket = {**table["socket"], **case.get("socket", {})}
        handshake = make("GET", socket["target"], {"Upgrade": "websocket", **socket.get("headers", {})}, b"")
        assert rules.reads_messages(handshake) is case.get("read", True)
        found = rules.joins_of_message(handshake, raw(case["message"]))
    else:
        method, _, target = case["request"].partition(" ")
        request = make(method, target, case.get("headers", {}), raw(case.get("body", "")))
        found = rules.joins(request)
    assert [join.meeting for join in found.joins] == case["meetings"]
    assert {join.service for join in found.joins} <= {service}
    assert found.problem == case.get("problem")


def test_every_shipped_service_has_a_table_of_eight_cases_or_more() -> None:
    assert {path.stem for path in TABLES} == {path.stem for path in (SHIPPED / "services").glob("*.yaml")}
    few = {path.stem for path in TABLES if len(YAML(typ="safe").load(path)["cases"]) < 8}
    assert few == set()
