"""Find in a register while somebody types: the last word may be the beginning of a name part.

Does no I/O: the register is passed in.

Rules
 1. What `StoredRegister.search` finds is found; who has a part that begins as the last word does comes beside it.
 2. A beginning weighs what it says: how few records have a part that begins so. It never makes a link.
 3. A beginning is known by its letters in every script that is read letter by letter, and across scripts by its sounds.
 4. Words that are no part of a name (`Dr.`, `van der`), or one part with the next (`Abd al-`), are no words of their own here.
"""

import math
import re
from dataclasses import dataclass, field, replace

from tallystick.matching.indexing import Begun, BegunForm
from tallystick.model import Record, decode, encode
from tallystick.node.finding import Finding, Found, StoredRegister, heaviest

MOST_FORMS = 200
"""Name parts that are tried beside what else is said, the commonest: who types one letter more has the others."""
_LEAST_BITS, _MOST_BITS = 0.5, 18.0
_BETWEEN = " \t,،、・"
_LAST_WORD = re.compile(rf"(?P<said>.*[\s{_BETWEEN}])?(?P<begun>[^\s{_BETWEEN}]+)\Z", re.DOTALL)


def search_while_typing(register: StoredRegister, query: Record, *, most: int, least_bits: float) -> Finding:
    """Return what a search finds, and who has a name part that begins as the last word of the query does.

    Args:
        register: where to look.
        query: what was typed so far.
        most: how many at most.
        least_bits: non-links that weigh at least this are returned, too.
    """
    whole = register.search(query, most=most, least_bits=least_bits)
    begun = _begun(register, _typed(register, query), most)
    best: dict[str, Found] = {}
    for each in (*whole.found, *begun.found):
        known = best.get(each.record.id)
        if known is None or known.weight_bits < each.weight_bits:
            best[each.record.id] = each
    return Finding(heaviest(best.values(), most), max(whole.bearers, begun.bearers))


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed: the beginning of a part, and all that is said beside it; `is_named` where that holds parts of the name."""

    begun: str = field(repr=False)
    beside: Record = field(repr=False)
    is_named: bool


def _typed(register: StoredRegister, query: Record) -> _Typed:
    text = query.names[0].strip(_BETWEEN)
    found = _LAST_WORD.match(text)
    if found is None or register.searcher.beginning(text):
        return _Typed(text, query, is_named=False)
    said = (found["said"] or "").strip(_BETWEEN)
    is_named = any(letter.isalpha() for letter in said)
    return _Typed(found["begun"], replace(query, names=(said,)) if is_named else query, is_named)


def _begun(register: StoredRegister, typed: _Typed, most: int) -> Finding:
    starts = register.searcher.beginning(typed.begun)
    forms = register.searcher.begun(typed.begun, register.forms(starts)) if starts else []
    if not forms:
        return Finding([], 0)
    if typed.is_named or typed.beside.birth_dates:
        tried = [form for _, form, _, _ in forms[:MOST_FORMS]]
        keys = register.searcher.beside(encode(typed.beside), tried, named=typed.is_named)
        return Finding(_weighed(register, typed, forms, register.candidates(keys), most), 0)
    lines = register.bearing([(key, records) for _, _, key, records in forms])
    return Finding(_weighed(register, typed, forms, lines, most), sum(records for *_, records in forms))


def _weighed(register: StoredRegister, typed: _Typed, forms: list[BegunForm], lines: list[bytes], most: int) -> list[Found]:
    same_letters = sum(records for by_letters, _, _, records in forms if by_letters)
    same_sounds = sum(records for *_, records in forms)
    line = encode(typed.beside)
    says = (_bits(same_letters, register.records), _bits(same_sounds, register.records))
    rows = register.searcher.weigh_begun(
        Begun(line, typed.is_named, typed.begun, *says),
        lines,
        counts=register.part_counts(line, []),
        persons=register.records,
        prior_bits=register.prior_bits,
    )
    return [Found(decode(lines[position]), bits, share, decision) for position, bits, share, decision in rows[:most]]


def _bits(bearers: int, records: int) -> float:
    """What it says to be one of so many bearers."""
    return min(max(math.log2(max(records, 1) / max(bearers, 1)), _LEAST_BITS), _MOST_BITS)
