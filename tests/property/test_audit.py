"""Logs of any size against the definition; entries have one writing; nothing that was changed verifies."""

import typing
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy, sampled_from

from lib import log_twin
from lib.log_twin import KEY, Files
from tallystick.audit import Trust, entries, prove_entry, verify_checkpoint, verify_log, verify_proof
from tallystick.audit.tiles import MAX_ENTRY_BYTES, WIDTH, Edge, Tile, TiledTree, decode_bundle, encode_bundle, read_edge
from tallystick.audit.tree import consistency_proof, inclusion_proof, leaf_hash, root_hash, verify_consistency, verify_inclusion
from tallystick.errors import Error, InputError, IntegrityError

TRUST = Trust(log=[KEY.verifier_key()])
LINES = log_twin.lines(1400)
sizes = st.one_of(st.integers(0, 1400), sampled_from([255, 256, 257, 511, 512, 513, 1023, 1024, 1025]))


@given(sizes, st.data())
@settings(max_examples=25, deadline=None)
def test_tiles_say_what_the_definition_says(size: int, data: st.DataObject) -> None:
    lines = LINES[:size]
    files = log_twin.files_of(lines)
    hash_at = TiledTree(files.read, size)
    root = log_twin.mth(lines)
    assert root_hash(size, hash_at) == root
    assert read_edge(files.read, size).root() == root
    if size:
        index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
        path = inclusion_proof(index, size, hash_at)
        assert path == log_twin.path(index, lines)
        verify_inclusion(leaf_hash(lines[index]), index, size, path, root)
        proof = consistency_proof(first, size, hash_at)
        assert proof == log_twin.proof(first, lines)
        verify_consistency(first, log_twin.mth(lines[:first]), size, root, proof)


@given(st.lists(st.integers(0, 700), max_size=4))
@settings(max_examples=25, deadline=None)
def test_it_does_not_matter_in_how_many_steps_a_log_grew(steps: list[int]) -> None:
    edge, files, size = Edge(), Files(), 0
    for step in steps:
        leaves = [leaf_hash(b"%d" % number) for number in range(size, size + step)]
        files |= {tile.path(): content for tile, content in edge.append(leaves)}
        size += step
    files |= {tile.path(): content for tile, content in edge.partial_tiles()}
    at_once = log_twin.files_of([b"%d" % number for number in range(size)])
    assert files == {path: content for path, content in at_once.items() if "entries" not in path and path != "checkpoint"}


def test_a_tree_of_three_levels() -> None:
    size = WIDTH * WIDTH + WIDTH + 1
    lines = [b"%d" % number for number in range(size)]
    files = log_twin.files_of(lines)
    assert {"tile/0/256", "tile/0/257.p/1", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"} < files.keys()
    hash_at = TiledTree(files.read, size)
    assert root_hash(size, hash_at) == read_edge(files.read, size).root() == log_twin.mth(lines)
    assert inclusion_proof(65_530, size, hash_at) == log_twin.path(65_530, lines)
    assert consistency_proof(300, size, hash_at) == log_twin.proof(300, lines)


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=WIDTH))
def test_a_bundle_is_read_as_it_was_written(content: list[bytes]) -> None:
    tile = Tile(None, 0, len(content))
    encoded = encode_bundle(content)
    assert decode_bundle(encoded, tile) == content
    for wrong in (encoded[:-1], encoded + b"\x00", encoded + b"\x00\x01x"):
        with pytest.raises(IntegrityError):
            decode_bundle(wrong, tile)


_NAMES: dict[Any, SearchStrategy[Any]] = {
    entries.Name: st.from_regex(r"\A[a-z0-9][a-z0-9._/-]{0,126}\Z"),
    entries.Pseudonym: st.from_regex(r"\A[A-Za-z0-9._-]{1,63}\Z"),
    entries.Code: st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,63}\Z"),
    entries.Text: st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=300),
    entries.Digest: st.binary(min_size=32, max_size=32),
    entries.Count: st.integers(0, (1 << 53) - 1),
    entries.Number: st.integers(1, (1 << 53) - 1),
    entries.Time: st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)),
}


def _member(annotation: Any) -> SearchStrategy[Any]:  # noqa: ANN401
    found = _NAMES.get(annotation)
    if found is not None:
        return found
    [kind] = [each for each in typing.get_args(annotation) if each is not type(None)]
    return st.none() | _member(kind)


def _entries_of(kind: type[entries.Entry]) -> SearchStrategy[entries.Entry]:
    hints = typing.get_type_hints(kind, include_extras=True)
    make: Callable[..., entries.Entry] = kind
    return st.builds(make, **{name: _member(hints[name]) for name in kind.__struct_fields__})


any_entry = st.one_of([_entries_of(kind) for kind in entries.TYPES.values()])


def _fits(entry: entries.Entry) -> bytes | None:
    try:
        return entries.encode(entry)
    except InputError:  # too long in bytes, or a character that a text may not have
        return None


@given(any_entry)
def test_an_entry_is_read_as_it_was_written(entry: entries.Entry) -> None:
    line = _fits(entry)
    if line is not None:
        assert len(line) <= MAX_ENTRY_BYTES
        assert entries.decode(line) == entry
        assert entries.encode(entries.decode(line)) == line


@given(any_entry, st.data())
@settings(max_examples=300)
def test_bytes_that_are_an_entry_are_its_only_writing(entry: entries.Entry, data: st.DataObject) -> None:
    line = bytearray(_fits(entry) or b"{}")
    at = data.draw(st.integers(0, len(line) - 1))
    how = data.draw(sampled_from(["change", "insert", "remove", "cut"]))
    value = data.draw(st.one_of(st.integers(0, 255), sampled_from(list(b' \t\n"\\/{}[]:,0eE+-.'))))
    match how:
        case "change":
            line[at] = value
        case "insert":
            line.insert(at, value)
        case "remove":
            del line[at]
        case _:
            del line[at:]
    try:
        read = entries.decode(bytes(line))
    except IntegrityError:
        return
    assert entries.encode(read) == line


@given(st.binary(max_size=200))
def test_any_bytes_are_an_entry_or_refused(line: bytes) -> None:
    try:
        read = entries.decode(line)
    except IntegrityError:
        return
    assert entries.encode(read) == line


FILES = log_twin.files_of(LINES[:600])
PROOF = prove_entry(FILES.read, 333, verify_checkpoint(FILES["checkpoint"], TRUST)).encode()


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_file_of_a_log_can_be_changed_unseen(data: st.DataObject) -> None:
    name = data.draw(sampled_from(sorted(FILES)))
    content = bytearray(FILES[name])
    at = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[at:]
    with pytest.raises(IntegrityError):
        verify_log(Files(FILES | {name: bytes(content)}).read, TRUST)


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_of_a_log_can_be_missing_unseen(name: str) -> None:
    with pytest.raises(IntegrityError):
        verify_log(Files({path: content for path, content in FILES.items() if path != name}).read, TRUST)


def test_the_log_that_was_not_changed_verifies() -> None:
    found = verify_log(FILES.read, TRUST, previous=log_twin.files_of(LINES[:299])["checkpoint"])
    assert found.types == {"other": 600}
    assert found.grown_by == 301


@given(st.integers(0, len(PROOF) - 1), st.integers(0, 7))
@settings(max_examples=300)
def test_no_proof_can_be_changed_unseen(at: int, bit: int) -> None:
    changed = bytearray(PROOF)
    changed[at] ^= 1 << bit
    with pytest.raises(IntegrityError):
        verify_proof(bytes(changed), TRUST)


@given(st.binary(max_size=400))
def test_any_bytes_are_no_proof(content: bytes) -> None:
    with pytest.raises(Error):
        verify_proof(content, TRUST)
