"""The pages about weights name everything that the parameter file names."""

import json
from pathlib import Path

from tallystick import _native
from tallystick.matching import default_parameters

DOCS = Path(__file__).parents[2] / "docs"


def test_every_feature_is_explained() -> None:
    page = (DOCS / "explanation" / "weights.md").read_text(encoding="utf-8")
    for feature in _native.feature_names():
        assert f"`{feature}`" in page, feature


def test_every_name_in_a_parameter_file_is_explained() -> None:
    page = (DOCS / "reference" / "parameters.md").read_text(encoding="utf-8")
    for name in json.loads(default_parameters().text):
        assert f"| `{name}` |" in page, name
