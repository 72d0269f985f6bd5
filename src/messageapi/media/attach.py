"""Make a file part of a message: fetch it, find its type, make it what WhatsApp wants for this kind."""

from messageapi.errors import Problem
from messageapi.media.source import Attached, Kind, Source
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors


async def attach(doors: Doors, caller: Caller, kind: Kind, source: Source) -> Attached:
    """Raise Problem (codes media_...) when it cannot be had or is not of this kind. Takes as long as the fetching does.

    What it returns is kept for 24 h. Call `hold` in the transaction that accepts the message to keep it longer.
    """
    raise Problem("temporarily_unavailable", 503, "Files cannot be sent yet. Send text.")
