"""A question: taken, told to the operator, answered by mail, forgotten; and never a way to flood or to deceive."""

import dataclasses
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from messageapi.accounts.create import create_account
from messageapi.errors import Problem
from messageapi.mail.port import Email
from messageapi.notices.send import send_due
from messageapi.store.tables import support_answers, support_requests
from messageapi.support import inbox
from messageapi.support.answer import answer, close
from messageapi.support.ask import BY_ADDRESS, BY_ALL, BY_EMAIL, ask
from messageapi.support.expire import KEPT_MS, expire
from messageapi.support.request import Question
from messageapi.web.doors import Doors

MAYA = Question(name="Maya", email="Maya@example.com", subject="Linking", text="How do I link\na number?")


def by(**changed: Any) -> Question:
    return msgspec.structs.replace(MAYA, **changed)


async def emails(doors: Doors) -> list[Email]:
    while await send_due(doors):
        pass
    return await doors.mail.newest(50) or []


async def refusal(doors: Doors, question: Question, seen_from: str = "192.0.2.1") -> Problem:
    with pytest.raises(Problem) as caught:
        await ask(doors, question, seen_from=seen_from)
    return caught.value


async def test_the_operator_is_told_and_nobody_else(doors: Doors) -> None:
    request_id = await ask(doors, MAYA, seen_from="192.0.2.1")
    (told,) = await emails(doors)
    assert (told.to, told.reply_to) == ("help@example.com", "Maya@example.com")
    assert "> How do I link\n> a number?" in told.text
    assert request_id in told.text


async def test_without_an_operators_address_it_is_stored_all_the_same(doors: Doors) -> None:
    settings = msgspec.structs.replace(doors.settings, support_email="")
    doors = dataclasses.replace(doors, settings=settings)
    request_id = await ask(doors, MAYA, seen_from="192.0.2.1")
    assert await emails(doors) == []
    assert (await inbox.one(doors, request_id)).question == MAYA


async def test_an_answer_goes_to_whoever_asked(doors: Doors) -> None:
    request_id = await ask(doors, MAYA, seen_from="192.0.2.1")
    await answer(doors, request_id, "  Scan the QR code.\n\nThen wait.  ")
    told = (await emails(doors))[0]
    assert (told.to, told.name, told.reply_to) == ("Maya@example.com", "Maya", "help@example.com")
    assert told.subject == "Re: Linking"
    assert "Scan the QR code.\n\nThen wait." in told.text
    assert "> How do I link" in told.text
    found = await inbox.one(doors, request_id)
    assert (found.state, [each.text for each in found.answers]) == ("answered", ["Scan the QR code.\n\nThen wait."])


async def test_it_may_be_answered_again_and_closed(doors: Doors, clock: Any) -> None:
    request_id = await ask(doors, MAYA, seen_from="192.0.2.1")
    await answer(doors, request_id, "First")
    clock.forward(1_000)
    await close(doors, request_id)
    assert (await inbox.one(doors, request_id)).state == "closed"
    await answer(doors, request_id, "Second")
    found = await inbox.one(doors, request_id)
    assert (found.state, [each.text for each in found.answers]) == ("answered", ["First", "Second"])


async def test_what_does_not_exist_is_not_found(doors: Doors) -> None:
    for work in (answer(doors, "sup_x", "Hi"), close(doors, "sup_x"), inbox.one(doors, "sup_x")):
        with pytest.raises(Problem) as caught:
            await work
        assert caught.value.code == "support_request_not_found"
    assert await emails(doors) == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": ""}, "support_request_invalid"),
        ({"name": "x" * 101}, "support_request_invalid"),
        ({"subject": " \n "}, "support_request_invalid"),
        ({"subject": "x" * 151}, "support_request_invalid"),
        ({"text": "too short"}, "support_request_invalid"),
        ({"text": "x" * 5_001}, "support_request_invalid"),
        ({"email": "nobody"}, "email_invalid"),
        ({"email": "a@b.example\r\nBcc: c@d.example"}, "email_invalid"),
    ],
)
async def test_what_is_out_of_bounds_is_refused(doors: Doors, changed: dict[str, str], code: str) -> None:
    assert (await refusal(doors, by(**changed))).code == code
    assert await inbox.newest(doors) == []


@pytest.mark.parametrize("text", ["", " \n ", "x" * 10_001])
async def test_an_answer_has_bounds_too(doors: Doors, text: str) -> None:
    request_id = await ask(doors, MAYA, seen_from="192.0.2.1")
    with pytest.raises(Problem, match="An answer has"):
        await answer(doors, request_id, text)


async def test_a_subject_puts_nothing_into_a_header_and_a_text_moves_no_cursor(doors: Doors) -> None:
    evil = by(subject="Hi\r\nBcc: evil@example.org", text="\x1b[2J\x1b]0;owned\x07 and a question\r\nsecond line")
    request_id = await ask(doors, evil, seen_from="192.0.2.1")
    found = (await inbox.one(doors, request_id)).question
    assert found.subject == "Hi Bcc: evil@example.org"
    assert found.text == "[2J]0;owned and a question\nsecond line"
    assert (await emails(doors))[0].to == "help@example.com"


async def test_one_address_asks_only_so_often(doors: Doors, clock: Any) -> None:
    for place in range(BY_ADDRESS.most):
        await ask(doors, by(email=f"m{place}@example.com"), seen_from="192.0.2.1")
    problem = await refusal(doors, by(email="another@example.com"))
    assert (problem.code, problem.status) == ("too_many_tries", 429)
    await ask(doors, by(email="another@example.com"), seen_from="192.0.2.2")
    clock.forward(BY_ADDRESS.minutes * 60_000 + 1)
    await ask(doors, by(email="another@example.com"), seen_from="192.0.2.1")


async def test_one_email_asks_only_so_often_from_wherever(doors: Doors) -> None:
    for place in range(BY_EMAIL.most):
        await ask(doors, MAYA, seen_from=f"192.0.2.{place}")
    assert (await refusal(doors, by(email="maya@EXAMPLE.com"), "192.0.2.99")).code == "too_many_tries"


async def test_all_together_ask_only_so_often(doors: Doors) -> None:
    for place in range(BY_ALL.most):
        await ask(doors, by(email=f"m{place}@example.com"), seen_from=f"198.51.100.{place}")
    assert (await refusal(doors, by(email="new@example.com"), "203.0.113.1")).code == "too_many_tries"


async def test_the_list_is_newest_first_by_state_and_page(doors: Doors, clock: Any) -> None:
    made = []
    for place in range(4):
        clock.forward(1_000)
        made.append(await ask(doors, by(email=f"m{place}@example.com"), seen_from=f"192.0.2.{place}"))
    await close(doors, made[1])
    assert {one.id for one in await inbox.newest(doors)} == set(made)
    assert [one.id for one in await inbox.newest(doors, state="closed")] == [made[1]]
    everything = [one.id for one in await inbox.newest(doors)]
    first = [one.id for one in await inbox.newest(doors, most=3)]
    rest = [one.id for one in await inbox.newest(doors, before=first[-1], most=3)]
    assert first + rest == everything == sorted(made, reverse=True)


async def test_earlier_questions_of_one_address_are_found_and_those_of_others_are_not(doors: Doors, clock: Any) -> None:
    first = await ask(doors, MAYA, seen_from="192.0.2.1")
    await ask(doors, by(email="other@example.com"), seen_from="192.0.2.1")
    clock.forward(1_000)
    second = await ask(doors, by(email="maya@example.com"), seen_from="192.0.2.1")
    assert (await inbox.one(doors, second)).earlier == (first,)


async def test_address_and_words_are_sealed(doors: Doors) -> None:
    request_id = await ask(doors, MAYA, seen_from="192.0.2.1")
    await answer(doors, request_id, "Scan the QR code.")
    async with doors.db.reading() as tx:
        kept = [*await tx.rows(select(support_requests)), *await tx.rows(select(support_answers))]
    said = repr(kept)
    assert "example.com" not in said
    assert "link" not in said
    assert "Scan" not in said


async def test_a_question_goes_with_the_account_and_with_time(doors: Doors, clock: Any) -> None:
    account_id = await create_account(doors, name="Alice", email="alice@example.com")
    await ask(doors, MAYA, seen_from="192.0.2.1", account_id=account_id)
    old = await ask(doors, MAYA, seen_from="192.0.2.1")
    await answer(doors, old, "Hi")
    assert [one.account_id for one in await inbox.newest(doors) if one.id != old] == [account_id]
    clock.forward(KEPT_MS)
    assert await doors.db.writer.run(lambda tx: expire(tx, clock())) == 0
    clock.forward(1)
    assert await doors.db.writer.run(lambda tx: expire(tx, clock())) == 2
    async with doors.db.reading() as tx:
        assert await tx.scalar(select(func.count()).select_from(support_answers)) == 0
