"""A list of reports is found, counted and paged as one that looks at each report would do it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallystick.adapters.report_folder import Arrival
from tallystick.adapters.report_table import NOBODY, VERDICTS, ReportTable, Sought, Summary, opened_table
from tallystick.node.reporting.ports import Mention

ODD = st.text(alphabet='aAbß"*%_ı\0\u0130é٣ \n', max_size=12)
TEXTS = st.one_of(st.sampled_from(["The boats left", "boats", "Straße 7", 'a "b" c', "منير التوزاني"]), ODD, st.text(max_size=12))
LANGUAGES = st.sampled_from(["en", "de", ""])


@dataclass(frozen=True)
class Kept:
    """A report as a test made it."""

    text: str
    language: str
    sources: list[str]
    agency: str
    verdicts: list[str] = field(default_factory=list)

    def summary(self, revisions: tuple[int, int] = (1, 1)) -> Summary:
        mentions = [Mention(0, 1, "x", "un", "r1", 3.0, each, []) for each in self.verdicts]
        return Summary(revisions, "h", self.language, self.agency, self.sources, mentions)

    def fits(self, sought: Sought) -> bool:
        text, sources = self.text.casefold(), " ".join((*self.sources, self.agency)).casefold()
        state = next((each for each in VERDICTS if each in self.verdicts), NOBODY)
        return (
            all(each in text for each in sought.words.casefold().split())
            and sought.language in {"", self.language}
            and sought.source.casefold() in sources
            and sought.state in {"", state}
        )


KEPT = st.builds(
    Kept, st.lists(TEXTS, max_size=4).map(" ".join), LANGUAGES, st.lists(TEXTS, max_size=2), TEXTS,
    st.lists(st.sampled_from(VERDICTS), max_size=2),
)  # fmt: skip
SOUGHT = st.builds(
    Sought,
    st.lists(TEXTS, max_size=3).map(" ".join),
    LANGUAGES,
    st.one_of(st.just(""), TEXTS),
    st.sampled_from(["", NOBODY, *VERDICTS]),
)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[ReportTable]:
    with closing(opened_table(tmp_path / "read" / "list.db", "1")) as made:
        yield made


def come(table: ReportTable, *names: str) -> None:
    """Let reports be there, which came in the order of their names."""
    table.follow((each * 64 for each in names), lambda report: Arrival(report, "x.txt", 1, report[0]))


def behind(table: ReportTable, revisions: tuple[int, int] | None) -> list[str]:
    """Return the names of what is behind, one by one."""
    found, last = list[str](), None
    while some := table.behind(revisions, last, 1):
        (last,) = some
        found.append(last.id[0])
    return found


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports=st.lists(KEPT, max_size=12), sought=st.lists(SOUGHT, min_size=1, max_size=6), most=st.integers(1, 5))
def test_a_page_is_what_looking_at_each_report_finds(
    table: ReportTable, reports: list[Kept], sought: list[Sought], most: int
) -> None:
    come(table)
    for number, each in enumerate(reports):
        table.put(f"{number:064x}", f"2026-11-{number // 2 + 1:02}", each.summary(), each.text)
    for wanted in [*sought, *(Sought(words=each.text) for each in reports)]:
        expected = [f"{number:064x}" for number, each in reversed(list(enumerate(reports))) if each.fits(wanted)]
        pages = [table.found(wanted, after, most) for after in range(0, len(reports) + 1, most)]
        assert {total for total, _ in pages} == {len(expected)}
        assert [each for _, page in pages for each in page] == expected


def test_very_many_words_are_held_to_each_of_them(table: ReportTable) -> None:
    words = [f"{'x' * (number % 4)}{number}" for number in range(3_000)]
    table.put("a" * 64, "1", Kept(" ".join(words), "en", [], "").summary(), " ".join(words))
    assert table.found(Sought(words=" ".join(words)), 0, 9) == (1, ["a" * 64])
    assert table.found(Sought(words=" ".join([*words, "none"])), 0, 9) == (0, [])


def test_what_is_read_again_takes_the_place_of_what_was(table: ReportTable) -> None:
    one = Kept("the boats", "en", ["IANS"], "", ["likely"])
    come(table, "a", "b", "c")
    table.put("a" * 64, "1", one.summary(), one.text)
    table.put("b" * 64, "2", one.summary((2, 1)), one.text)
    assert (behind(table, None), behind(table, (2, 1))) == (["c"], ["c", "a"])
    assert (table.count_behind(None), table.count_behind((2, 1))) == (1, 2)
    come(table, "a", "b")
    table.rescreened("a" * 64, Kept("the boats", "en", ["IANS"], "").summary((2, 1)))
    assert behind(table, (2, 1)) == []
    assert table.found(Sought(words="boats"), 0, 9) == (2, ["b" * 64, "a" * 64])
    assert table.found(Sought(state="likely"), 0, 9) == (1, ["b" * 64])
    come(table, "b")
    assert behind(table, None) == []
    assert table.found(Sought(words="boats"), 0, 9) == (1, ["b" * 64]), "what is gone is forgotten"
    assert table.summary("a" * 64) is None


@pytest.mark.parametrize("before", [b"", b"no database", b"SQLite format 3\0" + b"x" * 5000, None])
def test_a_file_of_another_version_or_of_nobody_is_made_anew(tmp_path: Path, before: bytes | None) -> None:
    file, one = tmp_path / "list.db", Kept("the boats", "en", [], "")
    if before is None:
        with closing(opened_table(file, "1")) as other:
            other.put("a" * 64, "1", one.summary(), one.text)
    else:
        file.write_bytes(before)
    with closing(opened_table(file, "2")) as made:
        assert made.found(Sought(words="boats"), 0, 9) == (0, [])
        made.put("a" * 64, "1", one.summary(), one.text)
    with closing(opened_table(file, "2")) as again:
        assert again.summary("a" * 64) == one.summary()
    assert file.stat().st_mode & 0o777 == 0o600
