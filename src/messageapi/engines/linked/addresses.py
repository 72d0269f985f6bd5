"""WhatsApp addresses between text (`user[:device]@server`) and the library's protobuf form."""

from functools import lru_cache
from typing import Any

from messageapi.engines.linked.library.protos import wire
from messageapi.vocab.jid import LID_SERVER, PN_SERVER, Jid


@lru_cache(maxsize=4096)
def to_bytes(text: str) -> bytes:
    """Raise ValueError for what is not an address."""
    jid = Jid.parse(text)
    proto = wire.JID(User=jid.user, RawAgent=0, Device=jid.device, Integrator=0, Server=jid.server, IsEmpty=False)
    data: bytes = proto.SerializeToString()
    return data


def to_text(proto: Any) -> str:
    """Empty for an empty address."""
    return str(Jid(proto.User, proto.Server, proto.Device)) if proto.User and proto.Server else ""


def bare(proto: Any) -> str:
    """The person or group, without a device."""
    user, server = proto.User, proto.Server
    return f"{user}@{server}" if user and server else ""


def phone_of(*protos: Any) -> str:
    """E.164 from the first of these that is a phone-number address, else empty."""
    return next((f"+{proto.User}" for proto in protos if proto.Server == PN_SERVER and proto.User), "")


def lid_of(*protos: Any) -> str:
    return next((bare(proto) for proto in protos if proto.Server == LID_SERVER), "")
