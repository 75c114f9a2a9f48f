"""Audit logs against spec/vectors/audit-log-v1.json; a vector is named after its fault."""

import base64
import re
from functools import cache
from pathlib import Path

import audit_log_vectors
import msgspec
import pytest

from lib import log_twin
from lib.log_twin import Files
from tallystick.audit import (
    Note,
    Opening,
    SigningKey,
    Trust,
    entries,
    verify_checkpoint,
    verify_commitment,
    verify_log,
    verify_proof,
)
from tallystick.audit.notes import COSIGNATURE, ED25519, decode_note, read_verifier_key
from tallystick.audit.tiles import Tile, decode_bundle
from tallystick.audit.tree import leaf_hash, verify_consistency, verify_inclusion
from tallystick.audit.witnessing import CONFLICT, OK, SIZE, answer
from tallystick.errors import InputError, IntegrityError

FILE = Path(__file__).parents[2] / "spec" / "vectors" / "audit-log-v1.json"


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A field nobody knows is a vector nobody understands."""


class Named(Strict, frozen=True, kw_only=True):
    name: str
    good: bool


class Key(Strict, frozen=True, kw_only=True):
    seed: str
    verifier_key: str


class Content(Named, frozen=True, kw_only=True):
    """Text, or bytes in base64."""

    text: str | None = None
    base64: str | None = None

    @property
    def content(self) -> bytes:
        assert (self.text is None) != (self.base64 is None)
        return base64.b64decode(self.base64) if self.base64 is not None else (self.text or "").encode()


class EntryVector(Content, frozen=True, kw_only=True):
    leaf_hash: bytes | None = None


class PathVector(Strict, frozen=True, kw_only=True):
    level: int | None
    index: int
    width: int
    path: str


class BundleVector(Named, frozen=True, kw_only=True):
    width: int
    base64: bytes
    entries: list[bytes] | None = None


class InclusionVector(Named, frozen=True, kw_only=True):
    index: int
    size: int
    leaf_hash: bytes
    proof: list[bytes]
    root_hash: bytes


class ConsistencyVector(Named, frozen=True, kw_only=True):
    first: int
    second: int
    first_root: bytes
    second_root: bytes
    proof: list[bytes]


class CheckpointVector(Content, frozen=True, kw_only=True):
    log: list[str]
    witnesses: list[str] = []
    quorum: int = 0
    oldest_s: int | None = None
    newest_s: int | None = None


class WitnessVector(Strict, frozen=True, kw_only=True):
    name: str
    text: str | None = None
    base64: bytes | None = None
    last: str | None
    status: int
    answer: str | None


class CommitmentVector(Named, frozen=True, kw_only=True):
    salt: bytes
    query: bytes
    commitment: bytes
    index: int = 0
    size: int = 1
    path: list[bytes] = []

    @property
    def opening(self) -> Opening:
        return Opening(self.salt, self.index, self.size, tuple(self.path))


class ProofVector(Named, frozen=True, kw_only=True):
    text: str
    index: int | None = None


class LogVector(Named, frozen=True, kw_only=True):
    base: str
    changes: dict[str, bytes | None]
    previous: str | None


class Vectors(Strict, frozen=True, kw_only=True):
    spec: str
    source: str
    at_s: int
    keys: dict[str, Key]
    log_entries: str
    log_sizes: dict[str, int]
    counts: dict[str, int]
    entries: list[EntryVector]
    paths: list[PathVector]
    bundles: list[BundleVector]
    inclusion: list[InclusionVector]
    consistency: list[ConsistencyVector]
    verifier_keys: list[Content]
    checkpoints: list[CheckpointVector]
    witness: list[WitnessVector]
    commitments: list[CommitmentVector]
    proofs: list[ProofVector]
    logs: list[LogVector]


VECTORS = msgspec.json.decode(FILE.read_bytes(), type=Vectors)
SECTIONS: dict[str, list[Strict]] = {name: getattr(VECTORS, name) for name in VECTORS.counts}
LOG_KEY = read_verifier_key(VECTORS.keys["log"].verifier_key)
TRUST = Trust(log=[LOG_KEY])


def all_of(section: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "vector", SECTIONS[section], ids=lambda each: str(getattr(each, "name", getattr(each, "path", "")))
    )


def test_no_vector_is_skipped() -> None:
    assert VECTORS.spec == "audit-log-v1"
    assert {name: len(section) for name, section in SECTIONS.items()} == VECTORS.counts
    assert sum(VECTORS.counts.values()) == 315
    named = [each for section in SECTIONS.values() for each in section if isinstance(each, Named)]
    refused = sum(not each.good for each in named) + sum(each.status != OK for each in VECTORS.witness)
    assert refused >= 200
    for name in ("entries", "inclusion", "consistency", "checkpoints", "witness", "proofs", "logs"):
        names = [str(getattr(each, "name", "")) for each in SECTIONS[name]]
        assert len(set(names)) == len(names), name


def test_the_file_is_what_its_script_writes() -> None:
    assert audit_log_vectors.text(audit_log_vectors.vectors()) == FILE.read_text(encoding="utf-8")


def test_the_file_shows_no_invisible_character() -> None:
    assert re.fullmatch(r"[ -~\n]*", FILE.read_text(encoding="ascii"))


@pytest.mark.parametrize("name", VECTORS.keys)
def test_keys_follow_from_their_seeds(name: str) -> None:
    key = VECTORS.keys[name]
    verifier = read_verifier_key(key.verifier_key)
    assert SigningKey(verifier.name, verifier.algorithm, bytes.fromhex(key.seed)).verifier_key() == verifier
    assert verifier.algorithm == (COSIGNATURE if "witness" in name else ED25519)


def test_two_keys_share_name_and_id() -> None:
    twin = read_verifier_key(VECTORS.keys["twin"].verifier_key)
    assert (twin.name, twin.key_id) == (LOG_KEY.name, LOG_KEY.key_id)
    assert twin != LOG_KEY
    with pytest.raises(InputError):
        verify_checkpoint(VECTORS.checkpoints[0].content, Trust(log=[LOG_KEY, twin]))


@all_of("entries")
def test_entries(vector: EntryVector) -> None:
    if vector.good:
        assert entries.encode(entries.decode(vector.content)) == vector.content
        assert vector.leaf_hash == leaf_hash(vector.content) == log_twin.mth([vector.content])
        return
    with pytest.raises(IntegrityError) as caught:
        entries.decode(vector.content)
    assert not re.search(r"quoted|O-1729|O 1729|police|zz\b", str(caught.value))


def test_every_type_of_entry_has_a_vector() -> None:
    assert {entries.decode(each.content).type for each in VECTORS.entries if each.good} == set(entries.TYPES)


@all_of("paths")
def test_paths(vector: PathVector) -> None:
    assert Tile(vector.level, vector.index, vector.width).path() == vector.path


@all_of("bundles")
def test_bundles(vector: BundleVector) -> None:
    tile = Tile(None, 0, vector.width)
    if vector.good:
        assert decode_bundle(vector.base64, tile) == vector.entries
        return
    with pytest.raises(IntegrityError):
        decode_bundle(vector.base64, tile)


@all_of("inclusion")
def test_inclusion(vector: InclusionVector) -> None:
    def verify() -> None:
        verify_inclusion(vector.leaf_hash, vector.index, vector.size, vector.proof, vector.root_hash)

    if vector.good:
        verify()
        return
    with pytest.raises(IntegrityError):
        verify()


@all_of("consistency")
def test_consistency(vector: ConsistencyVector) -> None:
    def verify() -> None:
        verify_consistency(vector.first, vector.first_root, vector.second, vector.second_root, vector.proof)

    if vector.good:
        verify()
        return
    with pytest.raises(IntegrityError):
        verify()


@all_of("verifier_keys")
def test_verifier_keys(vector: Content) -> None:
    if vector.good:
        assert str(read_verifier_key(vector.content.decode())).encode() == vector.content
        return
    with pytest.raises(InputError):
        read_verifier_key(vector.content.decode())


@all_of("checkpoints")
def test_checkpoints(vector: CheckpointVector) -> None:
    trust = Trust(
        log=[*map(read_verifier_key, vector.log)],
        witnesses=[*map(read_verifier_key, vector.witnesses)],
        quorum=vector.quorum,
        oldest_s=vector.oldest_s,
        newest_s=vector.newest_s,
    )
    if vector.good:
        signed = verify_checkpoint(vector.content, trust)
        assert len(signed.cosignatures) == vector.quorum
        assert str(signed.note).encode() == vector.content
        return
    with pytest.raises(IntegrityError):
        verify_checkpoint(vector.content, trust)


@all_of("witness")
def test_witness(vector: WitnessVector) -> None:
    body = vector.base64 if vector.base64 is not None else (vector.text or "").encode()
    last = None if vector.last is None else decode_note(vector.last.encode())
    witness = VECTORS.keys["witness"]
    key = SigningKey(read_verifier_key(witness.verifier_key).name, COSIGNATURE, bytes.fromhex(witness.seed))
    said = answer(body, last, log_keys=[LOG_KEY], key=key, at_s=VECTORS.at_s)
    assert said.status == vector.status, said.reason
    assert (said.content_type == SIZE) == (said.status == CONFLICT)
    assert (said.cosigned is None) == (said.status != OK)
    if vector.answer is not None:
        assert said.body.decode() == vector.answer
    if said.cosigned is not None:
        both = Trust(log=[LOG_KEY], witnesses=[key.verifier_key()], quorum=1)
        assert verify_checkpoint(str(said.cosigned).encode(), both).cosignatures[0].at_s == VECTORS.at_s


@all_of("commitments")
def test_commitments(vector: CommitmentVector) -> None:
    if vector.good:
        verify_commitment(vector.commitment, vector.opening, vector.query)
        return
    with pytest.raises(IntegrityError):
        verify_commitment(vector.commitment, vector.opening, vector.query)


@all_of("proofs")
def test_proofs(vector: ProofVector) -> None:
    if vector.good:
        assert verify_proof(vector.text.encode(), TRUST).index == vector.index
        return
    with pytest.raises(IntegrityError):
        verify_proof(vector.text.encode(), TRUST)


@cache
def base_log(name: str) -> Files:
    lines = log_twin.lines(VECTORS.log_sizes[name])
    assert all(line.decode() == VECTORS.log_entries.split(" is ")[1].replace(" n", f" {n}") for n, line in enumerate(lines))
    return log_twin.files_of(lines, SigningKey(LOG_KEY.name, ED25519, bytes.fromhex(VECTORS.keys["log"].seed)))


@all_of("logs")
def test_logs(vector: LogVector) -> None:
    files = Files(base_log(vector.base))
    for path, content in vector.changes.items():
        if content is None:
            del files[path]
        else:
            files[path] = content
    previous = None if vector.previous is None else vector.previous.encode()
    if vector.good:
        found = verify_log(files.read, TRUST, previous=previous)
        assert found.signed.checkpoint.size == VECTORS.log_sizes[vector.base]
        return
    with pytest.raises(IntegrityError):
        verify_log(files.read, TRUST, previous=previous)


def test_a_note_is_written_as_it_was_read() -> None:
    for vector in VECTORS.checkpoints:
        if vector.good:
            note: Note = decode_note(vector.content)
            assert str(note).encode() == vector.content
