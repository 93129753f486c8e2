"""Refuses, openly and with HTTP 451, a meeting join that a documented legal order in force covers."""

from joinfence.engine.decide import decide
from joinfence.engine.policy import Policy
from joinfence.engine.values import Decision, Request

__all__ = ["Decision", "Policy", "Request", "decide"]
