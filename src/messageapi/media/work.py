"""Ask the workshop about a file."""

import sys
from collections.abc import AsyncIterator

import msgspec

from messageapi.media import errors
from messageapi.media.workshop.made import Job, Made, Refused, Said
from messageapi.outside.errors import OutsideError
from messageapi.outside.programs import Bounds
from messageapi.web.doors import Doors

WALL_S = 75
ANSWER_BYTES = 32 * 1024 * 1024
_MODULE = "messageapi.media.workshop.run"


async def work(doors: Doors, job: Job, mime: str, plain: AsyncIterator[bytes]) -> Made:
    """Raise Problem when the file is not fit for this."""
    command = (sys.executable, "-I", "-m", _MODULE, job, mime, str(WALL_S))
    try:
        answer = await doors.outside.run(command, plain, Bounds(WALL_S, ANSWER_BYTES))
        said = msgspec.msgpack.decode(answer, type=Said)
    except OutsideError as failure:
        raise errors.unworked(failure) from None
    except msgspec.DecodeError:
        raise errors.unfit(Refused("unreadable")) from None
    if isinstance(said, Refused):
        raise errors.unfit(said)
    return _checked(said)


def _checked(made: Made) -> Made:
    """The workshop worked on a stranger's file: what it says is held to what it can be."""
    small = len(made.thumbnail) <= 100_000 and len(made.waveform) in (0, 64)
    if not small or not all(0 <= each <= 1_000_000 for each in (made.seconds, made.width, made.height)):
        raise errors.unfit(Refused("unreadable"))
    return made
