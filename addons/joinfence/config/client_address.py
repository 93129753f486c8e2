"""`client_address` in the main file, to the policy by which the engine resolves client addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv6Network
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Self

from pydantic import Field, PlainValidator

from joinfence.config.proxy_files import ProxyFile, read_proxies
from joinfence.config.yaml.document import Document
from joinfence.config.yaml.fields import network
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import Model, validate
from joinfence.engine.client import resolve
from joinfence.engine.client.nat64 import PREFIX_LENGTHS
from joinfence.engine.client.networks import Network, Networks, covers_all_clients, fold_network
from joinfence.engine.client.resolve import HeaderForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from joinfence.config.yaml.document import Loc, Violation
    from joinfence.config.yaml.problems import Problem

_LISTS: Final = {"x-forwarded-for": HeaderForm.LIST, "forwarded": HeaderForm.FORWARDED}
_KNOWN_HEADERS: Final = (
    "X-Forwarded-For",
    "Forwarded",
    "X-Real-IP",
    "CF-Connecting-IP",
    "True-Client-IP",
)
_SHORTEST_PREFIX: Final = {4: 8, 6: 16}
"""IP version -> prefix length; trusting a wider network earns a warning."""


def _source(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9-]{1,64}", value):
        return value
    message = "peer, X-Forwarded-For, Forwarded, or the name of a header that holds a single address"
    raise ValueError(message)


def _proxy(value: object) -> Network | ProxyFile:
    if not isinstance(value, dict):
        return network(value)
    days = value.get("max_age_days")
    good = value.keys() <= {"file", "max_age_days"} and isinstance(value.get("file"), str) and value["file"]
    if not good or not (days is None or (type(days) is int and 1 <= days <= 3650)):  # noqa: PLR2004
        message = "a network such as 10.0.0.0/8, or {file: cdn.txt, max_age_days: 30}"
        raise ValueError(message)
    return ProxyFile(value["file"], days)


def _nat64(value: object) -> IPv6Network:
    found = network(value)
    if not isinstance(found, IPv6Network) or found.prefixlen not in PREFIX_LENGTHS:
        message = f"an IPv6 prefix with a length of {', '.join(map(str, PREFIX_LENGTHS))} (RFC 6052)"
        raise ValueError(message)
    return found


SourceField = Annotated[str, PlainValidator(_source, json_schema_input_type=str)]
ProxyField = Annotated[Any, PlainValidator(_proxy, json_schema_input_type=str | dict[str, str | int])]
Nat64Field = Annotated[Any, PlainValidator(_nat64, json_schema_input_type=str)]


class ClientAddressEntry(Model):
    """Where the client's address is taken from, and which proxies are trusted to state it."""

    source: SourceField = Field("peer")
    trusted_proxies: list[ProxyField] = Field(
        [], description="a list of networks, such as 10.0.0.0/8, of proxies that are trusted"
    )
    hops: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="the number of proxies, at least 1, including the one that connects to the fence"
    )
    forwarded_lenient: bool = Field(default=False, description="true or false")
    nat64_prefixes: list[Nat64Field] = Field([], description="a list of your own NAT64 prefixes")
    chain: Literal["client", "client_or_claims"] = Field("client", description="client or client_or_claims")
    upstream_headers: Literal["keep", "append", "replace"] = Field(
        "keep", description="keep, append or replace"
    )
    probe: bool = Field(default=False, description="true or false")

    @property
    def networks(self) -> list[Network]:
        """The networks listed in the main file itself."""
        return [entry for entry in self.trusted_proxies if not isinstance(entry, ProxyFile)]

    @property
    def files(self) -> list[str]:
        """The paths, as written, of the files that list further networks."""
        return [entry.path for entry in self.trusted_proxies if isinstance(entry, ProxyFile)]

    @property
    def from_peer(self) -> bool:
        """Whether the address of the connection is taken as the client's."""
        return self.source.lower() == "peer"


class ClientAddressPolicy(resolve.ClientAddressPolicy):
    """The policy for client addresses, as a configuration describes it."""

    __slots__ = ()

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
        """Return the policy that the keys of `client_address` describe. Raises ConfigError with all problems.

        File paths are relative to the working directory, and the age of the files is not checked.
        """
        document = Document(Path("client_address"), "", dict(mapping))
        entry = validate(ClientAddressEntry, document)
        problems = [document.problem(loc, message) for loc, message in violations(entry)]
        if problems:
            raise ConfigError(problems)
        return cls._from_entry(entry, read_client_address(entry, document, ()).networks)

    @classmethod
    def _from_entry(cls, entry: ClientAddressEntry, networks: list[Network]) -> Self:
        header = entry.source.lower()
        return cls(
            header=None if entry.from_peer else header.encode("ascii"),
            form=_LISTS.get(header, HeaderForm.SINGLE),
            trusted_proxies=Networks(networks),
            hops=entry.hops,
            lenient=entry.forwarded_lenient,
            nat64_prefixes=tuple(entry.nat64_prefixes),
            claims=entry.chain == "client_or_claims",
        )


@dataclass(frozen=True, slots=True)
class ReadClientAddress:
    """The policy, every trusted network, and the warnings."""

    policy: ClientAddressPolicy
    networks: list[Network]
    warnings: list[Problem]


def read_client_address(
    entry: ClientAddressEntry, document: Document, place: Loc, now: datetime | None = None
) -> ReadClientAddress:
    """Return the policy that an entry at a place in a document describes, with the networks of its files.

    `now` is aware; without it the age of the files is not checked. Raises ConfigError with the problems of
    all files.
    """
    networks: list[Network] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for index, listed in enumerate(entry.trusted_proxies):
        here: Loc = (*place, "trusted_proxies", index)
        listed_networks = [listed]
        if isinstance(listed, ProxyFile):
            try:
                listed_networks = read_proxies(document.path.parent / Path(listed.path).expanduser())
            except ConfigError as error:
                problems += error.problems
                continue
            if now and (warning := listed.age_warning(document.path, now)):
                warnings.append(document.problem(here, warning))
        networks += listed_networks
        warnings += [document.problem(here, warning) for warning in _width_warnings(listed_networks)]
    if entry.files and covers_all_clients(networks):
        problems.append(document.problem((*place, "trusted_proxies"), _COVERS_EVERY_ADDRESS))
    if problems:
        raise ConfigError(problems)
    warnings += [document.problem((*place, *loc), message) for loc, message in _entry_warnings(entry)]
    policy = ClientAddressPolicy._from_entry(entry, networks)  # noqa: SLF001 - made only in this module
    return ReadClientAddress(policy, networks, warnings)


_COVERS_EVERY_ADDRESS: Final = (
    "covers every address, so any client could choose the address it is taken for; list only your proxies"
)


def violations(entry: ClientAddressEntry) -> Iterator[Violation]:
    """Yield the rules between keys that an entry breaks, as place and message. No file is read."""
    if not entry.from_peer and not entry.trusted_proxies:
        yield (
            ("trusted_proxies",),
            f"is missing; with source {entry.source}, list the proxies to trust",
        )
    if entry.from_peer and entry.trusted_proxies:
        yield ("trusted_proxies",), "has no effect with source peer; remove it, or set source"
    if covers_all_clients(entry.networks):
        yield ("trusted_proxies",), _COVERS_EVERY_ADDRESS
    is_list = entry.source.lower() in _LISTS
    if entry.hops is not None and not is_list:
        yield ("hops",), f"has no effect with source {entry.source}, which is not a list; remove it"
    if entry.chain != "client" and not is_list:
        yield ("chain",), f"has no effect with source {entry.source}, which is not a list; set chain: client"
    if entry.forwarded_lenient and entry.source.lower() != "forwarded":
        yield ("forwarded_lenient",), f"has no effect with source {entry.source}; remove it"


def _width_warnings(networks: list[Network]) -> Iterator[str]:
    for listed in networks:
        folded = fold_network(listed)
        if folded.prefixlen < (shortest := _SHORTEST_PREFIX[folded.version]):
            yield (
                f"{folded} is wider than /{shortest}: any client inside it can choose the address it is "
                "taken for; list only the proxies themselves"
            )


def _entry_warnings(entry: ClientAddressEntry) -> Iterator[Violation]:
    """Yield what is valid but probably a mistake, as place and message."""
    close = get_close_matches(entry.source, _KNOWN_HEADERS, n=1, cutoff=0.85)
    if close and close[0].lower() != entry.source.lower():
        yield ("source",), f'"{entry.source}" is not a known header; did you mean {close[0]}?'
    if entry.from_peer and entry.upstream_headers == "keep":
        yield ("upstream_headers",), _SPOOFABLE


_SPOOFABLE: Final = (
    "keep passes on X-Forwarded-For as clients send it, and the meeting service may believe it; set append "
    "or replace"
)
