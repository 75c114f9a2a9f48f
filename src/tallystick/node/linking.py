"""Link two registers, whatever they come from: chunks of native-format lines in, CSV rows out.

Does no I/O: chunks are passed in and rows are yielded. The engine is the native one, unless another is passed in;
`linkage.plan` says what every one of them does.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import TypeAlias

from tallystick.errors import UnavailableError
from tallystick.linkage import LinkPlan, LinkSummary, NativeLinking, Stage
from tallystick.linkage.engine import BadLine, Chunks, DroppedValues, Engine, LinkEvidence, Report
from tallystick.matching import Parameters, default_parameters

HEADER = b"id_a,id_b,weight_bits,probability,decision\n"


MakeEngine: TypeAlias = Callable[[LinkPlan, Parameters, Report], Engine]
"""Makes an engine for one run."""


def _silent(_stage: Stage, _done: int, _total: int) -> None:
    """Report to nobody."""


def _told_apart(a: Chunks, b: Chunks) -> tuple[Chunks, Chunks]:
    """Return both readings of one register, the second of which ends with an error where it differs from the first."""
    first, second = hashlib.sha256(), hashlib.sha256()

    def counted(chunks: Chunks, digest: "hashlib._Hash") -> Iterator[bytes]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    def checked() -> Iterator[bytes]:
        yield from counted(b, second)
        if second.digest() != first.digest():
            raise UnavailableError("the register was changed while it was read", hint="run the command again")

    return counted(a, first), checked()


class Linking:
    """One linking of two sides.

    Use: `linking = Linking(a, b)`, then write every chunk of `linking.rows()`, then look at `linking.summary` and `linking.bad`.
    """

    def __init__(
        self,
        a: Chunks,
        b: Chunks,
        *,
        plan: LinkPlan | None = None,
        parameters: Parameters | None = None,
        report: Report = _silent,
        engine: MakeEngine = NativeLinking,
    ) -> None:
        plan = plan or LinkPlan()
        self._sides = _told_apart(a, b) if plan.within else (a, b)
        self._engine = engine(plan, parameters or default_parameters(), report)

    def rows(self) -> Iterator[bytes]:
        """Read, compare, decide; yield the header and then the rows, in order of the records of side a.

        Raises:
            InputError: a side breaks off.
            UnavailableError: within one register, what it holds has changed between its two readings.
        """
        a, b = self._sides
        self._engine.read("a", a)
        self._engine.read("b", b)
        self._engine.compare()
        yield HEADER
        yield from self._engine.rows()

    def links(self) -> Iterator[LinkEvidence]:
        """Yield every link with what it rests on; once, after `rows` is exhausted."""
        return self._engine.links()

    @property
    def summary(self) -> LinkSummary:
        """What was done; complete once `rows` is exhausted."""
        return self._engine.summary()

    @property
    def dropped_values(self) -> list[DroppedValues]:
        """Records whose birth dates could not be read and are taken for unknown: side, line number, id, how many dates."""
        return self._engine.dropped_values()

    @property
    def bad(self) -> list[BadLine]:
        """Lines that were no record: side, line number, reason."""
        return self._engine.bad
