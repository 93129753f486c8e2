"""Settings for the whole suite: how much of it a run is, in which order, and that nothing outside is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.sampling import Sample, left_out, sample_of

if TYPE_CHECKING:
    from pathlib import Path

# No example is a timed test: a busy machine must not fail one.
settings.register_profile("sampled", deadline=None, max_examples=25)
settings.register_profile("all", deadline=None, max_examples=100)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run in full what is sampled by default")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("all" if config.getoption("--all") else "sampled")


def pytest_report_header(config: pytest.Config) -> str:
    sample = sample_of(config)
    return "sample: everything" if sample.everything else f"sample: PYTHONHASHSEED={sample.draw}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if out := left_out(items, sample_of(config)):
        config.hook.pytest_deselected(items=[item for item in items if item in out])
        items[:] = [item for item in items if item not in out]
    # The longest come first, so that all workers end together: those that start servers and browsers.
    items.sort(key=lambda item: item.get_closest_marker("e2e") is None)


@pytest.fixture(scope="session")
def sample(request: pytest.FixtureRequest) -> Sample:
    """What this run takes of a table."""
    return sample_of(request.config)


@pytest.fixture(autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing a test runs writes into the state folder of whoever runs it."""
    folder = tmp_path_factory.getbasetemp() / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    return folder
