"""What is not accepted by its sender's own wish: bulk messages to who opted out, and what would wait for a budget."""

from collections.abc import Sequence

from messageapi.contacts.optouts import who_opted_out
from messageapi.contacts.person import PEOPLE, Person
from messageapi.errors import Problem
from messageapi.messages import errors
from messageapi.messages.accepting.draft import Draft
from messageapi.messages.queue.waiting import how_many_wait, strangers
from messageapi.messages.rows import Sender
from messageapi.pacing.admit import Applicant, waits
from messageapi.pacing.limits import paced
from messageapi.store.db import Tx

Sending = tuple[Draft, Sender]


async def refused(tx: Tx, choosy: Sequence[Sending]) -> dict[str, Problem]:
    """By draft. Only for drafts that are bulk or rather refused than late: no others cost a statement."""
    barred = {draft_id: errors.recipient_opted_out() for draft_id in await _opted_out(tx, choosy)}
    hasty = [
        (draft, sender)
        for draft, sender in choosy
        if draft.way.refuses and draft.id not in barred and draft.way.times.send_at is None
    ]
    return barred | await _over_budget(tx, [each for each in hasty if paced(each[1].network, each[1].paced)])


async def _opted_out(tx: Tx, choosy: Sequence[Sending]) -> list[str]:
    people = {
        draft.id: Person(draft.account_id, draft.to.phone, draft.to.lid)
        for draft, _ in choosy
        if draft.way.bulk and draft.to.jid.endswith(PEOPLE)
    }
    if not people:
        return []
    out = await who_opted_out(tx, list(people.values()))
    return [draft_id for draft_id, person in people.items() if person in out]


async def _over_budget(tx: Tx, hasty: Sequence[Sending]) -> dict[str, Problem]:
    if not hasty:
        return {}
    waiting = await how_many_wait(tx, {sender.id for _, sender in hasty})
    new = await strangers(tx, [(sender.id, draft.to) for draft, sender in hasty])
    applicants = [Applicant(sender.id, draft.to.jid, new=place in new) for place, (draft, sender) in enumerate(hasty)]
    late = await waits(tx, applicants, waiting, max(draft.now for draft, _ in hasty))
    return {draft.id: errors.over_budget(wait_ms) for (draft, _), wait_ms in zip(hasty, late, strict=True) if wait_ms}
