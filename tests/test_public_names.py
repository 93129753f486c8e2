"""The names of the package: `from joinfence import ...`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, assert_type

import pytest

import joinfence
from joinfence.config import client_address
from joinfence.config.yaml import problems
from joinfence.engine import decision, policy, values

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize("name", joinfence.__all__)
def test_each_is_imported_from_the_module_that_defines_it(name: str) -> None:
    found = getattr(joinfence, name)
    assert found is getattr(import_module(found.__module__), name)
    assert found.__module__.startswith("joinfence.")
    assert name in dir(joinfence)


def test_no_other_name_is_taken_for_one() -> None:
    assert set(joinfence._MODULES) == set(joinfence.__all__)
    with pytest.raises(AttributeError, match="module 'joinfence' has no attribute 'nothing'"):
        joinfence.nothing  # type: ignore[attr-defined]  # noqa: B018 - mypy has to refuse it too


def _typed(  # never called: mypy checks it, and takes nothing for the type of a name that it does not find
    client: joinfence.ClientAddress,
    configured: joinfence.ClientAddressPolicy,
    error: joinfence.ConfigError,
    decided: joinfence.Decision,
    rules: joinfence.Policy,
    request: joinfence.Request,
    nobody: joinfence.Undetermined,
    headers: Sequence[tuple[bytes, bytes]],
) -> None:
    assert_type(client, values.ClientAddress)
    assert_type(configured, client_address.ClientAddressPolicy)
    assert_type(error, problems.ConfigError)
    assert_type(decided, decision.Decision)
    assert_type(rules, policy.Policy)
    assert_type(request, values.Request)
    assert_type(nobody, values.Undetermined)
    assert_type(joinfence.decide(request, rules), decision.Decision)
    assert_type(
        joinfence.resolve_client_address(peer="192.0.2.1", headers=headers, policy=configured),
        values.ClientAddress | values.Undetermined,
    )
