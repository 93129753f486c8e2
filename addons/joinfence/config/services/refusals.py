"""How the clients of a service are notified that a join is refused, as a rule file describes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field, model_validator

from joinfence.config.services.places import PlaceEntry
from joinfence.config.yaml.validate import Model
from joinfence.engine.joins.refusals import Refusal
from joinfence.engine.joins.templates import STANDARD_NAMES, Template, TemplateFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from joinfence.config.yaml.document import Violation

_FORMS: Final = {
    "html": "text/html",
    "json": "application/json",
    "problem": "application/problem+json",
    "text": "text/plain",
}


class TemplateEntry(Model):
    """A message whose texts may contain names in braces, such as {text}. Exactly one key is set."""

    json_: dict[str, Any] | list[Any] | None = Field(None, alias="json", description="a JSON object or list")
    xml: str | None = Field(None, description="XML")
    text: str | None = Field(None, description="plain text")
    socketio_event: list[Any] | None = Field(None, description="a list: the event's name and arguments")
    socketio_ack: list[Any] | None = Field(None, description="a list: the arguments of the answer")

    @model_validator(mode="after")
    def _check_keys(self) -> TemplateEntry:
        if len(self._given()) != 1:
            message = f"exactly one of {', '.join(f'`{kind}`' for kind in TemplateFormat)}"
            raise ValueError(message)
        return self

    def _given(self) -> list[Template]:
        contents = {
            TemplateFormat.JSON: self.json_,
            TemplateFormat.XML: self.xml,
            TemplateFormat.TEXT: self.text,
            TemplateFormat.EVENT: self.socketio_event,
            TemplateFormat.ACK: self.socketio_ack,
        }
        return [Template(kind, content) for kind, content in contents.items() if content is not None]

    def template(self) -> Template:
        """Return the message template."""
        return self._given()[0]


class RefusalEntry(Model):
    """How the client is notified. By default, with the form of answer that it asks for."""

    status: Literal[200, 401, 403, 451] = Field(451, description="451, or 200, 401 or 403")
    form: Literal["html", "json", "problem", "text"] | None = Field(
        None, description="html, json, problem or text"
    )
    body: TemplateEntry | None = Field(None, description="the service's own error: json, xml or text")
    messages: list[TemplateEntry] = Field([], description="a list of messages to the client")
    close: bool = Field(False, description="true or false")  # noqa: FBT003 - pydantic's signature
    echo: dict[str, PlaceEntry] = Field({}, description="name -> the place that holds its value")

    def violations(self) -> Iterator[Violation]:
        """Yield place and message for names without a value, and for names whose value the fence sets."""
        for name in set(self.echo) & set(STANDARD_NAMES):
            yield ("echo", name), "is a name whose value the fence sets; choose another"
        known = {*STANDARD_NAMES, *self.echo}
        entries = [(("messages", index), entry) for index, entry in enumerate(self.messages)]
        for loc, entry in [*entries, *([(("body",), self.body)] if self.body else [])]:
            for name in sorted(entry.template().names() - known):
                yield loc, f"{{{name}}} has no value; expected one of {', '.join(sorted(known))}"

    def refusal(self) -> Refusal:
        """Return the refusal that this entry describes."""
        return Refusal(
            status=None if self.status == 451 else self.status,  # noqa: PLR2004 - the status itself
            form=_FORMS[self.form] if self.form else None,
            body=self.body.template() if self.body else None,
            messages=tuple(entry.template() for entry in self.messages),
            close=self.close,
            echo={name: place.source() for name, place in self.echo.items()},
        )
