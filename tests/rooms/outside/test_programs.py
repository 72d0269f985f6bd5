"""A program over a file ends: with its answer, or in time, and it is told nothing."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from messageapi.outside import programs
from messageapi.outside.errors import OutsideError
from messageapi.outside.programs import Bounds, Programs

ROOMY = Bounds(30, 1_000_000)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", code)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_a_program_answers_about_a_file_it_can_seek_in() -> None:
    code = "import sys; f = sys.stdin.buffer; f.seek(0, 2); n = f.tell(); f.seek(1); print(n, f.read())"
    assert await Programs().run(python(code), chunks(b"ab", b"", b"cd"), ROOMY) == b"4 b'bcd'\n"


async def test_a_program_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MESSAGEAPI_SECRET", "tango")
    code = "import os; print(sorted(os.environ), os.getcwd())"
    said = (await Programs().run(python(code), chunks(b""), ROOMY)).decode()
    assert "MESSAGEAPI" not in said
    assert said.endswith(" /\n")


async def test_a_program_has_no_descriptor_of_ours(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("wb") as ours:
        os.set_inheritable(ours.fileno(), True)
        listed = "sorted(n for n in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + n))"
        code = f"import os; print({listed})"
        assert await Programs().run(python(code), chunks(b""), ROOMY) == b"['0', '1', '2']\n"


async def failure(code: str, bounds: Bounds, given: Programs | None = None) -> str:
    with pytest.raises(OutsideError) as caught:
        await (given or Programs()).run(python(code), chunks(b"x"), bounds)
    return str(caught.value.code)


async def test_a_program_that_fails_is_an_error() -> None:
    assert await failure("raise SystemExit(3)", ROOMY) == "program_failed"
    assert await failure("import os; os.kill(os.getpid(), 9)", ROOMY) == "program_failed"


@pytest.mark.slow
async def test_a_program_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    place = tmp_path / "pid"
    code = f"import os, signal; open({str(place)!r}, 'w').write(str(os.getpid())); signal.pause()"
    assert await failure(code, Bounds(2, 100)) == "too_slow"
    with pytest.raises(ProcessLookupError):
        os.kill(int(await asyncio.to_thread(place.read_text)), 0)


async def test_an_answer_without_end_is_cut_off() -> None:
    assert await failure("while True: print('x' * 10000)", Bounds(30, 50_000)) == "too_large"


async def test_whoever_finds_no_place_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(programs, "QUEUE_S", 0.05)
    kept, begun = Programs(at_once=1), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        begun.set()
        await asyncio.Event().wait()
        yield b""

    task = asyncio.create_task(kept.run(python("pass"), slow(), ROOMY))
    await begun.wait()
    assert await failure("pass", ROOMY, kept) == "busy"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await kept.run(python("pass"), chunks(b""), ROOMY) == b""
