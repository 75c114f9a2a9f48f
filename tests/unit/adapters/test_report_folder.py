"""The folder of reports: a list of very many reads each arrival once, and sees what came and went."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tallystick.adapters import report_folder
from tallystick.adapters.documents.reading import parsed
from tallystick.adapters.report_folder import Arrival, ReportFolder

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_list_reads_an_arrival_once_and_sees_what_came_and_went(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    read = report_folder._arrival

    def counted(path: Path) -> Arrival:
        opened.append(path.name)
        return read(path)

    folder = ReportFolder(tmp_path)
    ids = [folder.add(parsed("a.txt", f"words {n}".encode()), NOW + timedelta(days=n))[0].id for n in range(3)]
    monkeypatch.setattr(report_folder, "_arrival", counted)
    assert [each.id for each in folder.all()] == ids
    assert [each.id for each in folder.all()] == ids
    assert len(opened) == len(set(opened)) == 3
    other = ReportFolder(tmp_path).add(parsed("b.txt", b"others"), NOW + timedelta(days=9))[0]  # another process
    (tmp_path / f"{ids[0]}.json").unlink()
    assert [each.id for each in folder.all()] == [*ids[1:], other.id]
    assert len(opened) == 4
