"""What the library says about the connection becomes one true sentence each."""

from typing import Any

import pytest

from messageapi.engines.linked import addresses
from messageapi.engines.linked.heard import events
from messageapi.engines.linked.heard.connection import Connection
from messageapi.engines.linked.library.protos import wire
from messageapi.engines.port import Connected, Disconnected, Ended
from messageapi.vocab.clock import now_ms

NODE = wire.Node(Tag="x", Nil=True, Bytes=b"")


def device() -> Any:
    jid, lid = (wire.JID.FromString(addresses.to_bytes(text)) for text in ("491511:2@s.whatsapp.net", "7:2@lid"))
    return wire.Device(JID=jid, LID=lid, Platform="", BussinessName="", PushName="Anna", Initialized=True)


@pytest.fixture
def connection() -> Connection:
    one = Connection()
    one.take(events.ME, device())
    return one


@pytest.fixture
def up(connection: Connection) -> Connection:
    connection.take(events.CONNECTED, wire.Connected(status=True))
    return connection


def test_a_connection_says_who_we_are(connection: Connection) -> None:
    event = connection.take(events.CONNECTED, wire.Connected(status=True))
    assert isinstance(event, Connected)
    assert (event.jid, event.lid, event.push_name) == ("491511:2@s.whatsapp.net", "7:2@lid", "Anna")
    assert connection.up
    assert connection.take(events.CONNECTED, wire.Connected(status=True)) is None


@pytest.mark.parametrize(
    ("code", "message", "ended"),
    [
        (events.LOGGED_OUT, wire.LoggedOut(OnConnect=False, Reason=2), "logged_out"),
        (events.REPLACED, wire.StreamReplaced(), "replaced"),
        (events.BANNED, wire.TemporaryBan(Code=1, Expire=3600), "banned"),
        (events.OUTDATED, wire.ClientOutdated(), "client_outdated"),
        (events.CONNECT_FAILURE, wire.ConnectFailure(Reason=7, Message="", Raw=NODE), "client_outdated"),
    ],
)
def test_an_end_is_an_end(up: Connection, code: int, message: Any, ended: str) -> None:
    event = up.take(code, message)
    assert isinstance(event, Ended)
    assert event.code == ended
    assert event.detail.endswith(".")
    assert not up.up
    assert up.take(events.CONNECTED, wire.Connected(status=True)) is None


def test_a_ban_says_until_when(up: Connection) -> None:
    event = up.take(events.BANNED, wire.TemporaryBan(Code=4, Expire=3600))
    assert isinstance(event, Ended)
    assert event.until
    assert 3_590_000 < event.until - now_ms() <= 3_600_000


def test_a_drop_is_said_once(up: Connection) -> None:
    event = up.take(events.DISCONNECTED, wire.Disconnected(status=True))
    assert isinstance(event, Disconnected)
    assert event.code == "network"
    assert up.take(events.DISCONNECTED, wire.Disconnected(status=True)) is None


def test_a_stream_error_is_the_reason_of_the_drop_that_follows(up: Connection) -> None:
    assert up.take(events.STREAM_ERROR, wire.StreamError(Code="500", Raw=NODE)) is None
    event = up.take(events.DISCONNECTED, wire.Disconnected(status=True))
    assert isinstance(event, Disconnected)
    assert event.code == "stream_error"


def test_one_unanswered_keepalive_is_not_the_end_but_two_are(up: Connection) -> None:
    assert up.take(events.KEEPALIVE_TIMEOUT, wire.KeepAliveTimeout(ErrorCount=1, LastSuccess=0)) is None
    event = up.take(events.KEEPALIVE_TIMEOUT, wire.KeepAliveTimeout(ErrorCount=2, LastSuccess=0))
    assert isinstance(event, Disconnected)
    assert event.code == "keepalive"
    assert isinstance(up.take(events.KEEPALIVE_RESTORED, wire.KeepAliveRestored()), Connected)


def test_a_refused_login_that_passes_is_tried_again(connection: Connection) -> None:
    event = connection.take(events.CONNECT_FAILURE, wire.ConnectFailure(Reason=1, Message="", Raw=NODE))
    assert isinstance(event, Disconnected)
    assert event.code == "login_refused"


def test_messages_of_the_offline_queue_are_late(up: Connection) -> None:
    counts = {"AppDataChanges": 0, "Message": 2, "Notifications": 0, "Receipts": 0}
    up.take(events.OFFLINE_PREVIEW, wire.OfflineSyncPreview(Total=2, **counts))
    assert up.late
    up.take(events.OFFLINE_COMPLETED, wire.OfflineSyncCompleted(Count=2))
    assert not up.late
