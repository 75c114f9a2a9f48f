"""The chain by which a statement reached us.

Pure. Edges run from whoever had a statement to whoever passed it on: speaker or document, outlet, agency, page.

Rules
 1. An edge is explicit where a cue of the text says so, and inferred where only the order of such chains suggests it.
 2. A text that cites one document and speaks of leaks cites the leaked document: one origin.
 3. A source that speaks for many (`interrogations of hundreds`) is one origin; what it rests on is recorded, not counted.
 4. An origin is a node nothing leads to (how many are independent: `independence`).
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from tallystick.reports.attribution import Attribution
from tallystick.reports.cues import AGENCIES, Kind

PAGE: Final = "page"
SourceKind = Kind | Literal["page"]


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody or something a statement comes from.

    Attributes:
        key: the same for the same source; small letters.
        name: as the text has it first.
        kind: what it is; "page" for the document itself.
        named: whether the text says who it is.
    """

    key: str
    name: str = field(repr=False)
    kind: SourceKind
    named: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of a chain.

    Attributes:
        giver, taker: keys of the sources.
        cue: the words that say so; empty where nobody does.
        basis: "explicit" or "inferred".
    """

    giver: str
    taker: str
    cue: str
    basis: Literal["explicit", "inferred"]


@dataclass(frozen=True, slots=True)
class Chain:
    """The sources of one report and the steps between them.

    Attributes:
        sources: by key.
        edges: in the order of the statement, from its origin to the page.
        rests_on: what the origins say they have it from; recorded, not counted.
        language: of the text, ISO 639-1; empty where nobody said.
    """

    sources: dict[str, Source]
    edges: tuple[Edge, ...]
    rests_on: tuple[str, ...] = ()
    language: str = ""

    def origins(self, through: Collection[str] = ()) -> list[Source]:
        """Return the sources nothing leads to, the page itself never among them.

        Args:
            through: keys of sources; only the origins these have it from, or that they are. All origins where none of them
                is in the chain.
        """
        takers = {edge.taker for edge in self.edges}
        givers = {edge.giver for edge in self.edges}
        found = [source for key, source in self.sources.items() if key in givers - takers and key != PAGE]
        behind = self._behind(through)
        return [each for each in found if each.key in behind] if behind else found

    def _behind(self, sources: Collection[str]) -> set[str]:
        """Return the keys of sources and of whoever they have it from."""
        behind = {each for each in sources if each in self.sources}
        while more := {edge.giver for edge in self.edges if edge.taker in behind} - behind:
            behind |= more
        return behind


_ARTICLE = re.compile(r"^(the|an?|der|die|das|eine?|le|la|les|une?|el|los|las)\s+", re.IGNORECASE)
_BASE = re.compile(
    (
        r"\b(interrogations?|interviews?|questioning|intercepted (?:\w+ )?\w+|debriefings?|vernehmungen"
        r"|interrogatoires|interrogatorios)\b(?:\s(?:of|with|on|von|de|con)(?:\s(?!who|that|which|die|qui"
        r"|que)[\w’'-]+){1,5})?"
    ),
    re.IGNORECASE,
)


def source_of(words: str, kind: Kind) -> Source:
    """Return the source that words of a text name."""
    name = _ARTICLE.sub("", words.strip())
    if kind == "agency":
        name = next(word for word in name.split() if word in AGENCIES)
    named = kind in {"person", "organisation", "outlet", "agency", "document"}
    return Source(f"{kind}:{' '.join(name.lower().split())}", name, kind, named)


def chain_of(found: Sequence[Attribution], text: str, agency: str = "", language: str = "") -> Chain:
    """Build the chain of a report.

    Args:
        found: its attributions.
        text: the main text they are from.
        agency: the credit beside the dateline; empty where there is none.
        language: of the text, ISO 639-1.
    """
    builder = _Builder(agency)
    for attribution in found:
        if attribution.counts:
            builder.add(attribution)
    return Chain(builder.sources, tuple(builder.edges()), tuple(each[0].strip() for each in _BASE.finditer(text)), language)


class _Builder:
    """Sorts the sources of a text by how near they are to the page."""

    def __init__(self, agency: str) -> None:
        self.sources: dict[str, Source] = {PAGE: Source(PAGE, PAGE, PAGE, named=True)}
        self._cues: dict[str, str] = {}
        self._leak: tuple[str, str] | None = None
        self._told: list[tuple[str, str]] = []
        self._credit = ""
        if agency:
            credit = source_of(agency, "agency") if agency in AGENCIES else source_of(agency, "organisation")
            self._credit = self._put(credit, f"({agency})")

    def _put(self, source: Source, cue: str) -> str:
        self.sources.setdefault(source.key, source)
        self._cues.setdefault(source.key, cue)
        return source.key

    def add(self, found: Attribution) -> None:
        source = source_of(found.source, found.kind)
        if source.key == self._credit:
            return
        key = self._put(source, found.cue)
        if found.leaked:
            self._leak = (key, found.cue)
        if found.told:
            self._told.append((key, found.told))

    def _of(self, *kinds: str) -> list[str]:
        return [key for key, each in self.sources.items() if each.kind in kinds and key != self._credit]

    def edges(self) -> list[Edge]:
        """Return the steps, origin first."""
        agencies, outlets, documents = self._of("agency"), self._of("outlet"), self._of("document")
        if self._leak and not documents:
            leak = Source("document:leak", "leak", "document", named=False)
            documents = [self._put(leak, self._leak[1])]
        out = [*self._from_documents(documents), *self._from_speakers()]
        near = self._credit or PAGE
        for outlet in outlets:
            if agencies:
                out.append(Edge(outlet, agencies[0], "", "inferred"))
            else:
                out.append(Edge(outlet, near, self._cues[outlet], "explicit"))
        out.extend(Edge(each, near, self._cues[each], "explicit") for each in agencies)
        if self._credit and len(self.sources) > 1:
            out.append(Edge(self._credit, PAGE, self._cues[self._credit], "explicit"))
        return out

    def _from_documents(self, documents: list[str]) -> list[Edge]:
        near = self._credit or PAGE
        if self._leak and len(documents) == 1 and documents != [self._leak[0]]:  # rule 2
            return [Edge(documents[0], self._leak[0], self._leak[1], "explicit")]
        return [Edge(each, near, self._cues[each], "explicit") for each in documents]

    def _from_speakers(self) -> list[Edge]:
        near = self._credit or PAGE
        told = dict(self._told)
        return [
            Edge(each, near, self._speaker_cue(each, told), "explicit") for each in self._of("person", "unnamed", "organisation")
        ]

    def _speaker_cue(self, key: str, told: dict[str, str]) -> str:
        return f"{self._cues[key]} {told[key]}" if key in told else self._cues[key]
