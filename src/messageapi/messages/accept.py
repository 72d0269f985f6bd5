"""Accepting: number, message, sealed body and event of everyone who sends now, in one transaction."""

from collections.abc import Sequence

import msgspec

from messageapi.errors import Problem
from messageapi.messages import announce, errors, rows
from messageapi.messages.rows import Sender
from messageapi.numbers.states import WAITS
from messageapi.store.db import Tx
from messageapi.store.vault import Sealer
from messageapi.vocab.phone import Recipient

Name = tuple[str, str]
"""Account, and an id or phone of one of its numbers; empty names the default."""


class Draft(msgspec.Struct, frozen=True):
    """A checked message, its body sealed. `sender` is an id, an E.164 phone, or empty for the default number."""

    id: str
    account_id: str
    sender: str
    to: Recipient
    custom: str | None
    body: bytes
    sealer: Sealer
    now: int
    hours: int


class Accepted(msgspec.Struct, frozen=True):
    """A message that is on the disk and will be sent."""

    id: str
    status: str
    number_id: str
    to: str
    accepted_at: int


async def accept(tx: Tx, drafts: Sequence[Draft]) -> list[Accepted | Exception]:
    """A batch for Writer.join. A draft whose number cannot send gets its Problem; the others are not touched by it."""
    known = _by_name(await rows.senders(tx, {draft.account_id for draft in drafts}))
    answers: list[Accepted | Exception] = []
    accepted: list[tuple[Draft, rows.Values]] = []
    for draft in drafts:
        chosen = _sender(draft, known)
        if isinstance(chosen, Problem):
            answers.append(chosen)
            continue
        accepted.append((draft, _row(draft, chosen.id)))
        answers.append(Accepted(draft.id, "accepted", chosen.id, draft.to.jid, draft.now))
    await rows.accept(
        tx,
        [message for _, message in accepted],
        [_body(draft) for draft, _ in accepted],
        [announce.accepted(draft.sealer, message, draft.now, draft.hours) for draft, message in accepted],
    )
    return answers


def _by_name(senders: Sequence[Sender]) -> dict[Name, Sender]:
    """Under a phone that was linked more than once stands the number that can send."""
    named: dict[Name, Sender] = {}
    for sender in sorted(senders, key=lambda each: each.state in WAITS):
        named[sender.account_id, sender.id] = sender
        if sender.phone:
            named[sender.account_id, sender.phone] = sender
        if sender.is_default:
            named[sender.account_id, ""] = sender
    return named


def _sender(draft: Draft, known: dict[Name, Sender]) -> Sender | Problem:
    found = known.get((draft.account_id, draft.sender))
    if found is None:
        return errors.number_unknown() if draft.sender else errors.no_number()
    return found if found.state in WAITS else errors.number_not_linked(found.state, found.reason)


def _row(draft: Draft, number_id: str) -> rows.Values:
    return {
        "id": draft.id,
        "account_id": draft.account_id,
        "number_id": number_id,
        "direction": "outbound",
        "type": "text",
        "chat": draft.to.jid,
        "peer_phone": draft.to.phone,
        "peer_lid": draft.to.lid,
        "status": "accepted",
        "attempt": 0,
        "custom": draft.custom,
        "late": False,
        "accepted_at": draft.now,
    }


def _body(draft: Draft) -> rows.Values:
    return {"message_id": draft.id, "account_id": draft.account_id, "sealed": draft.body, "expires_at": None}
