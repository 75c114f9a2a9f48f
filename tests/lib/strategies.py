"""Hypothesis strategies for records: ordinary ones, hostile texts, and lines nobody should send."""

from datetime import date
from typing import TypeVar

from hypothesis import strategies as st

from tallystick.model import GENDERS, Address, Custody, Identifier, Record

T = TypeVar("T")

TROUBLE = "\x00\x01\x1b\x7f\x85\u00ad\u061c\u200b\u200c\u200d\u200e\u202e\u2028\u2066\ufeff\ufff9\ud800\udfff\U000e0041"
"""Characters that never belong into a text: controls, bidirectional marks, invisible ones, lone surrogates."""

letters = st.characters(codec="utf-8")
texts = st.text(letters | st.sampled_from(TROUBLE) | st.sampled_from(" \t\n\u3000"), max_size=24)
names = texts.map(lambda text: text + "n")
countries = st.sampled_from(["fr", "ma", "xk", "gb"])
birth_dates = st.one_of(
    st.dates(date(1800, 1, 1), date(2100, 12, 31)).map(date.isoformat),
    st.integers(1800, 2100).map(str),
    st.integers(1800, 2100).map(lambda year: f"{year}~"),
    st.integers(1800, 2099).map(lambda year: f"{year}/{year + 1}"),
    st.integers(1800, 2100).map(lambda year: f"{year}-02"),
)
identifiers = st.builds(Identifier, type=texts, country=st.none() | countries, number=texts)
addresses = st.builds(
    Address,
    street=st.none() | texts,
    city=st.none() | texts,
    postcode=st.none() | texts,
    country=st.none() | countries,
)
custodies = st.builds(
    Custody,
    owner=st.none() | texts,
    purpose=st.none() | texts,
    legal_basis=st.none() | texts,
    handling_code=st.none() | texts,
    review_on=st.none() | st.dates(),
    expires_on=st.none() | st.dates(),
)


def _few(values: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(values, max_size=3).map(tuple)


records = st.builds(
    Record,
    id=st.text("abc0123456789-", min_size=1, max_size=12),
    names=st.lists(names, min_size=1, max_size=3).map(tuple),
    weak_names=_few(texts),
    birth_dates=_few(birth_dates),
    birth_places=_few(texts),
    nationalities=_few(countries),
    identifiers=_few(identifiers),
    gender=st.none() | st.sampled_from(GENDERS),
    addresses=_few(addresses),
    phones=_few(texts),
    emails=_few(texts),
    custody=st.none() | custodies,
)
"""Records as an importer might build them: well-formed, but not yet cleaned."""
