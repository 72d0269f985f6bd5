"""The handshake gives both sides one channel, in whatever pieces it arrives, and refuses what was tampered with."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.sandbox.signal.keys import KeyPair
from messageapi.sandbox.wire.noise import (
    CERTIFICATE_SECONDS,
    MAX_FRAME,
    Frames,
    Initiator,
    NoiseError,
    Responder,
    Transport,
    check_certificate_chain,
    frame,
    make_certificate_chain,
)

NOW = 1_790_000_000
ROOT, INTERMEDIATE, SERVER, CLIENT = (KeyPair.generate() for _ in range(4))
CHAIN = make_certificate_chain(ROOT, INTERMEDIATE, SERVER.public, NOW)


def connect(payload: bytes = b"payload") -> tuple[Transport, Transport]:
    server, client = Responder(SERVER, CHAIN), Initiator(CLIENT)
    finish = client.finish(server.read_hello(client.header, client.hello()), payload)
    assert server.read_finish(finish) == (CLIENT.public, payload)
    assert (client.server_static, client.certificate_chain) == (SERVER.public, CHAIN)
    return server.ciphers(), client.ciphers()


def test_a_handshake_recorded_from_another_implementation_is_answered_the_same() -> None:
    text = (Path(__file__).parent / "recorded_handshake.json").read_text()
    known = {name: bytes.fromhex(value) for name, value in json.loads(text).items()}
    server = Responder(KeyPair.from_private(known["server_static"]), known["certificate_chain"])
    server._ephemeral = KeyPair.from_private(known["server_ephemeral"])
    assert server.read_hello(b"WA\x06\x03", known["hello"]) == known["reply"]
    assert server.read_finish(known["finish"]) == (known["client_static_public"], known["payload"])
    channel = server.ciphers()
    assert channel.decrypt(known["from_client"]) == b"ping"
    assert channel.encrypt(b"pong") == known["to_client"]


@given(st.binary(max_size=500), st.lists(st.tuples(st.booleans(), st.binary(max_size=200)), max_size=20))
def test_both_sides_share_one_channel(payload: bytes, messages: list[tuple[bool, bytes]]) -> None:
    server, client = connect(payload)
    for from_server, plain in messages:
        sender, reader = (server, client) if from_server else (client, server)
        assert reader.decrypt(sender.encrypt(plain)) == plain


def test_a_repeated_or_lost_frame_does_not_decrypt() -> None:
    server, client = connect()
    first, second = client.encrypt(b"one"), client.encrypt(b"two")
    with pytest.raises(NoiseError):
        server.decrypt(second)
    server, client = connect()
    first = client.encrypt(b"one")
    server.decrypt(first)
    with pytest.raises(NoiseError):
        server.decrypt(first)


def test_one_direction_is_not_the_other() -> None:
    _, client = connect()
    with pytest.raises(NoiseError):
        client.decrypt(client.encrypt(b"mirror"))


@given(st.data())
def test_a_tampered_handshake_is_a_noise_error(data: st.DataObject) -> None:
    server, client = Responder(SERVER, CHAIN), Initiator(CLIENT)
    finish = bytearray(client.finish(server.read_hello(client.header, client.hello()), b"payload"))
    place = data.draw(st.integers(4, len(finish) - 1))  # behind the first tags and lengths, which may be ignored
    finish[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NoiseError):
        server.read_finish(bytes(finish))


def test_the_header_is_part_of_what_is_agreed() -> None:
    server, client = Responder(SERVER, CHAIN), Initiator(CLIENT)
    reply = server.read_hello(b"WA\x06\x02", client.hello())
    with pytest.raises(NoiseError):
        client.finish(reply, b"")


@pytest.mark.parametrize("header", [b"", b"GET ", b"WA", b"WA\6\3\0"])
def test_another_protocol_is_refused_at_its_first_bytes(header: bytes) -> None:
    with pytest.raises(NoiseError, match="WA"):
        Responder(SERVER, CHAIN).read_hello(header, Initiator(CLIENT).hello())


def test_a_finish_before_the_hello_is_refused() -> None:
    with pytest.raises(NoiseError):
        Responder(SERVER, CHAIN).read_finish(b"")


@given(st.binary(max_size=120))
def test_no_first_message_raises_anything_else(data: bytes) -> None:
    with pytest.raises(NoiseError):
        Responder(SERVER, CHAIN).read_hello(b"WA\6\3", data)
    with pytest.raises(NoiseError):
        Initiator(CLIENT).finish(data, b"")


def test_an_ephemeral_key_that_gives_no_secret_is_refused() -> None:
    with pytest.raises(NoiseError):
        Responder(SERVER, CHAIN).read_hello(b"WA\6\3", b"\x12\x22\x0a\x20" + bytes(32))


def test_the_certificates_lead_from_the_root_to_the_server() -> None:
    check_certificate_chain(CHAIN, ROOT.public, SERVER.public, NOW)
    check_certificate_chain(CHAIN, ROOT.public, SERVER.public, NOW - 600)


@pytest.mark.parametrize(
    ("root", "static", "now"),
    [
        (KeyPair.generate().public, SERVER.public, NOW),
        (ROOT.public, KeyPair.generate().public, NOW),
        (ROOT.public, SERVER.public, NOW + CERTIFICATE_SECONDS + 1),
        (ROOT.public, SERVER.public, NOW - 2 * 3600),
    ],
    ids=["root", "key", "too late", "too early"],
)
def test_a_chain_for_another_root_key_or_time_is_refused(root: bytes, static: bytes, now: int) -> None:
    with pytest.raises(NoiseError):
        check_certificate_chain(CHAIN, root, static, now)


@given(st.binary(max_size=100))
def test_no_chain_raises_anything_else(chain: bytes) -> None:
    with pytest.raises(NoiseError):
        check_certificate_chain(chain, ROOT.public, SERVER.public, NOW)


@given(st.lists(st.binary(max_size=300), max_size=10), st.lists(st.integers(1, 50), min_size=1))
def test_frames_come_out_whole_however_they_are_cut(contents: list[bytes], cuts: list[int]) -> None:
    stream, frames, out, turn = b"".join(map(frame, contents)), Frames(), [], 0
    while stream:
        size = cuts[turn % len(cuts)]
        out += list(frames.feed(stream[:size]))
        stream, turn = stream[size:], turn + 1
    assert out == contents


def test_a_frame_over_the_limit_is_refused_before_it_has_arrived() -> None:
    with pytest.raises(NoiseError, match="limit"):
        list(Frames(limit=10).feed(b"\0\0\x0b"))
    with pytest.raises(NoiseError):
        frame(bytes(MAX_FRAME + 1))
