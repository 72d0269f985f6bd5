"""A message that came and is new."""

import msgspec

from messageapi.messages.content.contents import People
from messageapi.messages.received.about import Known
from messageapi.messages.received.arrival import Arrival


class Came(msgspec.Struct, frozen=True):
    """`about`: the message it changes or answers, None where we do not know it. `holds` False: it wants to change
    what is not its writer's. `options`: what a vote picks, where it can be read. `people`: who is named in it.
    """

    id: str
    arrival: Arrival
    about: Known | None = None
    holds: bool = True
    options: list[str] | None = None
    people: People = {}
