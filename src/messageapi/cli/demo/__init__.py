"""messageapi demo: the main job as a person would see it, on virtual phones, with the times it took."""

from contextlib import AsyncExitStack
from typing import Annotated

import typer

from messageapi.cli.demo.private import PrivateServer, private_server
from messageapi.cli.demo.report import summary, times_table
from messageapi.cli.demo.stage import Stage
from messageapi.cli.demo.story import STEPS, World
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.shell import LOCAL, Shell, as_cli_error, command, print_json
from messageapi.settings import load


async def demo(
    shell: Shell,
    private: Annotated[
        bool, typer.Option("--private", help="Start a server of its own in a temporary folder and stop it afterwards.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the demo's number linked.")] = False,
) -> int:
    """Link a virtual phone, send through every call, see each message delivered and read, receive the answer."""
    stage = Stage(shell.words)
    server: PrivateServer | None = None
    async with AsyncExitStack() as stack:
        try:
            settings = load()
            if private:
                with stage.scene("server", "Starting a private server"):
                    server = await stack.enter_async_context(private_server())
                    settings = load(data=str(server.data))
            world = World(settings, keep=keep)
            for name, title, act in STEPS:
                with stage.scene(name, title) as scene:
                    await act(world, scene)
        except Exception as problem:  # noqa: BLE001 - every step's failure is told the same way
            if server:
                shell.words.print(f"The private server said:\n{server.said()}", style="dim")
            return _failed(shell, stage, as_cli_error(problem))
    if shell.json:
        print_json(summary(world, stage))
    else:
        shell.out.print(times_table(world))
    return Exit.OK


def _failed(shell: Shell, stage: Stage, error: CliError) -> int:
    step = stage.scenes[-1].name
    shell.words.print(f"The step `{step}` failed: {error.message}", style="red")
    if shell.debug:
        shell.words.print_exception()
    if shell.json:
        failure = {"step": step, "code": error.code, "message": error.message, "status": error.status}
        print_json({"ok": False, "error": failure, "steps": stage.document()})
    return Exit.FAILED


def add_to(app: typer.Typer) -> None:
    command(app, shared=LOCAL)(demo)
