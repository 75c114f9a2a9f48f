"""Files sealed block by block: what went in comes out, and no change to one is read."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallystick.adapters import sealed_file
from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.sealed_file import MAGIC, opened_plain, private_place, read_sealed, sweep, write_sealed
from tallystick.adapters.sealing import Sealer, new_data_key
from tallystick.adapters.upload_spool import UploadSpool
from tallystick.errors import ConfigError, IntegrityError

SEALER = Sealer(new_data_key())
SEAL = Seal(lambda: SEALER)
PIECES = st.lists(st.binary(max_size=40), max_size=12)
QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed_file, "BLOCK_BYTES", 16)


def kept(folder: Path, pieces: list[bytes], seal: Seal = SEAL) -> Path:
    path = folder / "file"
    path.unlink(missing_ok=True)
    write_sealed(path, pieces, seal)
    return path


@QUIET
@given(PIECES)
def test_what_went_in_comes_out(tmp_path: Path, pieces: list[bytes]) -> None:
    assert b"".join(read_sealed(kept(tmp_path, pieces), SEAL)) == b"".join(pieces)
    assert b"".join(read_sealed(kept(tmp_path, pieces, Seal()), SEAL)) == b"".join(pieces), "one that was kept in the open"
    assert kept(tmp_path, pieces).stat().st_mode & 0o777 == 0o600


@QUIET
@given(PIECES, st.data())
def test_nothing_is_changed_moved_or_cut_off_unseen(tmp_path: Path, pieces: list[bytes], data: st.DataObject) -> None:
    path = kept(tmp_path, pieces)
    stored = path.read_bytes()
    place = data.draw(st.integers(len(MAGIC), len(stored) - 1))
    changed = data.draw(
        st.sampled_from([stored[:place], stored[:place] + bytes([stored[place] ^ 1]) + stored[place + 1 :], stored + b"x"])
    )
    path.write_bytes(changed)
    with pytest.raises(IntegrityError):
        b"".join(read_sealed(path, SEAL))


def test_blocks_cannot_change_places(tmp_path: Path) -> None:
    stored = kept(tmp_path, [b"a" * 16, b"b" * 16, b"c"]).read_bytes()[len(MAGIC) :]
    size = 4 + int.from_bytes(stored[:4], "big")
    (tmp_path / "file").write_bytes(MAGIC + stored[size : 2 * size] + stored[:size] + stored[2 * size :])
    with pytest.raises(IntegrityError):
        b"".join(read_sealed(tmp_path / "file", SEAL))


def test_without_the_key_it_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        b"".join(read_sealed(kept(tmp_path, [b"x"]), Seal()))


def test_an_opened_file_is_gone_with_the_end_and_what_a_kill_left_is_swept(tmp_path: Path) -> None:
    path = kept(tmp_path, [b"Ilvira Quandrosse"])
    with opened_plain(path, "list.csv", SEAL, "owner-1") as plain:
        assert (plain.name, plain.read_bytes()) == ("list.csv", b"Ilvira Quandrosse")
        assert plain.stat().st_mode & 0o777 == 0o600
        assert plain.parent.stat().st_mode & 0o777 == 0o700
        killed = plain.parent
    assert not killed.exists()
    with private_place("owner-1", tmp_path) as place:
        (place / "left").write_bytes(b"x")
        sweep("owner-2", tmp_path)
        assert place.exists()
        sweep("owner-1", tmp_path)
        assert not place.exists()


@given(st.lists(st.binary(max_size=300), max_size=30))
def test_a_spool_gives_back_what_was_written_as_often_as_it_is_asked(pieces: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tallystick.adapters.upload_spool.MEMORY_BYTES", 100)
        patch.setattr("tallystick.adapters.upload_spool.BLOCK_BYTES", 64)
        spool = UploadSpool()
        for each in pieces:
            spool.write(each)
        assert spool.size == sum(map(len, pieces))
        assert spool.read() == spool.read() == b"".join(pieces)
        spool.close()
