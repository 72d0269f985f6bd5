"""What every command shares: --json, --server, --account, --key-file, --debug, and errors as sentences.

A command is an async function whose first parameter is the Shell; the options above are added to its signature here.
"""

import functools
import inspect
import json
import shutil
import sys
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvloop
from rich.console import Console

from messageapi.cli.exits import CliError, Exit
from messageapi.cli.harmless import Harmless, escaped
from messageapi.errors import DoorError, Problem
from messageapi.settings import Settings, SettingsError, load

Document = dict[str, object] | list[object]
Command = Callable[..., Awaitable[int | None]]

DOOR_EXITS = {
    "locked_by_other": Exit.BLOCKED,
    "not_writable": Exit.BLOCKED,
    "corrupt": Exit.BLOCKED,
    "disk_full": Exit.BLOCKED,
    "key_file": Exit.BLOCKED,
    "bad_setting": Exit.USAGE,
    "bad_url": Exit.USAGE,
    "bad_address": Exit.USAGE,
    "unreachable": Exit.UNREACHABLE,
    "no_answer": Exit.UNREACHABLE,
    "too_slow": Exit.UNREACHABLE,
    "library_missing": Exit.MISSING,
}


def _console(*, stderr: bool) -> Console:
    """Text is shown as it is: names and messages of people may have brackets and colons in them, or worse."""
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=True)
    made.push_render_hook(Harmless())
    return made


@dataclass(frozen=True)
class Shell:
    """How this run of the command speaks and to whom."""

    json: bool = False
    server: str = ""
    account: str = ""
    key_file: str = ""
    debug: bool = False
    words: Console = field(default_factory=lambda: _console(stderr=True))
    out: Console = field(default_factory=lambda: _console(stderr=False))

    @functools.cached_property
    def settings(self) -> Settings:
        return load()

    def say(self, text: str) -> None:
        """Words for people: on stderr, so that stdout stays a document."""
        self.words.print(text)

    def show(self, document: Document, human: object) -> None:
        """The result: `document` with --json, otherwise `human` (text, table, anything rich can draw)."""
        if self.json:
            print_json(document)
        else:
            self.out.print(human)


def print_json(document: object, *, indent: int | None = 2) -> None:
    sys.stdout.write(escaped(json.dumps(document, ensure_ascii=False, indent=indent)) + "\n")
    sys.stdout.flush()


def program() -> str:
    """How to call this command from here: its name when the shell finds it, else its path."""
    own = Path(sys.executable).with_name("messageapi")
    found = shutil.which("messageapi")
    if not own.exists() or (found and Path(found).resolve() == own.resolve()):
        return "messageapi"
    return str(own.relative_to(Path.cwd())) if own.is_relative_to(Path.cwd()) else str(own)


JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
ServerOption = Annotated[
    str, typer.Option("--server", metavar="URL", envvar="MESSAGEAPI_SERVER", help="Server to talk to.")
]
AccountOption = Annotated[
    str, typer.Option("--account", metavar="ID", envvar="MESSAGEAPI_ACCOUNT", help="Account to act for.")
]
KeyFileOption = Annotated[
    str,
    typer.Option(
        "--key-file",
        metavar="FILE",
        envvar="MESSAGEAPI_API_KEY_FILE",
        help="File holding the API key; or set MESSAGEAPI_API_KEY.",
    ),
]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
SHARED: dict[str, object] = {
    "json": JsonOption,
    "server": ServerOption,
    "account": AccountOption,
    "key_file": KeyFileOption,
    "debug": DebugOption,
}
DEFAULTS: dict[str, object] = {"json": False, "server": "", "account": "", "key_file": "", "debug": False}
LOCAL = ("json", "debug")
TO_SERVER = ("json", "server", "debug")
AS_ACCOUNT = ("json", "server", "account", "key_file", "debug")


def command(
    app: typer.Typer, name: str | None = None, *, shared: tuple[str, ...] = AS_ACCOUNT
) -> Callable[[Command], Command]:
    """Register an async function as a command, with the shared options it understands."""

    def register(run: Command) -> Command:
        @functools.wraps(run)
        def started(**given: object) -> None:
            settings = {option: given.pop(option) for option in shared}
            raise typer.Exit(_carried_out(run, Shell(**settings), given))  # type: ignore[arg-type]

        started.__signature__, started.__annotations__ = _signature(run, shared)  # type: ignore[attr-defined]
        app.command(name)(started)
        return run

    return register


def _signature(run: Command, shared: tuple[str, ...]) -> tuple[inspect.Signature, dict[str, object]]:
    own = list(inspect.signature(run).parameters.values())[1:]  # without the shell
    kind = inspect.Parameter.KEYWORD_ONLY
    added = [inspect.Parameter(name, kind, default=DEFAULTS[name], annotation=SHARED[name]) for name in shared]
    parameters = [one.replace(kind=kind) for one in own] + added
    return inspect.Signature(parameters), {one.name: one.annotation for one in parameters}


def _carried_out(run: Command, shell: Shell, given: dict[str, object]) -> int:
    try:
        return uvloop.run(_awaited(run, shell, given)) or Exit.OK
    except KeyboardInterrupt:
        shell.say("Stopped.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        return Exit.OK  # the reader of our output has seen enough
    except Exception as problem:  # noqa: BLE001 - the last line of defence: nobody is shown a traceback unasked
        return told(shell, problem)


async def _awaited(run: Command, shell: Shell, given: dict[str, object]) -> int | None:
    return await run(shell, **given)


def told(shell: Shell, problem: Exception) -> int:
    """Say what went wrong, in the form that was asked for, and give the exit code."""
    error = as_cli_error(problem)
    if shell.debug:
        shell.words.print("".join(traceback.format_exception(problem)))
    shell.words.print(error.message, style="red")
    if shell.json:
        failure = {"code": error.code, "message": error.message, "status": error.status}
        print_json({"error": failure}, indent=None)  # one line, for it may be the last of a stream of lines
    return error.exit_code


def as_cli_error(problem: Exception) -> CliError:
    match problem:
        case CliError():
            return problem
        case SettingsError():
            return CliError(Exit.USAGE, str(problem), code="settings_invalid")
        case Problem():
            return CliError(Exit.REFUSED, problem.message, code=problem.code, status=problem.status)
        case DoorError():
            return CliError(DOOR_EXITS.get(problem.code, Exit.FAILED), problem.detail, code=problem.code)
        case _:
            said = f"This should not have happened ({type(problem).__name__}). Run the command again with --debug."
            return CliError(Exit.FAILED, said, code="unexpected")


def usage(message: str) -> NoReturn:
    raise CliError(Exit.USAGE, message, code="usage")


def read_secret(path: str) -> str:
    try:
        return Path(path).expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        usage(f"The key file {path} cannot be read. Check the path and its permissions.")
