"""The page about the generator says what the code does."""

import re
from dataclasses import fields
from pathlib import Path

from tallystick.synthesis import DamageRates
from tallystick.synthesis.tables import cultures

PAGE = (Path(__file__).parents[3] / "docs" / "explanation" / "generator.md").read_text(encoding="utf-8")


def test_the_page_has_every_rate_and_no_other() -> None:
    shown = {name: float(rate) for name, rate in re.findall(r"^\| `(\w+)` \| ([0-9.]+) \|", PAGE, re.MULTILINE)}
    assert shown == {field.name: field.default for field in fields(DamageRates)}


def test_the_page_has_every_culture_with_its_names() -> None:
    shown = re.findall(r"^\| (\w+) \| (\w+) \| [0-9.]+ % \| [^|]+ \| (\d+) / (\d+) \|", PAGE, re.MULTILINE)
    assert {(name, script, int(given), int(family)) for name, script, given, family in shown} == {
        (
            culture.name,
            culture.script,
            len(culture.tables["given_m"]) + len(culture.tables["given_f"]),
            len(culture.tables.get("family", ())),
        )
        for culture in cultures()
    }
