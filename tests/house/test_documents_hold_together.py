"""Links in the documents lead somewhere, every decision is in the list under its own title, and changes are told in one
file each.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LINK = re.compile(r"\]\((?!https?:|/|mailto:)([^)\s]*)\)")
FILE = re.compile(r"`((?:[\w.]+/)+[\w.]+\.(?:py|txt|md|toml|j2))`")
PLACES = (".", "src/messageapi", "docs")
KINDS = {"added", "changed", "fixed", "removed", "security"}


def headings(text: str) -> set[str]:
    """As the addresses that lead to them."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def leading_nowhere(page: Path) -> Iterator[str]:
    for link in LINK.findall(page.read_text("utf-8")):
        name, _, place = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (place and place not in headings(target.read_text("utf-8"))):
            yield link


def test_every_link_leads_somewhere(tracked: list[Path]) -> None:
    pages = [path for path in tracked if path.suffix == ".md" and "changelog.d" not in path.parts]
    assert len(pages) > 50
    assert [f"{page.name}: {link}" for page in pages for link in leading_nowhere(page)] == []


@pytest.mark.parametrize("link", ["gone.md", "page.md#gone", "#gone"])
def test_a_link_that_leads_nowhere_is_noticed(tmp_path: Path, link: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Here\n\n[x]({link}) [y](#here) [z](page.md#here)\n\n```\n# gone\n```\n")
    assert list(leading_nowhere(page)) == [link]


def test_every_decision_is_listed_under_its_title(root: Path) -> None:
    folder = root / "docs" / "decisions"
    listed = (folder / "README.md").read_text("utf-8")
    paths = sorted(folder.glob("0*.md"))
    assert len(paths) > 20
    for path in paths:
        number, _, title = path.read_text("utf-8").splitlines()[0].removeprefix("# ").partition(". ")
        assert path.name.startswith(f"{int(number):04d}-")
        assert f"| [{int(number):04d}]({path.name}) | {title}" in listed


def test_a_change_is_told_in_a_file_of_its_kind(root: Path) -> None:
    files = [path for path in (root / "changelog.d").glob("*.md") if path.name != "README.md"]
    assert files
    assert [path.name for path in files if path.name.split(".")[-2] not in KINDS or path.name.count(".") != 2] == []


def missing(root: Path, page: Path) -> list[str]:
    """Files that a page names and nobody has."""
    named = FILE.findall(page.read_text("utf-8"))
    return [name for name in named if not any((root / place / name).exists() for place in PLACES)]


def test_files_that_are_named_exist(root: Path, tracked: list[Path]) -> None:
    """A decision names the code that carries it out, so a file that moves takes its decision along."""
    pages = [path for path in tracked if path.suffix == ".md" and "changelog.d" not in path.parts]
    assert sum(len(FILE.findall(page.read_text("utf-8"))) for page in pages) > 15
    assert [f"{page.name}: {name}" for page in pages for name in missing(root, page)] == []


def test_a_file_that_is_gone_is_noticed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("`store/thread.py` and `store/attic.py`")
    assert missing(root, tmp_path / "page.md") == ["store/attic.py"]
