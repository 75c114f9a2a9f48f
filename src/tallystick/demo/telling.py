"""How a story is told: what its chapters say, and what is kept of it for programs."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol


class Teller(Protocol):
    """Tells people what happens."""

    def title(self, text: str) -> None:
        """Begin a chapter."""
        ...

    def say(self, text: str) -> None:
        """Say something beside the commands."""
        ...

    def command(self, words: Sequence[str], said: str) -> None:
        """Show a command and what it says."""
        ...

    def act(self, who: str, where: str, text: str) -> None:
        """Show what somebody does at a desk."""
        ...

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]], folding: Collection[int] = ()) -> None:
        """Show rows under their heads; `folding`: columns of long texts."""
        ...

    def seen(self, rows: Mapping[str, tuple[str, str]]) -> None:
        """Show what each node could see of a step, and what it could not."""
        ...

    def end(self, outcome: Mapping[str, Any]) -> None:
        """Say what came of it all, for programs."""
        ...
