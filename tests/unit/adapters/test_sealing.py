"""What a seal hides, what it refuses, and who opens it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.registers import load, make, number, person
from tallystick.adapters.sealing import (
    DATA_KEY_BYTES,
    Sealer,
    encrypted,
    make_envelope,
    new_data_key,
    new_identity,
    open_envelope,
    recipient_of,
)
from tallystick.adapters.stores import change_seal, open_store, open_unsealed, seal_store
from tallystick.errors import ConfigError, IntegrityError, RefusedError

KEY = bytes(range(DATA_KEY_BYTES))
signed_64 = st.integers(-(2**63), 2**63 - 1)


@given(line=st.binary(max_size=300), register=st.text(max_size=10))
def test_a_line_comes_back_and_no_other_register_opens_it(line: bytes, register: str) -> None:
    sealed = Sealer(KEY).seal(register, line)
    assert Sealer(KEY).open(register, sealed) == line
    assert Sealer(KEY).seal(register, line) == sealed
    if line:
        assert line not in sealed or len(line) < 4
        with pytest.raises(IntegrityError, match="does not open under the key of this store"):
            Sealer(KEY).open(register + "x", sealed)


@given(line=st.binary(min_size=1, max_size=100), flipped=st.integers(min_value=0))
def test_a_changed_byte_is_seen(line: bytes, flipped: int) -> None:
    sealed = bytearray(Sealer(KEY).seal("r", line))
    sealed[flipped % len(sealed)] ^= 1
    with pytest.raises(IntegrityError):
        Sealer(KEY).open("r", bytes(sealed))


@given(numbers=st.lists(signed_64, max_size=20, unique=True))
def test_index_numbers_stay_apart_and_mean_nothing_without_the_key(numbers: list[int]) -> None:
    keys, parts = Sealer(KEY).keys(numbers), Sealer(KEY).parts(numbers)
    assert len(set(keys)) == len(numbers)
    assert all(-(2**63) <= each < 2**63 for each in keys)
    assert not set(keys) & set(parts)
    assert not set(keys) & set(Sealer(new_data_key()).keys(numbers))


def test_an_index_number_is_aes_of_it() -> None:
    """Known answer: AES-256-ECB under the last 32 bytes of HKDF-SHA-512, as `openssl` computes it, too."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.hashes import SHA512
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    derived = HKDF(SHA512(), 96, salt=None, info=b"tallystick sealed store v1").derive(KEY)
    encryptor = Cipher(algorithms.AES(derived[64:]), modes.ECB()).encryptor()  # noqa: S305
    block = encryptor.update((-5).to_bytes(8, "little", signed=True) + (1).to_bytes(8, "little"))
    assert Sealer(KEY).keys([-5]) == [int.from_bytes(block[:8], "little", signed=True)]


def test_who_opens_an_envelope() -> None:
    mine, safe, other = new_identity(), new_identity(), new_identity()
    envelope = make_envelope(KEY, mine, [recipient_of(safe)])
    assert open_envelope(envelope, mine) == open_envelope(envelope, safe) == KEY
    for wrong in (other, "a passphrase"):
        with pytest.raises(RefusedError, match="this key does not open the store"):
            open_envelope(envelope, wrong)
    with pytest.raises(IntegrityError, match="holds no key"):
        open_envelope(encrypted(b"short", [recipient_of(mine)]), mine)


def test_a_passphrase_opens_alone() -> None:
    envelope = make_envelope(KEY, "correct horse")
    assert open_envelope(envelope, "correct horse") == KEY
    with pytest.raises(RefusedError):
        open_envelope(envelope, "wrong horse")
    with pytest.raises(RefusedError, match="cannot be opened by other keys"):
        make_envelope(KEY, "correct horse", [recipient_of(new_identity())])


def test_what_is_no_key_is_refused_without_repeating_it() -> None:
    for call in (lambda: recipient_of("AGE-SECRET-KEY-1HUNTER2"), lambda: encrypted(b"x", ["age1hunter2"])):
        with pytest.raises(ConfigError) as caught:
            call()
        assert "hunter2" not in (str(caught.value) + caught.value.hint).lower()


def test_nothing_of_a_person_lies_in_a_sealed_file(sqlite_path: Path) -> None:
    mine = new_identity()
    seal_store(str(sqlite_path), lambda: mine)
    with closing(open_store(str(sqlite_path), lambda: mine)) as store:
        make(store)
        load(store, person("p1", "Ada Lovelace"))
        load(store, person("p1", "Ada King"))
        assert [revision.body != b"" for revision in store.history("lists")] == [False, True]
        assert store.candidates("lists", [number("King")], limit=5) == list(store.lines("lists"))
    content = sqlite_path.read_bytes()
    assert b"p1" in content, "ids stay readable: the test looks into the right file"
    for secret in (b"Ada", b"Lovelace", b"King", number("King").to_bytes(8, "big", signed=True)):
        assert secret not in content
    with closing(sqlite3.connect(sqlite_path)) as connection:
        keys = {key for (key,) in connection.execute("SELECT key FROM record_key")}
    assert keys
    assert not keys & {number(word) for word in ("Ada", "Lovelace", "King")}


def test_a_sealed_store_is_not_opened_without_its_key(sqlite_path: Path) -> None:
    mine, other = new_identity(), new_identity()
    seal_store(str(sqlite_path), lambda: mine)
    with pytest.raises(ConfigError, match="sealed and no key is given"):
        open_store(str(sqlite_path))
    with pytest.raises(RefusedError, match="does not open the store"):
        open_store(str(sqlite_path), lambda: other)
    with pytest.raises(RefusedError, match="sealed already"):
        seal_store(str(sqlite_path), lambda: other)


def test_only_an_empty_store_is_sealed(store_url: str) -> None:
    mine = new_identity()
    with closing(open_store(store_url)) as store:
        make(store)
    with pytest.raises(RefusedError, match="written in the open"):
        seal_store(store_url, lambda: mine)
    with closing(open_unsealed(store_url)) as store:
        assert store.envelope() is None


def test_a_seal_changes_hands(store_url: str) -> None:
    old, new, safe = new_identity(), new_identity(), new_identity()
    seal_store(store_url, lambda: old)
    with closing(open_store(store_url, lambda: old)) as store:
        make(store)
        load(store, person("p1", "Ada"))
    change_seal(store_url, lambda: old, lambda: new, [recipient_of(safe)])
    for secret in (new, safe):
        with closing(open_store(store_url, lambda secret=secret: secret)) as store:  # type: ignore[misc]
            assert store.record("lists", "p1").names == ("Ada",)
    with pytest.raises(RefusedError):
        open_store(store_url, lambda: old)


def test_an_open_store_has_no_seal_to_change(sqlite_path: Path) -> None:
    with pytest.raises(RefusedError, match="is not sealed"):
        change_seal(str(sqlite_path), new_identity, new_identity)
