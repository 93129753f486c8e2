"""Plain data to a typed model, with every problem reported in words and at its position in the file."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, Final, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from joinfence.config.yaml.problems import ConfigError, quote

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from joinfence.config.yaml.document import Document, Loc
    from joinfence.config.yaml.problems import Problem


class Model(BaseModel):
    """A mapping in a configuration file: unknown keys are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)

    refused_keys: ClassVar[Mapping[str, str]] = {}
    """Keys that somebody may try to use, each with the reason why it is never allowed here."""


def validate[M: Model](model: type[M], document: Document) -> M:
    """Return the document as the model. Raises ConfigError with all problems."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(_problem(model, document, details) for details in error.errors()) from None


def _problem(model: type[Model], document: Document, details: ErrorDetails) -> Problem:
    loc = _in_document(details["loc"], document.data)
    kind = details["type"]
    found = quote(details["input"])
    owner = _model_at(model, loc[:-1])
    if kind == "extra_forbidden" and owner:
        return document.problem(loc, _unknown_key(owner, str(loc[-1])), at_key=True)
    expected = _expected(model, loc, details)
    if kind == "missing":
        return document.problem(loc, f"is missing; expected {expected}")
    return document.problem(loc, f"found {found}, expected {expected}")


def _in_document(loc: tuple[str | int, ...], data: Any) -> Loc:  # noqa: ANN401 - plain YAML data
    """Return the place without the steps that pydantic adds and the file does not have, such as `[key]`."""
    kept: list[str | int] = []
    for index, step in enumerate(loc):
        is_last = index == len(loc) - 1
        if isinstance(data, dict) and (step in data or is_last):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step] if step < len(data) else None
        else:
            continue
        kept.append(step)
    return tuple(kept)


def _unknown_key(owner: type[Model], key: str) -> str:
    if reason := owner.refused_keys.get(key.lower().replace(" ", "_")):
        return f"{reason}: remove `{key}`"
    known = [field.alias or name for name, field in owner.model_fields.items()]
    close = get_close_matches(key, known, n=1)
    return (
        f"unknown key; did you mean `{close[0]}`?"
        if close
        else f"unknown key; expected one of {', '.join(known)}"
    )


def _expected(model: type[Model], loc: Loc, details: ErrorDetails) -> str:
    """Return what was expected, in the words of the validator, else of the field, else of the error type."""
    if details["type"] == "value_error":
        return str(details["ctx"]["error"])
    owner = _model_at(model, loc[:-1])
    for name, field in (owner.model_fields if owner and loc else {}).items():
        if (field.alias or name) == loc[-1] and field.description:
            return field.description
    return _KINDS.get(details["type"], "another value").format(**details.get("ctx", {}))


_KINDS: Final = {
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "string_type": "text",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "text in another format",
    "list_type": "a list",
}


def _model_at(model: type[Model], loc: Loc) -> type[Model] | None:
    """Return the model that describes a place in the document, or None if the place is not a model."""
    current: type[Model] | None = model
    for step in loc:
        if isinstance(step, int):
            continue
        field = next(
            (f for n, f in (current.model_fields if current else {}).items() if (f.alias or n) == step), None
        )
        current = _first_model(field.annotation) if field else None
    return current


def _first_model(annotation: Any) -> type[Model] | None:  # noqa: ANN401 - any type expression
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    return next((m for a in get_args(annotation) if (m := _first_model(a))), None)
