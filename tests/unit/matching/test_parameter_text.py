"""Parameter files are written as they are read."""

import json

import pytest

from tallystick._native import feature_names, start_weights
from tallystick.errors import ConfigError
from tallystick.matching import default_parameters, read_parameters
from tallystick.matching.learning import Calibration
from tallystick.matching.parameter_text import calibration_of, changed, content, named, written

SHIPPED = default_parameters()


def test_the_shipped_set_comes_back_as_it_was() -> None:
    assert json.loads(written(content(SHIPPED))) == content(SHIPPED)
    again = changed(SHIPPED)
    assert again.weights == SHIPPED.weights
    assert changed(again) == again


def test_what_is_changed_is_changed_and_nothing_else() -> None:
    learned = changed(SHIPPED, weights=SHIPPED.weights | {"birth.day": 7.25}, calibration=Calibration(1.1, -0.5))
    assert learned.weights["birth.day"] == 7.25
    assert calibration_of(learned) == Calibration(1.1, -0.5)
    before, after = content(SHIPPED), content(learned)
    assert {name for name in before if before[name] != after[name]} <= {"weights", "calibration"}
    assert learned.frequencies == SHIPPED.frequencies


def test_a_learned_set_is_named_after_its_numbers() -> None:
    learned = changed(SHIPPED, weights=SHIPPED.weights | {"birth.day": 7.25})
    one, two = (named(learned, SHIPPED, [origin]) for origin in ("a with b", "c with d"))
    assert one.version == two.version
    assert one.version.startswith(f"{SHIPPED.version.partition('+')[0]}+learned.")
    assert named(SHIPPED, SHIPPED, []).version != one.version
    assert content(one)["learned_from"] == [*content(SHIPPED)["learned_from"], "a with b"]
    # Learning again from a learned set does not pile up names.
    assert named(one, one, []).version == one.version


def test_a_table_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigError):
        changed(SHIPPED, frequencies="cmmd\tmany\n")
    with pytest.raises(ConfigError):
        changed(SHIPPED, weights={"name.colour": 1.0})


def test_a_set_without_weights_has_the_start_weights() -> None:
    file = content(SHIPPED)
    del file["weights"]
    found = read_parameters(written(file), SHIPPED.frequencies)
    assert found.weights == dict(zip(feature_names(), start_weights(), strict=True))
