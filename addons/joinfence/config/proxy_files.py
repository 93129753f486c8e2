"""Files that list trusted proxies, one network per line, as content delivery networks publish them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from joinfence.config.yaml.fields import network
from joinfence.config.yaml.problems import ConfigError, Problem, quote

if TYPE_CHECKING:
    from joinfence.engine.client.networks import Network

LARGEST_FILE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ProxyFile:
    """A file that `trusted_proxies` names; `max_age_days` is None if it may be of any age."""

    path: str
    max_age_days: int | None = None

    def age_warning(self, main: Path, now: datetime) -> str | None:
        """Return a warning if the file was last written more than `max_age_days` ago, else None."""
        written = datetime.fromtimestamp((main.parent / Path(self.path).expanduser()).stat().st_mtime, UTC)
        if self.max_age_days is None or now - written <= timedelta(days=self.max_age_days):
            return None
        return (
            f"{self.path} was last written on {written:%Y-%m-%d}, more than {self.max_age_days} days ago; "
            "download it again: a proxy missing from it is taken for a client"
        )


def read_proxies(path: Path) -> list[Network]:
    """Return the networks in a file; blank lines and text after a `#` are ignored. Raises ConfigError."""
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST_FILE + 1)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        message = f"cannot be read: {why}; check the path and its permissions"
        raise ConfigError([Problem(path, 1, 1, message)]) from None
    if len(text) > LARGEST_FILE:
        raise ConfigError(
            [Problem(path, 1, 1, f"is larger than {LARGEST_FILE >> 20} MiB; check that it is the right file")]
        )
    networks, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        try:
            networks.append(network(entry))
        except ValueError as error:
            problems.append(
                Problem(path, number, line.index(entry) + 1, f"found {quote(entry)}, expected {error}")
            )
    if not networks and not problems:
        problems.append(
            Problem(path, 1, 1, "contains no networks; expected one per line, such as 192.0.2.0/24")
        )
    if problems:
        raise ConfigError(problems)
    return networks
