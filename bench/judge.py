"""What a crash run has to show: every promise kept, nothing twice, nothing lost in silence, every chat in order.

Pure: callers' notes, the product's own list of messages and the phones' inboxes in, faults in words out.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.network import Arrival

Outcome = Literal["accepted", "unanswered", "late"]
SENT = frozenset({"sent", "delivered", "read"})
TRUE_ENDS = SENT | {"unconfirmed", "failed"}
BROKEN = 10  # exit code of a run that found a fault
SHOWN = 5  # examples of each kind of fault
Stored = Mapping[str, Any]


@dataclass(frozen=True)
class Attempt:
    """One POST. `text` is unique and is "LABEL SENDER RECIPIENT N", N growing in its chat.

    unanswered: the connection broke, so it may be stored or not. late: no answer in time, so its place is not known.
    """

    text: str
    outcome: Outcome
    message_id: str = ""


@dataclass
class Verdict:
    """`faults`: kind -> examples. None at all is what a good run has."""

    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        return not self.faults

    def told(self) -> dict[str, object]:
        """Each kind of fault with its number and the first examples."""
        kinds = {kind: {"count": len(found), "examples": found[:SHOWN]} for kind, found in self.faults.items()}
        return {"good": self.good, "counts": self.counts, "faults": kinds}


def judge(attempts: Sequence[Attempt], stored: Sequence[Stored], inboxes: Mapping[str, Sequence[Arrival]]) -> Verdict:
    """`stored`: the outbound messages of the API, each with its text in `metadata.text`."""
    verdict = Verdict()
    times = Counter(arrival.text for inbox in inboxes.values() for arrival in inbox)
    rows = {row["metadata"]["text"]: row for row in stored}
    _promises(verdict, attempts, {row["id"]: row["metadata"]["text"] for row in stored})
    _rows(verdict, stored)
    for row in stored:
        _truth(verdict, row, times[row["metadata"]["text"]])
    _phones(verdict, times, rows, inboxes)
    _order(verdict, inboxes, {attempt.text for attempt in attempts if attempt.outcome == "late"})
    verdict.counts = _counts(attempts, stored, times)
    return verdict


def _promises(verdict: Verdict, attempts: Sequence[Attempt], text_of: Mapping[str, str]) -> None:
    for attempt in attempts:
        if attempt.outcome == "accepted" and text_of.get(attempt.message_id) != attempt.text:
            verdict.faults["answered 202 and lost"].append(attempt.text)


def _rows(verdict: Verdict, stored: Sequence[Stored]) -> None:
    for text, count in Counter(row["metadata"]["text"] for row in stored).items():
        if count > 1:
            verdict.faults["stored twice"].append(text)


def _truth(verdict: Verdict, row: Stored, arrived: int) -> None:
    status, text = row["status"], row["metadata"]["text"]
    if status not in TRUE_ENDS:
        verdict.faults[f"left in {status}"].append(text)
    if status in SENT and not arrived:
        verdict.faults[f"{status}, but not at the phone"].append(text)
    if status == "failed" and arrived:
        verdict.faults["failed, but at the phone"].append(text)
    if status in {"failed", "unconfirmed"} and not (row.get("error") or {}).get("code"):
        verdict.faults[f"{status} without a reason"].append(text)


def _phones(
    verdict: Verdict, times: Counter[str], rows: Mapping[str, Stored], inboxes: Mapping[str, Sequence[Arrival]]
) -> None:
    for text in (text for text, count in times.items() if count > 1):
        verdict.faults["at the phone twice"].append(text)
    for phone, inbox in inboxes.items():
        for arrival in inbox:
            _, sender, recipient, _ = arrival.text.split(" ")
            row = rows.get(arrival.text)
            if row is None:
                verdict.faults["at the phone, but not stored"].append(arrival.text)
            elif row.get("waMessageId") not in {None, arrival.wa_id}:
                verdict.faults["stored with another WhatsApp id"].append(arrival.text)
            if (sender, recipient) != (arrival.sender, phone):
                verdict.faults["at the wrong phone"].append(arrival.text)


def _order(verdict: Verdict, inboxes: Mapping[str, Sequence[Arrival]], anywhere: set[str]) -> None:
    for inbox in inboxes.values():
        last: dict[str, int] = {}
        for arrival in inbox:
            if arrival.text in anywhere:
                continue
            n = int(arrival.text.rpartition(" ")[2])
            if n < last.get(arrival.sender, -1):
                verdict.faults["overtaken in its chat"].append(arrival.text)
            last[arrival.sender] = max(n, last.get(arrival.sender, -1))


def _counts(attempts: Sequence[Attempt], stored: Sequence[Stored], times: Counter[str]) -> dict[str, int]:
    outcomes = Counter(attempt.outcome for attempt in attempts)
    known = {row["metadata"]["text"] for row in stored}
    unconfirmed = [row["metadata"]["text"] for row in stored if row["status"] == "unconfirmed"]
    return {
        "posts": len(attempts),
        **{f"posts_{outcome}": count for outcome, count in sorted(outcomes.items())},
        "unanswered_but_stored": sum(one.text in known for one in attempts if one.outcome == "unanswered"),
        "stored": len(stored),
        **{f"status_{status}": count for status, count in sorted(Counter(row["status"] for row in stored).items())},
        "unconfirmed_but_arrived": sum(times[text] > 0 for text in unconfirmed),
        "repeated_attempts": sum(row.get("attempts", 1) > 1 for row in stored),
        "at_phones": sum(times.values()),
    }
