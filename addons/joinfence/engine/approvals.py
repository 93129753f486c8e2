"""Which signatures under an order count, when they are enough, and in words why they are not.

Enough means `required` signatures by so many different keys in so many different roles, all of them valid at
the instant of the decision. Names do not count: one key can be listed under two.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from joinfence.engine.values import ApprovalFault, Approvals, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from joinfence.engine.values import Period, Signature

_MOMENT: Final = timedelta(microseconds=1)
_WHENEVER: Final = datetime.max.replace(tzinfo=UTC)


def approvals_of(
    required: int,
    signatures: Iterable[Signature],
    *,
    stopped_by: Iterable[str] = (),
    faults: Iterable[ApprovalFault] = (),
) -> Approvals:
    """Return the approvals that verified signatures make, `signatures` being in the order of their files."""
    found = tuple(signatures)
    return Approvals(
        required=required,
        periods=tuple(_periods(found, required)),
        signatures=found,
        stopped_by=tuple(stopped_by),
        faults=tuple(faults),
    )


def counting(signatures: Iterable[Signature], at: datetime) -> tuple[Signature, ...]:
    """Return as many signatures valid at an aware instant as there can be, no two of one key or one role."""
    valid = [each for each in signatures if _is_valid(each, at)]
    by_role: dict[str, Signature] = {}
    for key in dict.fromkeys(each.key for each in valid):
        _place(key, valid, by_role, set())
    return tuple(each for each in valid if by_role.get(each.role) is each)


def _place(key: str, valid: list[Signature], by_role: dict[str, Signature], tried: set[str]) -> bool:
    """Give a key one of its roles, moving others to another role of theirs where that makes room."""
    for each in valid:
        if each.key != key or each.role in tried:
            continue
        tried.add(each.role)
        taken = by_role.get(each.role)
        if taken is None or _place(taken.key, valid, by_role, tried):
            by_role[each.role] = each
            return True
    return False


def _is_valid(signature: Signature, at: datetime) -> bool:
    return (signature.since is None or signature.since <= at) and (
        signature.until is None or at < signature.until
    )


def _periods(signatures: tuple[Signature, ...], required: int) -> Iterator[Period]:
    bounds = sorted({b for each in signatures for b in (each.since, each.until) if b is not None})
    for first, last in zip([None, *bounds], [*bounds, None], strict=True):
        # Between two bounds nothing changes, so one instant speaks for all.
        at = first or (last - _MOMENT if last else _WHENEVER)
        if len(counting(signatures, at)) >= required:
            yield first, last


def faults_at(approvals: Approvals, at: datetime) -> list[ApprovalFault]:
    """Return why signatures do not count at an aware instant, by file, and what is missing then."""
    counted = counting(approvals.signatures, at)
    files = {each.file for each in counted}
    keys = {each.key: each.file for each in counted}
    roles = {each.role: each.file for each in counted}
    faults = list(approvals.faults)
    for each in {each.file: each for each in approvals.signatures if each.file not in files}.values():
        fault, why = _why_not(each, keys, roles, at)
        faults.append(ApprovalFault(fault, f"{each.file} does not count: {why}", each.file))
    faults.sort(key=lambda each: each.file or "")
    missing = approvals.required - len(counted)
    if missing > 0:
        so_far = f" ({', '.join(sorted(each.signer for each in counted))})" if counted else ""
        message = (
            f"{len(counted)} of {approvals.required} approvals{so_far}; {missing} more needed, "
            "each by another key in another role"
        )
        faults.append(ApprovalFault(Fault.TOO_FEW, message))
    return faults


def _why_not(each: Signature, keys: dict[str, str], roles: dict[str, str], at: datetime) -> tuple[Fault, str]:
    if each.since is not None and at < each.since:
        return Fault.NOT_YET_VALID, f"the key of {each.signer} is valid from {each.since.isoformat()}"
    if each.until is not None and at >= each.until:
        return Fault.EXPIRED, f"the key of {each.signer} was valid until {each.until.isoformat()}"
    if each.key in keys:
        return Fault.SAME_KEY, f"it is by the same key as {keys[each.key]}, and one key counts once"
    return Fault.SAME_ROLE, f"{roles[each.role]} is of the role {each.role} as well, and one role counts once"
