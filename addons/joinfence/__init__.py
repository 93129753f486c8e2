"""Refuses, openly and with HTTP 451, a meeting join that a documented legal order in force covers."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from joinfence.config.client_address import ClientAddressPolicy
    from joinfence.config.yaml.problems import ConfigError
    from joinfence.engine.client.resolve import resolve_client_address
    from joinfence.engine.decide import decide
    from joinfence.engine.decision import Decision
    from joinfence.engine.policy import Policy
    from joinfence.engine.values import ClientAddress, Request, Undetermined

__all__ = [
    "ClientAddress",
    "ClientAddressPolicy",
    "ConfigError",
    "Decision",
    "Policy",
    "Request",
    "Undetermined",
    "decide",
    "resolve_client_address",
]

_MODULES = {
    "ClientAddress": "joinfence.engine.values",
    "ClientAddressPolicy": "joinfence.config.client_address",
    "ConfigError": "joinfence.config.yaml.problems",
    "Decision": "joinfence.engine.decision",
    "Policy": "joinfence.engine.policy",
    "Request": "joinfence.engine.values",
    "Undetermined": "joinfence.engine.values",
    "decide": "joinfence.engine.decide",
    "resolve_client_address": "joinfence.engine.client.resolve",
}

if not TYPE_CHECKING:  # where there is a __getattr__, type checkers accept every name

    def __getattr__(name: str) -> object:
        """Return a public name; its module is imported the first time it is asked for (PEP 562)."""
        if name not in _MODULES:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        return globals().setdefault(name, getattr(import_module(_MODULES[name]), name))

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
