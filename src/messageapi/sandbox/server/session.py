"""A device that has logged in over a connection, as the stanza handlers see it."""

from collections.abc import Callable
from dataclasses import dataclass

from messageapi.sandbox.network import Device, Network
from messageapi.sandbox.wire.stanza import Node


@dataclass(slots=True)
class Session:
    network: Network
    device: Device
    media_host: str  # where this client reaches the media server: it depends on how the client came in
    send: Callable[[Node], None]


class StanzaError(Exception):
    """An iq that is refused; the client gets the code and the text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def bad_request() -> StanzaError:
    return StanzaError(400, "bad-request")


def not_found() -> StanzaError:
    return StanzaError(404, "item-not-found")
