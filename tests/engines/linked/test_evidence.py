"""The library's log lines give two facts away, and nothing else is looked at."""

import ctypes
import threading

import pytest

from messageapi.engines.linked.heard.evidence import Evidence, Proof
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.port import Limited


def read(evidence: Evidence, name: str, message: str) -> None:
    line = wire.LogEntry(Message=message, Level="DEBUG", Name=name).SerializeToString()
    buffer = ctypes.create_string_buffer(line, len(line))
    evidence.read(ctypes.addressof(buffer), len(line))


SENT = '<message id="3EB0A1B2C3D4E5F60718" peer_recipient_pn="491511@s.whatsapp.net" to="7@lid" type="text">'
GROUP = '<message addressing_mode="lid" id="3EB0A1B2C3D4E5F60718" phash="2:x" to="1@g.us" type="text">'


@pytest.mark.parametrize("line", [SENT, GROUP, SENT + "<enc>" + "ab" * 5000 + "</enc></message>"])
def test_a_message_is_named_before_it_leaves(line: str) -> None:
    named: list[str] = []
    evidence = Evidence()
    evidence.sending(named.append)
    read(evidence, "Client/Send", line)
    assert named == ["3EB0A1B2C3D4E5F60718"]
    assert evidence.wa_id == "3EB0A1B2C3D4E5F60718"


def test_lines_about_other_stanzas_name_nothing() -> None:
    named: list[str] = []
    evidence = Evidence()
    evidence.sending(named.append)
    read(evidence, "Client/Send", '<iq id="12.3-4" to="s.whatsapp.net" type="get"/>')
    read(evidence, "Client/Recv", SENT)
    read(evidence, "Client", SENT)
    read(evidence, "x", "")
    assert named == []


def test_what_another_thread_sends_is_not_our_message() -> None:
    """The library answers retry receipts by itself, with messages of other names."""
    named: list[str] = []
    evidence = Evidence()
    evidence.sending(named.append)
    thread = threading.Thread(target=read, args=(evidence, "Client/Send", SENT))
    thread.start()
    thread.join()
    assert named == []


def test_a_message_sent_later_has_no_name_of_ours() -> None:
    named: list[str] = []
    evidence = Evidence()
    evidence.sending(named.append)
    evidence.sent()
    read(evidence, "Client/Send", SENT)
    assert named == []


def test_a_name_that_could_not_be_written_down_is_none() -> None:
    def refuse(_wa_id: str) -> None:
        raise OSError("the disk is full")

    evidence = Evidence()
    evidence.sending(refuse)
    read(evidence, "Client/Send", SENT)
    assert evidence.wa_id == ""


def test_every_stanza_received_is_evidence_of_life() -> None:
    evidence = Evidence()
    read(evidence, "Client/Send", "<iq/>")
    assert evidence.last_received == 0
    read(evidence, "Client/Recv", '<iq from="s.whatsapp.net" id="1" type="result"/>')
    assert evidence.last_received > 0


def test_a_name_that_was_wrong_once_proves_nothing_any_more() -> None:
    proof = Proof()
    assert not proof.holds
    proof.compare("A", "A")
    assert proof.holds
    proof.compare("", "B")
    assert not proof.holds
    proof.compare("C", "C")
    assert not proof.holds


def notice(data: str, *, kind: str = "mex") -> str:
    update = f'<update op_name="NotificationUserReachoutTimelockUpdate">{data}</update>'
    return f'<notification from="s.whatsapp.net" id="77" t="1784" type="{kind}">{update}</notification>'


LOCK = '{"data":{"xwa2_notify_account_reachout_timelock":{"enforcement_type":"X","is_active":true%s}}}'


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        (notice(LOCK % ',"time_enforcement_ends":"1784200000"'), (True, 1_784_200_000_000)),
        (notice(LOCK % ""), (True, None)),
        (notice(LOCK.replace("true", "false") % ""), (False, None)),
    ],
)
def test_a_limit_to_known_contacts_is_noticed(line: str, limit: tuple[bool, int | None]) -> None:
    noticed: list[Limited] = []
    read(Evidence(noticed.append), "Client/Recv", line)
    assert [(one.active, one.until) for one in noticed] == [limit]


@pytest.mark.parametrize(
    "line",
    [
        notice(LOCK % "", kind="w:gp2"),
        f'<notification type="w:gp2"><subject subject="{notice(LOCK % "")}"/></notification>',
        notice('{"data":{"xwa2_notify_newsletter_on_join":{}}}'),
        notice('{"data":{"xwa2_notify_account_reachout_timelock":{"time_enforcement_ends":"soon"}}}'),
        notice("{nonsense}"),
        notice("7b7d"),
        "<notification ",
    ],
)
def test_other_notices_are_no_limit(line: str) -> None:
    """A group's name is chosen by people, and may look like anything."""
    noticed: list[Limited] = []
    read(Evidence(noticed.append), "Client/Recv", line)
    read(Evidence(noticed.append), "Client/Send", line)
    assert noticed == []
