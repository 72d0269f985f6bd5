"""Take a question: bounded, counted, stored, and told to the operator by mail in the same transaction."""

from messageapi.errors import Problem
from messageapi.mail.compose import one_line
from messageapi.mail.port import is_address
from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import Recipient, SupportReceived
from messageapi.people.throttle import Rule, admit
from messageapi.store.tx import Tx
from messageapi.support import rows
from messageapi.support.request import Question, sealed_question, sender_of
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors
from messageapi.words.catalogue import language_for

NAME = 100
SUBJECT = 150
SHORTEST, LONGEST = 10, 5_000
BY_ADDRESS = Rule("support address", 5, 60)
BY_EMAIL = Rule("support email", 5, 60)
BY_ALL = Rule("support", 100, 60)
"""Whoever uses many addresses fills neither the disk nor the operator's mailbox."""


async def ask(doors: Doors, question: Question, *, seen_from: str, account_id: str | None = None) -> str:
    """The id of the request. `seen_from`: the address of whoever asks, to count by. Nobody is written to but the
    operator: else anybody could have emails sent to strangers.
    """
    checked = _checked(question)
    await admit(doors, (BY_ADDRESS, seen_from), (BY_EMAIL, checked.email.lower()), (BY_ALL, ""))
    now, request_id = doors.clock(), new_id("sup")
    values: dict[str, object] = {
        "id": request_id,
        "account_id": account_id,
        "sealed": sealed_question(doors, request_id, checked),
        "sender": sender_of(doors, checked.email),
        "state": "open",
        "created_at": now,
        "changed_at": now,
    }

    async def work(tx: Tx) -> None:
        await rows.add(tx, values)
        await _tell_operator(tx, doors, request_id, checked)

    await doors.db.writer.run(work)
    return request_id


async def _tell_operator(tx: Tx, doors: Doors, request_id: str, question: Question) -> None:
    if not doors.settings.support_email:
        return
    to = Recipient(email=doors.settings.support_email, reply_to=question.email)
    asked = SupportReceived(
        request_id=request_id,
        name=question.name,
        email=question.email,
        subject=question.subject,
        text=question.text,
    )
    await enqueue(tx, doors, to, asked)


def _checked(question: Question) -> Question:
    name, subject, text = one_line(question.name), one_line(question.subject), _text(question.text)
    if not 1 <= len(name) <= NAME:
        raise _invalid(f"A name has 1 to {NAME} characters.")
    if not is_address(question.email.strip()):
        raise Problem("email_invalid", 422, "This is not an email address. It looks like name@example.com.")
    if not 1 <= len(subject) <= SUBJECT:
        raise _invalid(f"A subject has 1 to {SUBJECT} characters.")
    if not SHORTEST <= len(text) <= LONGEST:
        raise _invalid(f"A question has {SHORTEST} to {LONGEST} characters.")
    language = language_for(question.language)
    return Question(name=name, email=question.email.strip(), subject=subject, text=text, language=language)


def _text(given: str) -> str:
    """Lines end one way, and nothing in it moves a terminal's cursor."""
    lines = given.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(char for char in line if char.isprintable() or char == "\t") for line in lines).strip()


def _invalid(why: str) -> Problem:
    return Problem("support_request_invalid", 422, f"{why} Change it and send again.")
