"""What is tracked works anywhere: no package index, no path of one machine, no third party in a served page."""

import re
from collections.abc import Iterable
from pathlib import Path

INDEX = re.compile(
    rb"(pypi|pythonhosted|registry\.npmjs|yarnpkg|proxy\.golang|crates)\.(org|com|io)|--(extra-)?index-url"
)
MACHINE = re.compile(rb"(?<![\w./-])/(work|root|home/[a-z]|Users|opt/wheels|tmp/(brief|v)/)\b(?!\.\w)")
REMOTE = re.compile(
    rb"""(?:src|href|action|url|@import)\s*[=(:]?\s*["'(]\s*(?:https?:)?//([^/"')\s]+)""", re.IGNORECASE
)
LINKS = {b"www.w3.org", b"github.com", b"www.rfc-editor.org", b"developers.facebook.com", b"spec.openapis.org"}
PAGES = {".html", ".css", ".svg", ".js", ".jinja", ".j2"}
SPEAKS_OF_THEM = {"test_no_addresses.py"}


def matches(pattern: re.Pattern[bytes], paths: Iterable[Path]) -> list[str]:
    return [
        f"{path}: {found[0].decode(errors='replace')}"
        for path in paths
        if path.name not in SPEAKS_OF_THEM and (found := pattern.search(path.read_bytes()))
    ]


def strangers(paths: Iterable[Path]) -> list[str]:
    """Hosts that a served page would load from or link to, other than the allowed documentation links."""
    served = [path for path in paths if path.suffix in PAGES and "vendor" not in path.parts]
    hosts = {(path, host) for path in served for host in REMOTE.findall(path.read_bytes())}
    return sorted(f"{path}: {host.decode()}" for path, host in hosts if host not in LINKS)


def test_no_tracked_file_names_a_package_index(tracked: list[Path]) -> None:
    assert matches(INDEX, tracked) == []


def test_no_tracked_file_names_a_path_of_one_machine(tracked: list[Path]) -> None:
    assert matches(MACHINE, [path for path in tracked if path.suffix != ".lock" and "vendor" not in path.parts]) == []


def test_no_served_page_speaks_to_a_third_party(root: Path, tracked: list[Path]) -> None:
    assert strangers(path for path in tracked if path.is_relative_to(root / "src")) == []


def test_a_planted_address_is_noticed(tmp_path: Path) -> None:
    page, notes = tmp_path / "page.html", tmp_path / "notes.md"
    page.write_text('<script src="https://cdn.example.com/x.js"></script><a href="https://github.com/x">x</a>')
    notes.write_text("see /work/notes and https://pypi.org/simple\n")
    assert strangers([page]) == [f"{page}: cdn.example.com"]
    assert len(matches(INDEX, [notes])) == 1
    assert len(matches(MACHINE, [notes])) == 1
