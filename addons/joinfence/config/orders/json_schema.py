"""The JSON Schema of an order, for editors: what each field may hold.

It cannot express the rules that involve several fields, the register or the time; `joinfence check` checks
those.
"""

from __future__ import annotations

from typing import Any, Final

from joinfence.config.orders.schema import OrderFile

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def order_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an order file."""
    schema = OrderFile.model_json_schema()
    return {"$schema": DIALECT, **schema, "title": "An order of joinfence"}
