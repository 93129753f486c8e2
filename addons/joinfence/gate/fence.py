"""A running fence: it follows its configuration, and its gate decides by the latest policy."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from joinfence.background.scheduling import LongLivedObjects, shorten_switch_interval
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
    """Loads the configuration, follows its files, and hands each policy to the gate and to telemetry.

    The host asks `gate` about requests, and starts `telemetry` once records may be written.
    """

    def __init__(self, host_problems: Callable[[Loaded], Sequence[str]]) -> None:
        """Start with a closed gate. `host_problems` returns why the host cannot enforce a policy, if so."""
        self.telemetry = Telemetry()
        self.gate = Gate(self.telemetry)
        self._host_problems = host_problems
        self._follower: Follower | None = None
        self._long_lived = LongLivedObjects()

    def start(self, main: Path) -> None:
        """Load a configuration and follow it. If it has problems, logs them and leaves the gate closed."""
        forbid_core_dumps()
        shorten_switch_interval()
        loader = Loader(main)
        fingerprint = loader.fingerprint()
        try:
            self._accept(loader.load(datetime.now(UTC)))
        except ConfigError as error:
            self.telemetry.not_loaded(error.problems)
            return
        self._follow(loader, fingerprint)

    def follow(self, main: Path) -> None:
        """Switch to another configuration once it has loaded. Does nothing if the start failed."""
        if self._follower:
            self._follow(Loader(main), {})

    def stop(self) -> None:
        """Stop following the files, and write the records that are still in memory."""
        if self._follower:
            self._follower.stop()
        self.telemetry.stop()

    def _follow(self, loader: Loader, fingerprint: Fingerprint) -> None:
        if self._follower:
            self._follower.stop()
        self._follower = Follower(loader, self._accept, self.telemetry.not_loaded, fingerprint=fingerprint)
        self._follower.start()

    def _accept(self, loaded: Loaded) -> None:
        if problems := self._host_problems(loaded):
            self.telemetry.not_accepted(problems)
            return
        self.gate.loaded = loaded
        self._long_lived.freeze(len(loaded.policy.orders))
        # A page that cannot be rendered is reported when somebody asks for it.
        with contextlib.suppress(Exception):
            warm(loaded.policy.orders.unsorted(), operator_of(loaded.settings.operator, loaded.branding))
        self.telemetry.loaded(loaded)
