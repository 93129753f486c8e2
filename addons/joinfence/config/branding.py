"""An operator's changes to the pages: name, logo, colours and templates, kept in one folder."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AfterValidator, Field

from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.fields import Text
from joinfence.config.yaml.problems import ConfigError, Problem
from joinfence.config.yaml.validate import Model, validate

if TYPE_CHECKING:
    from pathlib import Path

    from joinfence.config.yaml.document import Document, Loc

LARGEST_LOGO: Final = 8 << 10
_LARGEST_TEMPLATE: Final = 256 << 10
_LOGO_TYPES: Final = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """What an operator changes about the pages; a field left empty changes nothing.

    `logo` is a data: URI, `colours` is CSS, and `templates` holds pairs of file name and text.
    """

    name: str = ""
    logo: str = ""
    colours: str = ""
    templates: tuple[tuple[str, str], ...] = ()


PLAIN: Final = Branding()
"""The pages as joinfence ships them."""


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        message = "a colour such as #1d4f3f"
        raise ValueError(message)
    return value


def _logo(value: str) -> str:
    if not value.endswith(tuple(_LOGO_TYPES)):
        message = "the path of an .svg or .png file"
        raise ValueError(message)
    return value


Colour = Annotated[Text, AfterValidator(_colour)]
Template = Literal[
    "base.html.j2",
    "macros.html.j2",
    "notice.html.j2",
    "notice.txt.j2",
    "page.html.j2",
    "refusal.html.j2",
    "refusal.txt.j2",
]


class Scheme(Model):
    """The colours of the light or dark scheme. A colour left out keeps its default."""

    paper: Colour | None = Field(None, description="the background of the page, such as #f6f5f1")
    sheet: Colour | None = Field(None, description="the background of the text")
    ink: Colour | None = Field(None, description="the colour of the text")
    soft: Colour | None = Field(None, description="the colour of secondary text")
    line: Colour | None = Field(None, description="the colour of thin lines")
    link: Colour | None = Field(None, description="the colour of links")
    mark: Colour | None = Field(None, description="the colour of thick lines and of highlighted text")


class Colours(Model):
    """The colours of the light and the dark scheme."""

    light: Scheme = Field(
        default_factory=lambda: Scheme.model_validate({}), description="colours of the light scheme"
    )
    dark: Scheme = Field(
        default_factory=lambda: Scheme.model_validate({}), description="colours of the dark scheme"
    )


class BrandingFile(Model):
    """The file that brands the operator's pages."""

    schema_: Literal["notices/1"] = Field(alias="schema", description="notices/1")
    name: Text = Field("", description="the operator's name on the pages, if it differs from operator.name")
    logo: Annotated[Text, AfterValidator(_logo)] | None = Field(
        None, description="the path of an .svg or .png file of at most 8 KB"
    )
    colours: Colours = Field(
        default_factory=lambda: Colours.model_validate({}), description="light and dark, each with colours"
    )
    templates: list[Template] = Field([], description="a list of templates in the same folder as this file")


def read_branding(path: Path) -> tuple[Branding, Document]:
    """Return the branding that a file and the files it names describe, and the file's document.

    Raises ConfigError.
    """
    document = read_document(path)
    file = validate(BrandingFile, document)
    problems: list[Problem] = []

    def read_named(loc: Loc, name: str, largest: int) -> bytes:
        try:
            with (path.parent / name).open("rb") as opened:
                content = opened.read(largest + 1)
        except OSError as error:
            problems.append(document.problem(loc, f'"{name}" cannot be read: {error.strerror}'))
            return b""
        if len(content) > largest:
            problems.append(document.problem(loc, f'"{name}" is larger than {largest >> 10} KB'))
        return content

    logo = read_named(("logo",), file.logo, LARGEST_LOGO) if file.logo else b""
    templates = []
    for index, name in enumerate(file.templates):
        text = read_named(("templates", index), name, _LARGEST_TEMPLATE)
        templates.append((name, text.decode("utf-8", "replace")))
    if problems:
        raise ConfigError(problems)
    branding = Branding(
        name=file.name,
        logo=f"data:{_LOGO_TYPES[file.logo[-4:]]};base64,{b64encode(logo).decode()}" if file.logo else "",
        colours=_stylesheet(file.colours),
        templates=tuple(templates),
    )
    return branding, document


def _stylesheet(colours: Colours) -> str:
    # Each scheme gets a media query: outside one, a light colour would also apply to the dark scheme.
    return "".join(
        f"@media (prefers-color-scheme: {name}) {{:root {{{declarations}}}}}"
        for name, scheme in (("light", colours.light), ("dark", colours.dark))
        if (declarations := _declarations(scheme))
    )


def _declarations(scheme: Scheme) -> str:
    return "".join(f"--{name}: {value};" for name, value in scheme if value)
