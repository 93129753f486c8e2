"""The questions about a new order, in the order they are asked, each with the answers it allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from joinfence.config.orders.draft import completed, latest_expiry
from joinfence.config.orders.groups import expanded
from joinfence.config.orders.rules import file_hash
from joinfence.config.orders.schema import REASONS, OrderFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

type KeyPath = tuple[str, ...]
type Answers = dict[str, Any]

TERRITORY: Final = ("territory",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `place` is the key in the order's file that the answer belongs to.

    `read` converts the text of an answer to its value, and `default` derives an answer from earlier ones.
    `allowed` describes the answers, if the description of the field in the schema does not suffice. `choices`
    are the only allowed answers, or for a meeting the only allowed services. With `several`, the question is
    asked until the answer is empty. `when` tells whether it is asked at all.
    """

    place: KeyPath
    text: str
    allowed: str | None = None
    choices: tuple[str, ...] = ()
    read: Callable[[str], Any] = str.strip
    default: Callable[[Answers], str | None] = lambda _answers: None
    when: Callable[[Answers], bool] = lambda _answers: True
    several: bool = False


def expected_instead(question: Question, value: object) -> str | None:
    """Return what is expected instead of a value, or None if the value is valid."""
    chosen = value.get("service") if isinstance(value, dict) else value
    if question.choices and chosen not in question.choices:
        return " or ".join(question.choices)
    value = expanded(value) if question.place == TERRITORY and isinstance(value, list) else value
    try:
        _adapter(question.place).validate_python([value] if question.several else value)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "value_error":
            return str(first["ctx"]["error"])
        return _description(question.place) or first["msg"].lower()
    return None


def allowed(question: Question) -> str:
    """Return a description of the answers that a question allows."""
    return question.allowed or ", ".join(question.choices) or _description(question.place) or "text"


def _adapter(place: KeyPath) -> TypeAdapter[Any]:
    model, last = _model(place)
    if model is None:  # the reasons, which map languages to texts
        return TypeAdapter(OrderFile.model_fields["reasons"].annotation.__args__[1])  # type: ignore[union-attr]
    field = _field(model, last)
    return TypeAdapter(Annotated[field.annotation, Field(), *field.metadata])  # type: ignore[arg-type]


def _description(place: KeyPath) -> str | None:
    model, last = _model(place)
    return _field(model, last).description if model else REASONS


def _field(model: type[BaseModel], key: str) -> Any:  # noqa: ANN401 - pydantic's field
    return next(each for name, each in model.model_fields.items() if (each.alias or name) == key)


def _model(place: KeyPath) -> tuple[type[BaseModel] | None, str]:
    model: Any = OrderFile
    for key in place[:-1]:
        model = _field(model, key).annotation
    return (model, place[-1]) if hasattr(model, "model_fields") else (None, place[-1])


def at(answers: Mapping[str, Any], place: KeyPath) -> Any:  # noqa: ANN401 - plain data
    """Return the answer at a place, or None if there is none yet."""
    value: Any = answers
    for key in place:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def put(answers: Answers, place: KeyPath, value: object) -> None:
    """Set the answer at a place."""
    for key in place[:-1]:
        answers = answers.setdefault(key, {})
    answers[place[-1]] = value


def _codes(text: str) -> list[str]:
    return re.split(r"[\s,]+", text.strip())


def _whole_number(text: str) -> int | str:
    return int(text) if text.strip().isdecimal() else text


def _yes_or_no(text: str) -> bool | str:
    return {"yes": True, "y": True, "no": False, "n": False}.get(text.strip().lower(), text)


def _hash(text: str) -> str:
    path = Path(text.strip()).expanduser()
    try:
        return file_hash(path)
    except (OSError, ValueError):
        return text.strip()


def _meeting(text: str) -> dict[str, str]:
    service, _, meeting = text.strip().partition(" ")
    return {"service": service, "id": meeting.strip()}


def _basis(text: str) -> dict[str, str]:
    citation, _, value = text.rpartition(" ")
    scheme = "eli" if "/eli/" in value else "urn-lex" if value.startswith("urn:lex:") else "url"
    scheme = "akn" if value.startswith("/akn/") else scheme
    return {"citation": citation.strip(), "scheme": scheme, "value": value}


def _language(answers: Answers) -> str:
    return str(at(answers, ("document", "language")))


def _if_notice_is(*states: str) -> Callable[[Answers], bool]:
    return lambda answers: at(answers, ("host_notice", "state")) in states


def _latest_expiry(answers: Answers) -> str | None:
    latest = latest_expiry(answers)
    return latest.isoformat() if latest else None


def _review(answers: Answers) -> str | None:
    return completed({key: value for key, value in answers.items() if key != "review_by"}).get("review_by")


def questions(
    answers: Answers,
    *,
    competence: Mapping[str, tuple[str, ...]],
    services: Iterable[str],
    free_id: Callable[[Answers], str],
) -> list[Question]:
    """Return the questions, given the answers so far.

    `competence` is authority -> territories, `services` are the configured services, and `free_id` returns an
    id that no order has.
    """
    return [
        Question(place=("authority", "id"), text="Authority", choices=tuple(sorted(competence))),
        Question(place=("id",), text="Id of the order", default=free_id),
        *_DECISION,
        *(
            Question(place=("reasons", each), text=f"Reasons in the language {each}, shown on refusals")
            for each in dict.fromkeys((_language(answers), "en"))
        ),
        *_NECESSITY,
        Question(
            place=TERRITORY,
            text="Territory",
            allowed="ISO 3166 codes separated by commas; EU and EEA are replaced by their member states",
            read=_codes,
            default=lambda known: _only_code(competence.get(str(at(known, ("authority", "id"))), ())),
        ),
        Question(
            place=("meetings",),
            text="A meeting",
            allowed="a service and the exact id, such as "
            + " or ".join(f"{each} ID" for each in sorted(services)),
            choices=tuple(sorted(services)),
            read=_meeting,
            several=True,
        ),
        *_REST,
    ]


def _only_code(codes: Sequence[str]) -> str | None:
    """Return the only code, or None if there are several: a default must not suggest more than necessary."""
    return codes[0] if len(codes) == 1 else None


_DECISION: Final = (
    Question(place=("purpose",), text="Purpose"),
    Question(place=("authority", "instrument"), text="Instrument"),
    Question(place=("authority", "reference"), text="Docket number"),
    Question(place=("authority", "issued_on"), text="Issued on"),
    Question(place=("document", "url"), text="Address of the document"),
    Question(
        place=("document", "sha256"),
        text="SHA-256 of the document",
        allowed="64 hexadecimal digits, or the path of a copy to compute it from",
        read=_hash,
    ),
    Question(place=("document", "language"), text="Language of the document"),
    Question(
        place=("document", "redacted"),
        text="Is the document redacted",
        allowed="yes or no",
        read=_yes_or_no,
    ),
    Question(
        place=("legal_basis",),
        text="A provision",
        allowed="its citation, then its identifier: an ELI, urn:lex:..., /akn/... or https://...",
        read=_basis,
        several=True,
    ),
)
_NECESSITY: Final = (
    Question(place=("necessity", "aim"), text="Aim"),
    Question(place=("necessity", "least_restrictive"), text="Why milder means are not sufficient"),
    Question(place=("necessity", "alternatives"), text="A milder means that was considered", several=True),
)
_REST: Final = (
    Question(place=("received_at",), text="Received at, with time zone"),
    Question(
        place=("effective_from",),
        text="In force from, with time zone",
        default=lambda known: at(known, ("received_at",)),
    ),
    Question(place=("expires_at",), text="Expires at, with time zone", default=_latest_expiry),
    Question(place=("review_by",), text="To be reviewed by, with time zone", default=_review),
    Question(place=("redress", "affected", "how"), text="How to contest the order, in a sentence"),
    Question(place=("redress", "affected", "url"), text="Address where this is explained"),
    Question(place=("redress", "affected", "language"), text="Language of the procedure", default=_language),
    Question(place=("redress", "operator", "contact"), text="The operator's role mailbox"),
    Question(
        place=("redress", "operator", "answer_within_days"),
        text="Days within which the operator answers",
        read=_whole_number,
        default=lambda _known: "14",
    ),
    Question(place=("host_notice", "state"), text="Notice to the meeting's host"),
    Question(place=("host_notice", "at"), text="When was it sent", when=_if_notice_is("sent")),
    Question(
        place=("host_notice", "reason"),
        text="Why was the host not notified",
        when=_if_notice_is("not_possible", "deferred"),
    ),
    Question(place=("host_notice", "until"), text="Deferred until", when=_if_notice_is("deferred")),
    Question(place=("mode",), text="Mode", default=lambda _known: "enforce"),
)
