"""Approvals of an order: which signatures count, when there are enough of them, and why others do not count.

Enough means `required` signatures made with that many different keys in that many different roles, all valid
at the instant of the decision. Names do not matter, because one key can be listed under several names.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Fault(StrEnum):
    """Why a signature beside an order does not count, or what is missing: a stable identifier."""

    UNREADABLE = "unreadable"
    WRONG_NAMESPACE = "wrong_namespace"
    UNKNOWN_SIGNER = "unknown_signer"
    EDITED = "edited"
    NOT_VERIFIED = "not_verified"
    REVOKED = "revoked"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    SAME_KEY = "same_key"
    SAME_ROLE = "same_role"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class ApprovalFault:
    """One fault with a sentence for people. `file` names the signature file, or is None if there is none."""

    fault: Fault
    message: str
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A verified signature of an order.

    `key` is the SHA-256 fingerprint of the key; `signer` and `role` are as in the list of signers. The key is
    valid from the aware instant `since` until before `until`; None means no bound. A key that is listed under
    several names yields one signature for each name.
    """

    file: str
    key: str
    signer: str
    role: str
    since: datetime | None = None
    until: datetime | None = None


type ValidityPeriod = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """Whether an order has the approvals it needs.

    `periods` are the times when enough signatures count, each from an aware instant until before another;
    None means no bound. `suspended_by` names those who suspended the order with a signature. `faults` are the
    signatures that never count.
    """

    required: int = 0
    periods: tuple[ValidityPeriod, ...] = ((None, None),)
    signatures: tuple[Signature, ...] = ()
    suspended_by: tuple[str, ...] = ()
    faults: tuple[ApprovalFault, ...] = ()

    def complete_at(self, at: datetime) -> bool:
        """Tell whether enough signatures count at an aware instant."""
        return any(
            (first is None or first <= at) and (last is None or at < last) for first, last in self.periods
        )


NO_APPROVAL_REQUIRED: Final = Approvals()

_MICROSECOND: Final = timedelta(microseconds=1)
_END_OF_TIME: Final = datetime.max.replace(tzinfo=UTC)


def approvals_of(
    required: int,
    signatures: Iterable[Signature],
    *,
    suspended_by: Iterable[str] = (),
    faults: Iterable[ApprovalFault] = (),
) -> Approvals:
    """Return the approvals that verified signatures, in the order of their files, add up to."""
    found = tuple(signatures)
    return Approvals(
        required=required,
        periods=tuple(_periods(found, required)),
        signatures=found,
        suspended_by=tuple(suspended_by),
        faults=tuple(faults),
    )


# A signature pairs a key with a role, and each key and each role counts only once, so the largest set that
# counts is a maximum matching in a bipartite graph. Taking signatures first come, first served would miss
# some: if Anna may sign as legal or operations, and Carl only as legal, Anna has to be moved to operations.
# `_assign_role` is the usual augmenting search: if a role is taken, it tries to move the key that holds it.
def counted_signatures(signatures: Iterable[Signature], at: datetime) -> tuple[Signature, ...]:
    """Return the largest set of signatures valid at an aware instant in which no key and no role repeats."""
    valid = [signature for signature in signatures if _is_valid(signature, at)]
    by_role: dict[str, Signature] = {}
    for key in dict.fromkeys(signature.key for signature in valid):
        _assign_role(key, valid, by_role, set())
    return tuple(signature for signature in valid if by_role.get(signature.role) is signature)


def _assign_role(key: str, valid: list[Signature], by_role: dict[str, Signature], tried: set[str]) -> bool:
    """Give the key one of its roles, moving other keys to another of their roles where that frees one."""
    for signature in valid:
        if signature.key != key or signature.role in tried:
            continue
        tried.add(signature.role)
        holder = by_role.get(signature.role)
        if holder is None or _assign_role(holder.key, valid, by_role, tried):
            by_role[signature.role] = signature
            return True
    return False


def _is_valid(signature: Signature, at: datetime) -> bool:
    return (signature.since is None or signature.since <= at) and (
        signature.until is None or at < signature.until
    )


def _periods(signatures: tuple[Signature, ...], required: int) -> Iterator[ValidityPeriod]:
    bounds = sorted({b for each in signatures for b in (each.since, each.until) if b is not None})
    for first, last in zip([None, *bounds], [*bounds, None], strict=True):
        # Validity changes only at the bounds, so any one instant between two of them represents the interval.
        at = first or (last - _MICROSECOND if last else _END_OF_TIME)
        if len(counted_signatures(signatures, at)) >= required:
            yield first, last


def faults_at(approvals: Approvals, at: datetime) -> list[ApprovalFault]:
    """Return why signatures do not count at an aware instant, ordered by file, then what is missing."""
    counted = counted_signatures(approvals.signatures, at)
    files = {signature.file for signature in counted}
    keys = {signature.key: signature.file for signature in counted}
    roles = {signature.role: signature.file for signature in counted}
    faults = list(approvals.faults)
    uncounted = {each.file: each for each in approvals.signatures if each.file not in files}
    for signature in uncounted.values():
        fault, reason = _why_uncounted(signature, keys, roles, at)
        faults.append(ApprovalFault(fault, f"{signature.file} does not count: {reason}", signature.file))
    faults.sort(key=lambda each: each.file or "")
    missing = approvals.required - len(counted)
    if missing > 0:
        so_far = f" ({', '.join(sorted(signature.signer for signature in counted))})" if counted else ""
        message = (
            f"{len(counted)} of {approvals.required} approvals{so_far}; {missing} more needed, "
            "each with another key in another role"
        )
        faults.append(ApprovalFault(Fault.TOO_FEW, message))
    return faults


def _why_uncounted(
    signature: Signature, keys: dict[str, str], roles: dict[str, str], at: datetime
) -> tuple[Fault, str]:
    signer = signature.signer
    if signature.since is not None and at < signature.since:
        return Fault.NOT_YET_VALID, f"the key of {signer} is not valid before {signature.since.isoformat()}"
    if signature.until is not None and at >= signature.until:
        return Fault.EXPIRED, f"the key of {signer} was valid until {signature.until.isoformat()}"
    if signature.key in keys:
        return Fault.SAME_KEY, f"it was made with the same key as {keys[signature.key]}; each key counts once"
    return (
        Fault.SAME_ROLE,
        f"{roles[signature.role]} was also signed in the role {signature.role}; each role counts once",
    )
