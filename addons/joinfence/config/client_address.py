"""`client_address`: what stands in the configuration, to the policy that the engine works by."""

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
from joinfence.config.yaml.fields import Network, network
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import Model, validate
from joinfence.engine.client import resolve
from joinfence.engine.client.nat64 import PREFIX_LENGTHS
from joinfence.engine.client.networks import Networks, covers_all_clients, fold_network
from joinfence.engine.client.resolve import HeaderForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from joinfence.config.yaml.document import Loc
    from joinfence.config.yaml.problems import Problem

_LISTS: Final = {"x-forwarded-for": HeaderForm.LIST, "forwarded": HeaderForm.FORWARDED}
_KNOWN: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP")
_WIDEST: Final = {4: 8, 6: 16}


def _source(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9-]{1,64}", value):
        return value
    message = "peer, X-Forwarded-For, Forwarded, or the name of one header that holds one address"
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
    """Whose word is believed about where a connection comes from."""

    source: SourceField = Field("peer")
    trusted_proxies: list[ProxyField] = Field(
        [], description="a list of networks such as 10.0.0.0/8 whose word about others is believed"
    )
    hops: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None, description="the number of proxies, from 1 on, including the one that connects to the fence"
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
        """The networks that stand in the configuration itself."""
        return [entry for entry in self.trusted_proxies if not isinstance(entry, ProxyFile)]

    @property
    def files(self) -> list[str]:
        """The files that hold further networks, as written."""
        return [entry.path for entry in self.trusted_proxies if isinstance(entry, ProxyFile)]

    @property
    def from_peer(self) -> bool:
        """Whether the connection's own address is the client's."""
        return self.source.lower() == "peer"


class ClientAddressPolicy(resolve.ClientAddressPolicy):
    """Whose word is believed about others, built from what stands in a configuration."""

    __slots__ = ()

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
        """Return the policy that the keys of `client_address` describe. Raises ConfigError with all problems.

        Files are taken relative to the working directory; their age is not looked at.
        """
        document = Document(Path("client_address"), "", dict(mapping))
        entry = validate(ClientAddressEntry, document)
        problems = [document.problem(loc, message) for loc, message in breaches(entry)]
        if problems:
            raise ConfigError(problems)
        return cls._of(entry, read_client_address(entry, document, ()).networks)

    @classmethod
    def _of(cls, entry: ClientAddressEntry, networks: list[Network]) -> Self:
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
    """The policy, every trusted network, and what is worth a warning."""

    policy: ClientAddressPolicy
    networks: list[Network]
    warnings: list[Problem]


def read_client_address(
    entry: ClientAddressEntry, document: Document, place: Loc, now: datetime | None = None
) -> ReadClientAddress:
    """Return the policy of an entry that stands at a place in a document, its files read.

    `now` is aware; without it no file is too old. Raises ConfigError with all problems in all files.
    """
    networks: list[Network] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for index, listed in enumerate(entry.trusted_proxies):
        here: Loc = (*place, "trusted_proxies", index)
        found = [listed]
        if isinstance(listed, ProxyFile):
            try:
                found = read_proxies(document.path.parent / Path(listed.path).expanduser())
            except ConfigError as error:
                problems += error.problems
                continue
            if now and (age := listed.too_old(document.path, now)):
                warnings.append(document.problem(here, age))
        networks += found
        warnings += [document.problem(here, doubt) for doubt in _too_wide(found)]
    if entry.files and covers_all_clients(networks):
        problems.append(document.problem((*place, "trusted_proxies"), _EVERYBODY))
    if problems:
        raise ConfigError(problems)
    warnings += [document.problem((*place, *loc), message) for loc, message in _doubts(entry)]
    return ReadClientAddress(ClientAddressPolicy._of(entry, networks), networks, warnings)  # noqa: SLF001


_EVERYBODY: Final = "adds up to every address, so everybody could choose the answer; list your proxies only"


def breaches(entry: ClientAddressEntry) -> Iterator[tuple[Loc, str]]:
    """Yield what is wrong between the keys of an entry, without looking into any file."""
    if not entry.from_peer and not entry.trusted_proxies:
        yield (
            ("trusted_proxies",),
            f"is missing; with source {entry.source} list the proxies that are believed",
        )
    if entry.from_peer and entry.trusted_proxies:
        yield ("trusted_proxies",), "means nothing with source peer; remove it, or set source"
    if covers_all_clients(entry.networks):
        yield ("trusted_proxies",), _EVERYBODY
    is_list = entry.source.lower() in _LISTS
    if entry.hops is not None and not is_list:
        yield ("hops",), f"means nothing with source {entry.source}, which is no list; remove it"
    if entry.chain != "client" and not is_list:
        yield ("chain",), f"means nothing with source {entry.source}, which is no list; set chain: client"
    if entry.forwarded_lenient and entry.source.lower() != "forwarded":
        yield ("forwarded_lenient",), f"means nothing with source {entry.source}; remove it"


def _too_wide(networks: list[Network]) -> Iterator[str]:
    for listed in networks:
        folded = fold_network(listed)
        if folded.prefixlen < (widest := _WIDEST[folded.version]):
            yield (
                f"{listed} is wider than /{widest}: everybody inside can choose the address they are taken "
                "for; list the proxies themselves"
            )


def _doubts(entry: ClientAddressEntry) -> Iterator[tuple[Loc, str]]:
    """Yield what can be meant and mostly is not."""
    close = get_close_matches(entry.source, _KNOWN, n=1, cutoff=0.85)
    if close and close[0].lower() != entry.source.lower():
        yield ("source",), f'"{entry.source}" is no header that is known; was {close[0]} meant?'
    if entry.from_peer and entry.upstream_headers == "keep":
        yield ("upstream_headers",), _SPOOFABLE


_SPOOFABLE: Final = (
    "keep hands on what clients write into X-Forwarded-For themselves, and the meeting service may believe "
    "it; set append or replace"
)
