"""Writes spec/vectors/casework-v1.json: messages of a case, bytes that must be refused, and histories of footings.

    PYTHONPATH=tests:scripts .venv/bin/python scripts/casework_vectors.py

Documents are written by the slow second implementation (tests/lib/exchange_twin.py); the package is then held against them.
Signatures are as they should be unless one is the fault, so that nothing else hides it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from exchange_vectors import ASKER, CIRCLE, HOLDER, NOW, agreement, digest, keys_of, text

from lib import exchange_twin as twin

OUT = Path(__file__).parents[1] / "spec" / "vectors" / "casework-v1.json"
STRANGER = "stranger"
Vector = dict[str, Any]
CASE = "5f" * 16
MOST_REPORTS = 32
"""How many reports one side tells of in a case."""
REPORT, OTHER = "a1" * 16, "b2" * 16
REQUEST, DISCLOSED, FORMER = (digest(f"vector: {each}".encode()) for each in ("request", "disclosure", "former"))

BODIES: dict[str, tuple[str, Vector]] = {
    "notice": (
        ASKER,
        {
            "kind": "notice",
            "country": "be",
            "encounter_country": "fr",
            "encounter_kind": "report",
            "encounter_time": "2027-01-14",
            "epoch": 1,
            "handle": "00112233445566",
            "purpose": "border",
            "reason": "named in a report",
            "two_persons": False,
            "urgency": "routine",
        },
    ),
    "request": (
        ASKER,
        {
            "kind": "request",
            "confirmed": True,
            "fields": ["names", "birth_dates"],
            "purpose": "border",
            "reason": "identity",
            "urgency": "direct",
        },
    ),
    "refusal": (HOLDER, {"kind": "refusal", "reason": "ask by mutual legal assistance", "request": REQUEST}),
    "disclosure": (
        HOLDER,
        {
            "kind": "disclosure",
            "approved_at": NOW,
            "expires_at": "2027-02-15T08:00:00Z",
            "fields": ["names"],
            "former": FORMER,
            "handling": "H1 TLP:GREEN",
            "officers": ["approver-1", "approver-2"],
            "owner": "north",
            "record": '{"names":["Marek Zorvek"]}',
            "request": REQUEST,
        },
    ),
    "outcome": (ASKER, {"kind": "outcome", "code": "acted", "note": "identified"}),
    "recall": (HOLDER, {"kind": "recall", "disclosure": DISCLOSED, "reason": "corrected"}),
    "acknowledgement": (
        ASKER,
        {
            "kind": "acknowledgement",
            "disclosure": DISCLOSED,
            "note": "removed from file 12",
            "recall": FORMER,
        },
    ),
    "missing": (ASKER, {"kind": "missing", "disclosure": DISCLOSED, "recall": FORMER}),
    "expiry": (ASKER, {"kind": "expiry", "deleted_at": NOW, "disclosure": DISCLOSED}),
    "footing, graded": (
        ASKER,
        {
            "kind": "footing",
            "change": "graded",
            "changed_at": NOW,
            "credibility": "5",
            "disclosures": [],
            "reliability": "F",
            "report": REPORT,
        },
    ),
    "footing, withdrawn": (
        HOLDER,
        {
            "kind": "footing",
            "change": "withdrawn",
            "changed_at": NOW,
            "credibility": "",
            "disclosures": [DISCLOSED],
            "reliability": "",
            "report": REPORT,
        },
    ),
    "heed": (HOLDER, {"kind": "heed", "footing": FORMER, "note": "struck from file 12"}),
}
"""One body of each kind and who sends it."""


def message(sender: str, body: Any, **changes: Any) -> Vector:  # noqa: ANN401  any member, of any type
    """Return a message; changes replace members of it."""
    said = {
        "format": "x1",
        "circle": CIRCLE,
        "case": CASE,
        "sender": sender,
        "receiver": HOLDER if sender == ASKER else ASKER,
        "officer": "officer-7",
        "at": NOW,
        "body": body,
    }
    return said | changes


def wire(document: bytes, *by: str, kind: str = "case") -> str:
    """Return a document as it goes over the line."""
    return twin.signed(kind, document, keys_of(*by)).decode()


def messages() -> list[Vector]:
    """Return one good message of each kind."""
    return [
        {"name": name, "sender": sender, "wire": wire(document, sender), "digest": digest(document)}
        for name, (sender, body) in BODIES.items()
        for document in [twin.canonical(message(sender, body))]
    ]


def receipt() -> Vector:
    """Return the receipt of the first footing."""
    sender, body = BODIES["footing, graded"]
    said: Vector = {
        "format": "x1",
        "circle": CIRCLE,
        "member": HOLDER,
        "at": NOW,
        "country": "fr",
        "two_persons": False,
        "message": digest(twin.canonical(message(sender, body))),
    }
    return {"of": "footing, graded", "wire": wire(twin.canonical(said), HOLDER, kind="case-receipt")}


def hostile() -> list[Vector]:
    """Return messages that come over a connection of `sender` and are refused whatever the state of the case is."""
    return [*_hostile_whole(), *_hostile_footings(), *_hostile_heeds()]


def _bad(
    name: str, sender: str, document: bytes, refusal: str = "malformed", by: tuple[str, ...] = (), kind: str = "case"
) -> Vector:
    return {"name": name, "sender": sender, "wire": wire(document, *(by or (sender,)), kind=kind), "refusal": refusal}


def _hostile_whole() -> Iterator[Vector]:
    _, body = BODIES["footing, graded"]
    good = message(ASKER, body)
    document = twin.canonical(good)
    whole: dict[str, Vector] = {
        "another format": {"format": "x2"},
        "of another circle": {"circle": "other"},
        "of another sender": {"sender": HOLDER},
        "for another member": {"receiver": STRANGER},
        "for its own sender": {"receiver": ASKER},
        "a case id too short": {"case": "5f" * 15},
        "a case id in upper case": {"case": "5F" * 16},
        "an officer with a blank": {"officer": "officer 7"},
        "a moment that is none": {"at": "2027-02-30T08:00:00Z"},
        "a moment with a fraction": {"at": "2027-01-15T08:00:00.5Z"},
        "a member nobody knows": {"text": "what the report says"},
        "no body": {"body": {}},
        "a body that is a text": {"body": "footing"},
    }
    for name, changes in whole.items():
        yield _bad(name, ASKER, twin.canonical(good | changes))
    less: Vector = {key: value for key, value in good.items() if key != "officer"}
    yield _bad("without a member", ASKER, twin.canonical(less))
    yield _bad("not canonical: a blank", ASKER, document.replace(b'":"x1"', b'": "x1"'))
    yield _bad("not canonical: a member twice", ASKER, document.replace(b'{"at"', b'{"at":"' + NOW.encode() + b'","at"', 1))
    yield _bad("signed by its receiver", ASKER, document, "not-verified", (HOLDER,))
    yield _bad("signed by both", ASKER, document, "not-verified", (ASKER, HOLDER))
    yield _bad("signed by a stranger", ASKER, document, "not-verified", (STRANGER,))
    yield _bad("signed as another kind of document", ASKER, document, "not-verified", kind="case-receipt")


def _hostile_footings() -> Iterator[Vector]:
    graded, withdrawn = BODIES["footing, graded"][1], BODIES["footing, withdrawn"][1]
    graded_badly: dict[str, Vector] = {
        "graded, without a credibility": {"credibility": ""},
        "graded, without a reliability": {"reliability": ""},
        "a credibility of 0": {"credibility": "0"},
        "a credibility of 7": {"credibility": "7"},
        "a credibility that is a number": {"credibility": 5},
        "a reliability of G": {"reliability": "G"},
        "a reliability in lower case": {"reliability": "f"},
        "a reliability of Europol": {"reliability": "X"},
        "a change nobody knows": {"change": "restored"},
        "a report by its digest": {"report": digest(b"the page")},
        "a report without a name": {"report": ""},
        "a report in upper case": {"report": "A1" * 16},
        "disclosures that are none": {"disclosures": "all"},
        "a disclosure that is no digest": {"disclosures": ["d1"]},
        "an empty disclosure": {"disclosures": [""]},
        "a disclosure twice": {"disclosures": [DISCLOSED, DISCLOSED]},
        "33 disclosures": {"disclosures": [digest(bytes((each,))) for each in range(33)]},
        "changed at no moment": {"changed_at": ""},
        "changed on the 13th month": {"changed_at": "2027-13-01T08:00:00Z"},
        "with the words of the report": {"quote": "four grey boats"},
        "with its source": {"source": "agency:ians"},
    }
    for name, changes in graded_badly.items():
        yield _bad(f"a footing: {name}", ASKER, twin.canonical(message(ASKER, graded | changes)))
    withdrawn_badly: dict[str, Vector] = {
        "withdrawn, with a credibility": {"credibility": "6"},
        "withdrawn, with a reliability": {"reliability": "F"},
        "withdrawn, with both": {"credibility": "6", "reliability": "F"},
    }
    for name, changes in withdrawn_badly.items():
        yield _bad(f"a footing: {name}", HOLDER, twin.canonical(message(HOLDER, withdrawn | changes)))
    for member in graded:
        left: Vector = {key: value for key, value in graded.items() if key != member}
        yield _bad(f"a footing without {member}", ASKER, twin.canonical(message(ASKER, left)))


def _hostile_heeds() -> Iterator[Vector]:
    _, heed = BODIES["heed"]
    bad: dict[str, Vector] = {
        "of no message": {"footing": ""},
        "of half a digest": {"footing": "00" * 16},
        "of several messages": {"footing": [FORMER]},
        "with a note too long": {"note": "x" * 301},
        "with a note that turns round": {"note": "\u202eegap"},
        "with a line break": {"note": "one\ntwo"},
        "with a note that is none": {"note": True},
        "with a grade": {"credibility": "1"},
        "of a report": {"report": REPORT},
    }
    for name, changes in bad.items():
        yield _bad(f"a heed: {name}", HOLDER, twin.canonical(message(HOLDER, heed | changes)))


def footing(worth: str, *disclosures: str, report: str = REPORT) -> Vector:
    """Return the body of a footing; `worth` is `withdrawn`, or grades such as `F5`."""
    reliability, credibility = ("", "") if worth == "withdrawn" else (worth[0], worth[1])
    change = "withdrawn" if worth == "withdrawn" else "graded"
    return {
        "kind": "footing",
        "change": change,
        "changed_at": NOW,
        "credibility": credibility,
        "disclosures": list(disclosures),
        "reliability": reliability,
        "report": report,
    }


def heed(number: int) -> Vector:
    """Return the body of a heed of the message of a step."""
    return {"kind": "heed", "footing": name_of(number), "note": "looked at"}


def name_of(number: int) -> str:
    """Return what stands for the digest of the message of a step."""
    return digest(f"vector: step {number}".encode())


def histories() -> list[Vector]:
    """Return histories of a case that was told, requested and disclosed (DISCLOSED), as one side has it.

    A step says from whom the message is, `us` or `them`, its digest, its body, and whether it is taken; `waits` says what waits
    for a person of ours in the end, by the digests of messages, and `worth` what each report is worth that they told us of.
    """
    rows: list[tuple[str, str, list[tuple[str, Vector, bool]]]] = [
        ("graded, then withdrawn", "holder", [("them", footing("F5"), True), ("them", footing("withdrawn"), True)]),
        ("said twice", "holder", [("them", footing("F5"), True), ("them", footing("F5"), False)]),
        ("graded after it was withdrawn", "holder", [("them", footing("withdrawn"), True), ("them", footing("F2"), False)]),
        ("graded back", "holder", [("them", footing("F5"), True), ("them", footing("F2"), True), ("them", footing("F5"), True)]),
        ("heeded", "holder", [("them", footing("F5"), True), ("us", heed(0), True)]),
        ("heeded twice", "holder", [("them", footing("F5"), True), ("us", heed(0), True), ("us", heed(0), False)]),
        ("heeded, then changed", "holder", [("them", footing("F5"), True), ("us", heed(0), True), ("them", footing("F4"), True)]),
        ("an older one heeded", "holder", [("them", footing("F5"), True), ("them", footing("F4"), True), ("us", heed(0), True)]),
        ("none heeded", "holder", [("us", heed(7), False)]),
        ("one's own heeded", "requester", [("us", footing("F5"), True), ("us", heed(0), False)]),
        ("heeded by who said it", "holder", [("them", footing("F5"), True), ("them", heed(0), False)]),
        (
            "two reports",
            "holder",
            [("them", footing("F5"), True), ("them", footing("B3", report=OTHER), True), ("us", heed(0), True)],
        ),
        (
            "one name, both ways",
            "requester",
            [("them", footing("F5", DISCLOSED), True), ("us", footing("B2"), True), ("them", heed(1), True)],
        ),
        ("the holder names no disclosure", "requester", [("them", footing("F5"), False)]),
        ("the holder names one of another case", "requester", [("them", footing("F5", FORMER), False)]),
        ("the requester names one of another case", "holder", [("them", footing("F5", FORMER), False)]),
        ("the requester names one of this case", "holder", [("them", footing("F5", DISCLOSED), True)]),
        ("one more disclosure rests on it", "holder", [("them", footing("F5"), True), ("them", footing("F5", DISCLOSED), True)]),
        (
            "withdrawn, one more disclosure",
            "holder",
            [("them", footing("withdrawn"), True), ("them", footing("withdrawn", DISCLOSED), True)],
        ),
        (
            "33 reports",
            "holder",
            [("them", footing("F5", report=f"{each:032x}"), each < MOST_REPORTS) for each in range(MOST_REPORTS + 1)],
        ),
    ]
    return [_history(*row) for row in rows]


def _history(name: str, side: str, steps: list[tuple[str, Vector, bool]]) -> Vector:
    newest: dict[str, tuple[str, str]] = {}
    heeded: set[str] = set()
    for number, (by, body, is_taken) in enumerate(steps):
        if is_taken and by == "them" and body["kind"] == "footing":
            newest[body["report"]] = (name_of(number), f"{body['reliability']}{body['credibility']}" or "withdrawn")
        elif is_taken and by == "us" and body["kind"] == "heed":
            heeded.add(body["footing"])
    said = [
        {"from": by, "message": name_of(number), "body": body, "taken": is_taken}
        for number, (by, body, is_taken) in enumerate(steps)
    ]
    waits = sorted(digest_ for digest_, _ in newest.values() if digest_ not in heeded)
    return {
        "name": name,
        "side": side,
        "steps": said,
        "waits": waits,
        "worth": {key: worth for key, (_, worth) in newest.items()},
    }


def vectors() -> Vector:
    """Return the whole file."""
    sections = {"messages": messages(), "hostile_messages": hostile(), "histories": histories()}
    head: Vector = {
        "spec": "casework-v1",
        "source": "scripts/casework_vectors.py; names and keys are made up",
        "now": NOW,
        "counts": {name: len(each) for name, each in sections.items()},
        "signing_keys": {member: key.hex() for member, key in keys_of(ASKER, HOLDER).items()},
        "agreement": twin.signed("agreement", agreement(), keys_of(ASKER, HOLDER)).decode(),
        "case": CASE,
        "disclosed": DISCLOSED,
        "receipt": receipt(),
    }
    return head | sections


if __name__ == "__main__":
    OUT.write_text(text(vectors()), encoding="utf-8")
    print(f"wrote {OUT.name}")
