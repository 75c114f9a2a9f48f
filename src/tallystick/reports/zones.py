"""The zones of a document: what its author says, and what stands around it.

Pure: blocks of text with their places come in, passages with their places go out. Which blocks an extractor takes for the main
text is passed in; whatever it says, a comment form, a disclaimer or a caption is none.

Rules
 1. Only the headline and the main text make claims; every other zone is kept and shown apart.
 2. A heading such as `Top Stories`, `Leave a Comment` or `Disclaimer` opens a zone that lasts until the next such heading.
 3. In plain text nothing behind such a heading is main text again. In a page an extractor may find more of it, but not behind a
    heading of comments or of a disclaimer that follows half of the main text.
 4. The dateline and the agency's credit at the beginning of the text are passages of their own.
 5. The head of a letter (`From`, `To`, `Date`) is its byline. What it quotes (`> ...`) is another's words: they make claims where
    they were written.
 6. What an outlet ends every text with (who wrote and edited it, what the agency is, a newsletter, a request for information) is
    no main text: texts would look alike by it.
 7. What the markup of a page says of a block (a caption, comments, a box of stories) counts, whatever the extractor says.
 8. A place counts characters of the document; `document[start:end]` is where the passage stands.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Zone = Literal[
    "headline", "dateline", "agency", "byline", "main", "caption", "related", "comment form", "comments", "disclaimer", "other"
]

CLAIMING: tuple[Zone, ...] = ("headline", "main")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document between blank lines.

    Attributes:
        start, end: characters of the document.
        text: what one reads there; differs from the document where that has markup.
        is_main: whether an extractor takes it for main text; None where none was asked.
        mark: the zone that the markup of a page says it is in; None where it says none.
    """

    start: int
    end: int
    text: str = field(repr=False)
    is_main: bool | None = None
    mark: Zone | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document in one zone; attributes as of a block."""

    zone: Zone
    start: int
    end: int
    text: str = field(repr=False)


_HEADING_WORDS: dict[Zone, str] = {
    "related": (
        r"(top stories|related (stories|articles|news|posts)|more stories|read (more|also|next)"
        r"|you may also like|most (read|popular)|recommended|lesen sie (auch|mehr)|mehr zum thema"
        r"|das könnte sie|à lire aussi|lire aussi|sur le même sujet|lea también|le puede interesar"
        r"|te puede interesar|noticias relacionadas|اقرأ أيضا|مواضيع ذات صلة)\b.{0,40}$"
    ),
    "comment form": (
        r"(leave a (comment|reply)|(post|add|write) (a|your) comment|kommentar (schreiben|verfassen"
        r"|hinterlassen)|schreiben? sie einen kommentar|(laisser|laissez|ajouter|écrire) un commentaire"
        r"|deja (un|tu) comentario|escribe un comentario|أضف تعليق|اترك تعليق)\b.{0,40}$"
        r"|you have \d+ characters left"
    ),
    "comments": (
        r"(\d+ )?(comments?|kommentare?|commentaires?|comentarios?|التعليقات)\s*[(:]?\s*\d*\s*\)?\s*$"
        r"|please let us know if you.re having issues with commenting"
    ),
    "disclaimer": (
        r"(disclaimer|haftungsausschluss|clause de non-responsabilité|avertissement légal|aviso legal"
        r"|إخلاء مسؤولية)\b.{0,40}$"
    ),
}
_STAYING: tuple[Zone, ...] = ("comment form", "comments", "disclaimer")
_HEADINGS = {each: re.compile(rf"\s*(?:{words})", re.IGNORECASE) for each, words in _HEADING_WORDS.items()}
_DISCLAIMING = re.compile(
    (
        r"will (not|in no way) be (held )?responsible for|is punishable under (the )?law|do not post any"
        r"|all rights reserved|views expressed (here|in this article) (are|do not)"
        r"|do(es)? not necessarily (reflect|represent) the"
        r"|without (the )?(express |prior )*(written )?(permission|consent) of the (agency|publisher|author|copyright)"
        r"|wird keine haftung übernommen|tous droits réservés|todos los derechos reservados"
    ),
    re.IGNORECASE,
)
_ASKING = re.compile(
    (
        r"\s*(keep|continue) reading (with|by|for)\b|\s*already (a )?(subscriber|member|subscribed)\b"
        r"|\s*(subscribe|sign (in|up)|log in|register) (now )?to (read|continue|unlock|keep)\b"
        r"|\s*this (article|story|content) is (only )?(for|reserved for|available to) (our )?(subscribers|members)\b"
        r"|\s*(bereits|schon) (abonnent|registriert)|\s*(jetzt )?weiterlesen mit\b"
        r"|\s*dieser (artikel|text|inhalt) ist (nur )?für abonnent"
        r"|\s*(vous êtes )?déjà abonné|\s*(la suite|cet article|ce contenu) est réservée? (aux|à nos) abonné"
        r"|\s*¿?ya eres suscriptor|\s*(contenido|artículo) (exclusivo )?para suscriptores|\s*suscríbete para\b"
        r"|\s*هذا (المقال|المحتوى) (متاح |مخصص )?للمشتركين"
        r"|\s*(read|see|watch) (also|more|next)\s*:|\s*(lire aussi|à lire aussi|lesen sie auch|lea también|اقرأ أيضا)\s*:"
        r"|\s*(sign up|subscribe|register) (for|to) (our|the|this) |\s*if you have (any )?information (about|on) this story"
        r"|\s*(do you have|got) a (news )?tip\b|.*\byou can unsubscribe\b"
        r"|\s*(abonnieren sie|melden sie sich .{0,20}an) .{0,40}newsletter"
        r"|\s*(abonnez-vous|inscrivez-vous) .{0,40}(newsletter|infolettre)"
        r"|\s*suscr[ií]b(e|a)(te|se) .{0,40}(bolet[ií]n|newsletter)|\s*اشترك في .{0,40}النشرة"
    ),
    re.IGNORECASE,
)
"""How a block begins by which an outlet asks its readers for something, or offers something."""
_CLOSING_CREDIT = re.compile(
    r"\s*\(?(additional )?reporting by\b.{0,400}\b(writing|editing) by\b"
    r"|\s*\(?(reporting|writing|editing) by (?-i:[A-ZÀ-Þ][\w’'.-]*)(,? (and|in|(?-i:[A-ZÀ-Þ])[\w’'.-]*)){0,12}[.)]*\s*$",
    re.IGNORECASE | re.DOTALL,
)
_ABOUT = re.compile(
    r"\s*(about (the |this )?(agency|author|company|newspaper|publisher|broadcaster)|über (die autorin|den autor|die agentur)"
    r"|à propos de (l[’']auteur|l[’']agence)|sobre (el autor|la autora|la agencia))\s*:",
    re.IGNORECASE,
)
_CREDIT = (
    r"(AFP|AP|EPA|EFE|dpa|Reuters|REUTERS|Getty( Images)?|ANSA|IANS|PTI|PHOTO|Photo|Foto|FOTO|Bild|Image|Crédit photo|Picture)"
)
_CAPTION = re.compile(
    rf"(^|\n)\s*({_CREDIT}[ /-]*(PHOTO|Photo|File photo)?\s*[/:|©]\s*\S.{{0,60}}"
    r"|\(?(Photo|Foto|Bild|Image|Caption|صورة)\s*(by|:|von|de)\s.{0,80})\s*$"
)
_LONGEST_CAPTION = 500
_MONTHS = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mär|Mai|Okt|Dez"
    r"|janv|févr|mars|avril|juin|juil|août|ene|abr|ago|dic)[a-zéû]*\.?"
)
_DATE = rf"(?:{_MONTHS} \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}}\.? {_MONTHS}(?: \d{{4}})?)"
_DATED = re.compile(_DATE)
_CITY = r"[A-ZÀ-Þ][\w’'.-]+(?: (?:de |la |el |al-)?[A-ZÀ-Þ][\w’'.-]+){0,2}"
_DATELINE = re.compile(
    rf"\s*(?P<dateline>{_CITY}(?:, {_CITY})?(?:,? {_DATE})?)\s*"
    r"(?:[(\[](?P<agency>[A-Z][A-Za-z/ ]{1,20})[)\]])?\s*(?:[:–—]|\s-)\s+"
)
_AGENCY_ONLY = re.compile(r"\s*[(\[](?P<agency>[A-Z][A-Za-z/]{1,12})[)\]]\s*[:–—-]?\s+")
_LETTER_HEAD = re.compile(r"(?:(?:From|To|Cc|Date): [^\n]*(?:\n|$))+$")
_QUOTED = re.compile(r"(?:>[^\n]*(?:\n|$))+$")
_BYLINE = re.compile(r"\s*(by|von|par|por|بقلم)\s+\S.{0,80}$", re.IGNORECASE)
_BEGINNINGS: dict[Zone, tuple[re.Pattern[str], ...]] = {
    "byline": (_BYLINE, _LETTER_HEAD, _CLOSING_CREDIT),
    "related": (_ASKING,),
    "other": (_QUOTED, _ABOUT),
}
"""How a block begins that is no main text."""
_LONGEST_HEADLINE = 220


def zoned(blocks: Iterable[Block]) -> list[Passage]:
    """Return the passages of a document, in its order; every block is in one of them, datelines cut off."""
    given = list(blocks)
    out: list[Passage] = []
    headline = _headline(given)
    tails = _Tails(given)
    started = False
    for number, block in enumerate(given):
        tail = tails.behind(block)
        zone = "headline" if number == headline else block.mark or _zone(block, tail)
        if zone == "main" and not started:
            out.extend(_opening(block))
            started = True
        else:
            out.append(Passage(zone, block.start, block.end, block.text))
    return out


class _Tails:
    """Which zone a heading has opened, block by block."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self._left = sum(len(each.text) for each in blocks if _may_be_main(each))
        self._half = self._left / 2
        self._zone: Zone | None = None
        self._stays = False

    def behind(self, block: Block) -> Zone | None:
        """Return the zone that a block is in because of a heading before it, or is itself the heading of."""
        heading = _heading(block.text)
        if heading:
            self._zone, self._stays = heading, heading in _STAYING and self._left <= self._half
        elif block.is_main and not self._stays:
            self._zone = None
        self._left -= len(block.text) if _may_be_main(block) else 0
        return self._zone


def _may_be_main(block: Block) -> bool:
    return bool(block.is_main) and block.mark is None


def _headline(blocks: Sequence[Block]) -> int | None:
    """Return which block is the headline: the one marked so, or the last short one without a full stop before the main text."""
    candidate = next((number for number, each in enumerate(blocks) if each.mark == "headline"), None)
    if candidate is not None:
        return candidate
    for number, block in enumerate(blocks):
        if block.mark is not None or _BYLINE.match(block.text):
            continue
        text = block.text.strip()
        is_short = len(text) <= _LONGEST_HEADLINE and not text.endswith((".", "!", ":")) and "\n" not in text
        if block.is_main is None:
            return number if is_short else None
        if block.is_main and not is_short:
            return candidate
        if is_short and len(text.split()) > 2:  # noqa: PLR2004  a menu has words, a headline a sentence
            candidate = number
    return None


def _heading(text: str) -> Zone | None:
    return next((zone for zone, pattern in _HEADINGS.items() if pattern.match(text)), None)


def _zone(block: Block, tail: Zone | None) -> Zone:
    if _DISCLAIMING.search(block.text):
        return "disclaimer"
    if tail is not None:
        return tail
    if len(block.text) <= _LONGEST_CAPTION and _CAPTION.search(block.text):
        return "caption"
    said = next((zone for zone, patterns in _BEGINNINGS.items() if any(each.match(block.text) for each in patterns)), None)
    return said or ("main" if block.is_main is not False else "other")


def _opening(block: Block) -> list[Passage]:
    """Cut dateline and agency off the first block of the main text."""
    found = _DATELINE.match(block.text) or _AGENCY_ONLY.match(block.text)
    if found and found[0].rstrip().endswith(":") and not found.groupdict().get("agency") and not _DATED.search(found[0]):
        found = None  # `Note: ...` is no place
    # Places within a block hold only where it is verbatim: no markup inside.
    if found is None or block.end - block.start != len(block.text):
        return [Passage("main", block.start, block.end, block.text)]
    out = []
    for zone in ("dateline", "agency"):
        if found.groupdict().get(zone):
            start, end = found.span(zone)
            out.append(Passage(zone, block.start + start, block.start + end, block.text[start:end]))
    out.append(Passage("main", block.start + found.end(), block.end, block.text[found.end() :]))
    return out
