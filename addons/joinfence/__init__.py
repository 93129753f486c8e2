"""Refuses, openly and with HTTP 451, a meeting join that a documented legal order in force covers."""

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
