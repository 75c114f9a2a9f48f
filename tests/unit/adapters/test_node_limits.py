"""What an operator sets in node.toml: limits, and where the registers are."""

from pathlib import Path

import pytest

from lib.nodes import made_folder
from tallystick.adapters.node_folder import Limits, open_node_folder, point_to_store
from tallystick.errors import ConfigError


def set_limits(folder: Path, lines: str) -> None:
    settings = folder / "node.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text[: text.index("[limits]")] + lines, encoding="utf-8")


def test_limits_are_read_and_have_defaults(tmp_path: Path) -> None:
    folder = made_folder(tmp_path / "police-a", "police-a")
    assert open_node_folder(folder).limits == Limits()
    set_limits(folder, "[limits]\nlargest_index_mb = 17\n")
    assert open_node_folder(folder).limits == Limits(largest_index_mb=17)
    set_limits(folder, "[limits]\nnotices_a_day = 5\n")
    assert open_node_folder(folder).limits == Limits(notices_a_day=5)
    set_limits(folder, "[limits]\nreport_chars = 90\n")
    assert open_node_folder(folder).limits == Limits(report_chars=90)
    set_limits(folder, "")
    assert open_node_folder(folder).limits == Limits()


@pytest.mark.parametrize(
    "lines", ["[limits]\nlargest_index_mb = 0\n", "[limits]\nnotices_a_day = 0\n", "[limits]\nlargest_index_mb = 'x'\n"]
)
def test_a_limit_that_is_none_is_refused_clearly(tmp_path: Path, lines: str) -> None:
    folder = made_folder(tmp_path / "police-a", "police-a")
    set_limits(folder, lines)
    with pytest.raises(ConfigError, match=r"limits"):
        open_node_folder(folder)


@pytest.mark.parametrize(
    "line", ["store = 'old.db'", "  store='old.db'  # where they were", '"store" = "old.db"', "\t'store' = '''old.db'''"]
)
def test_a_node_is_led_to_another_store_however_its_line_is_written(tmp_path: Path, line: str) -> None:
    folder = made_folder(tmp_path / "police-a", "police-a")
    settings, at = folder / "node.toml", "postgresql://user:a@host/new"
    text = settings.read_text(encoding="utf-8")
    before = next(each for each in text.splitlines() if each.startswith("store"))
    settings.write_text(text.replace(before, line), encoding="utf-8")
    point_to_store(folder, at)
    assert settings.read_text(encoding="utf-8") == text.replace(before, 'store = "postgresql://user:a@host/new"')
    assert (open_node_folder(folder).identity.store, settings.stat().st_mode & 0o777) == (at, 0o600)


def test_a_node_whose_line_of_the_store_cannot_be_changed_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    folder = made_folder(tmp_path / "police-a", "police-a")
    settings = folder / "node.toml"
    text = settings.read_text(encoding="utf-8")
    before = next(each for each in text.splitlines() if each.startswith("store"))
    settings.write_text(text.replace(before, '"st\\u006fre" = "old.db"'), encoding="utf-8")
    kept = settings.read_bytes()
    with pytest.raises(ConfigError, match="cannot be changed"):
        point_to_store(folder, "new.db")
    assert settings.read_bytes() == kept
