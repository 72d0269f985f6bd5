"""What is seen while the demo runs: a line for each step, live while it works, with its time when it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from rich.console import Console
from rich.status import Status
from rich.text import Text


@dataclass
class Scene:
    """One step. `note` replaces what is written behind its title."""

    name: str
    title: str
    live: Status
    detail: str = ""
    ms: float = 0.0

    def note(self, detail: str) -> None:
        self.detail = detail
        self.live.update(Text(f"{self.title}  {detail}"))


@dataclass
class Stage:
    """Draws on stderr, so that stdout stays a document."""

    console: Console
    scenes: list[Scene] = field(default_factory=list)

    @contextmanager
    def scene(self, name: str, title: str) -> Iterator[Scene]:
        began = perf_counter()
        with self.console.status(Text(title)) as live:
            scene = Scene(name, title, live)
            self.scenes.append(scene)
            try:
                yield scene
            except BaseException:
                self.console.print(_line("✗", "red", scene))
                raise
        scene.ms = (perf_counter() - began) * 1000
        self.console.print(_line("✓", "green", scene))

    def document(self) -> list[dict[str, object]]:
        return [{"step": one.name, "ms": round(one.ms, 1), "detail": one.detail} for one in self.scenes]


def _line(mark: str, colour: str, scene: Scene) -> Text:
    line = Text.assemble((mark, colour), " ", scene.title)
    line.append(f"  {scene.detail}", style="dim")
    if scene.ms:
        line.append(f"  {scene.ms:,.0f} ms", style="dim")
    return line
