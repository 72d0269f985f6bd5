"""A question and what it was answered, as the operator sees them."""

from typing import Literal, get_args

import msgspec

from messageapi.web.doors import Doors

State = Literal["open", "answered", "closed"]
STATES: tuple[State, ...] = get_args(State)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wrote into the form."""

    name: str
    email: str
    subject: str
    text: str
    language: str = "en"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """`by`: a name the asker may see."""

    text: str
    by: str
    at: int


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`account_id`: of whoever was signed in."""

    id: str
    account_id: str | None
    state: State
    created_at: int
    changed_at: int
    question: Question
    answers: tuple[Answer, ...] = ()
    earlier: tuple[str, ...] = ()
    """Ids of other questions from the same address, the newest first."""


def sealed_question(doors: Doors, request_id: str, question: Question) -> bytes:
    return doors.vault.own.seal(msgspec.json.encode(question), request_id)


def opened_question(doors: Doors, request_id: str, sealed: bytes) -> Question:
    return msgspec.json.decode(doors.vault.own.open(sealed, request_id), type=Question)


def sealed_answer(doors: Doors, answer_id: str, answer: Answer) -> bytes:
    return doors.vault.own.seal(msgspec.json.encode(answer), answer_id)


def opened_answer(doors: Doors, answer_id: str, sealed: bytes) -> Answer:
    return msgspec.json.decode(doors.vault.own.open(sealed, answer_id), type=Answer)


def sender_of(doors: Doors, email: str) -> bytes:
    """By which questions from one address are found, without the address."""
    return doors.vault.own.mac(email.strip().lower().encode(), "support sender")
