"""Keeps the index of a register in step with the rules that made it.

An index finds nothing for keys that were computed by other rules, and says nothing about it. So every register carries the
mark of the indexer that indexed it, and whoever searches compares marks first.

Rules
 1. A mark is a digest of what an indexer says about the made-up records below: same mark, same keys for names like these.
 2. An import brings an old index up to date first, and so does whoever asks for it; a search refuses it.
"""

import hashlib
from collections.abc import Sequence

from tallystick.errors import ConfigError
from tallystick.model import Address, Identifier, Record, encode
from tallystick.node.ports import Indexer, RegisterStore

_NAMES = (
    "Mounir El Touzani", "Abd al-Rahman ibn Muhammad", "محمد عبد الرحمن الحسيني", "علی رضا احمدی", "בנימין כהן", "ابو بكر",
    "Александр Сергеевич Пушкин", "Олександр Шевченко", "Ђорђе Петровић", "Георги Димитров", "Νίκος Παπαδόπουλος",
    "გიორგი ბერიძე", "Հովհաննես Թումանյան", "王小明", "歐陽修", "山田太郎", "さくら ももこ", "김철수", "राम प्रसाद शर्मा",
    "মুহাম্মদ ইউনূস", "தமிழ் செல்வன்", "นายสมชาย ใจดี", "အောင်ဆန်း", "ኃይለ ሥላሴ", "José María García-López", "Jean-Baptiste d'Ancône",
    "Müller-Lüdenscheidt, Jürgen", "Łukasz Żółć", "Nguyễn Văn Anh", "Şükrü Çağlayan", "O'Neill Mc Donald", "van der Berg",
    "Björk Guðmundsdóttir", "Dr. Sir John Smith Jr.", "X",
)  # fmt: skip
"""Made up, or of the long dead: one or two of every script and every habit of writing that the names part knows."""


def _probes() -> list[bytes]:
    dates = ("1964", "1964-05-03", "1964-05", "1964~", "1960/1965")
    records = [
        Record(
            id=f"probe{n}",
            names=(name, _NAMES[n - 1]) if n % 5 == 0 else (name,),
            birth_dates=(dates[n % len(dates)],) if n % 2 else (),
            identifiers=(Identifier(type="passport", country="fr", number=f"AB {n}-00/1"),) if n % 7 == 0 else (),
            phones=(f"+33 1 23 45 67 {n:02}",) if n % 11 == 0 else (),
            emails=(f"Probe{n}@example.org",) if n % 13 == 0 else (),
            nationalities=("fr", "pt") if n % 3 == 0 else (),
            birth_places=(name,) if n % 4 == 0 else (),
            addresses=(Address(city=name, postcode=f"{n} 0A"),) if n % 6 == 0 else (),
        )
        for n, name in enumerate(_NAMES)
    ]
    return [encode(record) for record in records]


def index_mark(indexer: Indexer) -> str:
    """Return what tells this indexer from one with other rules: 32 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=16)
    for entry in indexer(_probes()):
        digest.update(_line(entry.keys) + _line(entry.parts) + repr(sorted(entry.forms)).encode())
    return digest.hexdigest()


def _line(numbers: Sequence[int]) -> bytes:
    return " ".join(map(str, sorted(set(numbers)))).encode() + b"\n"


def reindex(store: RegisterStore, register: str, indexer: Indexer) -> int:
    """Bring the index of a register up to date; return how many records were indexed anew: 0 when it was."""
    mark = index_mark(indexer)
    if store.index_mark(register) == mark:
        return 0
    return store.reindex(register, indexer, mark=mark)


def check_index(store: RegisterStore, register: str, mark: str) -> None:
    """Check that a register can be searched with the keys of the indexer that has this mark.

    Raises:
        ConfigError: its index was made by other rules; a search would miss records silently.
    """
    if store.index_mark(register) != mark and store.count(register):
        raise ConfigError(
            f"the index of register {register} was made by another version",
            hint="bring it up to date with `tallystick register reindex`",
        )
