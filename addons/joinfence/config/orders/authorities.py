"""`authorities.yaml`: the register of authorities, each with the territories it may issue orders for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.fields import Day, Identifier, Language, Territory, Text, Url
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import Model, validate
from joinfence.engine.order import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from joinfence.config.yaml.document import Violation


class VerificationEntry(Model):
    """When and how somebody verified that the authority exists and is competent."""

    by_role: Text = Field(description="the role of the person who verified it, such as legal")
    how: Text = Field(description="how it was verified, in a sentence")
    on: Day = Field(description="the date of the verification, such as 2026-11-01")
    next_check: Day = Field(description="the date of the next verification, such as 2027-11-01")


class AuthorityEntry(Model):
    """One authority."""

    id: Identifier = Field(description="a short name, such as de-lg-beispielstadt")
    name: dict[Language, Text] = Field(
        min_length=1, description="language -> name, such as {de: Landgericht}"
    )
    kind: Literal["court", "administrative", "regulator"] = Field(
        description="court, administrative or regulator"
    )
    competence: list[Territory] = Field(min_length=1, description="a list of ISO 3166 codes")
    official_url: Url = Field(description="the https:// address of the authority's website")
    verified: VerificationEntry = Field(description="by_role, how, on and next_check")


class AuthoritiesFile(Model):
    """The register of authorities."""

    schema_: Literal["authorities/1"] = Field(alias="schema", description="authorities/1")
    authorities: list[AuthorityEntry] = Field(description="a list of authorities")


def read_authorities(path: Path) -> dict[str, Authority]:
    """Return the authorities by id. Raises ConfigError."""
    document = read_document(path)
    entries = validate(AuthoritiesFile, document).authorities
    register: dict[str, Authority] = {}
    problems = []
    for index, entry in enumerate(entries):
        if entry.id in register:
            problems.append(
                document.problem(
                    ("authorities", index, "id"),
                    f'"{entry.id}" is listed twice; give each authority its own id',
                )
            )
        problems += [
            document.problem(("authorities", index, *loc), message) for loc, message in _violations(entry)
        ]
        register[entry.id] = Authority(
            id=entry.id,
            name=entry.name,
            kind=entry.kind,
            competence=tuple(entry.competence),
            official_url=entry.official_url,
        )
    if problems:
        raise ConfigError(problems)
    return register


def _violations(entry: AuthorityEntry) -> Iterator[Violation]:
    for index, code in enumerate(entry.competence):
        if code in entry.competence[:index]:
            yield ("competence", index), f"{code} is listed twice; keep one"
    if entry.verified.next_check <= entry.verified.on:
        yield ("verified", "next_check"), f"{entry.verified.next_check} is not after `on`; check both dates"
