"""What people asked, for the operator."""

import msgspec

from messageapi.store.tx import AnyRow, Tx
from messageapi.support import rows
from messageapi.support.answer import unknown
from messageapi.support.request import Request, State, opened_answer, opened_question
from messageapi.web.doors import Doors

EARLIER = 10


async def newest(
    doors: Doors, *, state: State | None = None, before: str | None = None, most: int = 50
) -> list[Request]:
    """Newest first, without answers. `before`: the id of the last one seen."""
    found = await doors.db.read(lambda tx: rows.newest(tx, state, before, most))
    return [_request(doors, row) for row in found]


async def one(doors: Doors, request_id: str) -> Request:
    """With its answers. Raise Problem support_request_not_found."""

    async def work(tx: Tx) -> tuple[AnyRow, list[AnyRow], list[str]]:
        row = await rows.one(tx, request_id)
        if row is None:
            raise unknown()
        answers = await rows.answers_of(tx, request_id)
        return row, answers, await rows.of_sender(tx, row.sender, request_id, EARLIER)

    row, answers, earlier = await doors.db.read(work)
    told = tuple(opened_answer(doors, each.id, each.sealed) for each in answers)
    return msgspec.structs.replace(_request(doors, row), answers=told, earlier=tuple(earlier))


def _request(doors: Doors, row: AnyRow) -> Request:
    return Request(
        id=row.id,
        account_id=row.account_id,
        state=row.state,
        created_at=row.created_at,
        changed_at=row.changed_at,
        question=opened_question(doors, row.id, row.sealed),
    )
