"""messageapi support: what people asked, and the answers they get by mail. On the server's machine only."""

import sys
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from messageapi.cli.client import part
from messageapi.cli.door import as_operator
from messageapi.cli.shell import TO_SERVER, Shell, command, usage
from messageapi.cli.tables import moment, table

Which = Annotated[str, typer.Argument(metavar="ID", help="The question's id.")]


async def list_(
    shell: Shell,
    state: Annotated[str, typer.Option(help="Only open, answered or closed ones.")] = "",
) -> None:
    """List questions, the newest first."""
    async with as_operator(shell) as client:
        found = await client.every("/support", state=state)
    rows = [(one["id"], one["state"], moment(one["createdAt"]), one["email"], one["subject"]) for one in found]
    none = f"No {state} question." if state else "Nobody has asked anything."
    shell.show({"items": found}, table(("id", "state", "asked", "from", "subject"), rows, empty=none))


async def show(shell: Shell, request: Which) -> None:
    """Show a question and its answers."""
    async with as_operator(shell) as client:
        found = await client.get(f"/support/{part(request)}")
    shell.show(found, described(found))


async def answer(
    shell: Shell,
    request: Which,
    text: Annotated[str, typer.Option(help="The answer. Left out: it is read from standard input.")] = "",
) -> None:
    """Answer a question by mail."""
    words = text or ("" if sys.stdin.isatty() else sys.stdin.read())
    if not words.strip():
        usage("Say what to answer, with --text or on standard input.")
    async with as_operator(shell) as client:
        found = await client.post(f"/support/{part(request)}/answer", {"text": words})
    shell.show(found, f"The answer to {found['email']} is on its way.")


async def close(shell: Shell, request: Which) -> None:
    """Close a question without an answer."""
    async with as_operator(shell) as client:
        found = await client.post(f"/support/{part(request)}/close")
    shell.show(found, f"{found['id']} is closed.")


def described(found: dict[str, object]) -> RenderableType:
    """What people wrote is text: no markup of it is followed."""
    lines = [
        Text(f"{found['subject']}", style="bold"),
        Text(f"{found['name']} <{found['email']}>, {moment(found['createdAt'])}, {found['state']}"),
        Text(f"\n{found['text']}"),
    ]
    answers = found.get("answers")
    for one in answers if isinstance(answers, list) else []:
        lines.append(Text(f"\nAnswer of {one['by']}, {moment(one['at'])}", style="bold"))
        lines.append(Text(str(one["text"])))
    earlier = found.get("earlier")
    if isinstance(earlier, list) and earlier:
        lines.append(Text(f"\nFrom the same address: {', '.join(map(str, earlier))}"))
    return Group(*lines)


def add_to(app: typer.Typer) -> None:
    command(app, "list", shared=TO_SERVER)(list_)
    for verb in (show, answer, close):
        command(app, shared=TO_SERVER)(verb)
