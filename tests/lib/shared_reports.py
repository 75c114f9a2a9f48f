"""Shared reports for tests of formats: one with everything in it, and made-up ones."""

import hashlib
from datetime import UTC, date, datetime
from typing import get_args

from hypothesis import strategies as st

from tallystick.reports.acts import LIKELIHOOD
from tallystick.reports.grades import Reliability
from tallystick.reports.sharing import (
    SharedAssessment,
    SharedClaim,
    SharedEdge,
    SharedMention,
    SharedNote,
    SharedReport,
    SharedSource,
)

AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
ORIGINAL = "Boats leave\n\nLAGOS – Four grey boats left, Norland customs said. They may not return, it is said.\n".encode()
FIRST, SECOND = "1" * 64, "2" * 64
FULL = SharedReport(
    sender="north", id=hashlib.sha256(ORIGINAL).hexdigest(), name="boats.txt", at=AT, as_of=AT, headline="Boats leave",
    language="en", handling="H1 TLP:GREEN", text="Four grey boats left, Norland customs said.", original=ORIGINAL,
    rests_on=("interviews with crews",),
    sources=(
        SharedSource(
            key="organisation:norland customs", name="Norland customs", kind="organisation", grade="B", since=date(2026, 1, 1)
        ),
        SharedSource(key="unnamed:official", name="official", kind="unnamed", named=False),
        SharedSource(key="outlet:radio norland", name="Radio Norland", kind="outlet"),
    ),
    edges=(
        SharedEdge(giver="unnamed:official", taker="outlet:radio norland", cue="told", explicit=True),
        SharedEdge(giver="outlet:radio norland", taker="page"),
        SharedEdge(giver="organisation:norland customs", taker="page", cue="said", explicit=True),
    ),
    claims=(
        SharedClaim(
            id=FIRST, start=21, end=64, quote="Four grey boats left, Norland customs said.", grade="2", europol="3",
            sources=("organisation:norland customs",),
        ),
        SharedClaim(
            id=SECOND, start=65, end=110, quote="They may not return.", modality="possible", polarity="negated", grade="6",
            withdrawn=True,
        ),
    ),
    mentions=(
        SharedMention(
            start=40, end=57, text="Tomasin Verhoovel", register="r", record="p1", verdict="likely", state="confirmed"
        ),
    ),
    notes=(SharedNote(at=AT, by="reader-1", text="The photograph is from 2019."),),
    assessments=(
        SharedAssessment(
            at=AT, by="reader-1", judgement="The boats go on.", likelihood="likely", confidence="low", speaks_for=(FIRST,),
            speaks_against=(SECOND,), standing="stands",
        ),
    ),
)  # fmt: skip
"""One with everything in it."""

_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
_digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2026, 5, 1)).map(  # noqa: DTZ001 - made UTC at once
    lambda each: each.replace(microsecond=0, tzinfo=UTC)
)
_handlings = st.sampled_from(
    ["H0 TLP:CLEAR", "H0 TLP:GREEN", "H1 TLP:GREEN", "H0 TLP:AMBER", "H1 H2 TLP:AMBER+STRICT", "H3 TLP:AMBER ask unit 4"]
)
_kinds = st.sampled_from(["person", "unnamed", "outlet", "document"])
_grades: st.SearchStrategy[Reliability | None] = st.none() | st.sampled_from(get_args(Reliability))


@st.composite
def _claims(draw: st.DrawFn, key: str, sources: tuple[str, ...]) -> SharedClaim:
    return SharedClaim(
        id=key, start=draw(st.integers(0, 9)), end=draw(st.integers(10, 99)), quote=draw(_texts), sources=sources,
        grade=draw(st.none() | st.sampled_from("123456")), modality=draw(st.sampled_from(["asserted", "denied", "possible"])),
        polarity=draw(st.sampled_from(["affirmed", "negated"])), withdrawn=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def shared_reports(draw: st.DrawFn) -> SharedReport:
    """Reports of made-up words, with an original or a text."""
    original = draw(st.none() | st.binary(min_size=1, max_size=100))
    keys = tuple(draw(st.lists(_texts, max_size=3, unique=True)))
    ids = tuple(draw(st.lists(_digests, max_size=3, unique=True)))
    ends = st.sampled_from([*keys, "page"])
    edges = st.builds(SharedEdge, giver=ends, taker=ends, cue=_texts, explicit=st.booleans())
    mentions = st.builds(SharedMention, text=_texts, register=_texts, record=_texts, state=st.sampled_from(["new", "confirmed"]))
    notes = st.builds(SharedNote, at=st.none() | _moments, by=_texts, text=_texts)
    assessments = st.builds(
        SharedAssessment, at=st.none() | _moments, by=_texts, judgement=_texts, likelihood=st.sampled_from([*LIKELIHOOD]),
        speaks_for=st.just(ids), confidence=st.none() | st.sampled_from(["low", "moderate", "high"]),
        standing=st.sampled_from(["stands", "look again"]),
    )  # fmt: skip
    return SharedReport(
        sender=draw(_texts), id=hashlib.sha256(original or draw(_texts).encode()).hexdigest(), name=draw(_texts),
        at=draw(st.none() | _moments), as_of=AT, headline=draw(_texts), language=draw(st.sampled_from(["", "en", "ar"])),
        handling=draw(_handlings), withdrawn=draw(st.just("") | _texts), text=draw(_texts), original=original,
        sources=tuple(
            SharedSource(key=key, name=draw(_texts), kind=draw(_kinds), named=draw(st.booleans()), grade=draw(_grades))
            for key in keys
        ),
        claims=tuple(draw(_claims(each, keys)) for each in ids),
        edges=tuple(draw(st.lists(edges, max_size=3))), mentions=tuple(draw(st.lists(mentions, max_size=3))),
        notes=tuple(draw(st.lists(notes, max_size=3))), assessments=tuple(draw(st.lists(assessments, max_size=3))),
    )  # fmt: skip
