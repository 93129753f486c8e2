"""A crash leaves no core file. Each case runs in its own process, since the limits cannot be raised again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import joinfence

SCRIPT = """
import ctypes, resource, sys
from joinfence.gate.core_dumps import forbid_core_dumps
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
{before}
forbid_core_dumps()
print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
NO_PRCTL = "real, ctypes.CDLL = ctypes.CDLL, lambda _name: (_ for _ in ()).throw(OSError)"
NO_RESOURCE = "setrlimit = resource.setrlimit\ndef resource_fails(*_): raise ValueError\nresource.setrlimit = resource_fails"
RESTORED = {NO_PRCTL: "ctypes.CDLL = real"}


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
@pytest.mark.parametrize(
    ("before", "left"),
    [
        pytest.param("", ("0", "0"), id="both"),
        pytest.param(NO_PRCTL, ("0", "1"), id="no prctl"),
        pytest.param(NO_RESOURCE, (None, "0"), id="no limit"),
    ],
)
def test_core_dumps_are_disabled_as_far_as_possible_and_nothing_is_raised(
    before: str, left: tuple[str | None, str]
) -> None:
    source = SCRIPT.format(before=before).replace("\nprint", f"\n{RESTORED.get(before, '')}\nprint")
    addons = str(Path(joinfence.__file__).parents[1])
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": addons})
    size, dumpable = done.stdout.split()
    assert left[0] in {None, size}
    assert dumpable == left[1]
