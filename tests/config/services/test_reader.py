from __future__ import annotations

from pathlib import Path

import pytest

from joinfence.config.services.reader import json_schema, read_service
from joinfence.config.yaml.document import parse_document, read_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.engine.joins.extract.body import FromJson
from joinfence.engine.joins.extract.head import FromPath, FromQuery
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.normalise import Step
from joinfence.engine.joins.paths import PathTemplate
from joinfence.engine.joins.refusals import Refusal
from joinfence.engine.joins.rules import (
    AppliesTo,
    Condition,
    ConditionTest,
    MessageFormat,
    OnProblem,
    Phase,
    Rule,
)
from joinfence.engine.joins.templates import Template, TemplateFormat
from tests.config_files import SHIPPED

FULL = """\
schema: service/1
name: all
title: Everything a rule can say
meeting_ids: {normalise: [trim, casefold]}
rules:
  - name: one
    methods: [POST]
    hosts: [meet.example, "*.meet.example"]
    paths: ["/a/{meeting}"]
    ignore_case: true
    websocket: false
    where: [{json: /request, in: [JOIN], ignore_case: true}, {json: /kind, in: [Join]}]
    meeting: [{path: meeting}, {query: m}, {json: /m}]
    on_unparsable: 400
    on_no_id: 400
    max_body_bytes: 10
  - name: two
    phase: ws-message
    paths: [/ws]
    subprotocol: x
    reads: [msgpack, json]
    meeting: [{json: /id}]
    reconnect: [{json: /again, in: ["1"]}]
    applies_to: new_and_reconnect
    refusal: {messages: [{text: "{text}"}], close: true}
"""


def test_a_rule_file_with_every_key_is_read() -> None:
    chain = (Step.TRIM, Step.CASEFOLD)
    assert read_service(parse_document(Path("x.yaml"), FULL)) == (
        "all",
        chain,
        [
            Rule(
                service="all",
                name="one",
                methods=frozenset({"POST"}),
                hosts=("meet.example", "*.meet.example"),
                paths=(PathTemplate("/a/{meeting}", ignore_case=True),),
                websocket=False,
                where=(
                    Condition(
                        extractor=FromJson(Pointer("/request")), values=frozenset({"join"}), ignore_case=True
                    ),
                    Condition(extractor=FromJson(Pointer("/kind")), values=frozenset({"Join"})),
                ),
                meeting=(FromPath("meeting"), FromQuery("m"), FromJson(Pointer("/m"))),
                normalise=chain,
                on_unparsable=OnProblem.BAD_REQUEST,
                on_no_id=OnProblem.BAD_REQUEST,
                max_body_bytes=10,
            ),
            Rule(
                service="all",
                name="two",
                phase=Phase.MESSAGE,
                paths=(PathTemplate("/ws"),),
                subprotocol="x",
                message_formats=(MessageFormat.MSGPACK, MessageFormat.JSON),
                meeting=(FromJson(Pointer("/id")),),
                reconnect=(
                    Condition(
                        extractor=FromJson(Pointer("/again")),
                        values=frozenset({"1"}),
                        test=ConditionTest.ALL_OF,
                    ),
                ),
                applies_to=AppliesTo.NEW_AND_RECONNECT,
                normalise=chain,
                refusal=Refusal(messages=(Template(TemplateFormat.TEXT, "{text}"),), close=True),
            ),
        ],
    )


@pytest.mark.parametrize("path", sorted((SHIPPED / "services").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_service_is_read(path: Path) -> None:
    name, _chain, rules = read_service(read_document(path))
    assert name == path.stem
    assert rules


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('["/a/{meeting}"]', "[a]", '9:13: rules[0].paths[0]: found "a", expected a path that starts with /'),
        ('["/a/{meeting}"]', "[]", "9:12: rules[0].paths: found a list of 0, expected a list of path templates such "
         "as /meet/{meeting}"),
        ("[{path: meeting},", "[{path: room},", '13:22: rules[0].meeting[0].path: found "room", expected a name '
         "that `paths` has in braces"),
        ("{query: m}", "{query: m, path: meeting}", "13:32: rules[0].meeting[1]: found a mapping, expected exactly "
         "one of `path`, `query`, `form`, `header`, `bearer`, `json`, `xml`"),
        ("{json: /m}", "{json: m}", '13:51: rules[0].meeting[2].json: found "m", expected a JSON pointer that starts with /'),
        ("[POST]", "[post]", '7:15: rules[0].methods[0]: found "post", expected text in another format'),
        ("[meet.example,", "[Meet.example,", '8:13: rules[0].hosts[0]: found "Meet.example", expected a host name in '
         "lower case such as meet.example or *.meet.example"),
        ("    max_body_bytes: 10\n", "    max_body_bytes: 10\n    refusal: {close: true}\n", "17:14: rules[0].refusal: `messages` and "
         "`close` need a socket, which a rule with phase http does not have; remove them, or set another `phase`"),
        ('text: "{text}"', 'text: "{room}"', "25:26: rules[1].refusal.messages[0]: {room} has no value; expected one of "
         "authority, order, status, text, url"),
        ("on_no_id: 400", "on_no_id: 404", "15:15: rules[0].on_no_id: found 404, expected pass or 400"),
        ("[trim, casefold]", "[lower]", '4:27: meeting_ids.normalise[0]: found "lower", expected one of percent-decode, trim, nfkc, casefold, nodeprep, digits, path-clean, strip, jid, alias, derive'),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_position(old: str, new: str, message: str) -> None:
    assert old in FULL
    with pytest.raises(ConfigError) as caught:
        read_service(parse_document(Path("x.yaml"), FULL.replace(old, new)))
    assert str(caught.value) == f"x.yaml:{message}"


def test_two_rules_must_not_have_the_same_name() -> None:
    _head, _, rule = FULL.partition("rules:\n")
    with pytest.raises(ConfigError) as caught:
        read_service(parse_document(Path("x.yaml"), FULL + rule))
    assert str(caught.value).splitlines() == [
        f'x.yaml:{line}: rules[{number}].name: "{name}" is listed twice; give each rule its own name'
        for number, name, line in ((2, "one", "26:11"), (3, "two", "37:11"))
    ]


def test_the_shipped_schema_is_up_to_date() -> None:
    shipped = SHIPPED / "services" / "service.schema.json"
    assert shipped.read_text(encoding="utf-8") == json_schema(), (
        "joinfence services schema > configs/services/service.schema.json"
    )


@pytest.mark.parametrize("path", sorted((SHIPPED / "services").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_service_names_its_schema_for_editors(path: Path) -> None:
    assert (
        path.read_text(encoding="utf-8").splitlines()[0]
        == "# yaml-language-server: $schema=service.schema.json"
    )
