"""What an operator sets under [limits] in node.toml."""

from pathlib import Path

import pytest

from lib.nodes import made_folder
from tallystick.adapters.node_folder import Limits, open_node_folder
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
