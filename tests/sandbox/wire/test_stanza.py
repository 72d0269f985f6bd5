"""Finding one's way in a node, and what a log may show of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messageapi.sandbox.wire.nodes import SERVER, Jid, Node, NodeError

TREE = Node(
    "iq",
    {"id": "1", "to": Jid("4917012345678", "s.whatsapp.net", 2), "phone": "4917012345678", "by": "491@lid"},
    [Node("list", {}, [Node("user"), Node("key", {}, b"bytes"), Node("user", {"id": "b"})])],
)


def test_children_are_found_by_path() -> None:
    assert TREE.child() is TREE
    found = TREE.child("list", "key")
    assert found is not None
    assert found.content == b"bytes"
    assert TREE.child("list", "nobody") is None
    assert TREE.child("list", "key", "deeper") is None
    assert len(TREE.children()) == 1
    assert [user.text("id") for user in TREE.children()[0].children("user")] == ["", "b"]


def test_bytes_that_are_missing_are_a_node_error() -> None:
    assert TREE.data("list", "key") == b"bytes"
    for path in (("list",), ("list", "nobody"), ()):
        with pytest.raises(NodeError, match="is missing"):
            TREE.data(*path)


def test_attributes_are_read_as_text_or_address() -> None:
    assert TREE.text("to") == "4917012345678:2@s.whatsapp.net"
    assert TREE.text("nothing", "default") == "default"
    assert TREE.jid("to") == Jid("4917012345678", "s.whatsapp.net", 2)
    assert TREE.jid("by") == Jid("491", "lid")
    assert TREE.jid("nothing") is None


@given(st.from_regex(r"[0-9-]{1,20}", fullmatch=True), st.sampled_from(["lid", "g.us"]), st.integers(0, 65_535))
def test_an_address_is_read_as_it_is_written(user: str, server: str, device: int) -> None:
    jid = Jid(user, server, device)
    assert Jid.parse(str(jid)) == jid
    assert jid.bare.with_device(device) == jid
    assert jid.bare.device == 0


def test_the_server_is_an_address_without_a_user() -> None:
    assert str(SERVER) == "s.whatsapp.net"
    assert Jid.parse("s.whatsapp.net") == Jid.parse("@s.whatsapp.net") == SERVER


@pytest.mark.parametrize(
    "text", ["", "491@", "491:x@lid", "491:-1@lid", "491:65536@lid", "491:٣@lid", "491:" + "9" * 5000 + "@lid"]
)
def test_what_is_not_an_address_is_a_node_error(text: str) -> None:
    with pytest.raises(NodeError):
        Jid.parse(text)


def test_a_log_line_shows_no_number_name_or_content() -> None:
    node = Node(
        "message",
        {"from": Jid("4917012345678", "s.whatsapp.net"), "notify": "Anna", "id": "3EB0", "phone": "4917012345678"},
        [Node("group", {"id": "4917012345678-1600000000"}), Node("enc", {"v": "2"}, b"secret body")],
    )
    for line in (str(node), repr(node), f"{[node]}"):
        assert "…678@s.whatsapp.net" in line
        assert "id=3EB0" in line
        assert "11 B" in line
        for private in ("4917012345678", "49170", "Anna", "secret"):
            assert private not in line
