"""results.md says of every figure with a goal whether it is reached, when it was measured, and what is doubtful."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from messageapi.cli.server.greeting import lines
from messageapi.cli.server.serve import Ready

Part = Callable[[str], ModuleType]
Told = Callable[..., str]

CONSOLE = {
    "set_up_s": 39.6,
    "first_start_s": 4.7,
    "first_message_s": 2.6,
    "total_s": 46.9,
    "second_start_s": 2.4,
    "stop_s": 0.3,
}


def drained(**more: object) -> dict[str, Any]:
    run: dict[str, Any] = {
        "at": "2026-11-22 19:22 UTC",
        "commit": "",
        "load": 0.5,
        "numbers": 100,
        "messages": 1_000,
        "faults": [],
        "steady_per_second": 600.0,
        "drain_per_second": 540.0,
        "ratio": 0.9,
        "first_after_listening_s": 0.9,
        "first_after_launch_s": 3.5,
    }
    return run | more


@pytest.fixture
def told(part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """The page that is written from these figures."""
    report, outcome = part("report"), part("outcome")
    monkeypatch.setattr(outcome, "OUT", tmp_path)
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.md")

    def write(**parts: dict[str, Any]) -> str:
        for name, figures in parts.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(figures))
        return str(report.write().read_text("utf-8"))

    return write


def of(page: str, title: str) -> list[str]:
    """Lines of the table of goals that are about this part."""
    return [line for line in page.splitlines() if line.startswith(f"| [{title}]")]


def test_a_goal_that_is_reached_and_one_that_is_missed_are_told_apart(told: Told) -> None:
    reached, missed = of(told(drain=drained(ratio=0.8)), "Drain"), of(told(drain=drained(ratio=0.79)), "Drain")
    assert "| 0.80 | 0.80 | yes | 2026-11-22 19:22 UTC | 0.5 |" in reached[0]
    assert "| 0.80 | 0.79 | **no** |" in missed[0]
    assert len(reached) == len(missed) == 2


def test_a_fault_spoils_the_figure_beside_it(told: Told) -> None:
    assert "**no**" in of(told(drain=drained(faults=["1 missing"])), "Drain")[0]


def test_a_part_that_has_not_run_is_named(told: Told) -> None:
    page = told(drain=drained())
    assert ["not measured" in line for line in of(page, "Accept")] == [True]
    assert "Not measured. `python -m bench accept` does it." in page


def test_a_small_run_reaches_no_goal(told: Told) -> None:
    page = told(drain=drained(messages=40, ratio=3.1))
    assert not [line for line in of(page, "Drain") if "3.1" in line]
    assert "| drained / steady | 3.10 | 0.80 |" in page


def test_figures_that_an_older_version_left_count_as_none(told: Told) -> None:
    run = drained()
    del run["ratio"]
    assert "not measured" in of(told(drain=run), "Drain")[0]


def test_a_figure_is_doubted_where_something_else_ran_or_the_product_has_changed(
    told: Told, part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part("report"), "changes_since", {"abc1234": 7, "": None}.get)
    line = of(told(drain=drained(commit="abc1234", load=1_000.0)), "Drain")[0]
    assert "| 2026-11-22 19:22 UTC, 7 changes since | 1000.0, busy |" in line


def test_changes_are_counted_from_the_oldest_commit_and_unknown_ones_are_not_guessed(
    part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = part("outcome")
    counts = {"aaa..": "3", "bbb..": "5", "..": "0"}
    monkeypatch.setattr(outcome, "_git", lambda *said: counts.get(said[2], ""))
    assert outcome.changes_since("aaa, bbb-dirty") == 5
    assert outcome.changes_since("aaa, gone") is None
    assert outcome.changes_since("") is None


def test_a_slow_newcomer_misses_the_goal(told: Told) -> None:
    head = {"at": "2026-11-23 00:14 UTC", "commit": "", "load": 1.0}
    quick = of(told(newcomer={**head, "console": CONSOLE, "browser_s": [12.0, 16.0, 13.0]}), "A newcomer")
    slow = of(told(newcomer={**head, "console": CONSOLE | {"total_s": 120.1}, "browser_s": []}), "A newcomer")
    assert ["yes" in line for line in quick] == [True] * 4
    assert "| 13.0 s |" in quick[1]
    assert ["**no**" in line for line in slow] == [True, False, False]


def test_the_newcomer_pastes_what_the_greeting_says(part: Part) -> None:
    newcomer = part("newcomer")
    said = lines(Ready("http://127.0.0.1:1", "acc_1", None, "curl 1", None, ["+1", "+2"], None, None))
    assert newcomer.LAST_WORDS in said
    assert newcomer.behind("Send a message:", said) == "curl 1"
    assert newcomer.behind("See it arrive:", said).endswith("phone inbox +2")
