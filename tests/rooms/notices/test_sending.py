"""From the queue to the mail door: once, again after a failure, never for ever; and nothing of it is kept."""

import asyncio
import dataclasses
from typing import Any

import pytest
from jinja2 import UndefinedError
from sqlalchemy import select

from messageapi.mail.memory import MemoryMail
from messageapi.mail.port import Email, MailError
from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import Recipient, ResetPassword, VerifyEmail
from messageapi.notices.overview import overview
from messageapi.notices.send import HOLD_MS, KEPT_MS, expire, send_due
from messageapi.store.tables import notices
from messageapi.store.vault import Vault
from messageapi.web.doors import Doors
from messageapi.workers.mailroom import Mailroom

MAYA = Recipient(email="maya@example.com", name="Maya")
FACTS = VerifyEmail(path="/verify?token=abc", hours=24)
HOUR_MS = 3_600_000


class Post(MemoryMail):
    """Fails as it is told to, and says when an email is there."""

    def __init__(self, *problems: MailError) -> None:
        super().__init__()
        self._problems = list(problems)
        self.arrived = asyncio.Event()
        self.tried = 0

    async def send(self, email: Email) -> None:
        self.tried += 1
        if self._problems:
            raise self._problems.pop(0)
        await super().send(email)
        self.arrived.set()


class Lost(Post):
    """Never answers: the process ends before the server does."""

    async def send(self, _: Email) -> None:
        self.arrived.set()
        await asyncio.Event().wait()


class Slow(Post):
    """Is refused for good, but only when it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = asyncio.Event()

    async def send(self, _: Email) -> None:
        self.arrived.set()
        await self.goes_on.wait()
        raise MailError("refused", "no such mailbox", permanent=True)


def later(code: Any = "deferred") -> MailError:
    return MailError(code, "come back", permanent=False)


async def put(doors: Doors, facts: Any = FACTS) -> None:
    await doors.db.writer.run(lambda tx: enqueue(tx, doors, MAYA, facts))


async def the_row(doors: Doors) -> Any:
    async with doors.db.reading() as tx:
        return await tx.row(select(notices))


async def emails(doors: Doors) -> list[Email]:
    return await doors.mail.newest(50) or []


async def test_a_letter_goes_out_and_nothing_of_it_is_kept(doors: Doors) -> None:
    await put(doors)
    await send_due(doors)
    [email] = await emails(doors)
    assert (email.to, email.subject) == ("maya@example.com", "Confirm your email address")
    assert "https://example.com/verify?token=abc" in email.text
    row = await the_row(doors)
    assert (row.state, row.sealed, row.error) == ("sent", None, None)
    assert await send_due(doors) == 0


async def test_a_failure_that_may_pass_is_tried_again(doors: Doors, clock: Any) -> None:
    post = Post(later(), later("unreachable"))
    doors = dataclasses.replace(doors, mail=post)
    await put(doors)
    await send_due(doors)
    assert await send_due(doors) == 0, "not at once"
    row = await the_row(doors)
    assert (row.state, row.error, row.attempts) == ("waiting", "deferred", 1)
    clock.forward(40_000)
    await send_due(doors)
    clock.forward(140_000)
    await send_due(doors)
    assert post.tried == 3
    assert (await the_row(doors)).state == "sent"


async def test_a_failure_that_stays_ends_it(doors: Doors) -> None:
    doors = dataclasses.replace(doors, mail=Post(MailError("refused", "no such mailbox", permanent=True)))
    await put(doors)
    await send_due(doors)
    row = await the_row(doors)
    assert (row.state, row.error, row.sealed) == ("failed", "refused", None)


async def test_a_letter_is_not_tried_for_ever(doors: Doors, clock: Any) -> None:
    post = Post(*(later() for _ in range(1_000)))
    doors = dataclasses.replace(doors, mail=post)
    await put(doors, ResetPassword(path="/reset?token=x", minutes=30))
    for _ in range(1_000):
        await send_due(doors)
        clock.forward(60_000)
    row = await the_row(doors)
    assert (row.state, row.error, row.sealed) == ("failed", "deferred", None)
    assert 3 <= post.tried <= 6


async def test_a_link_that_leads_nowhere_any_more_is_not_sent(doors: Doors, clock: Any) -> None:
    await put(doors, ResetPassword(path="/reset?token=x", minutes=30))
    clock.forward(31 * 60_000)
    await send_due(doors)
    assert await emails(doors) == []
    assert (await the_row(doors)).state == "failed"


async def test_two_workers_send_it_once(doors: Doors) -> None:
    await put(doors)
    await asyncio.gather(*(send_due(doors) for _ in range(5)))
    assert len(await emails(doors)) == 1


async def test_what_a_killed_worker_had_in_hand_is_sent_by_another(doors: Doors, clock: Any) -> None:
    lost = Lost()
    await put(doors)
    dying = asyncio.create_task(send_due(dataclasses.replace(doors, mail=lost)))
    await lost.arrived.wait()
    dying.cancel()
    assert await send_due(doors) == 0, "it may still be sending"
    clock.forward(HOLD_MS + 1)
    await send_due(doors)
    assert len(await emails(doors)) == 1


async def test_who_comes_late_changes_nothing(doors: Doors, clock: Any) -> None:
    """The first was slow rather than dead, and fails for good after the second has taken it."""
    slow = Slow()
    await put(doors)
    sending = asyncio.create_task(send_due(dataclasses.replace(doors, mail=slow)))
    await slow.arrived.wait()
    clock.forward(HOLD_MS + 1)
    again = Post(later())
    await send_due(dataclasses.replace(doors, mail=again))
    slow.goes_on.set()
    await sending
    row = await the_row(doors)
    assert (row.state, row.error, row.attempts) == ("waiting", "deferred", 2)
    clock.forward(HOLD_MS + 1)
    await send_due(dataclasses.replace(doors, mail=again))
    assert (await the_row(doors)).state == "sent"


async def test_another_master_key_ends_it_instead_of_the_loop(doors: Doors, tmp_path: Any) -> None:
    await put(doors)
    other = dataclasses.replace(doors, vault=Vault.open(tmp_path / "other" / "master.key"))
    await send_due(other)
    assert (await the_row(doors)).error == "seal_broken"


async def test_a_path_that_leads_elsewhere_is_never_sent(doors: Doors) -> None:
    await put(doors, VerifyEmail(path="@evil.example/verify", hours=1))
    await send_due(doors)
    assert await emails(doors) == []
    assert (await the_row(doors)).error == "unwritable"


async def test_one_that_cannot_be_written_ends_and_holds_up_no_other(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Email:
        raise UndefinedError("a template names what there is not")

    with monkeypatch.context() as patch:
        patch.setattr("messageapi.notices.send.rendered", broken)
        await put(doors)
        assert await send_due(doors) == 1
    row = await the_row(doors)
    assert (row.state, row.error, row.sealed) == ("failed", "unwritable", None)


async def test_old_ones_are_forgotten_and_waiting_ones_are_not(doors: Doors, clock: Any) -> None:
    await put(doors)
    await send_due(doors)
    clock.forward(KEPT_MS)
    await put(doors)
    assert await doors.db.writer.run(lambda tx: expire(tx, clock())) == 0
    clock.forward(1)
    assert await doors.db.writer.run(lambda tx: expire(tx, clock())) == 1
    assert (await the_row(doors)).state == "waiting"


async def test_the_operator_sees_how_the_queue_is_doing(doors: Doors, clock: Any) -> None:
    post = Post(later("login_refused"), MailError("refused", "no such mailbox", permanent=True))
    doors = dataclasses.replace(doors, mail=post)
    began = clock()
    for _ in range(3):
        await put(doors)
        await send_due(doors)
    seen = await overview(doors)
    assert (seen.waiting, seen.oldest_at, seen.failing) == (1, began, {"login_refused": 1})
    assert (seen.sent, seen.failed, seen.given_up) == (1, 1, {"refused": 1})
    clock.forward(25 * HOUR_MS)
    seen = await overview(doors)
    assert (seen.waiting, seen.sent, seen.failed) == (1, 0, 0)


async def test_the_mailroom_is_woken_by_the_commit(doors: Doors) -> None:
    post = Post()
    doors = dataclasses.replace(doors, mail=post)
    room = Mailroom(doors)
    await room.start()
    try:
        await put(doors)
        async with asyncio.timeout(5):  # it looks by itself only every 15 s
            await post.arrived.wait()
    finally:
        await room.stop()


@pytest.mark.parametrize("problem", [later(), MailError("refused", "no", permanent=True)])
async def test_no_log_line_names_an_address_or_a_token(
    doors: Doors, problem: MailError, capsys: pytest.CaptureFixture[str]
) -> None:
    doors = dataclasses.replace(doors, mail=Post(problem))
    await put(doors)
    await send_due(doors)
    said = "".join(capsys.readouterr())
    assert "verify_email" in said
    assert "maya" not in said
    assert "abc" not in said
