"""The parameter set: weights, channels, calibration, thresholds, and how rare each name class is.

Numbers only, versioned and hashed, so that two nodes can tell whether they mean the same. Learned by
`tallystick weights learn`; the shipped set lies beside this module. Reads nothing but the package's own files.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from tallystick import _native
from tallystick.errors import ConfigError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Parameters:
    """One parameter set.

    Attributes:
        text: the parameter file, JSON (docs/reference/parameters.md).
        frequencies: the frequency table, lines of `class TAB bits`.
    """

    text: str = field(repr=False)
    frequencies: str = field(repr=False)

    @property
    def version(self) -> str:
        """The version the file gives itself."""
        return str(json.loads(self.text)["version"])

    @property
    def digest(self) -> str:
        """SHA-256 of both texts, in hexadecimal: what a circle agrees on."""
        return hashlib.sha256(b"\0".join((self.text.encode(), self.frequencies.encode()))).hexdigest()

    @property
    def weights(self) -> dict[str, float]:
        """Bits of each feature, the shipped start value where the file is silent."""
        start = dict(zip(_native.feature_names(), _native.start_weights(), strict=True))
        return {**start, **json.loads(self.text).get("weights", {})}

    @property
    def thresholds(self) -> tuple[float, float]:
        """Match probabilities from which a pair is a link, a possible link."""
        thresholds = json.loads(self.text)["thresholds"]
        return float(thresholds["link"]), float(thresholds["possible"])


def read_parameters(text: str, frequencies: str) -> Parameters:
    """Check a parameter file and its frequency table.

    Raises:
        ConfigError: not a parameter file, of another format, or with a name nobody knows.
    """
    try:
        _native.Searcher(text, frequencies)
    except ValueError as error:
        raise ConfigError(str(error), hint="see docs/reference/parameters.md, or leave it out to use the shipped set") from None
    return Parameters(text, frequencies)


@cache
def default_parameters() -> Parameters:
    """Return the shipped parameter set."""
    folder = files(__package__) / "parameters"
    text = (folder / "parameters-1.json").read_text(encoding="utf-8")
    return Parameters(text, (folder / "frequencies-1.tsv").read_text(encoding="utf-8"))
