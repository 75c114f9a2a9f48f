"""Writes spec/vectors/audit-log-v1.json: examples of an audit log, most of them with a fault, each named after it.

    python scripts/audit_log_vectors.py     write the file
    tests/vectors/test_audit_log.py         reads it, and fails when it is not what this script writes

Keys are made from seeds that everybody knows; organisations and queries are made up.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from audit_log_hostile import bad_lines, bad_notes, bad_texts, changed_files
from audit_log_makings import (
    ASKED,
    AT_S,
    GOOD_ENTRIES,
    LOG,
    ORIGIN,
    OTHER_LOG,
    QUERY,
    SALT,
    SECOND,
    STRANGER,
    TWIN,
    WITNESS,
    Vector,
    b64,
    cosign,
    files_of,
    lines,
    raw,
    renamed,
    request,
    root_of,
    stranger_signed,
    tree,
)

from tallystick.audit import (
    ED25519,
    Checkpoint,
    Note,
    commit,
    commit_all,
    entries,
    opening_of,
    sign_checkpoint,
)
from tallystick.audit.checkpoints import SignedCheckpoint
from tallystick.audit.notes import from_base64
from tallystick.audit.proofs import prove_entry
from tallystick.audit.tiles import Tile, encode_bundle
from tallystick.audit.tree import EMPTY_ROOT, consistency_proof, inclusion_proof, leaf_hash

FILE = Path(__file__).parent.parent / "spec" / "vectors" / "audit-log-v1.json"


def entry_vectors() -> list[Vector]:
    """Return lines that are entries, and lines that are none."""
    good = [
        {
            "name": f"{number} {entry.type}",
            "good": True,
            **raw(entries.encode(entry)),
            "leaf_hash": b64(leaf_hash(entries.encode(entry))),
        }
        for number, entry in enumerate(GOOD_ENTRIES)
    ]
    return good + [{"name": name, "good": False, **raw(line)} for name, line in bad_lines()]


def inclusion_vectors() -> list[Vector]:
    """Return inclusion proofs, good and bad."""
    vectors = []

    def put(name: str, index: int, size: int, proof: list[bytes], *, good: bool = False, **other: bytes) -> None:
        leaf, root = other.get("leaf", leaf_hash(lines(13)[index % 13])), other.get("root", root_of(lines(size)))
        hashes = {"leaf_hash": b64(leaf), "proof": [*map(b64, proof)], "root_hash": b64(root)}
        vectors.append({"name": name, "good": good, "index": index, "size": size, **hashes})

    proof = inclusion_proof(7, 13, tree(lines(13)))
    for index, size in ((0, 1), (0, 2), (1, 2), (2, 3), (7, 13), (12, 13), (7, 8)):
        put(f"entry {index} of {size}", index, size, inclusion_proof(index, size, tree(lines(size))), good=True)
    put("one hash missing at the end", 7, 13, proof[:-1])
    put("one hash missing at the beginning", 7, 13, proof[1:])
    put("one hash too many at the end", 7, 13, [*proof, proof[0]])
    put("one hash too many at the beginning", 7, 13, [proof[0], *proof])
    put("no hash at all", 7, 13, [])
    put("a hash for a tree of one", 0, 1, [proof[0]])
    put("hashes in reverse", 7, 13, proof[::-1])
    put("a wrong hash", 7, 13, [EMPTY_ROOT, *proof[1:]])
    put("another entry's place", 6, 13, proof, leaf=leaf_hash(lines(13)[7]))
    put("another size", 7, 12, proof)
    put("another root", 7, 13, proof, root=EMPTY_ROOT)
    put("another entry", 7, 13, proof, leaf=leaf_hash(b"forged"))
    put("an inner node passed off as a leaf", 0, 2, [root_of(lines(2))], leaf=root_of(lines(2)), root=root_of(lines(4)))
    put("an index beyond the tree", 13, 13, proof)
    put("a leaf and a root of no bytes", 0, 1, [], leaf=b"", root=b"")
    put("a byte moved from one hash to the next", 7, 13, [proof[0] + proof[1][:1], proof[1][1:], *proof[2:]])
    put("an empty tree", 0, 0, [])
    return vectors


def consistency_vectors() -> list[Vector]:
    """Return consistency proofs, good and bad."""
    vectors = []

    def put(name: str, first: int, second: int, proof: list[bytes], *, good: bool = False, **other: bytes) -> None:
        roots = (other.get("first_root", root_of(lines(first))), other.get("second_root", root_of(lines(second))))
        hashes = {"first_root": b64(roots[0]), "second_root": b64(roots[1]), "proof": [*map(b64, proof)]}
        vectors.append({"name": name, "good": good, "first": first, "second": second, **hashes})

    for first, second in ((0, 0), (0, 5), (1, 1), (1, 2), (3, 7), (4, 7), (6, 7), (8, 13), (5, 13), (13, 13)):
        put(f"{first} to {second}", first, second, consistency_proof(first, second, tree(lines(second))), good=True)
    proof = consistency_proof(5, 13, tree(lines(13)))
    forged = lines(13, other=2)
    put("forked: an entry was changed", 5, 13, consistency_proof(5, 13, tree(forged)), second_root=root_of(forged))
    put("forked: same size, other root", 13, 13, [], second_root=root_of(forged))
    put("shrunk", 13, 5, proof)
    put("shrunk to nothing", 13, 0, [])
    put("one hash missing at the end", 5, 13, proof[:-1])
    put("one hash missing at the beginning", 5, 13, proof[1:])
    put("one hash too many", 5, 13, [*proof, proof[0]])
    put("no hash at all", 5, 13, [])
    put("no hash at all, from a power of two", 8, 13, [])
    put("the first root spelled out, from a power of two", 8, 13, [root_of(lines(8)), *consistency_proof(8, 13, tree(lines(13)))])
    put("a wrong hash", 5, 13, [EMPTY_ROOT, *proof[1:]])
    put("hashes in reverse", 5, 13, proof[::-1])
    put("another first size", 6, 13, proof, first_root=root_of(lines(5)))
    put("another second size", 5, 17, proof, second_root=root_of(lines(13)))
    put("a proof for one size", 13, 13, proof)
    put("a root of 31 bytes, from nothing", 0, 13, [], second_root=EMPTY_ROOT[1:])
    put("a proof from nothing", 0, 13, proof)
    put("an empty tree with a root", 0, 13, [], first_root=root_of(lines(1)))
    return vectors


def path_vectors() -> list[Vector]:
    """Return where tiles lie."""
    tiles = ((0, 0, 256), (0, 0, 1), (1, 999, 255), (0, 1000, 256), (2, 1_234_067, 8), (None, 1_234_067, 256), (63, 0, 1))
    return [
        {"level": level, "index": index, "width": width, "path": Tile(level, index, width).path()}
        for level, index, width in tiles
    ]


def bundle_vectors() -> list[Vector]:
    """Return bundles, good and bad."""
    good = encode_bundle([b"a", b"bc"])
    long = encode_bundle([b"x" * 4097, b"y"])
    bad = (
        ("cut off in an entry", 2, good[:-1]),
        ("cut off in a length", 2, good[:4]),
        ("empty", 2, b""),
        ("an entry too few", 3, good),
        ("an entry too many", 1, good),
        ("a byte too many", 2, good + b"\x00"),
        ("an empty entry", 2, b"\x00\x00" + encode_bundle([b"bc"])),
        ("an entry too long", 2, long),
        ("a length in the other byte order", 2, b"\x01\x00a" + b"\x02\x00bc"),
    )
    vectors: list[Vector] = [
        {"name": "two entries", "good": True, "width": 2, "base64": b64(good), "entries": [b64(b"a"), b64(b"bc")]}
    ]
    return vectors + [{"name": name, "good": False, "width": width, "base64": b64(body)} for name, width, body in bad]


def vkey_vectors() -> list[Vector]:
    """Return verifier keys, good and bad."""
    good = str(LOG.verifier_key())
    name, key_id, rest = good.split("+", 2)
    small = bytes([ED25519]) + bytes([1]) + bytes(31)
    small_id = hashlib.sha256(name.encode() + b"\n" + small).hexdigest()[:8]
    wrong = b"\x02" + LOG.verifier_key().public
    wrong_id = hashlib.sha256(name.encode() + b"\n" + wrong).hexdigest()[:8]
    bad = (
        ("empty", ""),
        ("a name alone", name),
        ("no name", f"+{key_id}+{rest}"),
        ("a blank in the name", good.replace("node.", "node. ")),
        ("the id of another key", f"{name}+00000000+{rest}"),
        ("an id in capitals", f"{name}+{OTHER_LOG.verifier_key().key_id.hex().upper()}+{rest}"),
        ("another name", good.replace("node.", "nodes.")),
        ("cut off", good[:-4]),
        ("base64 with padding too much", f"{good}="),
        ("an algorithm we do not know", f"{name}+{wrong_id}+{b64(wrong)}"),
        ("a point of small order", f"{name}+{small_id}+{b64(small)}"),
    )
    keys = [
        ("the log's", good),
        ("the witness's", str(WITNESS.verifier_key())),
        ("another with the log's id", str(TWIN.verifier_key())),
    ]
    return [{"name": name, "good": True, "text": text} for name, text in keys] + [
        {"name": name, "good": False, "text": text} for name, text in bad
    ]


def checkpoint_vectors() -> list[Vector]:
    """Return checkpoints with whom to trust, good and bad."""
    vectors: list[Vector] = []

    def put(name: str, note: bytes, *, good: bool = False, **trust: list[str] | int) -> None:
        keys = {"log": [str(LOG.verifier_key())]} | trust
        vectors.append({"name": name, "good": good, **raw(note), **keys})

    note = sign_checkpoint(5, root_of(lines(5)), LOG)
    text, signed = note.text, str(note).encode()
    witness, both = [str(WITNESS.verifier_key())], [str(WITNESS.verifier_key()), str(SECOND.verifier_key())]
    cosigned = str(Note(text, (*note.signatures, WITNESS.cosign(text, at_s=AT_S)))).encode()
    extended = str(Checkpoint(ORIGIN, 5, root_of(lines(5)), ("an extension", "another")))
    put("signed", signed, good=True)
    put("of an empty log", str(sign_checkpoint(0, EMPTY_ROOT, LOG)).encode(), good=True)
    put("cosigned", cosigned, good=True, witnesses=witness, quorum=1, oldest_s=AT_S, newest_s=AT_S)
    put("cosigned by a witness nobody asked for", cosigned, good=True)
    put("with extension lines", str(Note(extended, (LOG.sign(extended),))).encode(), good=True)
    put("a stranger's signature beside the log's", str(Note(text, (STRANGER.sign(text), *note.signatures))).encode(), good=True)
    put("an unknown name with the known id", signed + renamed(note.signatures[0], "x.example").encode(), good=True)
    put("cosignature too old", cosigned, witnesses=witness, quorum=1, oldest_s=AT_S + 1)
    put("cosignature from the future", cosigned, witnesses=witness, quorum=1, newest_s=AT_S - 1)
    put("one cosignature of two", cosigned, witnesses=both, quorum=2)
    twice = str(Note(text, (*note.signatures, WITNESS.cosign(text, at_s=AT_S), WITNESS.cosign(text, at_s=AT_S + 1)))).encode()
    put("one witness counted twice", twice, witnesses=both, quorum=2)
    moved = WITNESS.cosign(text, at_s=AT_S).content
    put("cosignature with its time changed", cosign(note, (AT_S + 9).to_bytes(8, "big") + moved[8:]), witnesses=witness, quorum=1)
    put("cosignature of time 0", cosign(note, WITNESS.cosign(text, at_s=0).content), witnesses=witness, quorum=1)
    put(
        "cosignature of a time beyond 2^63 - 1",
        cosign(note, WITNESS.cosign(text, at_s=1 << 63).content),
        witnesses=witness,
        quorum=1,
    )
    put("cosignature cut off", cosign(note, moved[:-1]), witnesses=witness, quorum=1)
    put(
        "cosignature of another checkpoint",
        cosign(note, WITNESS.cosign(extended, at_s=AT_S).content),
        witnesses=witness,
        quorum=1,
    )
    for name, content in bad_notes(note):
        put(name, content)
    put("a key whose id collides with the log's", str(Note(text, (TWIN.sign(text),))).encode())
    put("an unknown key", str(Note(text, (STRANGER.sign(text),))).encode())
    put("another log", str(sign_checkpoint(5, root_of(lines(5)), OTHER_LOG)).encode())
    put(
        "another log's key under our origin",
        str(Note(text, (OTHER_LOG.sign(text),))).encode(),
        log=[str(OTHER_LOG.verifier_key())],
    )
    for name, other in bad_texts(text):
        put(name, str(Note(other, (LOG.sign(other),))).encode())
    return vectors


def witness_vectors() -> list[Vector]:
    """Return requests to a witness, with its answers."""
    vectors: list[Vector] = []

    def put(name: str, body: bytes, status: int, *, last: int | None = None, answer: str | None = None) -> None:
        seen = (
            None
            if last is None
            else str(Note((kept := note(last)).text, (*kept.signatures, WITNESS.cosign(kept.text, at_s=AT_S))))
        )
        vectors.append({"name": name, **raw(body), "last": seen, "status": status, "answer": answer})

    def note(size: int, other: int | None = None) -> Note:
        content = lines(size, other=other)
        return sign_checkpoint(size, root_of(content), LOG)

    proof = consistency_proof(5, 13, tree(lines(13)))
    good = note(13)
    ours = str(WITNESS.cosign(good.text, at_s=AT_S))
    put("the first checkpoint", request(0, [], good), 200, answer=ours)
    put("a later checkpoint", request(5, proof, good), 200, last=5, answer=ours)
    put("the same checkpoint again", request(13, [], good), 200, last=13, answer=ours)
    put("an empty log", request(0, [], note(0)), 200, answer=str(WITNESS.cosign(note(0).text, at_s=AT_S)))
    put(
        "also signed by a stranger",
        request(0, [], Note(good.text, (STRANGER.sign(good.text), *good.signatures))),
        200,
        answer=ours,
    )
    put("empty", b"", 400)
    put("no old size", b"\n" + str(good).encode(), 400)
    put("an old size with a leading zero", request("05", proof, good), 400, last=5)
    put("a negative old size", request(-1, [], good), 400)
    put("an old size larger than the checkpoint's", request(14, [], good), 400, last=5)
    put("a proof line that is no hash", request(5, [*proof, b"short"], good), 400, last=5)
    put("64 proof lines", request(5, [EMPTY_ROOT] * 64, good), 400, last=5)
    put("no checkpoint", request(0, [], b""), 400)
    put("no empty line", request(0, [], good).replace(b"old 0\n\n", b"old 0\n"), 400)
    put("an unknown log", request(0, [], sign_checkpoint(13, root_of(lines(13)), OTHER_LOG)), 404)
    put("signed by a stranger", request(0, [], Note(good.text, (STRANGER.sign(good.text),))), 403)
    put("signed by a key whose id collides", request(0, [], Note(good.text, (TWIN.sign(good.text),))), 403)
    put("a signature of another checkpoint", request(0, [], Note(good.text, (LOG.sign(note(5).text),))), 403)
    put("an old size of nothing, though something was cosigned", request(0, [], good), 409, last=5, answer="5\n")
    put("an old size that was never cosigned", request(5, proof, good), 409, answer="0\n")
    put("rolled back: an older checkpoint", request(5, [], note(5)), 409, last=13, answer="13\n")
    put("an empty log with a root", request(0, [], sign_checkpoint(0, root_of(lines(1)), LOG)), 422)
    put("a proof from nothing", request(0, proof, good), 422)
    put("a proof for the same size", request(13, proof, good), 422, last=13)
    put("forked: same size, other root", request(13, [], note(13, other=2)), 422, last=13)
    forged = consistency_proof(5, 13, tree(lines(13, other=2)))
    put("forked: an old entry was changed", request(5, forged, note(13, other=2)), 422, last=5)
    put("a proof of the wrong length", request(5, proof[:-1], good), 422, last=5)
    put("no proof", request(5, [], good), 422, last=5)
    return vectors


def commitment_vectors() -> list[Vector]:
    """Return commitments, to the query and to others."""

    def one(name: str, salt: bytes, query: bytes, *, good: bool = False) -> Vector:
        return {"name": name, "good": good, "salt": b64(salt), "query": b64(query), "commitment": b64(commit(SALT, QUERY))}

    return [
        one("the query", SALT, QUERY, good=True),
        one("another query", SALT, QUERY.replace(b"1980", b"1981")),
        one("another salt", bytes(32), QUERY),
        one("a byte moved from the salt to the query", SALT[:-1] + b"{", SALT[-1:] + QUERY[1:]),
        one("an empty query", SALT, b""),
        *_about_several(),
    ]


def _about_several() -> Iterator[Vector]:
    """Yield openings of an entry about five records."""
    queries = [QUERY.replace(b"q1", f"q{number}".encode()) for number in range(5)]
    salts = [bytes([number]) * 32 for number in range(5)]
    commitments = [commit(salt, query) for salt, query in zip(salts, queries, strict=True)]
    root = commit_all(commitments)

    def one(name: str, at: int, *, good: bool = False, **changes: object) -> Vector:
        opening = opening_of(commitments, at, salts[at])
        said: Vector = {
            "name": name, "good": good, "salt": b64(opening.salt), "query": b64(queries[at]), "commitment": b64(root),
            "index": at, "size": opening.size, "path": [b64(each) for each in opening.path],
        }  # fmt: skip
        return {**said, **changes}

    yield from (one(f"record {at} of five", at, good=True) for at in range(5))
    yield one("the query of another record", 1, query=b64(queries[2]))
    yield one("the salt of another record", 1, salt=b64(salts[2]))
    yield one("another place", 1, index=2)
    yield one("a place behind the last", 4, index=5)
    yield one("a size that wants a longer path", 1, size=9)
    yield one("no path", 1, path=[])
    yield one("a path too long", 1, path=[b64(each) for each in (*opening_of(commitments, 1, salts[1]).path, bytes(32))])
    yield one("one of several shown as the only one", 1, index=0, size=1, path=[])
    yield one("the only one shown as one of several", 0, commitment=b64(commitments[0]))
    yield one("a node of the tree shown as a record", 0, size=2, path=[b64(opening_of(commitments, 0, salts[0]).path[-1])])


def proof_vectors() -> list[Vector]:
    """Return proofs of an entry, good and bad."""
    files = files_of([*lines(300), entries.encode(ASKED)])
    note = sign_checkpoint(301, root_of([*lines(300), entries.encode(ASKED)]), LOG)
    signed = SignedCheckpoint(Checkpoint(ORIGIN, 301, from_base64(note.text.split("\n")[2]) or b""), note)
    good = prove_entry(lambda path, _: files.get(path), 300, signed)
    head, _, rest = good.partition("\n\n")
    rows = head.split("\n")
    swapped = "\n".join([rows[0], f"extra {b64(lines(1)[0])}", *rows[2:]])
    bad = (
        ("empty", ""),
        ("another header", good.replace("proof@v1", "proof@v2")),
        ("no entry in it", "\n".join([rows[0], *rows[2:]]) + f"\n\n{rest}"),
        ("another entry in it", f"{swapped}\n\n{rest}"),
        ("another index", good.replace("index 300", "index 299")),
        ("an index beyond the log", good.replace("index 300", "index 301")),
        ("an index with a leading zero", good.replace("index 300", "index 0300")),
        ("one hash missing", "\n".join(rows[:-1]) + f"\n\n{rest}"),
        ("one hash too many", f"{head}\n{rows[-1]}\n\n{rest}"),
        ("64 hashes", "\n".join([*rows[:3], *[rows[-1]] * 64]) + f"\n\n{rest}"),
        ("a line that is no hash", f"{head}\nhash\n\n{rest}"),
        ("no checkpoint", f"{head}\n\n"),
        ("a checkpoint of another size", f"{head}\n\n{sign_checkpoint(300, root_of(lines(300)), LOG)}"),
        ("signed by a stranger", f"{head}\n\n{Note(note.text, (STRANGER.sign(note.text),))}"),
    )
    return [{"name": "a query", "good": True, "text": good, "index": 300}] + [
        {"name": name, "good": False, "text": text} for name, text in bad
    ]


def log_vectors() -> list[Vector]:
    """Return whole logs, good and bad, as changes of a good one."""
    vectors: list[Vector] = []
    five, more = files_of(lines(5)), files_of(lines(258))

    def put(name: str, base: str, changes: dict[str, bytes | None], *, previous: bytes | None = None, good: bool = False) -> None:
        changed = {path: None if content is None else b64(content) for path, content in changes.items()}
        kept = None if previous is None else previous.decode()
        vectors.append({"name": name, "good": good, "base": base, "changes": changed, "previous": kept})

    forged = files_of(lines(5, other=2))
    put("as it was written", "five", {}, good=True)
    put("of two tiles", "more", {}, good=True)
    put("grown since", "more", {}, previous=five["checkpoint"], good=True)
    put("the same as before", "five", {}, previous=five["checkpoint"], good=True)
    put("a partial tile that a full one replaced", "five", {"tile/0/000.p/5": None, "tile/0/000": more["tile/0/000"]}, good=True)
    put("an empty log", "empty", {}, good=True)
    for name, base, changes in changed_files(five, more, forged):
        put(name, base, changes)
    put("shrunk tree", "five", {}, previous=more["checkpoint"])
    put("forked checkpoint, same size", "five", {}, previous=forged["checkpoint"])
    put("forked checkpoint, grown since", "more", {}, previous=forged["checkpoint"])
    put("earlier checkpoint of another log", "five", {}, previous=str(sign_checkpoint(3, root_of(lines(3)), OTHER_LOG)).encode())
    put("earlier checkpoint signed by a stranger", "five", {}, previous=str(stranger_signed(3)).encode())
    put("checkpoint of a smaller log", "more", {"checkpoint": str(sign_checkpoint(257, root_of(lines(257)), LOG)).encode()})
    put("checkpoint signed by a stranger", "five", {"checkpoint": str(stranger_signed(5)).encode()})
    return vectors


def vectors() -> Vector:
    """Return the whole file."""
    keys = {"log": LOG, "twin": TWIN, "stranger": STRANGER, "other_log": OTHER_LOG, "witness": WITNESS, "second_witness": SECOND}
    sections: dict[str, list[Vector]] = {
        "entries": entry_vectors(),
        "paths": path_vectors(),
        "bundles": bundle_vectors(),
        "inclusion": inclusion_vectors(),
        "consistency": consistency_vectors(),
        "verifier_keys": vkey_vectors(),
        "checkpoints": checkpoint_vectors(),
        "witness": witness_vectors(),
        "commitments": commitment_vectors(),
        "proofs": proof_vectors(),
        "logs": log_vectors(),
    }
    return {
        "spec": "audit-log-v1",
        "source": "scripts/audit_log_vectors.py; keys, organisations and queries are made up",
        "at_s": AT_S,
        "keys": {name: {"seed": key.seed.hex(), "verifier_key": str(key.verifier_key())} for name, key in keys.items()},
        "log_entries": 'entry number n is {"kind":"test","text":"entry n","time":"2026-03-01T12:00:00Z","type":"other"}',
        "log_sizes": {"empty": 0, "five": 5, "more": 258},
        "counts": {name: len(section) for name, section in sections.items()},
        **sections,
    }


def text(content: Vector) -> str:
    """Return the file as it is written: one vector in a line."""
    lines_ = []
    for name, value in content.items():
        if isinstance(value, list):
            rows = ",\n".join("  " + json.dumps(each, ensure_ascii=True) for each in value)
            lines_.append(f" {json.dumps(name)}: [\n{rows}\n ]")
        else:
            lines_.append(f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=True)}")
    return "{\n" + ",\n".join(lines_) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(text(vectors()), encoding="utf-8")
    print(f"wrote {FILE.name}")
