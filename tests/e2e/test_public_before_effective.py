"""A running fence refuses under an order only while the public pages show its current version."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.config_files import edit
from tests.e2e.harness import AMERICA, Fence, Upstream, make_config, until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

JOIN = "/api/meetings/townhall/join"


def build_site(config: Path) -> None:
    command = [sys.executable, "-m", "joinfence", "site", "build", "--config", str(config)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ)


def test_publishing_puts_an_order_in_force_and_an_unpublished_edit_ends_that(
    tmp_path: Path, upstream: Upstream
) -> None:
    config = make_config(tmp_path)
    edit(config, "# site: {folder: /var/www/legal}", f"site: {{folder: {tmp_path / 'legal'}}}")
    edit(config, "public_before_effective: false", "public_before_effective: true")
    with Fence(tmp_path, upstream.port, config) as fence:

        def status() -> int:
            return fence.get(JOIN, method="POST").status

        assert status() == 200
        assert until(lambda: "is missing, so no order is in force" in fence.log)
        build_site(config)
        assert until(lambda: status() == 451), "published"
        assert fence.get(JOIN, AMERICA, method="POST").status == 200
        order = config.parent / "orders" / "DE-2026-0001.yaml"
        edit(order, "reference: 17 O 123/26", "reference: 17 O 124/26")
        assert until(lambda: status() == 200), "edited, and not published as it is now"
        build_site(config)
        assert until(lambda: status() == 451), "published anew"
        (tmp_path / "legal" / "index.json").unlink()
        assert until(lambda: status() == 200), "the pages are gone"
