"""A fence that runs: it follows its configuration, and its gate decides by the latest policy."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from joinfence.background.scheduling import LongLived, take_short_turns
from joinfence.config.yaml.problems import ConfigError
from joinfence.gate.core_dumps import forbid_core_dumps
from joinfence.gate.gate import Gate
from joinfence.loading.follower import Follower
from joinfence.loading.loader import Loader
from joinfence.monitoring.telemetry import Telemetry
from joinfence.refusal.answer import warm
from joinfence.text.operator import operator_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from joinfence.config.files import Fingerprint
    from joinfence.loading.loader import Loaded


class Fence:
    """Loads, follows, and tells telemetry; its host asks the gate, and says when records may be written."""

    def __init__(self, complaints: Callable[[Loaded], Sequence[str]]) -> None:
        """Start with a closed gate. `complaints` says why a host cannot carry out a policy, if it cannot."""
        self.telemetry = Telemetry()
        self.gate = Gate(self.telemetry)
        self._complaints = complaints
        self._follower: Follower | None = None
        self._long_lived = LongLived()

    def start(self, main: Path) -> None:
        """Load a configuration and follow it. With a problem, logged as an error, the gate stays closed."""
        forbid_core_dumps()
        take_short_turns()
        loader = Loader(main)
        seen = loader.fingerprint()
        try:
            self._accept(loader.load(datetime.now(UTC)))
        except ConfigError as error:
            self.telemetry.not_loaded(error.problems)
            return
        self._follow(loader, seen)

    def follow(self, main: Path) -> None:
        """Follow another configuration from now on, if one is followed: it is in force once it has loaded."""
        if self._follower:
            self._follow(Loader(main), {})

    def stop(self) -> None:
        """Stop following, and write down what is left to write."""
        if self._follower:
            self._follower.stop()
        self.telemetry.stop()

    def _follow(self, loader: Loader, seen: Fingerprint) -> None:
        if self._follower:
            self._follower.stop()
        self._follower = Follower(loader, self._accept, self.telemetry.not_loaded, seen=seen)
        self._follower.start()

    def _accept(self, loaded: Loaded) -> None:
        if complaints := self._complaints(loaded):
            self.telemetry.not_accepted(complaints)
            return
        self.gate.loaded = loaded
        self._long_lived.spare(len(loaded.policy.orders))
        with contextlib.suppress(
            Exception
        ):  # a page that cannot be rendered is reported when it is asked for
            warm(loaded.policy.orders.unsorted(), operator_of(loaded.settings.operator, loaded.branding))
        self.telemetry.loaded(loaded)
