"""What the README and the documents tell people to type exists (commands, options, goals of make, routes and bodies),
and most of it runs, as it stands there, against a server with a sandbox.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs
import pytest
import typer.main

from messageapi import app as web
from messageapi.cli.app import app
from messageapi.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = (*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")), *sorted(ROOT.glob("docs/**/*.md")))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = {"", "sh", "bash"}
INLINE = re.compile(r"`(messageapi [^`]+)`")
BODY = {"-d", "--data", "--json", "--data-urlencode"}
TAKES_A_VALUE = BODY | {"-H", "-X", "-o"}


class Line(NamedTuple):
    """A command as it would be pasted, and the page it stands on."""

    page: str
    text: str

    @property
    def words(self) -> list[str]:
        """Without what is set for it, and without the rest of a pipe."""
        words = shlex.split(self.text, comments=True)
        ends = [at for at, word in enumerate(words) if word in {"|", "&", "&&", "||", ";"}]
        return words[: ends[0]] if ends else words


def lines(program: str) -> list[Line]:
    """Those that begin with this program, in blocks."""
    found = []
    for page in PAGES:
        for block in blocks(page):
            joined = re.sub(r"\\\n\s*", " ", block)
            found += [Line(page.name, text) for text in commands(joined) if re.match(rf"(\$ )?{program} ", text)]
    return found


def blocks(page: Path) -> list[str]:
    """What is to be typed into a shell."""
    return [block for language, block in BLOCK.findall(page.read_text("utf-8")) if language in SHELL]


def commands(block: str) -> Iterator[str]:
    """Lines, each with those that follow within its quotes."""
    text = ""
    for line in block.splitlines():
        text = f"{text}\n{line}" if text else line
        try:
            shlex.split(text, comments=True)
        except ValueError:
            continue
        yield text.strip()
        text = ""


def told(one: Line) -> str:
    return f"{one.page}: {one.text[:60]}"


MESSAGEAPI = [Line(one.page, one.text.removeprefix("$ ")) for one in lines("messageapi")]
NAMED = [Line(page.name, text) for page in PAGES for text in INLINE.findall(page.read_text("utf-8"))]


def command(words: list[str]) -> tuple[Any, list[str]]:
    """The command that these words lead to, and what is left of them. Raise KeyError when there is none."""
    found: Any = typer.main.get_command(app)
    rest = words[1:]
    while hasattr(found, "commands"):
        found, rest = found.commands[rest[0]], rest[1:]
    return found, rest


@pytest.mark.parametrize("line", MESSAGEAPI, ids=told)
def test_a_command_to_paste_is_one(line: Line) -> None:
    """With all it needs and nothing it does not know."""
    leaf, rest = command(line.words)
    leaf.make_context(leaf.name, list(rest))


@pytest.mark.parametrize("line", NAMED, ids=told)
def test_a_command_that_is_named_exists(line: Line) -> None:
    leaf, rest = command(line.words)
    known = {option for parameter in leaf.params for option in parameter.opts}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known


def test_every_goal_of_make_that_is_named_exists() -> None:
    goals = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {line.words[1] for line in lines("make")}
    named |= {goal for page in PAGES for goal in re.findall(r"`make ([a-z-]+)", page.read_text("utf-8"))}
    assert {"serve", "demo", "test", "lint"} <= named
    assert named <= goals


class Call(NamedTuple):
    """What a line of curl asks for."""

    method: str
    path: str
    body: str | None


def call(line: Line) -> Call:
    words = iter(line.words[1:])
    given: dict[str, str] = {}
    url = ""
    for word in words:
        if word in TAKES_A_VALUE:
            given["body" if word in BODY else word] = next(words)
        elif not word.startswith("-"):
            url = word
    body = None if "--get" in line.words else given.get("body")
    path = re.sub(r"^(https?://[^/]+|\$\w+)", "", url).partition("?")[0]
    return Call(given.get("-X", "POST" if body else "GET"), path, body)


@pytest.fixture(scope="module")
def api() -> Any:
    return web.openapi(Settings())


CURL = [line for line in lines("curl") if "-N" not in line.words]


@pytest.mark.parametrize("line", CURL, ids=told)
def test_a_call_to_paste_has_a_route_that_takes_its_body(line: Line, api: Any) -> None:
    asked = call(line)
    route = next((paths for paths in api["paths"] if matches(paths, asked.path)), None)
    assert route, f"{asked.path} is no route"
    operation = api["paths"][route].get(asked.method.lower())
    assert operation, f"{asked.method} {route} is no route"
    if asked.body and asked.body.startswith("{"):
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": api["components"]}
        jsonschema_rs.Draft202012Validator(whole).validate(json.loads(asked.body))


def matches(route: str, path: str) -> bool:
    """`$NUMBER`, `<id>` and `key_...` stand for any id."""
    return bool(re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)), path))


def test_what_is_read_is_not_nothing() -> None:
    assert len(MESSAGEAPI) > 15
    assert len(NAMED) > 15
    assert len(CURL) > 12


@pytest.mark.parametrize("wrong", ["messageapi number lnik shop", "messageapi attic list"])
def test_a_command_that_is_none_is_noticed(wrong: str) -> None:
    with pytest.raises(KeyError):
        command(shlex.split(wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        "curl http://127.0.0.1:8080/api/v1/attic",
        "curl -X PUT http://127.0.0.1:8080/api/v1/messages",
        "curl $URL/api/v1/numbers/$NUMBER -X PATCH -d '{\"attic\": 1}'",
    ],
)
def test_a_call_that_is_none_is_noticed(wrong: str, api: Any) -> None:
    with pytest.raises((AssertionError, jsonschema_rs.ValidationError)):
        test_a_call_to_paste_has_a_route_that_takes_its_body(Line("", wrong), api)


HERE = re.compile(r"https?://(?:127\.0\.0\.1:8080|\.\.\.)")
RUNS = {
    "README.md": ["curl"],
    "groups-presence-calls.md": ["/groups", "/presence/", "phone call"],
    "limit-api-keys.md": ["/api/v1/keys", "/rotate"],
    "pace-a-number.md": ["curl"],
    "receive-messages.md": ["ownMessages", "phone send"],
    "read-received-files.md": ["/media", "autoDownload"],
    "receive-webhooks.md": ["webhook create", "/replay"],
    "stream-events.md": ["trigger"],
}
"""Page -> what tells each of its blocks that are run. Programs, endless streams and the simple calls have own tests."""


def block(page: str, mark: str) -> str:
    path = next(one for one in PAGES if one.name == page)
    return next(one for one in blocks(path) if mark in one)


class Given(NamedTuple):
    """What the examples call KEY, NUMBER and so on."""

    shop: Any
    environment: dict[str, str]
    names: dict[str, str]

    def paste(self, text: str, folder: Path) -> str:
        """What was printed. curl fails where a call was refused, and so does the whole then."""
        text = HERE.sub(self.shop.announced["address"], text)
        for name, value in self.names.items():
            text = text.replace(name, value)
        done = subprocess.run(
            ["sh", "-eu", "-c", 'curl() { command curl --fail-with-body "$@"; }\n' + text],
            env=self.environment,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, (text, done.stdout, done.stderr)
        return done.stdout


@pytest.fixture(scope="module")
def given(sandbox_server: Any) -> Given:
    shop = sandbox_server
    assert shop.announced["trouble"] is None, shop.announced
    on = ("--account", shop.announced["account"], "--json")
    (number,) = shop.run("number", "list", *on).document["items"]
    other = shop.run("key", "create", "--name", "Till", *on).document
    endpoint = shop.run("webhook", "create", "https://example.com/hook", *on).document
    shop.run("trigger", "message.received", "--type", "image")
    key = shop.announced["key"]
    named = {"KEY": key, "MESSAGEAPI_API_KEY": key, "NUM": number["id"], "NUMBER": number["id"]}
    picture = {"MESSAGE": first_received(shop)}
    tools = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    names = {"msg_...": key, "num_...": number["id"], "key_...": other["id"], "<id>": endpoint["id"]}
    return Given(shop, shop.environment | named | picture | tools, names)


def first_received(shop: Any) -> str:
    """The id of the first message that came, as soon as it is there."""
    options = ("--types", "message.received", "--after", "oldest", "--count", "1", "--json")
    came = shop.run("listen", *options, MESSAGEAPI_API_KEY=shop.announced["key"]).document
    return str(came["data"]["messageId"])


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("page", "mark"), [(page, mark) for page, marks in RUNS.items() for mark in marks])
def test_what_is_pasted_runs(given: Given, page: str, mark: str, tmp_path: Path) -> None:
    given.paste(block(page, mark), tmp_path)


@pytest.mark.slow
def test_a_call_that_is_refused_is_noticed(given: Given, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="number_not_found"):
        given.paste('curl -s http://127.0.0.1:8080/api/v1/numbers/num_nobody -H "X-API-Key: $KEY"', tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_sandbox_can_be_used_from_a_script(environment: dict[str, str], tmp_path: Path) -> None:
    """It brings its own server, and ends it."""
    path = f"{Path(sys.executable).parent}:{environment['PATH']}"
    script = block("test-against-the-sandbox.md", "messageapi serve &")
    command = ["sh", "-eu", "-c", script]
    given = environment | {"PATH": path, "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=given, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done
    assert '"text": "Hello"' in done.stdout
    assert not list(tmp_path.rglob("operator.json")), "the server has ended in order"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="sqlite3 is not installed: apt-get install sqlite3")
def test_a_backup_of_a_running_server_can_be_started(cli: Any, given: Given, tmp_path: Path) -> None:
    """What a key opens in the original it opens in the copy."""
    script = block("back-up.md", "sqlite3").replace("data/", f"{given.shop.data}/")
    given.paste(script, tmp_path)
    copied = given.shop.environment | {"MESSAGEAPI_DATA": str(tmp_path / "backup"), "MESSAGEAPI_SANDBOX": "off"}
    with cli.serving(copied, tmp_path):
        run = cli.quick_runner(copied)
        numbers = run("number", "list", "--json", MESSAGEAPI_API_KEY=given.shop.announced["key"]).document["items"]
    assert [one["id"] for one in numbers] == [given.names["num_..."]]
