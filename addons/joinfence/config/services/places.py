"""The parts of rule files that name a place in a request or message, a condition, or a normalising step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from joinfence.config.yaml.fields import Text
from joinfence.config.yaml.validate import Model
from joinfence.engine.joins.extract.body import FromForm, FromJson, FromXml
from joinfence.engine.joins.extract.head import FromHeader, FromPath, FromQuery
from joinfence.engine.joins.extract.wrapped import FromEncodedJson, JsonEncoding, Normalised
from joinfence.engine.joins.formats.json_msgpack import Pointer
from joinfence.engine.joins.formats.xml import ElementPath
from joinfence.engine.joins.normalise import STEP_NAMES, Step, normalise
from joinfence.engine.joins.rules import Condition, ConditionTest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from joinfence.config.yaml.document import Violation
    from joinfence.engine.joins.extract.context import Extractor


def _pointer(value: str) -> str:
    Pointer(value)
    return value


def _element_path(value: str) -> str:
    ElementPath(value)
    return value


def _step(value: object) -> str | dict[str, Any]:
    name, argument = (
        next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else (value, None)
    )
    if not isinstance(name, str) or name not in STEP_NAMES:
        message = f"one of {', '.join(STEP_NAMES)}"
        raise ValueError(message)
    if argument is None:
        Step(name)
        return name
    Step.of(name, argument)
    return {name: argument}


PointerText = Annotated[str, AfterValidator(_pointer)]
ElementText = Annotated[str, AfterValidator(_element_path)]
_ARGUMENT_SCHEMAS: Final = {
    "strip": {"type": "string", "description": "one class of characters such as [^A-Za-z0-9_-]"},
    "jid": {
        "type": "array",
        "items": {"type": "string"},
        "description": "a list of domains, which may contain {tenant} and {number}",
    },
    "alias": {"type": "object", "additionalProperties": {"type": "string"}, "description": "other name: id"},
    "derive": {"type": "string", "description": "matrixrtc and the name of a slot"},
}
_STEP_SCHEMA: Final = {
    "anyOf": [
        {"enum": [name for name in STEP_NAMES if name not in _ARGUMENT_SCHEMAS]},
        *(
            {
                "type": "object",
                "properties": {name: argument},
                "required": [name],
                "additionalProperties": False,
            }
            for name, argument in _ARGUMENT_SCHEMAS.items()
        ),
    ]
}
StepEntry = Annotated[str | dict[str, Any], BeforeValidator(_step), WithJsonSchema(_STEP_SCHEMA)]
_PLACES = ("path", "query", "form", "header", "bearer", "json", "xml")
_EXACTLY_ONE = f"exactly one of {', '.join(f'`{name}`' for name in _PLACES)}"


def chain_of(entries: Sequence[str | dict[str, Any]]) -> tuple[Step, ...]:
    """Return the normaliser chain for a list of steps.

    The names in an alias table are normalised by the steps before it, as the ids compared with them will be.
    """
    chain: list[Step] = []
    for entry in entries:
        if isinstance(entry, str):
            chain.append(Step(entry))
            continue
        ((name, argument),) = entry.items()
        if name == "alias":
            argument = {
                normalise(alias, chain): normalise(meeting, chain) for alias, meeting in argument.items()
            }
        chain.append(Step.of(name, argument))
    return tuple(chain)


class PlaceEntry(Model):
    """A place in a request or message. Exactly one of the first seven keys is set."""

    path: Text | None = Field(None, description="a name in braces in `paths`, or several, such as {a}/{b}")
    query: Text | None = Field(None, description="the name of a query parameter")
    form: Text | None = Field(None, description="the name of a form field in the body")
    header: Text | None = Field(None, description="the name of a header")
    bearer: Text | None = Field(None, description="the header with a Bearer token, such as authorization")
    json_: PointerText | None = Field(
        None, alias="json", description="a JSON pointer into the body or message"
    )
    xml: ElementText | None = Field(None, description="an attribute or element such as presence@to")
    xmlns: Text | None = Field(None, description="the namespace of the element that `xml` names")
    keys_ignore_case: bool = Field(False, description="true or false")  # noqa: FBT003 - pydantic's signature
    jwt: PointerText | None = Field(None, description="a JSON pointer into the claims of the JWT found there")
    base64_json: PointerText | None = Field(
        None, description="a JSON pointer into the Base64-encoded JSON document found there"
    )

    @model_validator(mode="after")
    def _check_keys(self) -> PlaceEntry:
        given = (self.path, self.query, self.form, self.header, self.bearer, self.json_, self.xml)
        if sum(value is not None for value in given) != 1:
            raise ValueError(_EXACTLY_ONE)
        if self.jwt is not None and self.base64_json is not None:
            message = "at most one of `jwt` and `base64_json`"
            raise ValueError(message)
        if self.xmlns is not None and self.xml is None:
            message = "`xmlns` only together with `xml`"
            raise ValueError(message)
        return self

    def source(self) -> Extractor:
        """Return the extractor for this place."""
        outer = self._outer()
        for inside, pointer in ((JsonEncoding.JWT, self.jwt), (JsonEncoding.BASE64_JSON, self.base64_json)):
            if pointer is not None:
                return FromEncodedJson(outer, inside, Pointer(pointer, ignore_case=self.keys_ignore_case))
        return outer

    def _outer(self) -> Extractor:
        extractor: Extractor
        if self.path is not None:
            extractor = FromPath(self.path)
        elif self.query is not None:
            extractor = FromQuery(self.query)
        elif self.form is not None:
            extractor = FromForm(self.form)
        elif self.header is not None:
            extractor = FromHeader(self.header)
        elif self.bearer is not None:
            extractor = FromHeader(self.bearer, bearer=True)
        elif self.xml is not None:
            extractor = FromXml(ElementPath(self.xml, self.xmlns))
        else:
            extractor = FromJson(Pointer(self.json_ or "", ignore_case=self.keys_ignore_case))
        return extractor


class MeetingPlaceEntry(PlaceEntry):
    """A place that holds a meeting id, and the steps that normalise the id at this place."""

    normalise: list[StepEntry] = Field([], description="a list of steps, done before those of the service")

    def extractor(self) -> Extractor:
        """Return the extractor for this place, including its steps."""
        return Normalised(self.source(), chain_of(self.normalise)) if self.normalise else self.source()


class ConditionEntry(PlaceEntry):
    """A condition on a place: it must hold one of several values, any value, or none."""

    in_: Annotated[list[Text], Field(min_length=1)] | None = Field(
        None, alias="in", description="a list of values"
    )
    present: bool = Field(False, description="true or false")  # noqa: FBT003 - pydantic's signature
    absent: bool = Field(False, description="true or false")  # noqa: FBT003 - pydantic's signature
    ignore_case: bool = Field(False, description="true or false")  # noqa: FBT003 - pydantic's signature

    @model_validator(mode="after")
    def _check_test(self) -> ConditionEntry:
        if (self.in_ is not None) + self.present + self.absent != 1:
            message = "exactly one of `in`, `present: true` and `absent: true`"
            raise ValueError(message)
        return self

    def condition(self, *, every: bool = False) -> Condition:
        """Return the condition. With `every`, all values found at the place must be among those listed."""
        test = (
            ConditionTest.PRESENT
            if self.present
            else ConditionTest.ABSENT
            if self.absent
            else ConditionTest.ANY_OF
        )
        if every and test is ConditionTest.ANY_OF:
            test = ConditionTest.ALL_OF
        values = frozenset(value.casefold() if self.ignore_case else value for value in self.in_ or ())
        return Condition(extractor=self.source(), test=test, values=values, ignore_case=self.ignore_case)


def place_violations(places: Sequence[PlaceEntry], names: set[str]) -> Iterator[Violation]:
    """Yield a place and a message for each place that uses a path name other than `names`."""
    for index, place in enumerate(places):
        if place.path is not None and not names.issuperset(FromPath(place.path).names):
            yield (index, "path"), f'found "{place.path}", expected a name that `paths` has in braces'
