"""The house itself: pins that fit, links that lead somewhere, files that can be read in one sitting."""

import re
import subprocess
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "spec").rglob("*.md"), *(ROOT / "bench").rglob("*.md")]
SOURCES = [*(ROOT / "src").rglob("*.py"), *(ROOT / "rust" / "src").rglob("*.rs")]
MAX_LINES = 400


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_every_dependency_is_pinned_at_a_version_it_allows() -> None:
    asked = chain(PROJECT["project"]["dependencies"], PROJECT["dependency-groups"]["dev"], PROJECT["build-system"]["requires"])
    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)]), requirement


def test_a_pin_is_a_name_and_a_version_and_nothing_else() -> None:
    for name, version in pins().items():
        assert canonicalize_name(name) == name
        assert re.fullmatch(r"[0-9][0-9a-z.+]*", version), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.relative_to(ROOT)))
def test_pages_that_the_code_points_at_exist(source: Path) -> None:
    for page in re.findall(r"\b(?:docs|spec|bench|tests)/[\w/.-]+\.(?:md|py|json)\b", source.read_text(encoding="utf-8")):
        assert (ROOT / page).exists(), page


def test_decisions_are_listed_and_shaped_alike() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    for page in folder.glob("0*.md"):
        assert f"({page.name})" in index, page.name
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]} "), page.name
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text, (page.name, part)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.relative_to(ROOT)))
def test_a_file_can_be_read_in_one_sitting(source: Path) -> None:
    assert len(source.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def test_nothing_that_git_keeps_is_a_link() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no clone")
    listed = subprocess.run(["git", "ls-files", "--stage"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert [line for line in listed.splitlines() if line.startswith("120000")] == [], "it would lead somewhere else elsewhere"


def test_every_planned_or_present_part_is_in_the_picture() -> None:
    picture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    layers = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    for part in re.findall(r"\w+", " ".join(layers)):
        assert f"`{part}`" in picture, part


def test_one_word_has_one_row_in_the_glossary() -> None:
    rows = re.findall(r"^\| (.+?) \|", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), re.MULTILINE)
    words = [word for row in rows if row != "Say" for word in row.split(", ")]
    assert sorted(word for word in set(words) if words.count(word) > 1) == []
