"""Answer a question by mail, or close it without."""

from messageapi.errors import Problem
from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import Recipient, SupportAnswered
from messageapi.store.tx import Tx
from messageapi.support import rows
from messageapi.support.request import Answer, opened_question, sealed_answer
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

LONGEST = 10_000
OPERATOR = "operator"


async def answer(doors: Doors, request_id: str, text: str, *, by: str = OPERATOR) -> None:
    """It is sent once this is committed. A request may be answered again, and when it was closed, too."""
    words = text.strip()
    if not 1 <= len(words) <= LONGEST:
        raise Problem("support_answer_invalid", 422, f"An answer has 1 to {LONGEST} characters. Change its length.")
    now, answer_id = doors.clock(), new_id("ans")
    sealed = sealed_answer(doors, answer_id, Answer(text=words, by=by, at=now))

    async def work(tx: Tx) -> None:
        row = await rows.one(tx, request_id)
        if row is None:
            raise unknown()
        await rows.add_answer(tx, {"id": answer_id, "request_id": request_id, "sealed": sealed, "created_at": now})
        await rows.change(tx, request_id, "answered", now)
        asked = opened_question(doors, request_id, row.sealed)
        to = Recipient(
            email=asked.email, name=asked.name, language=asked.language, reply_to=doors.settings.support_email
        )
        told = SupportAnswered(request_id=request_id, subject=asked.subject, question=asked.text, answer=words)
        await enqueue(tx, doors, to, told)

    await doors.db.writer.run(work)


async def close(doors: Doors, request_id: str) -> None:
    """Nobody is told."""

    async def work(tx: Tx) -> None:
        if not await rows.change(tx, request_id, "closed", doors.clock()):
            raise unknown()

    await doors.db.writer.run(work)


def unknown() -> Problem:
    return Problem(
        "support_request_not_found", 404, "There is no such request. `messageapi support list` shows those there are."
    )
