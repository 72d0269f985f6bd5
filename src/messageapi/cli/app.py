"""The tree of commands."""

import sys
from typing import Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from messageapi.cli import account, demo, doctor, information, key, mail, send, support
from messageapi.cli.events import listen, trigger, webhook
from messageapi.cli.exits import CliError, Exit
from messageapi.cli.numbers import link, number, phone
from messageapi.cli.server import processes
from messageapi.cli.shell import Shell, told


class Tree(TyperGroup):
    """With --json even wrong arguments are a document."""

    def main(self, *args: Any, **more: Any) -> Any:
        if "--json" not in (more.get("args") or sys.argv[1:]):
            return super().main(*args, **more)
        try:
            code = super().main(*args, **more | {"standalone_mode": False})
        except TyperException as problem:
            said = f"{problem.format_message().rstrip('.')}. --help shows what there is."
            code = told(Shell(json=True), CliError(Exit.USAGE, said, code="usage"))
        sys.exit(code)


app = typer.Typer(
    cls=Tree,
    name="messageapi",
    help="Send and receive WhatsApp messages over HTTP with your own number.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

processes.add_to(app)
demo.add_to(app)
information.add_to(app)
send.add_to(app)
listen.add_to(app)
trigger.add_to(app)
doctor.add_to(app)

for name, module, about in (
    ("account", account, "Accounts: the tenants of this server."),
    ("key", key, "API keys of an account."),
    ("number", number, "WhatsApp numbers of an account."),
    ("webhook", webhook, "Endpoints that events are posted to."),
    ("mail", mail, "Mail: try whether it works."),
    ("support", support, "Questions of people, answered by mail."),
    ("phone", phone, "Virtual phones of the sandbox."),
):
    group = typer.Typer(help=about, no_args_is_help=True)
    module.add_to(group)
    app.add_typer(group, name=name)
    if module is number:
        link.add_to(group)
