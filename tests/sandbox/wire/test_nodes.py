"""Nodes survive the round trip, every form a client may use is read, and nothing but NodeError comes of a bad frame."""

import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messageapi.sandbox.wire.nodes import MAX_DEPTH, MAX_INFLATED, SERVER, Jid, Node, NodeError, decode, encode
from messageapi.sandbox.wire.tokens import Tokens

words = st.one_of(
    st.sampled_from(["message", "to", "id", "read-self", "profile_picture", "ptt_playback_speed_enabled"]), st.text()
)
users = st.one_of(st.from_regex(r"[0-9]{7,15}", fullmatch=True), st.text())
jids = st.one_of(
    st.builds(Jid, users, st.sampled_from(["s.whatsapp.net", "lid", "g.us", "broadcast", "newsletter"]), st.just(0)),
    st.builds(Jid, users, st.sampled_from(["s.whatsapp.net", "lid", "hosted", "hosted.lid"]), st.integers(0, 255)),
)
attributes = st.dictionaries(words, st.one_of(words, jids), max_size=6)
leaves = st.builds(Node, words, attributes, st.one_of(st.none(), st.binary(max_size=400)))
nodes = st.recursive(
    leaves, lambda inner: st.builds(Node, words, attributes, st.lists(inner, max_size=4)), max_leaves=12
)
MESSAGE = Node(
    "message",
    {"to": Jid("915551234567890", "lid"), "id": "3EB0ABCDEF", "type": "text", "t": "1700000000"},
    [Node("participants", {}, [Node("to", {"jid": Jid("9444", "lid", 3)}, [Node("enc", {"v": "2"}, b"sealed")])])],
)


def body(*parts: int | bytes) -> bytes:
    """An uncompressed frame of one node <iq id=...> whose attribute value is given in raw bytes."""
    raw = b"".join(bytes((part,)) if isinstance(part, int) else part for part in parts)
    return b"\0" + bytes((248, 3, 252, 2)) + b"iq" + bytes((252, 2)) + b"id" + raw


def value(frame: bytes, tokens: Tokens) -> str | Jid:
    return decode(frame, tokens).attrs["id"]


@given(nodes)
def test_a_node_comes_back_as_it_was_written(tokens: Tokens, node: Node) -> None:
    assert decode(encode(node, tokens), tokens) == node


@given(nodes)
def test_a_compressed_frame_is_the_same_node(tokens: Tokens, node: Node) -> None:
    assert decode(b"\2" + zlib.compress(encode(node, tokens)[1:]), tokens) == node


@pytest.mark.parametrize("size", [0, 1, 255, 256, 65_535, (1 << 20) - 1, 1 << 20, 3 << 20])
def test_contents_of_every_length_form(tokens: Tokens, size: int) -> None:
    node = Node("enc", {}, bytes(size))
    assert decode(encode(node, tokens), tokens) == node


@pytest.mark.parametrize("size", [0, 1, 255, 256, 5000])
def test_lists_of_every_length_form(tokens: Tokens, size: int) -> None:
    node = Node("list", {}, [Node("user") for _ in range(size)])
    assert decode(encode(node, tokens), tokens) == node


def test_words_of_the_dictionary_take_one_or_two_bytes(tokens: Tokens) -> None:
    assert encode(Node("message"), tokens) == bytes((0, 248, 1, tokens.single.index("message")))
    assert encode(Node("reject"), tokens) == bytes((0, 248, 1, 237, 0))


def test_packed_digits_are_read(tokens: Tokens) -> None:
    assert value(body(255, 2, b"\x12\x34"), tokens) == "1234"
    assert value(body(255, 0x82, b"\x12\x3f"), tokens) == "123"
    assert value(body(255, 2, b"\x1a\x2b"), tokens) == "1-2."
    assert value(body(251, 2, b"\x3e\xb0"), tokens) == "3EB0"
    assert value(body(251, 0x82, b"\x3e\xbf"), tokens) == "3EB"


def test_every_address_form_is_read(tokens: Tokens) -> None:
    user = bytes((252, 3)) + b"491"
    assert value(body(250, 0, 3), tokens) == SERVER
    assert value(body(250, user, 3), tokens) == Jid("491", "s.whatsapp.net")
    assert value(body(247, 0, 4, user), tokens) == Jid("491", "s.whatsapp.net", 4)
    assert value(body(247, 1, 4, user), tokens) == Jid("491", "lid", 4)
    assert value(body(247, 128, 4, user), tokens) == Jid("491", "hosted", 4)
    assert value(body(247, 129, 0, user), tokens) == Jid("491", "hosted.lid")
    assert value(body(246, user, 1, 2, 252, 4, b"msgr"), tokens) == Jid("491", "msgr", 258)
    assert value(body(245, user, 0, 2, 0, 9, 252, 7, b"interop"), tokens) == Jid("491", "interop", 2)


def test_a_device_address_is_written_in_the_device_form(tokens: Tokens) -> None:
    frame = encode(Node("iq", {"id": Jid("491", "lid", 4)}), tokens)
    assert frame.endswith(bytes((247, 1, 4, 252, 3)) + b"491")
    assert encode(Node("iq", {"id": SERVER}), tokens).endswith(bytes((250, 0, 3)))


def test_contents_written_as_strings_are_read_as_bytes(tokens: Tokens) -> None:
    for raw, expected in (
        (bytes((255, 1)) + b"\x12", b"12"),
        (bytes((3,)), b"s.whatsapp.net"),
        (bytes((250, 0, 3)), b"s.whatsapp.net"),
    ):
        assert decode(b"\0" + bytes((248, 2, 252, 2)) + b"iq" + raw, tokens).content == expected


@pytest.mark.parametrize("jid", [Jid("1", "g.us", 2), Jid("1", "lid", 256)])
def test_an_address_that_has_no_form_cannot_be_written(tokens: Tokens, jid: Jid) -> None:
    with pytest.raises(NodeError):
        encode(Node("iq", {"to": jid}), tokens)


def test_a_node_with_too_many_children_cannot_be_written(tokens: Tokens) -> None:
    with pytest.raises(NodeError):
        encode(Node("list", {}, [Node("user")] * 65_536), tokens)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\0",
        b"\0\0",  # an empty node
        b"\0\xf8",
        b"\0\xf8\x01",
        b"\0\xf8\x01\0",  # a node without a tag
        b"\0\xf8\x01\x03junk",  # bytes behind the node
        b"\0\x05",  # not a list
        body(254, 0xFF, 0xFF, 0xFF, 0xFF),  # a string of 4 GB
        body(252, 2, b"\xff\xfe"),  # not UTF-8
        body(247, 77, 1, 3),  # an unknown domain
        body(244, 1),  # an unknown kind
        body(239),
        b"\2",
        b"\2not zlib",
        b"\2" + zlib.compress(bytes(100))[:-5],
    ],
)
def test_a_malformed_frame_is_a_node_error(tokens: Tokens, frame: bytes) -> None:
    with pytest.raises(NodeError):
        decode(frame, tokens)


def test_a_string_longer_than_its_frame_is_refused_at_once(tokens: Tokens) -> None:
    with pytest.raises(NodeError, match="longer than its frame"):
        decode(body(254, 0xFF, 0xFF, 0xFF, 0xFF), tokens)


def test_every_cut_of_a_frame_is_a_node_error(tokens: Tokens) -> None:
    frame = encode(MESSAGE, tokens)
    for end in range(len(frame)):
        with pytest.raises(NodeError):
            decode(frame[:end], tokens)


def test_a_frame_that_inflates_without_end_is_refused(tokens: Tokens) -> None:
    with pytest.raises(NodeError, match="larger"):
        decode(b"\2" + zlib.compress(bytes(MAX_INFLATED + 1)), tokens)


def test_depth_is_bounded(tokens: Tokens) -> None:
    def nested(depth: int) -> bytes:
        return b"\0" + (bytes((248, 2, 3, 248, 1)) * depth) + bytes((248, 1, 3))

    assert decode(nested(MAX_DEPTH - 1), tokens).tag == "s.whatsapp.net"
    for depth in (MAX_DEPTH, 100_000):
        with pytest.raises(NodeError, match="deeper"):
            decode(nested(depth), tokens)


def test_the_number_of_nodes_is_bounded(tokens: Tokens) -> None:
    full = bytes((248, 2, 3, 249, 255, 255)) + bytes((248, 1, 3)) * 65_535
    with pytest.raises(NodeError, match="nodes"):
        decode(b"\0" + full, tokens)


@settings(max_examples=400)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(tokens: Tokens, frame: bytes) -> None:
    for candidate in (frame, b"\0\xf8" + frame, b"\0\xf8\x05\x03\x04" + frame, b"\2" + zlib.compress(frame)):
        with suppress(NodeError):
            assert isinstance(decode(candidate, tokens), Node)


@pytest.mark.slow
@settings(max_examples=400)
@given(nodes, st.data())
def test_no_damaged_frame_raises_anything_else(tokens: Tokens, node: Node, data: st.DataObject) -> None:
    frame = bytearray(encode(node, tokens))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    with suppress(NodeError):
        assert isinstance(decode(bytes(frame), tokens), Node)
