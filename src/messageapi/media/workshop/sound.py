"""Sounds: how long they are, and voice notes made of them: Ogg with Opus, mono, and the picture of their loudness."""

import io
import math
from array import array
from collections.abc import Iterator
from typing import IO

import av
from av import AudioFrame, AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from messageapi.media.workshop.made import Made, RefusedError

RATE = 48_000
FRAME = 960
"""20 ms: what Opus packs at a time."""
BITS = 32_000
BARS = 64
LONGEST_S = 4 * 3600
_EVERY = 16
"""Of 16 samples one is looked at: enough for a bar that stands for seconds."""


def reading(file: IO[bytes], demuxer: str) -> InputContainer:
    """Only as the format its first bytes said: nothing is guessed, nothing else is opened."""
    container = av.open(file, "r", format=demuxer)
    if container.duration and container.duration / av.time_base > LONGEST_S:
        raise RefusedError("too_long")
    return container


def audio_of(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise RefusedError("no_sound")
    stream = container.streams.audio[0]
    stream.codec_context.thread_count = 1
    return stream


def audio(file: IO[bytes], demuxer: str, codecs: frozenset[str]) -> Made:
    with reading(file, demuxer) as container:
        stream = audio_of(container)
        if stream.codec_context.name not in codecs:
            raise RefusedError("codec", stream.codec_context.name)
        end = 0.0
        for packet in container.demux(stream):
            if packet.pts is not None and packet.time_base is not None:
                end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
    return Made(seconds=rounded(end))


def rounded(seconds: float) -> int:
    """No file is shown as lasting no time, and none as lasting for years."""
    return max(1, min(round(seconds), LONGEST_S))


class Loudness:
    """Of 20 ms each, until it is known into how many bars they go."""

    def __init__(self) -> None:
        self._levels: list[float] = []
        self.samples = 0

    def add(self, frame: AudioFrame) -> None:
        samples = array("h", bytes(frame.planes[0])[: 2 * frame.samples])[::_EVERY]
        self.samples += frame.samples
        self._levels.append(math.sqrt(sum(each * each for each in samples) / max(1, len(samples))))

    def bars(self) -> bytes:
        """64 values of 0 to 100; the loudest is 100."""
        if not self._levels:
            return bytes(BARS)
        spans = [self._span(number) for number in range(BARS)]
        top = max(spans) or 1.0
        return bytes(round(100 * each / top) for each in spans)

    def _span(self, number: int) -> float:
        count = len(self._levels)
        start = number * count // BARS
        part = self._levels[start : max(start + 1, (number + 1) * count // BARS)]
        return sum(part) / len(part)


def voice(file: IO[bytes], demuxer: str) -> Made:
    out, loudness = io.BytesIO(), Loudness()
    with reading(file, demuxer) as container, av.open(out, "w", format="ogg") as note:
        source = audio_of(container)
        target = note.add_stream("libopus", rate=RATE, options={"application": "voip"})
        target.layout, target.format, target.bit_rate = "mono", "s16", BITS
        resampler = AudioResampler(format="s16", layout="mono", rate=RATE, frame_size=FRAME)
        for frame in _decoded(container, source):
            for part in resampler.resample(frame):
                loudness.add(part)
                note.mux(target.encode(part))
        note.mux(target.encode(None))
    if not loudness.samples:
        raise RefusedError("no_sound")
    return Made(
        data=out.getvalue(),
        mime="audio/ogg; codecs=opus",
        seconds=rounded(loudness.samples / RATE),
        waveform=loudness.bars(),
    )


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame | None]:
    yield from container.decode(stream)
    yield None  # what the resampler still holds
