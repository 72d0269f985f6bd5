"""The workshop as a process: `python -I -m messageapi.media.workshop.run <job> <mime> <seconds>`, the file on stdin,
the answer on stdout as MessagePack.
"""

import os
import sys
from typing import IO, get_args

import av
import av.error
import av.subtitles.stream  # the library would load it when it meets a stream
import msgspec
from PIL import Image

from messageapi.media.workshop import film, picture, sound, sticker
from messageapi.media.workshop.confine import confine
from messageapi.media.workshop.made import Job, Made, Refused, RefusedError, Said

DEMUXERS = {
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/flac": "flac",
    "audio/mp4": "mp4",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/webm": "matroska",
    "video/3gpp": "mp4",
    "video/mp4": "mp4",
    "video/quicktime": "mp4",
    "video/webm": "matroska",
}
"""The only formats the library may read, each only for a file that begins as one."""

AUDIO_CODECS = {
    "audio/aac": frozenset({"aac"}),
    "audio/amr": frozenset({"amrnb", "amrwb", "libopencore_amrnb", "libopencore_amrwb"}),
    "audio/mp4": frozenset({"aac"}),
    "audio/mpeg": frozenset({"mp3", "mp3float"}),
    "audio/ogg": frozenset({"opus", "libopus"}),
}
"""What phones play."""


def main() -> None:
    job, mime, seconds = sys.argv[1:]
    if job not in get_args(Job):
        raise SystemExit(2)
    av.logging.set_level(None)
    Image.init()  # Pillow would load its formats when it needs them
    file = os.fdopen(0, "rb")
    out = os.fdopen(1, "wb")
    confine(int(seconds))
    out.write(msgspec.msgpack.encode(_said(job, file, mime)))
    out.flush()
    os._exit(0)


def _said(job: str, file: IO[bytes], mime: str) -> Said:
    try:
        return _made(job, file, mime)
    except RefusedError as refusal:
        return refusal.refused
    except (OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, av.error.FFmpegError):
        return Refused("unreadable")  # what decoders raise for damaged files
    except MemoryError:
        return Refused("too_large")


def _made(job: str, file: IO[bytes], mime: str) -> Made:
    if job == "image":
        return picture.image(file, mime)
    if job == "sticker":
        return sticker.sticker(file, mime)
    if job == "thumbnail":
        return picture.preview(file, mime)
    demuxer = DEMUXERS[mime]
    if job == "voice":
        return sound.voice(file, demuxer)
    if job == "audio":
        return sound.audio(file, demuxer, AUDIO_CODECS[mime])
    return film.video(file, demuxer)


if __name__ == "__main__":
    main()
