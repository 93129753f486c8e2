from __future__ import annotations

import json

from typer.testing import CliRunner

from joinfence.cli import app
from joinfence.config.orders.json_schema import order_schema


def test_the_schema_is_printed_as_json() -> None:
    done = CliRunner().invoke(app, ["orders", "schema"])
    assert (done.exit_code, json.loads(done.stdout)) == (0, order_schema())
