"""What other people wrote, on a terminal: characters that would steer it are shown as `�` and not obeyed."""

import re

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment

STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""Control characters but for tab and line end; with ESC or its twin U+009B begin the sequences that terminals obey."""


class Harmless(RenderHook):
    """For every console of ours. The styles that we put in are no text, so they stay."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Shown(each) for each in renderables]


class _Shown:
    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from map(_cleared, console.render(self._renderable, options))


def _cleared(segment: Segment) -> Segment:
    return segment if segment.control else Segment(shown(segment.text), segment.style)


def shown(text: str) -> str:
    return STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def escaped(document: str) -> str:
    """JSON that is written with all letters leaves those from U+007F on as they are."""
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", document)
