"""What the person at the terminal reads when the server runs: where it is, the key (once), and a line to paste."""

import msgspec

from messageapi.cli.server.serve import Ready
from messageapi.cli.shell import Shell, print_json, program


def greet(shell: Shell, ready: Ready) -> None:
    if shell.json:
        print_json(msgspec.to_builtins(ready), indent=None)
    else:
        shell.out.print("\n".join(lines(ready)))


def lines(ready: Ready) -> list[str]:
    lines = ["", f"MessageAPI serves on {ready.address}", f"  account  {ready.account}"]
    if ready.first_start:
        lines += [f"  panel    {ready.first_start}", "           Make your login there: the link works once."]
    else:
        lines += [f"  panel    {ready.address}/login"]
    if ready.key:
        lines += [f"  key      {ready.key}", "           It is shown this once: store it now."]
    else:
        lines += [f"  key      shown at the first start; for another: {program()} key create --name NAME"]
    if ready.phones:
        own, friend = ready.phones
        lines += [f"  sandbox  {own} is the number `demo`, {friend} is a friend to write to"]
    if ready.trouble:
        lines += ["", ready.trouble]
    lines += ["", "Send a message:", f"  {ready.curl}"]
    if ready.phones:
        lines += ["See it arrive:", f"  {program()} phone inbox {ready.phones[1]}"]
    return [*lines, "", "Ctrl-C stops the server.", ""]
