"""Joins links to clusters: records that are one person, across the registers of one or several linkings.

Does no I/O and weighs nothing: links come with what they rest on, records with the few facts that can contradict.

Rules
 1. Only links join. A link is firm when two name parts or more agree in names that are not weak, or when a full birth date,
    a document number, a telephone number or an e-mail address agrees. Any other link is frail.
 2. Firm links join first, the heaviest first.
 3. Frail links join two groups when no single record is in all the frail links between the groups: one weak name, or one
    name part, of one record is never enough. That is tried again as long as groups grow.
 4. Nothing joins two groups when a record of the one contradicts a record of the other and no link leads directly from one
    to the other: full birth dates on both sides, none in common also with day and month swapped, or female against male.
 5. The id of a cluster is made of its members: equal ids mean equal clusters, in every run.

Records that no link joins to another are in no cluster. See: docs/explanation/clusters.md.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from tallystick.errors import RecordError
from tallystick.model.dates import parse_birth_date

_HARD_EVIDENCE = ("birth.day", "identifier.same", "phone.same", "email.same")
_FRAIL_NAMES = ("name.none", "name.single", "name.weak", "alone.single")
_ID_DIGITS = 16
_OPPOSITES = {("f", "m"), ("m", "f")}


class Member(NamedTuple):
    """A record of a register."""

    register: str
    record_id: str


class ClusterLink(NamedTuple):
    """A link between two records, with its match weight in bits, and whether it is firm (rule 1)."""

    a: Member
    b: Member
    weight_bits: float
    firm: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record says that another can contradict.

    Attributes:
        days: its birth dates (YYYY-MM-DD), if every one of them is a full date; empty otherwise.
        gender: "f", "m", "x", or None.
    """

    days: frozenset[str] = field(default=frozenset(), repr=False)
    gender: str | None = field(default=None, repr=False)

    @staticmethod
    def of(birth_dates: Iterable[str], gender: str | None) -> "Facts":
        """Take them out of the fields of a record; the first of January stands for an unknown day."""
        days = [_full_day(text) for text in birth_dates]
        return Facts(frozenset(day for day in days if day) if all(days) else frozenset(), gender)

    def contradicts(self, other: "Facts") -> bool:
        """Tell whether both cannot be true of one person (rule 4)."""
        if (self.gender, other.gender) in _OPPOSITES:
            return True
        swapped = {f"{day[:5]}{day[8:]}-{day[5:7]}" for day in other.days}
        return bool(self.days and other.days) and not self.days & (other.days | swapped)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records that are one person, in order, and their id."""

    members: tuple[Member, ...]

    @property
    def cluster_id(self) -> str:
        """Rule 5: the first 16 hexadecimal digits of a SHA-256 over the members."""
        text = "\n".join(f"{member.register}\0{member.record_id}" for member in self.members)
        return hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]


def is_firm(evidence: Mapping[str, float]) -> bool:
    """Tell whether a link is firm, from how much there is of each comparison (rule 1)."""
    if any(evidence.get(name) for name in _HARD_EVIDENCE):
        return True
    return not any(evidence.get(name) for name in _FRAIL_NAMES)


def clusters(links: Iterable[ClusterLink], facts: Mapping[Member, Facts]) -> Iterator[Cluster]:
    """Yield the clusters, in order of their least members.

    Args:
        links: links of one or several linkings, in any order; a record linked with itself says nothing.
        facts: of the linked records; a record that is not there contradicts nothing.
    """
    groups = _Groups(sorted((link for link in links if link.a != link.b), key=_heaviest_first), facts)
    groups.join_firm()
    while groups.join_frail():
        pass
    yield from sorted(groups.clusters(), key=lambda cluster: cluster.members)


def _heaviest_first(link: ClusterLink) -> tuple[float, Member, Member]:
    return -link.weight_bits, min(link.a, link.b), max(link.a, link.b)


def _full_day(text: str) -> str:
    try:
        date = parse_birth_date(text)
    except RecordError:
        return ""
    is_full = date.first == date.last and not date.about and (date.first.month, date.first.day) != (1, 1)
    return date.first.isoformat() if is_full else ""


_Root: TypeAlias = Member


class _Groups:
    """Union-find: every record starts alone; a group is known by one of its members."""

    def __init__(self, links: list[ClusterLink], facts: Mapping[Member, Facts]) -> None:
        self._links = links
        self._facts = facts
        self._members: dict[_Root, list[Member]] = {}
        self._root: dict[Member, _Root] = {}
        for member in (end for link in links for end in (link.a, link.b)):
            self._members.setdefault(member, [member])
            self._root[member] = member
        self._linked = {frozenset((link.a, link.b)) for link in links}

    def join_firm(self) -> None:
        """Rule 2."""
        for link in self._links:
            if link.firm:
                self._join(self._root[link.a], self._root[link.b])

    def join_frail(self) -> bool:
        """Rule 3, once over all groups; tell whether any were joined."""
        between: dict[frozenset[_Root], list[set[Member]]] = {}
        for link in self._links:
            ends = frozenset((self._root[link.a], self._root[link.b]))
            if not link.firm and len(ends) > 1:
                between.setdefault(ends, []).append({link.a, link.b})
        joined = False
        for ends, pairs in between.items():
            if not set.intersection(*pairs):
                x, y = sorted(ends)
                joined |= self._join(self._root[x], self._root[y])
        return joined

    def _join(self, x: _Root, y: _Root) -> bool:
        """Make one group of two, unless they are one or rule 4 forbids it."""
        if x == y or self._contradict(x, y):
            return False
        large, small = sorted((x, y), key=lambda root: (-len(self._members[root]), root))
        moved = self._members.pop(small)
        self._members[large] += moved
        self._root.update(dict.fromkeys(moved, large))
        return True

    def _contradict(self, x: _Root, y: _Root) -> bool:
        left, right = self._by_facts(x), self._by_facts(y)
        return any(
            frozenset((member, other)) not in self._linked
            for mine, members in left.items()
            for theirs, others in right.items()
            if mine.contradicts(theirs)
            for member in members
            for other in others
        )

    def _by_facts(self, root: _Root) -> dict[Facts, list[Member]]:
        found: dict[Facts, list[Member]] = {}
        for member in self._members[root]:
            found.setdefault(self._facts.get(member, _NOTHING), []).append(member)
        return found

    def clusters(self) -> Iterator[Cluster]:
        """Yield the groups of more than one record."""
        return (Cluster(tuple(sorted(members))) for members in self._members.values() if len(members) > 1)


_NOTHING = Facts()
