"""Write docs/reference/ from the code: calls, commands, exit codes, settings, events. Run: python tools/reference.py

tests/house/test_reference.py fails when a page is not what this writes.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Protocol, Union, get_args, get_origin

import msgspec
import typer.main
from msgspec import UnsetType

from messageapi.app import openapi
from messageapi.cli.app import app
from messageapi.cli.exits import MEANING
from messageapi.cli.shell import DEFAULTS
from messageapi.settings import Settings
from messageapi.vocab.event_examples import example
from messageapi.vocab.events import CATALOGUE
from messageapi.vocab.said_examples import SAID

FOLDER = Path("docs/reference")


class Parameter(Protocol):
    """What is used here of an option or argument."""

    name: str
    opts: list[str]
    param_type_name: str
    required: bool
    help: str | None


class Command(Protocol):
    """What is used here of a command or group."""

    name: str
    help: str | None
    params: list[Parameter]


def commands() -> Iterator[tuple[str, Command]]:
    """Every command with its full name, in the order of the help."""
    yield from _below("messageapi", typer.main.get_command(app))


def _below(path: str, command: object) -> Iterator[tuple[str, Command]]:
    inside = getattr(command, "commands", None)
    if inside is None:
        yield path, command  # type: ignore[misc]  # typer keeps these types to itself
        return
    for name, one in inside.items():
        yield from _below(f"{path} {name}", one)


CLI_HEAD = """# Commands

Every command takes `--json` (one JSON document on stdout; words for people go to stderr) and `--debug`.
Those that talk to a server take `--server URL` (`MESSAGEAPI_SERVER`). Those that act for an account take
`--account ID` (`MESSAGEAPI_ACCOUNT`) and an API key from `MESSAGEAPI_API_KEY` or `--key-file`; on the server's own
machine no key is needed. With `--json` a failure is `{"error": {"code", "message", "status"}}`, and the
[exit code](exit-codes.md) tells its kind.

| Command | Does |
|---|---|
"""

SETTINGS_HEAD = """# Settings

Every setting of the server, with its default. It comes from the environment, over a TOML file named by
`MESSAGEAPI_CONFIG` (names as in `messageapi.default.toml`), over the default. `MESSAGEAPI_<NAME>_FILE` reads a value
from a file. `messageapi settings` prints what is in force.

| Variable | Default | |
|---|---|---|
"""


EXITS_HEAD = ("# Exit codes", "", "How a command ended, for scripts.", "", "| Code | Meaning |", "|---|---|")

EVENTS_HEAD = """# Events

What webhooks and streams tell. Each is `{id, type, createdAt, account, number, data}`; `data` depends on the type.
Facts may be added and types too, and none is taken away: a receiver passes over what it does not know. Times are
ISO 8601 in UTC.

| Type | Data | |
|---|---|---|
"""

SAID_HEAD = """
## What a message says

By its type, the fields that `message.received` and `message.sent_elsewhere` have beside the others. `GET
/api/v1/messages/{id}` shows the same while the body is kept. A type that is not understood is `unknown` and says
nothing.
"""


def events_page() -> str:
    kinds = [
        f"| [`{name}`](#example-of-{name.replace('.', '')}) | {_linked(kind.facts)} | {_cell(kind.about)} |\n"
        for name, kind in CATALOGUE.items()
    ]
    shapes = dict.fromkeys(kind.facts for kind in CATALOGUE.values())
    examples = "\n## Examples\n" + "".join(_example(name) for name in CATALOGUE)
    said = SAID_HEAD + "".join(f"\nA {kind}:\n\n{_json(data)}" for kind, data in SAID.items())
    return EVENTS_HEAD + "".join(kinds) + "".join(_shape(one) for one in _with_inner(shapes)) + examples + said


def _example(name: str) -> str:
    return f"\n### Example of {name}\n\n{_cell(CATALOGUE[name].about)}\n\n{_json(example(name))}"


def _json(data: object) -> str:
    return f"```json\n{json.dumps(data, indent=2, ensure_ascii=False)}\n```\n"


def _with_inner(shapes: Iterable[type[msgspec.Struct]]) -> list[type[msgspec.Struct]]:
    """And those that their fields hold."""
    found: dict[type[msgspec.Struct], None] = {}
    for shape in shapes:
        found[shape] = None
        inner = (one for field in msgspec.structs.fields(shape) for one in _structs(field.type))
        found.update(dict.fromkeys(_with_inner(one for one in inner if one not in found)))
    return list(found)


def _structs(kind: object) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
    for part in get_args(kind):
        yield from _structs(part)


def _shape(shape: type[msgspec.Struct]) -> str:
    about = " ".join((shape.__doc__ or "").split())
    rows = [
        f"| `{field.encode_name}` | {_spelled(field.type)}{'' if field.required else ', may be left out'} |"
        f"{f' {_cell(said)} |' if (said := _said(field.type)) else ' |'}\n"
        for field in msgspec.structs.fields(shape)
    ]
    return f"\n## {shape.__name__}\n\n{about}\n\n| Field | | |\n|---|---|---|\n" + "".join(rows)


WORDS: dict[object, str] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    type(None): "null",
    Any: "any JSON",
}


def _spelled(kind: object) -> str:
    """A field's type in the words of JSON."""
    parts, origin = get_args(kind), get_origin(kind)
    if origin is Annotated:
        return _spelled(parts[0])
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_spelled(one) for one in parts if one is not UnsetType))
    if origin is Literal:
        return " or ".join(f"`{one}`" for one in parts)
    if origin in (list, tuple, dict):
        return "object" if origin is dict else f"list of {_spelled(parts[0])}"
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return _linked(kind)
    return WORDS[kind]


def _linked(shape: type[msgspec.Struct]) -> str:
    return f"[{shape.__name__}](#{shape.__name__.lower()})"


def _said(kind: object) -> str:
    """What the field's own Meta says about it."""
    metas = [one for part in (kind, *get_args(kind)) for one in get_args(part) if isinstance(one, msgspec.Meta)]
    return next((one.description for one in metas if one.description), "")


def cli_page() -> str:
    return CLI_HEAD + "".join(f"| `{path}{_usage(one)}` | {_cell(one.help)} |\n" for path, one in commands())


def _usage(command: Command) -> str:
    return "".join(f" {_shown(one)}" for one in command.params if one.name not in {*DEFAULTS, "help"})


def _shown(parameter: Parameter) -> str:
    if parameter.param_type_name == "argument":
        return str(getattr(parameter, "metavar", None) or parameter.name.upper())
    text = parameter.opts[0]
    if not getattr(parameter, "is_flag", False):
        text += f" {getattr(parameter, 'metavar', None) or parameter.name.upper()}"
    return text if parameter.required else f"[{text}]"


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def exits_page() -> str:
    rows = [f"| {int(code)} | {meaning} |" for code, meaning in MEANING.items()]
    return "\n".join([*EXITS_HEAD, *rows]) + "\n"


def settings_page() -> str:
    return SETTINGS_HEAD + "".join(f"{_setting(field)}\n" for field in msgspec.structs.fields(Settings))


def _setting(field: msgspec.structs.FieldInfo) -> str:
    metas = [one for one in get_args(field.type)[1:] if isinstance(one, msgspec.Meta)]
    inner = get_args(field.type)[0]
    choices = " One of: " + ", ".join(f"`{one}`" for one in get_args(inner)) + "." if get_origin(inner) else ""
    about = next((one.description for one in metas if one.description), "")
    default = f"`{field.default}`" if field.default != "" else "empty"
    return f"| `MESSAGEAPI_{field.name.upper()}` | {default} | {_cell(about)}{choices} |"


CALLS_HEAD = """# Calls

Every call of the API, in one list. Each leads to its fields, answers and examples in the
[interactive reference](/docs/api) of a server, which is a megabyte the first time; the same is in
[the OpenAPI document](/openapi.json). Every error has [a code that says what to do](/docs/errors).
"""


def calls_page() -> str:
    document: Any = openapi(Settings())
    lines: dict[str, list[str]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            tag = call["tags"][0]
            lines[tag].append(_call(tag, method.upper(), path, call["summary"]))
    about = {tag["name"]: tag["description"] for tag in document["tags"]}
    return CALLS_HEAD + "".join(
        f"\n## {tag}\n\n{about[tag]}\n\n| Call | |\n|---|---|\n{''.join(lines[tag])}" for tag in lines
    )


def _call(tag: str, method: str, path: str, summary: str) -> str:
    """With the place that Scalar gives it."""
    place = f"/docs/api#tag/{tag.lower().replace(' ', '-')}/{method}{path}"
    return f"| [`{method} {path}`]({place}) | {_cell(summary)} |\n"


PAGES = {
    "calls.md": calls_page,
    "cli.md": cli_page,
    "events.md": events_page,
    "exit-codes.md": exits_page,
    "settings.md": settings_page,
}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8")
