"""Without a balancer: clients connect to the fence directly from public addresses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e import direct
from tests.e2e.harness import PATIENCE

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.e2e


def _can_create_a_network_namespace() -> bool:
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    return subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(
    not _can_create_a_network_namespace() and "CI" not in os.environ,
    reason="needs `unshare -rn` (util-linux) and `ip` (iproute2)",
)
def test_block_global_drops_public_addresses_until_it_is_switched_off(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-m", direct.__name__, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "scripts")))},
        capture_output=True,
        check=False,
        timeout=4 * PATIENCE,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == {
        "block_global=true": {"Germany": 0, "America": 0, "loopback": 200},
        "block_global=false": {"Germany": 451, "America": 200, "loopback": 200},
    }
