"""Settings for the whole suite."""

from __future__ import annotations

from hypothesis import settings

# Nothing is a timed test: a busy machine must not fail one.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
