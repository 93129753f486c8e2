"""`geofence.yaml`, the main file: the fence is started with it, and it names all other files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from joinfence.config.client_address import ClientAddressEntry, violations
from joinfence.config.listener import Listener, parse_listener
from joinfence.config.yaml.document import read_document
from joinfence.config.yaml.fields import Language, Mailbox, Text, Url
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import Model, validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from joinfence.config.yaml.document import Document, Loc, Violation


class OperatorEntry(Model):
    """Who runs the meeting service and is responsible for the fence."""

    name: Text = Field(description="the operator's name, as people read it")
    url: Url = Field(description="the https:// address of the operator's legal page, ending in /")
    contact: Mailbox = Field(description="a role mailbox such as legal@meet.example")


class SourceEntry(Model):
    """One location source: the built-in registry, or a database in the MaxMind DB format."""

    kind: Literal["registry", "mmdb"] = Field(description="registry or mmdb")
    path: Text | None = Field(None, description="the path of an .mmdb file")
    max_age_days: Annotated[int, Field(ge=1, le=3650)] | None = Field(
        None, description="a number of days from 1 to 3650"
    )


class LocationEntry(Model):
    """Where the locations of addresses come from."""

    sources: Annotated[list[SourceEntry], Field(min_length=1)] = Field(
        description="a list of sources: {kind: registry}, or {kind: mmdb, path: ...}"
    )
    agreement: Literal["all", "first"] = Field("all", description="all or first")
    corrections: Text | None = Field(None, description="the path of the corrections table")


class ApprovalsEntry(Model):
    """How many signatures an order needs to be in force, and whose count."""

    required: Annotated[int, Field(ge=0, le=9)] = Field(description="a number of approvals from 0 to 9")
    signers: Text | None = Field(None, description="the path of a list of allowed signers")
    revoked: Text | None = Field(None, description="the path of a list of revoked keys")


class EventLogEntry(Model):
    """The key that signs the checkpoints of the event log."""

    key: Text | None = Field(None, description="the path of a private key, PRIVATE+KEY+name+hash+key")


class SiteEntry(Model):
    """The public pages, which `joinfence site build` writes."""

    folder: Text | None = Field(None, description="the path of the folder the site is built into")
    languages: list[Language] | None = Field(None, description="a list of language codes such as [en, de]")
    reports: Text | None = Field(None, description="the path of a folder of transparency reports")


class SettingsFile(Model):
    """The configuration."""

    schema_: Literal["geofence/1"] = Field(alias="schema", description="geofence/1")
    operator: OperatorEntry = Field(description="name, url and contact")
    client_address: ClientAddressEntry = Field(
        default_factory=lambda: ClientAddressEntry.model_validate({}),
        description="source and trusted_proxies",
    )
    location: LocationEntry = Field(description="sources, agreement and corrections")
    services: Annotated[list[Text], Field(min_length=1)] = Field(
        description="a list of rule files; names may contain * and ?"
    )
    authorities: Text = Field(description="the path of the register of authorities")
    orders: list[Text] = Field(description="a list of order files; names may contain * and ?")
    approvals: ApprovalsEntry = Field(
        default_factory=lambda: ApprovalsEntry(required=0), description="required, signers and revoked"
    )
    demands: Text | None = Field(None, description="the path of the register of demands")
    notices: Text | None = Field(None, description="the path of the file that brands the pages")
    state: Text | None = Field(None, description="the path of the folder that the fence writes to")
    event_log: EventLogEntry = Field(
        default_factory=lambda: EventLogEntry.model_validate({}), description="key"
    )
    metrics: Listener | None = Field(None, description="an address and port such as 127.0.0.1:9464")
    metrics_public: bool = Field(False, description="true or false")  # noqa: FBT003 - pydantic's default
    on_error: Literal["admit", "unavailable"] = Field("admit", description="admit or unavailable")
    on_undetermined: Literal["admit", "unavailable"] = Field("admit", description="admit or unavailable")
    site: SiteEntry = Field(
        default_factory=lambda: SiteEntry.model_validate({}),
        description="folder, languages and reports",
    )
    public_before_effective: bool = Field(False, description="true or false")  # noqa: FBT003 - a default


def read_settings(path: Path) -> tuple[SettingsFile, Document]:
    """Return the configuration and the document it was read from. Raises ConfigError."""
    document = read_document(path)
    settings = validate(SettingsFile, document)
    problems = [document.problem(loc, message) for loc, message in _violations(settings)]
    if problems:
        raise ConfigError(problems)
    return settings, document


def _violations(settings: SettingsFile) -> Iterator[Violation]:
    if settings.public_before_effective and settings.site.folder is None:
        yield (
            ("public_before_effective",),
            "needs site.folder; set it to the folder the public pages are built in",
        )
    if not settings.operator.url.endswith("/"):
        yield ("operator", "url"), f'found "{settings.operator.url}", expected an address that ends in /'
    for loc, message in violations(settings.client_address):
        yield ("client_address", *loc), message
    if settings.approvals.signers is None and (settings.approvals.required or settings.approvals.revoked):
        yield ("approvals",), "`signers` is missing; expected the path of a list of allowed signers"
    if settings.metrics and not (settings.metrics_public or parse_listener(settings.metrics)[0].is_loopback):
        yield (
            ("metrics",),
            (
                f'found "{settings.metrics}", expected a loopback address; for any other, also set '
                "metrics_public: true"
            ),
        )
    for index, source in enumerate(settings.location.sources):
        place: Loc = ("location", "sources", index)
        if source.kind == "mmdb" and source.path is None:
            yield (*place, "path"), "is missing; expected the path of an .mmdb file"
        if source.kind == "registry" and (source.path or source.max_age_days):
            yield place, "the registry is built in and takes no path or max_age_days; remove them"
