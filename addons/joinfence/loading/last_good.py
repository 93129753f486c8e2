"""What stands in for a file that an edit broke: its last good version.

One broken file holds back no edit to another, above all none that stops an order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from joinfence.config.yaml.problems import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable


class LastGood:
    """Parts of a configuration by name, each as it was last read without a problem."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self.problems: list[Problem] = []
        self._parts: dict[str, Any] = {}

    def read[T](self, part: str, read: Callable[[], T]) -> T | None:
        """Return what `read` returns; if it raises ConfigError, the part's last good version or else None.

        The problems are kept until `begin`.
        """
        try:
            self._parts[part] = read()
        except ConfigError as error:
            self.problems += error.problems
        return self._parts.get(part)

    def begin(self) -> None:
        """Forget the problems, and not the parts."""
        self.problems = []
