"""messageapi mail: try the settings for mail. Needs no server."""

from typing import Annotated

import typer

from messageapi import logs
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.shell import DOOR_EXITS, LOCAL, Shell, command, usage
from messageapi.mail.port import Email, MailError, is_address
from messageapi.vocab.clock import now_ms
from messageapi.vocab.ids import new_id

WORDS = "Mail of this MessageAPI server works: this email was sent to try it."


async def test(shell: Shell, address: Annotated[str, typer.Argument(help="Where to send an email to.")]) -> None:
    """Send an email with the settings as they are, and say what the mail server answered."""
    from messageapi.mail.opening import FOLDER, open_mail  # noqa: PLC0415 - other commands do without
    from messageapi.wiring import prepare_folder  # noqa: PLC0415

    if not is_address(address):
        usage("This is not an email address. It looks like name@example.com.")
    logs.configure("error")
    settings = shell.settings
    email = Email(
        id=new_id("ntc"),
        to=address,
        subject="Mail works",
        text=WORDS + "\n",
        html=f"<p>{WORDS}</p>\n",
        at=now_ms(),
    )
    try:
        if not settings.mail_url:
            prepare_folder(settings.data_folder)
        mail = open_mail(settings.mail_url, settings.mail_from, settings.data_folder / FOLDER)
        await mail.send(email)
    except MailError as problem:
        raise CliError(DOOR_EXITS.get(problem.code, Exit.REFUSED), problem.detail, code=problem.code) from None
    kept = None if settings.mail_url else str(settings.data_folder / FOLDER)
    said = f"The mail server took the email to {address}." if settings.mail_url else f"It lies in {kept}."
    shell.show({"sent": True, "folder": kept}, said)


def add_to(app: typer.Typer) -> None:
    command(app, shared=LOCAL)(test)
