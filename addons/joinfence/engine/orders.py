"""The index from meeting to orders, and where an order stands at an instant."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from joinfence.engine.values import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from joinfence.engine.values import Join, Order

_SHARDS: Final = 1024
_NEXT_INSTANT: Final = timedelta(microseconds=1)

_earliest_first: Final = attrgetter("effective_from", "id")


def standing(order: Order, at: datetime) -> Standing:
    """Return where the order stands at the aware instant `at`.

    Derived from the dates alone: in force from `effective_from` until before `expires_at`, as long as
    `at` is not past `review_by`, the order is not suspended, its approvals are complete and its page is
    public where it has to be. Nothing is scheduled, so a clock that jumps moves the standing only to what
    the dates say.
    """
    if at >= order.expires_at:
        return Standing.EXPIRED
    if held_back := _held_back(order, at):
        return held_back
    if at < order.effective_from:
        return Standing.NOT_YET_EFFECTIVE
    if at > order.review_by:
        return Standing.REVIEW_MISSED
    return Standing.IN_FORCE


def _held_back(order: Order, at: datetime) -> Standing | None:
    """Return what keeps the order out of force whatever its period is, None if nothing does."""
    if order.approvals.stopped_by or (order.suspended_since is not None and at >= order.suspended_since):
        return Standing.SUSPENDED
    if not order.approvals.complete_at(at):
        return Standing.UNAPPROVED
    return None if order.published else Standing.UNPUBLISHED


def next_change(order: Order, at: datetime) -> tuple[datetime, Standing] | None:
    """Return the next instant after `at` at which the order's standing changes by itself, and to what.

    None once it stands where it will stay. A review is missed from just after `review_by`: that is the
    instant returned for it.
    """
    now = standing(order, at)
    for instant in sorted(each for each in _bounds(order) if each >= at):
        after = standing(order, instant + _NEXT_INSTANT)
        if after is not now:
            return instant, after
    return None


def last_bound(order: Order, at: datetime) -> datetime | None:
    """Return the order's last instant up to `at`: after it nothing has changed. None before all of them."""
    return max((each for each in _bounds(order) if each <= at), default=None)


def _bounds(order: Order) -> set[datetime]:
    """Return the instants at which the order's standing may change by itself."""
    approved = (bound for period in order.approvals.periods for bound in period)
    instants = (order.effective_from, order.expires_at, order.review_by, order.suspended_since, *approved)
    return {each for each in instants if each is not None}


class OrderIndex:
    """All orders, found by meeting in one step however many there are.

    Never changed: an edit makes a new index, which shares with the old one all that stayed the same.
    """

    __slots__ = ("_orders", "_shards")

    def __init__(self, orders: Iterable[Order]) -> None:
        """Take orders in any order; several may name one meeting."""
        self._orders: Mapping[str, Order] = {order.id: order for order in orders}
        named = ((order.id, map(meeting_key, order.meetings)) for order in self._orders.values())
        self._shards: tuple[_Shard, ...] = _with(_EMPTY, named)

    def changed(
        self,
        orders: Mapping[str, Order],
        *,
        removed: Iterable[tuple[str, Iterable[str]]],
        added: Iterable[tuple[str, Iterable[str]]],
    ) -> OrderIndex:
        """Return the index over `orders`, id -> order, which may be read when they are asked for.

        `removed` and `added` are what is different from this index: ids with the keys of their meetings.
        """
        index = OrderIndex.__new__(OrderIndex)
        index._orders = orders  # noqa: SLF001 - its own kind
        index._shards = _with(_without(self._shards, removed), added)  # noqa: SLF001
        return index

    def for_meeting(self, join: Join) -> tuple[Order, ...]:
        """Return the orders that name the meeting, earliest effective first."""
        key = meeting_key(join)
        named_by = self._shards[hash(key) % _SHARDS].get(key)
        if named_by is None:
            return ()
        if isinstance(named_by, str):
            return (self._orders[named_by],)
        return tuple(sorted((self._orders[order_id] for order_id in named_by), key=_earliest_first))

    def get(self, order_id: str) -> Order | None:
        """Return the order of an id, None where there is none."""
        return self._orders.get(order_id)

    def __iter__(self) -> Iterator[Order]:
        """Yield every order once, earliest effective first."""
        return iter(sorted(self._orders.values(), key=_earliest_first))

    def in_no_order(self) -> Iterator[Order]:
        """Yield every order once, as it is held: the first are there before the others are read."""
        return iter(self._orders.values())

    def __len__(self) -> int:
        """Return the number of orders."""
        return len(self._orders)


def meeting_key(join: Join) -> str:
    """Return the text a meeting is found by; a service's name has no slash, so it stands for one meeting."""
    return f"{join.service}/{join.meeting}"


# Meeting key -> the id of the order that names it, or the ids where several do. In many small tables, so that
# a change copies and grows only small ones: the thread that answers requests never waits for a large one.
type _Ids = dict[str, None]
type _Shard = dict[str, str | _Ids]

_EMPTY: Final[tuple[_Shard, ...]] = tuple({} for _ in range(_SHARDS))


def _with(shards: tuple[_Shard, ...], added: Iterable[tuple[str, Iterable[str]]]) -> tuple[_Shard, ...]:
    fresh = _Fresh(shards)
    for order_id, keys in added:
        for key in keys:
            shard = fresh.shard(key)
            before = shard.setdefault(key, order_id)
            if before != order_id:
                fresh.ids(shard, key, before)[order_id] = None
    return tuple(fresh.shards)


def _without(shards: tuple[_Shard, ...], removed: Iterable[tuple[str, Iterable[str]]]) -> tuple[_Shard, ...]:
    fresh = _Fresh(shards)
    for order_id, keys in removed:
        for key in dict.fromkeys(keys):
            shard = fresh.shard(key)
            ids = fresh.ids(shard, key, shard[key])
            del ids[order_id]
            if not ids:
                del shard[key]
    return tuple(fresh.shards)


class _Fresh:
    """Shards of which those that are written to are copied first, once each."""

    def __init__(self, shards: tuple[_Shard, ...]) -> None:
        self.shards = list(shards)
        self._copied: set[int] = set()
        self._own: dict[str, _Ids] = {}

    def shard(self, key: str) -> _Shard:
        number = hash(key) % _SHARDS
        if number not in self._copied:
            self._copied.add(number)
            self.shards[number] = self.shards[number].copy()
        return self.shards[number]

    def ids(self, shard: _Shard, key: str, found: str | _Ids) -> _Ids:
        """Return the ids of a key as a table that may be written to."""
        own = self._own.get(key)
        if own is None:
            own = self._own[key] = {found: None} if isinstance(found, str) else found.copy()
            shard[key] = own
        return own
