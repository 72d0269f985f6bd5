"""Accepting: number, message, sealed body and event of everyone who sends now, in one transaction."""

from collections.abc import Sequence

import msgspec

from messageapi.errors import Problem
from messageapi.idempotency.once import Claim, claim, outcome
from messageapi.media.hold import hold
from messageapi.messages import announce, errors, rows
from messageapi.messages.accepting.draft import PRIORITY, Accepted, Draft
from messageapi.messages.accepting.refuse import Sending, refused
from messageapi.messages.rows import Sender
from messageapi.messages.schemas import send_answer
from messageapi.numbers.states import WAITS
from messageapi.store.db import Tx
from messageapi.web.replay import Kept

Name = tuple[str, str]
"""Account, and an id or phone of one of its numbers; empty names the default."""

Chosen = tuple[Draft, Accepted]


async def accept(tx: Tx, drafts: Sequence[Draft]) -> list[Accepted | Exception]:
    """A batch for Writer.join. A draft that cannot be accepted gets its Problem, one that was before its Replay; the
    others are not touched by it.
    """
    answers = await judged(tx, drafts)
    chosen = [(draft, each) for draft, each in zip(drafts, answers, strict=True) if isinstance(each, Accepted)]
    if any(draft.once for draft in drafts):
        late = await _claimed(tx, chosen)
        answers = [late.get(draft.id, answer) for draft, answer in zip(drafts, answers, strict=True)]
        chosen = [(draft, each) for draft, each in chosen if draft.id not in late]
    await store(tx, chosen)
    return answers


async def judged(tx: Tx, drafts: Sequence[Draft]) -> list[Accepted | Exception]:
    """Which number sends each of these, as the answer will say it; nothing is stored yet."""
    known = _by_name(await rows.senders(tx, {draft.account_id for draft in drafts}))
    answers: list[Accepted | Exception] = []
    choosy: list[Sending] = []
    for draft in drafts:
        chosen = _sender(draft, known)
        if isinstance(chosen, Problem):
            answers.append(chosen)
            continue
        if draft.way.bulk or draft.way.refuses:
            choosy.append((draft, chosen))
        status = "scheduled" if draft.way.times.send_at is not None else "accepted"
        answers.append(Accepted(draft.id, status, chosen.id, draft.to.jid, draft.now))
    if not choosy:
        return answers
    barred = await refused(tx, choosy)
    return [barred.get(draft.id, answer) for draft, answer in zip(drafts, answers, strict=True)]


async def store(tx: Tx, chosen: Sequence[Chosen]) -> None:
    """Messages, bodies and events, and the files they need are held."""
    messages = [_row(draft, accepted) for draft, accepted in chosen]
    events = [
        announce.accepted(draft.sealer, row, draft.now, draft.hours)
        for (draft, _), row in zip(chosen, messages, strict=True)
    ]
    await rows.accept(tx, messages, [_body(draft) for draft, _ in chosen], events)
    for draft, _ in chosen:
        if draft.media:
            await hold(tx, draft.caller, draft.id, draft.media)


def answer_of(accepted: Accepted) -> Kept:
    """The answer to a single message, as it goes out."""
    return Kept(202, "application/json", msgspec.json.encode(send_answer(accepted)))


async def _claimed(tx: Tx, chosen: Sequence[Chosen]) -> dict[str, Exception]:
    """What those are told, by draft, whose key was taken while they came here."""
    keyed = [
        (draft, Claim(draft.once, None if draft.answer_until else answer_of(each), draft.id, draft.answer_until))
        for draft, each in chosen
        if draft.once
    ]
    now = max((draft.now for draft, _ in keyed), default=0)
    late = await claim(tx, [each for _, each in keyed], now)
    return {keyed[index][0].id: outcome(keyed[index][1].once, found) for index, found in late.items()}


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
    only = draft.way.number_id
    found = known.get((draft.account_id, draft.sender or only or draft.caller.only_number))
    if found is None or not draft.caller.reaches(found.id):
        return errors.number_unknown() if draft.sender or only else errors.no_number()
    if only and found.id != only:
        return errors.target_of_other_number()
    return found if found.state in WAITS else errors.number_not_linked(found.state, found.reason)


def _row(draft: Draft, accepted: Accepted) -> rows.Values:
    way = draft.way
    return {
        "id": draft.id,
        "account_id": draft.account_id,
        "number_id": accepted.number_id,
        "direction": "outbound",
        "type": draft.type,
        "chat": draft.to.jid,
        "peer_phone": draft.to.phone,
        "peer_lid": draft.to.lid,
        "status": accepted.status,
        "attempt": 0,
        "custom": draft.custom,
        "late": False,
        "accepted_at": draft.now,
        "priority": PRIORITY[way.priority],
        "send_at": way.times.send_at,
        "expires_at": way.times.expires_at,
        "on_unconfirmed": way.on_unconfirmed,
        "target_id": way.target_id,
        "bulk": way.bulk,
    }


def _body(draft: Draft) -> rows.Values:
    return {"message_id": draft.id, "account_id": draft.account_id, "sealed": draft.body, "expires_at": None}
