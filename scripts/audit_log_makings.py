"""What the vectors of an audit log are made of: keys of seeds that everybody knows, entries, logs, notes, requests."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tallystick.audit import (
    COSIGNATURE,
    ED25519,
    Note,
    SigningKey,
    commit,
    entries,
    sign_checkpoint,
)
from tallystick.audit.notes import Signature
from tallystick.audit.tiles import WIDTH, Edge, Tile, TiledTree, encode_bundle
from tallystick.audit.tree import leaf_hash, root_hash

ORIGIN = "node.example/audit"
LOG = SigningKey(ORIGIN, ED25519, (33700).to_bytes(32, "big"))
TWIN = SigningKey(ORIGIN, ED25519, (39360).to_bytes(32, "big"))  # another key with the same name and the same key id
STRANGER = SigningKey(ORIGIN, ED25519, bytes([9] * 32))
OTHER_LOG = SigningKey("other.example/audit", ED25519, bytes([8] * 32))
WITNESS = SigningKey("witness.example/w1", COSIGNATURE, bytes([1] * 32))
SECOND = SigningKey("witness.example/w2", COSIGNATURE, bytes([2] * 32))
AT_S = 1_772_366_400  # 2026-03-01 12:00:00 UTC
TIME = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
Vector = dict[str, Any]


def b64(content: bytes) -> str:
    """Return base64."""
    return base64.b64encode(content).decode()


def raw(content: bytes) -> Vector:
    """Show bytes as text where they are text that shows itself, as base64 else."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return {"base64": b64(content)}
    return {"text": text} if all(letter.isprintable() or letter == "\n" for letter in text) else {"base64": b64(content)}


def digest(text: str) -> bytes:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).digest()


SALT = bytes(range(32))
QUERY = b'{"id":"q1","names":["Zorvek Illumar"],"birth_dates":["1980-01-02"]}'
ASKED = entries.QueryAsked(
    time=TIME,
    peer="police.example",
    circle="border-2026",
    agreement=digest("agreement"),
    epoch=3,
    purpose="border-check",
    legal_basis="Example Act, section 5 (2)",
    officer="O-1729",
    points=32,
    request=digest("request"),
    commitment=commit(SALT, QUERY),
)
PLACE: Vector = {"time": TIME, "circle": "border-2026"}
PEER: Vector = PLACE | {"peer": "police.example"}
BASIS: Vector = {"epoch": 3, "purpose": "border-check", "legal_basis": "Example Act, section 5 (2)", "officer": "O-1729"}
BOTH: Vector = {"request": digest("request"), "response": digest("response")}
APPROVED = entries.encode(
    entries.GrantApproved(
        time=TIME, peer="police.example", circle="border-2026", points=4096, days=7, officer="O-1729", grant=digest("grant")
    )
)
GRANTED = entries.encode(
    entries.BudgetGranted(**PEER, epoch=3, points=9_007_199_254_740_991, until=TIME, officer="O-1", second_officer="_.-")
)
GOOD_ENTRIES: list[entries.Entry] = [
    ASKED,
    entries.AnswerReceived(**PEER, **BOTH),
    entries.QueryAnswered(**PEER, **BASIS, **BOTH, agreement=digest("agreement"), points=32),
    entries.QueryRefused(**PEER, reason="malformed", request=digest("request")),
    entries.QueryRefused(
        **PEER, reason="budget-spent", request=digest("r"), epoch=3, purpose="bulk", officer="node", points=4096
    ),
    entries.RequestRefused(**PEER, reason="unknown-handle", request=digest("request")),
    entries.RequestRefused(time=TIME, peer="police.example", reason="not-authorized", request=digest("")),
    entries.RefusalsCounted(time=TIME, peer="police.example", count=1_000_000),
    entries.IndexPublished(**PLACE, epoch=3, notches=131_072, manifest=digest("manifest")),
    entries.IndexFetched(**PEER, epoch=3, notches=0, manifest=digest("manifest")),
    entries.RedemptionAsked(**PEER, **BASIS, level=1, request=digest("request")),
    entries.RedemptionAnswered(**PEER, **BASIS, **BOTH, level=2, approval=digest("approval")),
    entries.RedemptionAnswered(**PEER, **BASIS, **BOTH, level=1),
    entries.CircleAgreed(**PLACE, revision=1, agreement=digest("agreement")),
    entries.CircleLeft(**PLACE, revision=1, member="police.example", leave=digest("leave")),
    entries.EpochBegun(**PLACE, epoch=1, key=digest("key"), parameters=digest("parameters")),
    entries.decode(APPROVED),
    entries.decode(GRANTED),
    entries.RemovalReceipt(**PEER, epoch=3, manifest=digest("manifest"), receipt=digest("receipt")),
    entries.WitnessCosigned(time=TIME, log="other.example/audit", size=5, root=digest("root")),
    entries.NodeStarted(time=TIME, software="tallystick 0.1.0", configuration=digest("configuration")),
    entries.CaseAct(
        **PEER, act="disclosure", officer="officer-3", case="0" * 32, purpose="border", document=digest("disclosure")
    ),
    entries.CaseAct(time=TIME, act="encounter", officer="officer-7", document=digest("encounter")),
    entries.CaseHeard(**PEER, act="request", officer="officer-7", case="0" * 32, document=digest("request")),
    entries.Other(time=TIME, kind="key-ceremony", text='quoted "so", back\\slash, slash /, ünïcödé', document=digest("minutes")),
    entries.Other(time=TIME.replace(year=1970, month=1, day=1, hour=0), kind="x"),
]


def lines(count: int, *, other: int | None = None) -> list[bytes]:
    """Return entries; the one numbered `other` says something else."""
    texts = [f"entry {number}{' (forged)' if number == other else ''}" for number in range(count)]
    return [entries.encode(entries.Other(time=TIME, kind="test", text=text)) for text in texts]


def files_of(content: Sequence[bytes], key: SigningKey = LOG) -> dict[str, bytes]:
    """Return the files of a log with these entries."""
    edge = Edge()
    files = {tile.path(): body for tile, body in [*edge.append(map(leaf_hash, content)), *edge.partial_tiles()]}
    for start in range(0, len(content), WIDTH):
        some = content[start : start + WIDTH]
        files[Tile(None, start // WIDTH, len(some)).path()] = encode_bundle(some)
    files["checkpoint"] = str(sign_checkpoint(len(content), edge.root(), key)).encode()
    return files


def tree(content: Sequence[bytes]) -> TiledTree:
    """Return the tree of these entries."""
    files = files_of(content)
    return TiledTree(lambda path, _: files.get(path), len(content))


def root_of(content: Sequence[bytes]) -> bytes:
    """Return the root hash of these entries."""
    return root_hash(len(content), tree(content))


def renamed(signature: Signature, name: str) -> str:
    """Write a signature under another name."""
    return str(Signature(name, signature.key_id, signature.content))


def cosign(note: Note, content: bytes) -> bytes:
    """Return the note with this as the cosignature."""
    return str(Note(note.text, (*note.signatures, Signature(WITNESS.name, WITNESS.verifier_key().key_id, content)))).encode()


def request(old: int | str, proof: Sequence[bytes], note: Note | bytes) -> bytes:
    """Return a request to a witness."""
    head = f"old {old}\n" + "".join(f"{b64(each)}\n" for each in proof) + "\n"
    return head.encode() + (note if isinstance(note, bytes) else str(note).encode())


def stranger_signed(size: int) -> Note:
    """Return a checkpoint signed by somebody else."""
    text = sign_checkpoint(size, root_of(lines(size)), LOG).text
    return Note(text, (STRANGER.sign(text),))
