"""Make clusters of the links of finished linkings: rows of CSV out.

Does no I/O: the sides are read a second time, as chunks, for the birth dates and genders of the linked records alone.
What joins and what does not is said in `linkage.clusters`.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from tallystick.linkage.clusters import ClusterLink, Facts, Member, clusters, is_firm
from tallystick.linkage.engine import Chunks, LinkEvidence, csv_field

HEADER = b"cluster_id,register,record_id\n"


class _Row(msgspec.Struct):
    """The part of a record that can contradict another; all else is passed over."""

    id: str
    birth_dates: list[str] = []
    gender: str | None = None


_read = msgspec.json.Decoder(_Row).decode


@dataclass(frozen=True, slots=True)
class Linked:
    """One finished linking: the names of its two registers, and its links."""

    register_a: str
    register_b: str
    links: Iterable[LinkEvidence]


class Clustering:
    """One clustering. Use: write every chunk of `rows()`, then look at `count` and `records`."""

    def __init__(self, linkings: Iterable[Linked], registers: Mapping[str, Chunks]) -> None:
        """Take finished linkings, and every register they name, to be read once more."""
        self._linkings = linkings
        self._registers = registers
        self.count = 0
        self.records = 0

    def rows(self) -> Iterator[bytes]:
        """Yield the header, then one cluster at a time, one row per record."""
        links = [
            ClusterLink(Member(each.register_a, id_a), Member(each.register_b, id_b), bits, is_firm(evidence))
            for each in self._linkings
            for id_a, id_b, bits, evidence in each.links
        ]
        linked = {end for link in links for end in (link.a, link.b)}
        facts = dict(pair for name, chunks in self._registers.items() for pair in _facts(name, chunks, linked))
        yield HEADER
        for cluster in clusters(links, facts):
            self.count += 1
            self.records += len(cluster.members)
            rows = (f"{cluster.cluster_id},{csv_field(m.register)},{csv_field(m.record_id)}\n" for m in cluster.members)
            yield "".join(rows).encode()


def _facts(register: str, chunks: Chunks, wanted: Container[Member]) -> Iterator[tuple[Member, Facts]]:
    for chunk in chunks:
        for line in chunk.split(b"\n"):
            try:
                row = _read(line)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                continue  # no record, or none of the native format: the linking has said so
            member = Member(register, row.id)
            if member in wanted:
                yield member, Facts.of(row.birth_dates, row.gender)
