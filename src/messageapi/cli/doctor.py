"""messageapi doctor: checks what the server needs from this machine, and says what to do about each fault."""

import os
import resource
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import typer
from rich.text import Text

from messageapi.cli.client import Client
from messageapi.cli.door import operator_door
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.shell import LOCAL, Shell, command
from messageapi.cli.tables import table
from messageapi.settings import Settings, strays

LEAST_FREE_BYTES = 500_000_000
LEAST_FILES = 1024


class Finding(NamedTuple):
    """`advice` is empty when all is well."""

    check: str
    found: str
    advice: str = ""

    @property
    def ok(self) -> bool:
        return not self.advice


async def doctor(shell: Shell) -> int:
    """Check this machine and the data folder. Exit code 3: something is missing."""
    findings = [*examined(shell.settings), await _server(shell.settings)]
    rows = [(_mark(one), one.check, one.found, one.advice) for one in findings]
    document = {"ok": all(one.ok for one in findings), "checks": [one._asdict() | {"ok": one.ok} for one in findings]}
    shell.show(document, table(("", "check", "found", "what to do"), rows, empty=""))
    return Exit.OK if document["ok"] else Exit.MISSING


def _mark(finding: Finding) -> Text:
    return Text("✓", style="green") if finding.ok else Text("✗", style="red")


def examined(settings: Settings) -> Iterator[Finding]:
    for check in (variables, python, engine, nats_server, files, data_folder, space, mail):
        yield check(settings)
    yield port(settings)


def variables(_: Settings) -> Finding:
    """One that resembles no setting may be somebody else's."""
    found = strays()
    advice = " ".join(f"{name}: did you mean {near}?" for name, near in found if near)
    passed_over = ", ".join(name for name, _ in found)
    return Finding("variables", f"passed over: {passed_over}" if found else "all are settings", advice)


def python(_: Settings) -> Finding:
    found = "{}.{}.{}".format(*sys.version_info)
    return Finding("Python", found, "" if sys.version_info >= (3, 11) else "Install Python 3.11 or newer.")


def engine(_: Settings) -> Finding:
    from messageapi.engines.linked.library.file import LibraryError, library_file, library_version  # noqa: PLC0415

    try:
        return Finding("protocol library", f"neonize {library_version()}, {library_file().name}")
    except LibraryError as problem:
        return Finding("protocol library", "missing", f"{problem}.")


def nats_server(settings: Settings) -> Finding:
    if settings.nats_url:
        return Finding("nats-server", "an outside one (MESSAGEAPI_NATS_URL)")
    beside = Path(sys.executable).with_name("nats-server")
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    return Finding("nats-server", "bundled" if found else "missing", "" if found else "Install again: make serve")


def files(_: Settings) -> Finding:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    few = most != resource.RLIM_INFINITY and most < LEAST_FILES
    return Finding("open files", str(most), f"Raise the limit: ulimit -n {LEAST_FILES * 4}" if few else "")


def data_folder(settings: Settings) -> Finding:
    folder = settings.data_folder
    if not folder.exists():
        return Finding("data folder", f"{folder} (made at the first start)")
    if not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
        return Finding("data folder", f"{folder} is not writable", f"Give it to your user: chown -R $USER {folder}")
    others = folder.stat().st_mode & 0o077
    return Finding(
        "data folder", str(folder), f"Others can look into it. Close it: chmod 700 {folder}" if others else ""
    )


def space(settings: Settings) -> Finding:
    folder = next(one for one in (settings.data_folder, *settings.data_folder.parents) if one.exists())
    free = shutil.disk_usage(folder).free
    return Finding("free space", f"{free / 1e9:.1f} GB", "" if free > LEAST_FREE_BYTES else "Free some space.")


def mail(settings: Settings) -> Finding:
    from messageapi.mail.opening import FOLDER, open_mail  # noqa: PLC0415 - other checks do without
    from messageapi.mail.port import MailError  # noqa: PLC0415

    try:
        open_mail(settings.mail_url, settings.mail_from, settings.data_folder / FOLDER)
    except MailError as problem:
        return Finding("mail", "cannot be sent", problem.detail)
    where = "by SMTP" if settings.mail_url.startswith("smtp") else "on the console"
    return Finding("mail", where if settings.mail_url else f"written to files in {settings.data_folder / FOLDER}")


def port(settings: Settings) -> Finding:
    if settings.port == 0:
        return Finding("port", "any free one")
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as problem:
            return _taken(settings, problem)
    return Finding("port", f"{settings.port} is free")


def _taken(settings: Settings, problem: OSError) -> Finding:
    if operator_door(settings):
        return Finding("port", f"{settings.port} is in use, by the server of this data folder as it seems")
    advice = "Stop what uses it, or choose another: MESSAGEAPI_PORT=8081"
    return Finding("port", f"{settings.host}:{settings.port}: {problem.strerror}", advice)


async def _server(settings: Settings) -> Finding:
    door = operator_door(settings)
    if door is None:
        return Finding("server", "not running")
    try:
        async with Client(door.url) as client:
            status = (await client.ask("GET", "/readyz")).document.get("status")
    except CliError:
        return Finding("server", f"ended without saying so ({door.url})", "Start it: messageapi serve")
    advice = "" if status == "ready" else "Look at its log, and at: messageapi status"
    return Finding("server", f"{door.url} is {status}", advice)


def add_to(app: typer.Typer) -> None:
    command(app, shared=LOCAL)(doctor)
