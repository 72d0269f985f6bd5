"""Virtual phones: whose they are, and what their screens show of what happened."""

from typing import Any

import pytest

from messageapi.errors import Problem
from messageapi.numbers import find
from messageapi.numbers.create import create
from messageapi.panel.chats import screen
from messageapi.panel.virtual_phones import lent, owners, people
from messageapi.sandbox.client import InboxMessage, InboxPage, NoticePage, PhoneView, SentPage, SentShown
from messageapi.sandbox.shown import NoticeShown, TargetShown
from messageapi.vocab.phone import e164

SHOP, MAYA = "+4915112345678", "+883510027389863"


class Control:
    """A sandbox with one phone, to which all of this happened."""

    def __init__(self) -> None:
        self.received: list[InboxMessage] = []
        self.sent: list[SentShown] = []
        self.noticed: list[NoticeShown] = []

    async def phones(self) -> list[PhoneView]:
        return [PhoneView(MAYA, "1@lid", "Maya", True, [], len(self.received))]

    async def inbox(self, _phone: str, _after: int = 0) -> InboxPage:
        return InboxPage(self.received, len(self.received))

    async def written(self, _phone: str) -> SentPage:
        return SentPage(self.sent, len(self.sent))

    async def notices(self, _phone: str) -> NoticePage:
        return NoticePage(self.noticed, len(self.noticed))

    def receives(self, name: str, text: str, *, at: int, **given: Any) -> None:
        usual = {"type": "text", "from_": SHOP, "chat": SHOP, "group": False, "own": False, "enc": "msg"}
        place = {"n": len(self.received) + 1, "from_lid": "2@lid", "from_device": 1}
        self.received.append(InboxMessage(id=name, text=text, at=at, **{**usual, **place, **given}))

    def writes(self, name: str, text: str, *, at: int, **given: Any) -> None:
        self.sent.append(
            SentShown(n=len(self.sent) + 1, id=name, at=at, to=SHOP, text=text, **{"type": "text", **given})
        )

    def notices_that(self, kind: str, state: str, *, at: int = 5, ids: Any = ()) -> None:
        n = len(self.noticed) + 1
        self.noticed.append(
            NoticeShown(n=n, at=at, kind=kind, state=state, from_=SHOP, from_device=0, chat=SHOP, ids=list(ids))
        )


@pytest.fixture
def control() -> Any:
    return Control()


async def test_what_was_received_and_written_stands_in_order(control: Any) -> None:
    control.receives("A", "Hello", at=1)
    control.writes("B", "Who is it?", at=2)
    control.receives("C", "Your shop", at=3)
    seen = (await screen(control, MAYA, 10)).of(SHOP)
    assert [(each.text, each.mine) for each in seen] == [("Hello", False), ("Who is it?", True), ("Your shop", False)]


@pytest.mark.parametrize(
    ("told", "ticks"), [((), 1), (("delivered",), 2), (("delivered", "read"), 3), (("read", "delivered"), 3)]
)
async def test_ticks_follow_the_receipts_and_never_go_back(control: Any, told: Any, ticks: int) -> None:
    control.writes("B", "Hello", at=1)
    for state in told:
        control.notices_that("receipt", state, ids=["B"])
    assert (await screen(control, MAYA, 10)).bubbles[0].ticks == ticks


async def test_a_reaction_is_on_its_message_and_can_be_taken_back(control: Any) -> None:
    control.writes("B", "Hello", at=1)
    control.receives("R", "\N{RED APPLE}", at=2, type="reaction", target=TargetShown("B", found=True))
    assert [each.reactions for each in (await screen(control, MAYA, 10)).bubbles] == [("\N{RED APPLE}",)]
    control.receives("S", "", at=3, type="reaction", target=TargetShown("B", found=True))
    assert [each.reactions for each in (await screen(control, MAYA, 10)).bubbles] == [()]


async def test_typing_is_over_with_a_pause_or_after_a_while(control: Any) -> None:
    control.notices_that("typing", "composing", at=1_000)
    assert (await screen(control, MAYA, 2_000)).typing == {SHOP}
    assert (await screen(control, MAYA, 60_000)).typing == frozenset()
    control.notices_that("typing", "paused", at=1_500)
    assert (await screen(control, MAYA, 2_000)).typing == frozenset()


async def test_a_phone_that_nobody_has_used_is_empty(control: Any) -> None:
    assert (await screen(control, "+883510000000001", 10)).chats == []


async def test_phones_of_two_accounts_are_different_and_all_can_be_written_to(ada: Any, nora: Any, doors: Any) -> None:
    phones: list[str] = []
    for somebody in (ada, nora):
        made = await create(doors, somebody.caller, name="Shop", network="sandbox")
        phones += [each.phone for each in (*people(made.account_id), owners(made))]
    assert len(set(phones)) == 8
    assert [e164(phone) for phone in phones] == phones


async def test_only_phones_of_the_account_are_lent(ada: Any, doors: Any) -> None:
    made = await create(doors, ada.caller, name="Shop", network="sandbox")
    async with doors.db.reading() as tx:
        number = await find.one(tx, ada.caller, made.id)
    with pytest.raises(Problem, match="no such virtual phone"):
        lent(number, SHOP)


async def test_a_real_number_has_no_virtual_phone(ada: Any, doors: Any) -> None:
    made = await create(doors, ada.caller, name="Shop")
    answers = [await ada.get(f"/numbers/{made.id}/phone")]
    answers += [await ada.send(f"/numbers/{made.id}/phone/{verb}", on="/home") for verb in ("send", "airplane")]
    assert {answer.status_code for answer in answers} == {409}


async def test_a_viewer_does_not_drive_phones(ada: Any, bob: Any, doors: Any) -> None:
    made = await create(doors, ada.caller, name="Shop", network="sandbox")
    assert (await bob.get(f"/numbers/{made.id}/phone")).status_code == 403
