"""What is kept is bounded, in order, and given up exactly when it was acknowledged."""

import asyncio

import msgspec
import pytest

from messageapi.sandbox.network import PreKeyStock
from messageapi.sandbox.phones.inbox import Inbox
from messageapi.sandbox.phones.lines import MOST_LINES
from messageapi.sandbox.phones.recent import Recent
from messageapi.sandbox.server.relay.queue import MOST_KEPT, Key, Mailbox
from messageapi.sandbox.shown import InboxMessage, QuoteShown
from messageapi.sandbox.wire.nodes import decode
from messageapi.sandbox.wire.stanza import Jid, Node
from messageapi.sandbox.wire.tokens import Tokens

TOKENS = Tokens(
    ("", *(f"s{n}" for n in range(235))), tuple(tuple(f"d{table}-{n}" for n in range(256)) for table in range(4))
)
SENDER = Jid("900000000000001", "lid", 3)


class FakeLine:
    """Takes what the mailbox sends."""

    def __init__(self) -> None:
        self.sent: list[Node] = []

    def send_frame(self, frame: bytes) -> None:
        self.sent.append(decode(frame, TOKENS))

    def send(self, node: Node) -> None:
        self.sent.append(node)

    def finish(self, node: Node) -> None:
        self.send(node)

    def cut(self) -> None:
        """Nothing to cut."""

    def ids(self, tag: str = "message") -> list[str]:
        return [node.text("id") for node in self.sent if node.tag == tag]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox(TOKENS, lambda: None)


def message(number: int) -> Node:
    return Node("message", {"id": f"M{number}", "from": SENDER}, [Node("enc", {"v": "2"}, b"sealed")])


def test_a_message_is_kept_until_its_own_acknowledgement(mailbox: Mailbox) -> None:
    mailbox.deliver(message(1))
    mailbox.acknowledge(Key("message", "M1", "somebody else"))
    mailbox.acknowledge(Key("receipt", "M1", SENDER.user))
    assert len(mailbox.kept) == 1
    mailbox.acknowledge(Key("message", "M1", SENDER.user))
    assert len(mailbox.kept) == 0


def test_delivered_and_read_receipts_of_one_message_are_two_things(mailbox: Mailbox) -> None:
    for attrs in ({}, {"type": "read"}):
        mailbox.deliver(Node("receipt", {"id": "M1", "from": SENDER, **attrs}))
    mailbox.acknowledge(Key("receipt", "M1", SENDER.user, "read"))
    assert list(mailbox.kept) == [Key("receipt", "M1", SENDER.user)]


def test_what_is_new_waits_behind_the_offline_queue(mailbox: Mailbox) -> None:
    for number in range(120):
        mailbox.deliver(message(number))
    line = FakeLine()
    mailbox.attach(line)
    mailbox.deliver(message(999))
    assert line.ids() == [f"M{number}" for number in range(100)]
    for number in range(100):
        mailbox.acknowledge(Key("message", f"M{number}", SENDER.user))
    assert line.ids() == [*(f"M{number}" for number in range(120)), "M999"]
    assert ["offline" in node.attrs for node in line.sent if node.tag == "message"] == [True] * 120 + [False]
    assert line.sent[-1].child("offline")


def test_a_full_mailbox_gives_up_its_oldest(mailbox: Mailbox) -> None:
    for number in range(MOST_KEPT + 5):
        mailbox.deliver(message(number))
    assert (len(mailbox.kept), mailbox.dropped) == (MOST_KEPT, 5)
    assert next(iter(mailbox.kept)).id == "M5"


def test_large_messages_fill_a_mailbox_sooner(mailbox: Mailbox) -> None:
    for number in range(40):
        mailbox.deliver(Node("message", {"id": f"M{number}", "from": SENDER}, [Node("enc", {}, bytes(1 << 20))]))
    assert len(mailbox.kept) < 33
    assert mailbox.dropped == 40 - len(mailbox.kept)


def test_a_line_that_was_replaced_takes_nothing_with_it(mailbox: Mailbox) -> None:
    old, new = FakeLine(), FakeLine()
    mailbox.attach(old)
    mailbox.attach(new)
    mailbox.detach(old)
    mailbox.deliver(message(1))
    assert (old.ids(), new.ids()) == ([], ["M1"])


def entry(n: int, text: str = "") -> InboxMessage:
    values = {"id": f"M{n}", "from": "+491511", "fromLid": "9@lid", "fromDevice": 0, "chat": "+491511", "group": False}
    rest = {"own": False, "type": "text", "text": text, "at": 0, "enc": "msg"}
    return msgspec.convert({"n": n, **values, **rest}, InboxMessage)


def test_an_inbox_gives_pages_behind_a_number() -> None:
    inbox = Inbox()
    for n in range(1, 2501):
        inbox.add(entry(n))
    first, lines = inbox.page(0)
    assert (first, len(lines)) == (1, 1000)
    first, lines = inbox.page(2400)
    assert (first, len(lines)) == (2401, 100)
    assert inbox.page(9999)[1] == []


def test_an_inbox_forgets_its_oldest_and_keeps_counting() -> None:
    inbox = Inbox()
    for n in range(1, MOST_LINES + 11):
        inbox.add(entry(n))
    assert (len(inbox), inbox.last) == (MOST_LINES, MOST_LINES + 10)
    assert inbox.page(0)[0] == 11


def test_an_inbox_comes_back_from_its_lines_without_a_torn_one() -> None:
    saved = Inbox()
    for n in (1, 2):
        saved.add(entry(n, f"text {n}"))
    restored = Inbox()
    restored.restore([*saved.unsaved, b'{"n":3,"id":"to'])
    assert (len(restored), restored.last) == (2, 2)
    restored.add(entry(3))
    assert restored.page(2)[0] == 3


def test_a_changed_entry_comes_back_changed_even_when_its_first_form_is_gone() -> None:
    saved = Inbox()
    for n in (1, 2, 3):
        saved.add(entry(n, f"text {n}"))
    saved.amend(2, text="better", edited=True)
    saved.amend(1, revoked=True)
    saved.amend(99, text="not there")
    restored = Inbox()
    restored.restore(saved.unsaved[1:])
    assert (restored.oldest, restored.last) == (1, 3)
    changed = restored.entry(2)
    assert changed
    assert (changed.text, changed.edited) == ("better", True)
    cut = Inbox()
    cut.restore(saved.unsaved[2:4])
    entries = [cut.entry(n) for n in (1, 2, 3)]
    assert [kept.text if kept else None for kept in entries] == [None, "better", "text 3"]


def test_a_message_is_found_by_its_own_id_alone() -> None:
    inbox = Inbox()
    inbox.add(entry(1, "the message"))
    inbox.add(msgspec.structs.replace(entry(2, "quotes M1"), quote=QuoteShown("M1", "+491511", "text", "the message")))
    inbox.add(msgspec.structs.replace(entry(3), id="M1", type="edit"))
    inbox.add(msgspec.structs.replace(entry(4), id="M1", chat="elsewhere@g.us"))
    found = inbox.find("M1", "+491511")
    assert found
    assert found.n == 1
    assert inbox.find("M3") is None


async def test_whoever_waits_at_an_inbox_is_told_at_once() -> None:
    inbox = Inbox()
    waiting = asyncio.create_task(inbox.wait(0, 30))
    await asyncio.sleep(0)
    inbox.add(entry(1))
    await asyncio.wait_for(waiting, 5)
    await inbox.wait(0, 30)


def test_prekeys_are_handed_out_in_the_order_of_upload() -> None:
    stock = PreKeyStock()
    for key_id in (7, 8):
        stock.add(key_id, bytes([key_id]) * 32)
    again = PreKeyStock(bytes(stock))
    assert again.take() == (7, b"\x07" * 32)
    assert (len(again), again.take(), again.take()) == (1, (8, b"\x08" * 32), None)


def test_recent_entries_push_out_the_oldest() -> None:
    recent: Recent[str, int] = Recent(2)
    for name in ("a", "b", "a", "c"):
        recent.remember(name, 1)
    assert list(recent) == ["a", "c"]
