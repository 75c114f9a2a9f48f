"""Whoever bears a name part is found by it, and by its beginning, whatever else the register holds."""

from collections.abc import Sequence

from hypothesis import assume, given
from hypothesis import strategies as st

from tallystick.matching import default_parameters
from tallystick.matching.indexing import Searcher
from tallystick.model import Record, encode
from tallystick.names import read_name
from tallystick.node.finding import MemoryRegister, typed_query

_searcher = Searcher(default_parameters())

LETTERS = ("abcdefghijklmnoprstuvz", "абвгдежзиклмнопрстуфхч", "αβγδεζηθικλμνξοπρστφχ", "אבגדהוזחטיכלמנספצקרשת", "बगदनपमरलवसह")
parts = st.sampled_from(LETTERS).flatmap(lambda letters: st.text(letters, min_size=3, max_size=9))
names = st.lists(parts, min_size=2, max_size=4).map(" ".join)
registers = st.lists(names, min_size=1, max_size=12)


def _lines(register: Sequence[str]) -> list[bytes]:
    return [encode(Record(id=f"p{n}", names=(name,))) for n, name in enumerate(register)]


def _forms(lines: Sequence[bytes]) -> list[tuple[int, bytes, int, int]]:
    return [form for _, _, forms in _searcher.entries(lines) for form in forms]


def _forms_of(written: str) -> set[str]:
    return {part.form for reading in read_name(written) for part in reading.parts}


def _part(register: Sequence[str], bearer: int, data: st.DataObject) -> str:
    """Draw a part of a record; none that is a title or a particle beside other parts, as `\u05e1\u05de\u05d8`, smt, is."""
    part = data.draw(st.sampled_from(register[bearer].split()))
    assume(_forms_of(part) <= _forms_of(register[bearer]))
    return part


@given(registers, st.data())
def test_a_part_alone_finds_its_bearer(register: Sequence[str], data: st.DataObject) -> None:
    bearer = data.draw(st.integers(0, len(register) - 1))
    part = _part(register, bearer, data)
    rows, bearers = MemoryRegister([b"\n".join(_lines(register))]).search(typed_query(part), most=len(register))
    assert f"p{bearer}" in {row[0] for row in rows}
    assert bearers >= 1


@given(registers, st.data())
def test_an_index_leads_from_a_part_to_the_key_of_its_bearer(register: Sequence[str], data: st.DataObject) -> None:
    bearer = data.draw(st.integers(0, len(register) - 1))
    line = encode(typed_query(_part(register, bearer, data)))
    lines = _lines(register)
    starts, says_no_more = _searcher.lone(line)
    assert says_no_more
    near = [(written, 1) for _, written, *both in _forms(lines) if {*both} & {*starts}]
    keys = {key for key, _ in _searcher.alike(line, near, persons=len(register))}
    assert keys & {*_searcher.entries(lines)[bearer][0]}
    assert not keys & {*_searcher.asked(line)}  # who says more is not slowed down by parts that many bear


@given(registers, st.data())
def test_a_beginning_leads_to_the_part(register: Sequence[str], data: st.DataObject) -> None:
    bearer = data.draw(st.integers(0, len(register) - 1))
    part = _part(register, bearer, data)
    typed = part[: data.draw(st.integers(2, len(part)))]
    lines = _lines(register)
    starts = _searcher.beginning(typed)
    forms = [(written, 1) for _, written, *both in _forms(lines) if {*both} & {*starts}]
    keys = {key for _, _, key, _ in _searcher.begun(typed, forms)}
    assert not starts or keys & {*_searcher.entries(lines)[bearer][0]}
    assert starts or len(typed) < 4  # vowels that a script does not write, or letters that are a sign, are the exception
