"""The JSON Schema of an order, for editors: what a single field may hold.

The rules between fields, the register and the clock are beyond it; `joinfence check` tells those.
"""

from __future__ import annotations

from typing import Any, Final

from joinfence.config.orders.schema import OrderFile

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def order_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12)."""
    schema = OrderFile.model_json_schema()
    return {"$schema": DIALECT, **schema, "title": "An order of joinfence"}
