"""Keeps values of persons in a node's databases unreadable to whoever has them without the key of its registers.

Rules
 1. Where the registers are sealed, so are identities and places of encounters, disclosed copies, namesakes, messages and events
    of cases, acts on reports, questions as they were typed, every reason somebody gave, and of accounts who it is, the hash of
    the password and the secret of the second factor.
 2. What was stored before they were sealed stays readable; a value says by its first byte which it is.
 3. The key is fetched when the first value needs it.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Final

from tallystick.adapters.sealing import Sealer
from tallystick.errors import ConfigError

_SEALED: Final = b"\x00"
"""How a sealed value begins; no JSON does."""
_PLACE: Final = "casework"


def no_sealer() -> Sealer | None:
    """Return what seals nothing."""
    return None


class Seal:
    """Seals and opens values, or leaves them as they are."""

    def __init__(self, sealer: Callable[[], Sealer | None] = no_sealer) -> None:
        """Take what fetches the sealer of the node's registers; None where they are not sealed."""
        self._fetch = sealer

    @cached_property
    def _sealer(self) -> Sealer | None:
        return self._fetch()

    @property
    def is_closing(self) -> bool:
        """Whether what is stored is sealed."""
        return self._sealer is not None

    def close(self, value: bytes) -> bytes:
        """Return a value as it is stored; an empty one stays empty."""
        if not value or self._sealer is None:
            return value
        return _SEALED + self._sealer.seal(_PLACE, value)

    def close_text(self, text: str) -> str | bytes:
        """Return a text as it is stored: as it is, or sealed."""
        return self.close(text.encode()) if text and self._sealer is not None else text

    def open_text(self, stored: str | bytes) -> str:
        """Return a stored text; errors as for `open`."""
        return stored if isinstance(stored, str) else self.open(stored).decode()

    def open(self, stored: bytes) -> bytes:
        """Return a stored value.

        Raises:
            ConfigError: it is sealed, and the registers of this node are not.
        """
        if not stored.startswith(_SEALED):
            return stored
        if self._sealer is None:
            raise ConfigError(
                "this node's database holds sealed values, and its registers are not sealed",
                hint="give the store it was made with",
            )
        return self._sealer.open(_PLACE, stored[len(_SEALED) :])
