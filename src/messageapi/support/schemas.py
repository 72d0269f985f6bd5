"""What crosses the operator's door."""

from typing import Annotated

import msgspec
from msgspec import Meta

from messageapi.support.answer import LONGEST
from messageapi.support.request import Request, State
from messageapi.vocab.clock import iso


class NewAnswer(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True):
    """Sent by mail to whoever asked."""

    text: Annotated[str, Meta(min_length=1, max_length=LONGEST)]


class AnswerView(msgspec.Struct, rename="camel", kw_only=True):
    """An answer as it was sent."""

    text: str
    by: str
    at: str | None


class RequestView(msgspec.Struct, rename="camel", kw_only=True):
    """A question. `answers` and `earlier` are there when it is read alone."""

    id: str
    account: str | None
    state: State
    created_at: str | None
    changed_at: str | None
    name: str
    email: str
    subject: str
    text: str
    answers: list[AnswerView]
    earlier: list[str]


class RequestList(msgspec.Struct, rename="camel", kw_only=True):
    """Newest first. Send `next_cursor` as `cursor` to go on."""

    items: list[RequestView]
    next_cursor: str | None


def view(request: Request) -> RequestView:
    asked = request.question
    return RequestView(
        id=request.id,
        account=request.account_id,
        state=request.state,
        created_at=iso(request.created_at),
        changed_at=iso(request.changed_at),
        name=asked.name,
        email=asked.email,
        subject=asked.subject,
        text=asked.text,
        answers=[AnswerView(text=each.text, by=each.by, at=iso(each.at)) for each in request.answers],
        earlier=list(request.earlier),
    )
