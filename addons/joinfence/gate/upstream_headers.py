"""Rewrites the forwarding headers that the meeting service receives."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, assert_never

from joinfence.engine.client.resolve import HeaderForm, read_peer, resolve_client_address
from joinfence.engine.values import ClientAddress

if TYPE_CHECKING:
    from joinfence.engine.client.resolve import ClientAddressPolicy
    from joinfence.engine.values import Address, HeaderFields

_XFF: Final = b"X-Forwarded-For"
_FORWARDED: Final = b"Forwarded"
_IPV6: Final = 6
_DASHES: Final = bytes.maketrans(b"_.", b"--")


class UpstreamHeaders(StrEnum):
    """How forwarding headers are rewritten; the values of `client_address.upstream_headers`."""

    KEEP = "keep"
    APPEND = "append"
    REPLACE = "replace"


def rewrite_forwarding_headers(
    headers: HeaderFields, *, peer: str | None, policy: ClientAddressPolicy, mode: UpstreamHeaders
) -> HeaderFields:
    """Return the headers to send to the service.

    `append` adds the peer, as proxies do. `replace` removes what was sent and writes the client address
    instead, or `unknown` if it is undetermined (RFC 7239 section 6.2). Both remove the spellings that a CGI
    or WSGI server cannot tell from the real name (`X_Forwarded_For`, `X.Forwarded.For`).
    """
    match mode:
        case UpstreamHeaders.KEEP:
            return headers
        case UpstreamHeaders.APPEND:
            read = read_peer(peer, policy)
            return _with_peer(headers, read[0] if read else None, policy)
        case UpstreamHeaders.REPLACE:
            client = resolve_client_address(peer=peer, headers=headers, policy=policy)
            return _with_client(
                headers, client.address if isinstance(client, ClientAddress) else None, policy
            )
        case _:
            assert_never(mode)


def _header_names(policy: ClientAddressPolicy) -> tuple[bytes, set[bytes]]:
    """Return the header to write, and all that carry client addresses (in lower case)."""
    lists = {_XFF.lower(), _FORWARDED.lower()}
    return _FORWARDED if policy.form is HeaderForm.FORWARDED else _XFF, lists | {
        policy.header or _XFF.lower()
    }


def _with_peer(headers: HeaderFields, address: Address | None, policy: ClientAddressPolicy) -> HeaderFields:
    name, names = _header_names(policy)
    kept = tuple(field for field in headers if not _is_alias(field[0], names))
    return _appended(kept, name, _entry(name, address))


def _with_client(headers: HeaderFields, address: Address | None, policy: ClientAddressPolicy) -> HeaderFields:
    name, names = _header_names(policy)
    kept = tuple(field for field in headers if field[0].translate(_DASHES).lower() not in names)
    written = [(name, _entry(name, address))]
    if policy.header and policy.form is HeaderForm.SINGLE and address is not None:
        written.append((policy.header, str(address).encode("ascii")))
    return (*kept, *written)


def _is_alias(name: bytes, names: set[bytes]) -> bool:
    plain = name.lower()
    return plain not in names and plain.translate(_DASHES) in names


def _appended(headers: HeaderFields, name: bytes, entry: bytes) -> HeaderFields:
    """Return the headers with all lines of the named one joined into one, and the entry appended to it."""
    lines = [value for field, value in headers if field.lower() == name.lower()]
    others = tuple(field for field in headers if field[0].lower() != name.lower())
    return (*others, (name, b", ".join([*lines, entry])))


def _entry(name: bytes, address: Address | None) -> bytes:
    text = "unknown" if address is None else str(address)
    if name is _FORWARDED:
        text = f'for="[{text}]"' if address is not None and address.version == _IPV6 else f"for={text}"
    return text.encode("ascii")
