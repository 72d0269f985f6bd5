"""Links in the documents lead somewhere, every decision is in the list under its own title, and changes are told in one
file each.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LINK = re.compile(r"\]\((?!https?:|/|mailto:)([^)\s]*)\)")
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
    for path in sorted(folder.glob("0*.md")):
        number, _, title = path.read_text("utf-8").splitlines()[0].removeprefix("# ").partition(". ")
        assert path.name.startswith(f"{int(number):04d}-")
        assert f"| [{int(number):04d}]({path.name}) | {title}" in listed


def test_a_change_is_told_in_a_file_of_its_kind(root: Path) -> None:
    files = [path for path in (root / "changelog.d").glob("*.md") if path.name != "README.md"]
    assert files
    assert [path.name for path in files if path.name.split(".")[-2] not in KINDS or path.name.count(".") != 2] == []
