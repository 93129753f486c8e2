from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from joinfence.config.demands.schema import DemandsFile
from joinfence.config.yaml.document import parse_document, read_document
from joinfence.config.yaml.problems import ConfigError
from joinfence.config.yaml.validate import validate
from tests.config_files import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path


def test_the_shipped_register_is_read() -> None:
    file = validate(DemandsFile, read_document(SHIPPED / "reports" / "demands.yaml"))
    assert [demand.id for demand in file.demands] == [f"D-2026-{number:04}" for number in range(1, 10)]
    assert file.demands[3].sender is not None
    assert file.demands[3].reasons == ["no_competence", "no_legal_basis"]
    assert len(file.complaints) == 4
    assert [each.half_year for each in file.statements] == ["2026-H1", "2026-H2"]


DEMAND = "schema: demands/1\ndemands:\n  - {{id: {id}, {sender}, received_at: 2026-01-01T00:00:00Z{more}}}\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "2026-1"}, '3:10: demands[0].id: found "2026-1", expected D, year and number, such as D-2026-0001'),
        ({"sender": "name: Erika"}, "3:23: demands[0].name: unknown key; expected one of id, authority, sender, "
         "received_at, acknowledged_at, decided_at, decision, reasons, order, effect_at, host_told_at, contested"),
        ({"sender": "order: DE-2026-0001"}, "3:5: demands[0]: found a mapping, expected exactly one of `authority` "
         "and `sender`"),
        ({"more": ", reasons: [dislike]"}, '3:86: demands[0].reasons[0]: found "dislike", expected not_authentic, '
         "no_competence, no_legal_basis, no_reasons, no_end, no_redress, disproportionate, names_people, names_subjects, "
         "other_action or other"),
        ({"more": ", decided_at: 2026-02-01"}, '3:88: demands[0].decided_at: found "2026-02-01", expected a date and '
         "time with time zone"),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_position(
    tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    text = DEMAND.format(**{"id": "D-2026-0001", "sender": "authority: de-lg", "more": "", **changes})
    with pytest.raises(ConfigError) as caught:
        validate(DemandsFile, parse_document(tmp_path / "demands.yaml", text))
    assert f"{tmp_path}/demands.yaml:{message}" in str(caught.value)


def test_no_field_has_room_for_a_person() -> None:
    words = ("name", "address", "email", "account", "user", "phone", "text", "note", "comment")
    schema = str(DemandsFile.model_json_schema())
    assert not any(f"'{word}': {{'" in schema for word in words)
