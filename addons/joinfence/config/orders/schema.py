"""The fields of an order file, and the rules that concern a single field.

The fields are those required by the implementation report on HTTP 451 (who ordered, law, scope, period,
contact) together with those required by Article 9(2) of Regulation (EU) 2022/2065.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from joinfence.config.yaml.fields import Day, Identifier, Instant, Language, Mailbox, Territory, Text, Url
from joinfence.config.yaml.validate import Model

LONGEST_PERIOD: Final = {
    "interim_injunction": timedelta(days=92),
    "administrative_decision": timedelta(days=90),
    "dsa_art9_order": timedelta(days=90),
    "judgment": timedelta(days=180),
    "licence_condition": timedelta(days=184),
}
LONGEST_DEFERRAL: Final = timedelta(days=30)

ORDER_ID: Final = "[A-Z]{2}-[0-9]{4}-[0-9]{4}"
"""Two capital letters, year and number, as a regular expression."""

REASONS: Final = "40 to 2000 characters of reasons"

_PEOPLE: Final = "an order names meetings, never people"
_SUBJECTS: Final = "an order names meetings, never what is said in them"
_REFUSED_KEYS: Final = {
    **dict.fromkeys(
        ["user", "users", "account", "accounts", "email", "emails", "address", "addresses", "ip", "ips"],
        _PEOPLE,
    ),
    **dict.fromkeys(
        ["network", "networks", "nationality", "language", "device", "devices", "name", "names"], _PEOPLE
    ),
    **dict.fromkeys(["person", "persons", "people", "participant", "participants"], _PEOPLE),
    **dict.fromkeys(["keyword", "keywords", "topic", "topics", "title", "titles", "subject"], _SUBJECTS),
    **dict.fromkeys(["pattern", "patterns", "regex"], "an order names each meeting exactly"),
    **dict.fromkeys(
        ["all_meetings", "all"], "an order names each meeting; it cannot cover all meetings of a service"
    ),
    "action": "an order refuses joins openly and does nothing else",
}


_PATTERN_CHARACTERS: Final = re.compile(r"[*?^|\\]")


def _exact_id(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not text.strip() or _PATTERN_CHARACTERS.search(text):
        message = "the exact id of one meeting, without pattern characters (* ? ^ | \\)"
        raise ValueError(message)
    return text


def _ecli(value: str) -> str:
    if not re.fullmatch(r"ECLI:[A-Z]{2}:[A-Z][A-Z0-9]{0,6}:[0-9]{4}:[A-Z0-9.]{1,25}", value):
        message = "a European Case Law Identifier such as ECLI:DE:BGH:2026:010126UIZR1.26.0"
        raise ValueError(message)
    return value


OrderId = Annotated[str, Field(pattern=f"^{ORDER_ID}$")]
MeetingId = Annotated[
    str,
    Field(max_length=500),
    BeforeValidator(_exact_id),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": 500, "pattern": r"^[^*?^|\\]+$"},
                {"type": "integer"},
            ]
        }
    ),
]
Reasons = Annotated[str, Field(min_length=40, max_length=2000, description=REASONS)]


class Issuer(Model):
    """Who ordered, and in what form."""

    id: Identifier = Field(description="the id of an authority in the register")
    instrument: Literal[
        "judgment", "interim_injunction", "administrative_decision", "dsa_art9_order", "licence_condition"
    ] = Field(
        description="judgment, interim_injunction, administrative_decision, dsa_art9_order "
        "or licence_condition"
    )
    reference: Annotated[str, Field(min_length=3, max_length=120)] = Field(
        description="the authority's docket number, 3 to 120 characters"
    )
    issued_on: Day = Field(description="a date such as 2026-11-01")
    ecli: Annotated[str, AfterValidator(_ecli)] | None = Field(
        None, description="a European Case Law Identifier such as ECLI:DE:BGH:2026:010126UIZR1.26.0"
    )


class OrderDocument(Model):
    """The decision as a document: where it can be read, and how a copy can be checked."""

    url: Url = Field(description="the https:// address of the document")
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(
        description="the document's SHA-256 as 64 lower-case hexadecimal digits"
    )
    language: Language = Field(description="the document's language, such as de")
    redacted: bool = Field(description="true or false")
    file: Text | None = Field(None, description="the name of a local copy in the same folder as the order")


class LegalBasisEntry(Model):
    """One provision of law that the order is based on."""

    citation: Text = Field(description="the provision as it is cited")
    scheme: Literal["eli", "urn-lex", "akn", "url"] = Field(description="eli, urn-lex, akn or url")
    value: Text = Field(description="the provision's identifier in that scheme")


class Necessity(Model):
    """Why a refusal is necessary and milder means are not sufficient (ICCPR Art. 19(3))."""

    aim: Literal["rights_of_others", "national_security", "public_order", "public_health", "morals"] = Field(
        description="rights_of_others, national_security, public_order, public_health or morals"
    )
    least_restrictive: Text = Field(description="why milder means are not sufficient, in a sentence")
    alternatives: list[Text] = Field(min_length=1, description="a list of the milder means considered")


class MeetingEntry(Model):
    """One meeting that the order covers."""

    refused_keys: ClassVar = _REFUSED_KEYS
    service: Identifier = Field(description="the name of a configured service")
    id: MeetingId = Field(description="the meeting's exact id")


class AffectedRedress(Model):
    """How a person who was refused can contest the order before the authority or a court."""

    how: Text = Field(description="how to contest the order, in a sentence")
    url: Url = Field(description="the https:// address where this is explained")
    language: Language = Field(description="the language of `how` and of the procedure, such as de")


class OperatorRedress(Model):
    """How a person who was refused can reach the operator."""

    contact: Mailbox = Field(description="a role mailbox such as legal@meet.example")
    answer_within_days: Annotated[int, Field(ge=1, le=30)] = Field(
        description="a number of days from 1 to 30"
    )


class RedressEntry(Model):
    """The two ways to contest an order: with the authority, and with the operator."""

    affected: AffectedRedress = Field(description="how, url and language")
    operator: OperatorRedress = Field(description="contact and answer_within_days")


class HostNotice(Model):
    """Whether the meeting's host was notified."""

    state: Literal["sent", "not_possible", "deferred"] = Field(description="sent, not_possible or deferred")
    at: Instant | None = Field(None, description="a date and time with time zone: when it was sent")
    reason: Text | None = Field(None, description="why the host was not notified, in a sentence")
    until: Instant | None = Field(
        None, description="a date and time with time zone: until when it is deferred"
    )


class Suspension(Model):
    """A suspension of the order. It needs no approval: one person can stop an order."""

    since: Instant = Field(description="a date and time with time zone")
    reason: Text = Field(description="why, in a sentence")


class OrderFile(Model):
    """One order."""

    refused_keys: ClassVar = _REFUSED_KEYS

    schema_: Literal["order/1"] = Field(alias="schema", description="order/1")
    id: OrderId = Field(description="two capital letters, year and number, such as DE-2026-0001")
    version: Annotated[int, Field(ge=1)] = Field(description="a whole number from 1")
    supersedes: Annotated[int, Field(ge=1)] | None = Field(
        None, description="the number of the version before this one"
    )
    purpose: Literal[
        "copyright",
        "other_ip",
        "privacy",
        "defamation",
        "consumer_protection",
        "minors",
        "court_reporting",
        "licensing_gambling",
        "licensing_telehealth",
        "exam_integrity",
        "data_residency",
        "illegal_content_other",
    ] = Field(
        description="copyright, other_ip, privacy, defamation, consumer_protection, minors, court_reporting, "
        "licensing_gambling, licensing_telehealth, exam_integrity, data_residency or illegal_content_other"
    )
    authority: Issuer = Field(description="id, instrument, reference and issued_on")
    document: OrderDocument = Field(description="url, sha256, language and redacted")
    legal_basis: Annotated[list[LegalBasisEntry], Field(min_length=1)] = Field(
        description="a list of at least one {citation, scheme, value}"
    )
    reasons: dict[Language, Reasons] = Field(description="language -> 40 to 2000 characters of reasons")
    necessity: Necessity = Field(description="aim, least_restrictive and alternatives")
    territory: Annotated[list[Territory], Field(min_length=1, max_length=60)] = Field(
        description="a list of 1 to 60 ISO 3166 codes"
    )
    narrowed_from: Text | None = Field(
        None, description="what the authority claims beyond its competence, such as worldwide"
    )
    meetings: Annotated[list[MeetingEntry], Field(min_length=1, max_length=50)] = Field(
        description="a list of 1 to 50 {service, id}"
    )
    received_at: Instant = Field(description="a date and time with time zone")
    effective_from: Instant = Field(description="a date and time with time zone")
    expires_at: Instant = Field(description="a date and time with time zone")
    review_by: Instant = Field(description="a date and time with time zone")
    redress: RedressEntry = Field(description="affected and operator")
    host_notice: HostNotice = Field(description="state, and at, or reason, or reason and until")
    mode: Literal["enforce", "observe"] = Field("enforce", description="enforce or observe")
    suspended: Suspension | None = Field(None, description="since and reason")
    tally: Literal["on", "off"] = Field("on", description="on or off")
