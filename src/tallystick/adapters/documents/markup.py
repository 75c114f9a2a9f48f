"""What the markup of a page says of its parts by the names of elements: captions, comments, what is recommended, and links.

Pure; a page is scanned once, tag by tag, and no tree is built: places must be those of the page as it stands.

Rules
 1. An element is what its tag says (`figcaption`, `nav`, `aside`), or a word of its class, id, role or item type.
 2. A mark is none where the element holds the main headline, the body of the article, or too much of what an extractor takes for
    the main text: the class of what is around an article may name what belongs to it (`comments-open`, `sharing-container`).
    Elements that are never closed have none either.
 3. Of marks within marks the outermost counts.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, takewhile
from typing import Final, TypeVar

from tallystick.reports.zones import Zone

_MOST_OPEN: Final = 10_000
_LEAST_HEADLINE: Final = 3
"""Words: the name of an outlet has fewer."""
_LEAST_STORY: Final = 4
_NEARLY: Final = 0.8
_HALF: Final = 0.4
_MOST_HELD: Final[dict[Zone, float]] = {"comments": 0.9}
"""Which part of the main text a mark may hold and still count: comments may be longer than the text."""
_WORD = re.compile(r"\w+")
_MARK = re.compile(r"<[^<>]*>")
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<silent>script|style|template)\b[^<>]{0,4000}>.*?(?:</(?P=silent)|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-z][\w:-]{0,40})(?P<said>[^<>]{0,4000})>",
    re.IGNORECASE | re.DOTALL,
)
_NAMES = re.compile(r"\b(?:class|id|itemprop|itemtype|role)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_WORDS_JOINED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VOID: Final = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
_WHOLE: Final = frozenset(("html", "body", "main", "table", "tbody", "tr"))
_TAGS: Final[dict[str, Zone]] = {
    "figcaption": "caption", "nav": "other", "footer": "other", "form": "other", "dialog": "other", "amp-consent": "other",
    "amp-sidebar": "other", "aside": "related",
}  # fmt: skip
_WORDS: Final[dict[Zone, str]] = {
    "comments": (
        "comments?|cmts?|commentlist|discussion|disqus|replies|respond|kommentare?|commentaires?|comentarios?|talkbacks?|تعليقات"
    ),
    "caption": "captions?|wp-caption-text|bildunterschrift|legende|légende",
    "related": (
        "related|recommended|recommendations?|recirc|most-(?:read|popular|viewed)|trending|(?:top|more)-stories|read-(?:more|also|next)"
        "|also-read|newsletter|outbrain|taboola|sponsored|complementary"
    ),
    "disclaimer": "disclaimers?|legal-notice|copyright|haftungsausschluss",
    "other": (
        "cookies?|consent|gdpr|cmp|paywall|regwall|meter-wall|share|sharing|social|breadcrumbs?|navigation|navbar|menu|sidebar"
        "|dialog|contentinfo|search"
    ),
}
_NAMED: Final = {
    zone: re.compile(rf"(?:^|[\s_/-])(?:{words})(?:$|[\s_-])", re.IGNORECASE | re.MULTILINE) for zone, words in _WORDS.items()
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a page, by its characters, the end not included."""

    start: int
    end: int

    def holds(self, other: "Stretch") -> bool:
        """Tell whether another part lies in this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Marked(Stretch):
    """A part of a page that is not what its author says."""

    zone: Zone


_S = TypeVar("_S", bound=Stretch)


class Markup:
    """What the markup of a page says of its parts."""

    def __init__(self, source: str, main: Sequence[Stretch]) -> None:
        """Scan a page.

        Args:
            source: the page.
            main: what an extractor takes for main text, in its order.
        """
        scan, held = _Scan(source), _Held(main)
        self._source = source
        self._headline = next((each for each in scan.headlines if _words(source, each) >= _LEAST_HEADLINE), None)
        bodies = _Bodies([*scan.bodies, *([self._headline] if self._headline else [])])
        self._marked = _outermost(
            each for each in scan.marked if held.share(each) <= _MOST_HELD.get(each.zone, _HALF) and not bodies.is_any_in(each)
        )
        self._links = _outermost(scan.links)
        self._starts = [each.start for each in self._marked]
        self._link_starts = [each.start for each in self._links]

    def mark(self, block: Stretch) -> Zone | None:
        """Return the zone that a block is in because of its elements; None where they say nothing."""
        if self._headline is not None and self._headline.holds(block):
            return "headline"
        number = bisect_right(self._starts, block.start) - 1
        return self._marked[number].zone if number >= 0 and self._marked[number].holds(block) else None

    def is_link(self, block: Stretch) -> bool:
        """Tell whether a block is a link to another text, or several, and nothing else."""
        first = max(bisect_right(self._link_starts, block.start) - 1, 0)
        inside = list(takewhile(lambda each: each.start < block.end, islice(self._links, first, None)))
        cut = [Stretch(max(each.start, block.start), min(each.end, block.end)) for each in inside if each.end > block.start]
        words, linked = _words(self._source, block), sum(_words(self._source, each) for each in cut)
        return linked >= _NEARLY * words and (words >= _LEAST_STORY or len(cut) > 1)


class _Bodies:
    """The parts of a page that no mark may hold, however many there are."""

    def __init__(self, bodies: Iterable[Stretch]) -> None:
        found = sorted(bodies, key=lambda each: each.start)
        self._starts = [each.start for each in found]
        self._first_ends = [*accumulate((each.end for each in reversed(found)), min)][::-1]
        """Of each and all that begin behind it, where the first ends."""

    def is_any_in(self, part: Stretch) -> bool:
        """Tell whether a part holds one of them."""
        first = bisect_left(self._starts, part.start)
        return first < len(self._starts) and self._first_ends[first] <= part.end


class _Held:
    """How much of the main text lies in a part of a page."""

    def __init__(self, main: Sequence[Stretch]) -> None:
        self._starts = [each.start for each in main]
        self._sums = [0, *accumulate(each.end - each.start for each in main)]

    def share(self, part: Stretch) -> float:
        """Return which part of the main text begins there, 0 to 1."""
        first, last = bisect_left(self._starts, part.start), bisect_left(self._starts, part.end)
        return (self._sums[last] - self._sums[first]) / max(self._sums[-1], 1)


class _Scan:
    """One pass over the tags of a page."""

    def __init__(self, source: str) -> None:
        self.marked: list[Marked] = []
        self.links: list[Stretch] = []
        self.headlines: list[Stretch] = []
        self.bodies: list[Stretch] = []
        self._open: dict[str, list[tuple[int, str]]] = {}
        for found in _TOKEN.finditer(source):
            name = (found["name"] or "").lower()
            if not name or name in _VOID or found["said"].endswith("/"):
                continue
            if found["end"]:
                self._close(name, found.start())
            elif len(waiting := self._open.setdefault(name, [])) < _MOST_OPEN:
                waiting.append((found.end(), found["said"]))

    def _close(self, name: str, end: int) -> None:
        waiting = self._open.get(name)
        if not waiting:
            return
        start, said = waiting.pop()
        if name == "a":
            self.links.append(Stretch(start, end))
        elif name == "h1":
            self.headlines.append(Stretch(start, end))
        elif "articlebody" in said.lower():
            self.bodies.append(Stretch(start, end))
        elif name not in _WHOLE and (zone := _TAGS.get(name) or _zone_of(said)):
            self.marked.append(Marked(start, end, zone))


def _zone_of(said: str) -> Zone | None:
    names = "\n".join(_WORDS_JOINED.sub("-", "".join(each)) for each in _NAMES.findall(said))
    return next((zone for zone, pattern in _NAMED.items() if pattern.search(names)), None) if names else None


def _outermost(stretches: Iterable[_S]) -> list[_S]:
    """Return those that lie in no other, in the order of the page."""
    out: list[_S] = []
    for each in sorted(stretches, key=lambda one: (one.start, -one.end)):
        if not out or each.start >= out[-1].end:
            out.append(each)
    return out


def _words(source: str, part: Stretch) -> int:
    """Return how many words one reads in a part of a page."""
    return len(_WORD.findall(_MARK.sub(" ", source[part.start : part.end])))
