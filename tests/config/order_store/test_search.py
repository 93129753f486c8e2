from __future__ import annotations

from typing import TYPE_CHECKING

from joinfence.config.order_store.search import find_order
from joinfence.config.settings import read_settings
from tests.config_files import copy_configs, edit

if TYPE_CHECKING:
    from pathlib import Path


def found(main: Path, order_id: str) -> list[str]:
    return [document.path.name for document in find_order(main, read_settings(main)[0], order_id)]


def test_an_order_is_found_by_its_file_name_or_by_its_content(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    orders = main.parent / "orders"
    assert found(main, "PT-2026-0002") == ["PT-2026-0002.yaml"]
    (orders / "PT-2026-0002.yaml").rename(orders / "fraud.yaml")
    assert found(main, "PT-2026-0002") == ["fraud.yaml"]
    assert found(main, "PT-2026-0009") == []


def test_files_that_only_mention_the_id_or_cannot_be_read_are_skipped(tmp_path: Path) -> None:
    main = copy_configs(tmp_path)
    orders = main.parent / "orders"
    edit(orders / "DE-2026-0001.yaml", "reference: 17 O 123/26", "reference: as in PT-2026-0002")
    (orders / "a.yaml").write_text("id: [PT-2026-0002\n")
    (orders / "b.yaml").write_bytes(b"id: PT-2026-0002 \xff")
    (orders / "c.yaml").write_text("- id: PT-2026-0002\n")
    (orders / "d.yaml").write_text("# PT-2026-0002\n" * 100_000)
    (orders / "e.yaml").symlink_to("nowhere")
    (orders / "PT-2026-0002.yaml").rename(orders / "z.yaml")
    assert found(main, "PT-2026-0002") == ["z.yaml"]
