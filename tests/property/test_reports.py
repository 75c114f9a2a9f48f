"""What always holds of reports: places slice to what is stated, nothing breaks, copies never make a claim look better."""

from hypothesis import given
from hypothesis import strategies as st

from tallystick import _native
from tallystick.reports import Block, Reading, fingerprints, origins_of, read_report
from tallystick.reports.derivation import Sketch, Sketches, derivation, sketch
from tallystick.reports.fingerprints import SURE_WORDS

SENTENCES = (
    "Paris, Oct 26 (IANS): The ring left, a report by Norland customs said.",
    "Radio Norland reported that 300 coins are missing.",
    "An official told Harbour Courier that the boats could be used.",
    "According to leaks from the broadcaster, nobody was told.",
    "“They left,” said Anna Example.",
    "Top Stories",
    "Leave a Comment",
    "Disclaimer:",
    "COMMENTS",
    "Photo: Anna Example",
    "It is estimated that over 1,200 paintings are missing in Norland and Sudland.",
    "Laut Anna Example sind etwa 40 Boote weg.",
)
_scraps = st.sampled_from([*SENTENCES, "", " ", "\n", "“", "(", "1,7", "according to", "said", "told"])
_texts = st.lists(_scraps | st.text(max_size=12), max_size=12).map("\n\n".join)


def read(text: str) -> Reading:
    return read_report([Block(*each) for each in _native.text_blocks(text, markup=False)])


@given(_texts)
def test_every_place_slices_to_what_is_stated(text: str) -> None:
    reading = read(text)
    assert all(text[p.start : p.end] == p.text for p in reading.passages)
    assert all(a.end <= b.start for a, b in zip(reading.passages, reading.passages[1:], strict=False))
    for each in reading.attributions:
        assert reading.main[each.cue_start : each.cue_end] == each.cue
        assert each.start <= each.source_start < each.source_end <= each.end
    for claim in reading.claims:
        start, end = reading.place(claim.start, claim.end)
        assert text[start:end] == claim.quote == reading.main[claim.start : claim.end]
        assert all(claim.start <= q.start < q.end <= claim.end for q in claim.quantities)


@given(st.text(), st.booleans())
def test_blocks_lie_in_the_document_and_in_order(text: str, markup: bool) -> None:  # noqa: FBT001
    blocks = _native.text_blocks(text, markup)
    assert all(0 <= start < end <= len(text) for start, end, _ in blocks)
    assert [start for start, *_ in blocks] == sorted(start for start, *_ in blocks)
    read_report([Block(*each) for each in blocks])


@given(st.lists(_texts, min_size=1, max_size=4), st.data())
def test_a_copy_never_raises_the_lower_bound(texts: list[str], data: st.DataObject) -> None:
    readings = [read(text) for text in texts]
    copy = data.draw(st.sampled_from(readings))
    assert origins_of([*readings, copy])[0].at_least <= max(origins_of(readings)[0].at_least, 1)


_words = st.lists(st.integers(0, 10**6).map("w{}".format), max_size=60)
_shared = st.lists(st.integers(0, 10**6).map("s{}".format), min_size=SURE_WORDS, max_size=3 * SURE_WORDS, unique=True)


@given(_words, _words, _shared, _words, _words)
def test_texts_that_share_a_passage_share_a_fingerprint(
    a: list[str], b: list[str], shared: list[str], c: list[str], d: list[str]
) -> None:
    one, other = " ".join([*a, *shared, *b]), ", ".join([*c, *shared, *d]).upper()
    assert fingerprints(one) & fingerprints(other)


@given(_words, st.lists(st.integers(0, 10**6).map("v{}".format), max_size=60))
def test_texts_that_share_no_run_share_no_fingerprint(a: list[str], b: list[str]) -> None:
    common = ["of", "the"] * 2
    assert not fingerprints(" ".join([*a, *common])) & fingerprints(" ".join([*common, *b]))


_runs = st.lists(st.sampled_from([f"p{n}" for n in range(40)]), max_size=60).map(" ".join)


@given(st.lists(_runs, max_size=8))
def test_derived_texts_are_found_as_if_each_was_compared_with_each(texts: list[str]) -> None:
    kept: list[Sketch] = []
    sketches = Sketches()
    for text in texts:
        own = sketch(text)
        either = (max(derivation(own, each), derivation(each, own), key=("not", "partly", "wholly").index) for each in kept)
        assert sketches.add(own) == next(((number, how) for number, how in enumerate(either) if how != "not"), None)
        kept.append(own)
