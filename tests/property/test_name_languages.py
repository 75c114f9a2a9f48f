"""Names in Han characters and Tamil words, read as the second implementation reads them."""

from functools import cache
from unicodedata import normalize

from hypothesis import assume, example, given
from hypothesis import strategies as st

from lib import languages_twin as twin
from lib.names_twin import TABLES, Token
from tallystick.names import read_name

_DROPPED = frozenset(
    " ".join(TABLES[name] for name in ("titles", "articles", "particles", "opens", "closes")).replace(":", "").split()
)
"""Words of 2.4: what becomes of them is tried elsewhere."""
_chinese = st.sampled_from(twin.SURNAMES["chinese"] + twin.SURNAMES["korean"])
_japanese = st.sampled_from(sorted(twin.JAPANESE_SURNAMES))
_family = st.text(sorted(twin.FAMILY), min_size=1, max_size=2)
_given = st.text(st.sampled_from([*sorted(twin.GIVEN), *sorted(twin.CANTONESE), "々"]), max_size=3)
_names = st.tuples(st.one_of(_chinese, _japanese, _family), st.sampled_from(["", " "]), _given).map("".join)
_words = st.lists(st.sampled_from([*twin.VOWELS, *twin.SONORANTS, *twin.STOPS, twin.PULLI]), min_size=2, max_size=8).map("".join)


@cache
def letters(character: str) -> str:
    """What the tables of `any_ascii` make of a character."""
    found = read_name(character)
    return found[0].parts[0].form if found else ""


def _read(written: str) -> list[list[Token]]:
    return [[Token(part.form, part.script) for part in reading.parts] for reading in read_name(written)]


@given(_names)
@example("許志雄")
@example("佐々木 健")
@example("橋戸彩美")
@example("林森一")
@example("盧武鉉")
@example("王 芳")
def test_a_name_in_han_has_the_readings_of_the_specification(written: str) -> None:
    tokens = written.split()
    assume(all(map(letters, tokens)))
    expected = twin.readings(tokens, letters)
    assume(not any(token.form in _DROPPED for reading in expected for token in reading))
    assert _read(written) == expected


@given(_words)
@example("தமிழரசி")
@example("அப்பாவு")
@example("\u0bc6\u0bbe")
def test_a_tamil_word_is_read_by_the_letters_beside_each(written: str) -> None:
    composed = normalize("NFC", written)  # two vowel signs beside each other may be the halves of one
    both = [twin.tamil(composed, otherwise=otherwise) for otherwise in (False, True)]
    assume(all(len(form) > 1 and form not in _DROPPED for form in both))
    assert [reading[0].form for reading in _read(written)] == list(dict.fromkeys(both))
