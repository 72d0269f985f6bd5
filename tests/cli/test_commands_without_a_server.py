"""What the command line says and returns when no server is there to help."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from messageapi.cli.shell import program
from messageapi.numbers.create import create
from messageapi.settings import Settings, default_toml
from messageapi.vocab.caller import operator_for
from messageapi.wiring import open_runtime

Run = Any  # the fixture's type: conftest is not importable by name
NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens


def test_help_lists_every_noun(run: Run) -> None:
    said = run("--help")
    assert said.code == 0
    for noun in (
        "serve",
        "demo",
        "status",
        "openapi",
        "settings",
        "account",
        "key",
        "number",
        "phone",
        "send",
        "doctor",
    ):
        assert f" {noun} " in said.out


@pytest.mark.slow
def test_version_is_a_document_for_machines(run: Run, run_apart: Run) -> None:
    assert set(run_apart("version", "--json").document) == {"version", "python", "system", "neonize"}
    assert run("version").out.startswith("messageapi ")


def test_settings_in_force_hide_passwords(run: Run) -> None:
    said = run("settings", "--json", MESSAGEAPI_DATABASE_URL="postgresql://me:hunter2@host/name")
    assert said.document["database_url"] == "postgresql://...@host/name"
    assert "hunter2" not in said.out + said.err


def test_default_settings_are_the_file_in_the_repository(run: Run) -> None:
    assert run("settings", "--default").out.strip() == default_toml().strip()
    assert run("settings", "--default", "--json").document["port"] == Settings().port


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("PORT", "eighty", "port"),
        ("PORT", "70000", "port"),
        ("SANDBOX", "maybe", "sandbox"),
        ("CONFIG", "/nowhere", "nowhere"),
    ],
)
def test_a_wrong_setting_is_named(run: Run, variable: str, value: str, named: str) -> None:
    said = run("settings", **{f"MESSAGEAPI_{variable}": value})
    assert said.code == 2
    assert named in said.err
    assert said.out == ""


def test_a_variable_that_is_no_setting_is_said(run: Run) -> None:
    said = run("settings", "--json", MESSAGEAPI_PROT="8081")
    assert said.code == 0
    assert "Did you mean MESSAGEAPI_PORT?" in said.err
    assert set(said.document) == set(Settings.__struct_fields__)
    assert "MESSAGEAPI_" not in run("settings").err


def test_a_failure_is_a_document_too(run: Run) -> None:
    said = run("settings", "--json", MESSAGEAPI_PORT="eighty")
    assert (said.code, said.document["error"]["code"]) == (2, "settings_invalid")


@pytest.mark.parametrize(
    "arguments", [("attic",), ("send",), ("number", "list", "--attic"), ("send", "1", "2", "--wait", "x")]
)
def test_wrong_arguments_are_usage_errors(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).code == 2
    said = run(*arguments, "--json")
    assert (said.code, said.document["error"]["code"]) == (2, "usage")
    assert "--help" in said.err


@pytest.mark.slow
def test_no_server_means_exit_code_4_and_the_next_action(run_apart: Run) -> None:
    said = run_apart("status", "--server", NOWHERE, "--json")
    assert said.code == 4
    assert said.document["error"]["code"] == "not_reachable"
    assert "messageapi serve" in said.err


async def a_number(data: Path, account: str) -> str:
    async with open_runtime(Settings(data=str(data), sandbox="off")) as runtime:
        return (await create(runtime.doors, operator_for(account), name="shop")).id


def test_a_key_for_a_number_by_its_name_needs_no_server(run: Run, data: Path) -> None:
    account = run("account", "create", "--name", "A", "--email", "a@example.com", "--json").document["id"]
    number = asyncio.run(a_number(data, account))
    key = run("key", "create", "--name", "till", "--number", "shop", "--json").document["id"]
    with sqlite3.connect(data / "messageapi.db") as database:
        kept = database.execute("SELECT numbers FROM keys WHERE id = ?", (key,)).fetchone()
    assert json.loads(kept[0]) == [number]
    said = run("key", "create", "--name", "x", "--number", "attic", "--json")
    assert (said.code, said.document["error"]["code"]) == (5, "number_not_found")


def test_without_a_key_the_command_says_where_to_get_one(run: Run) -> None:
    said = run("number", "list", "--server", NOWHERE)
    assert said.code == 2
    assert "MESSAGEAPI_API_KEY" in said.err


def test_an_unreadable_key_file_is_named(run: Run, tmp_path: Path) -> None:
    said = run("number", "list", "--key-file", str(tmp_path / "none"))
    assert said.code == 2
    assert str(tmp_path / "none") in said.err


def test_phones_need_the_sandbox(run: Run) -> None:
    said = run("phone", "list", "--json")
    assert (said.code, said.document["error"]["code"]) == (4, "sandbox_not_running")


def test_the_demo_without_a_server_says_how_to_get_one(run: Run) -> None:
    said = run("demo", "--json")
    assert said.code == 1
    assert said.document["error"]["step"] == "ready"
    assert "--private" in said.err


def test_doctor_finds_what_is_wrong_with_the_data_folder(run: Run, data: Path) -> None:
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    said = run("doctor", "--json")
    checks = {one["check"]: one for one in said.document["checks"]}
    assert (said.code, said.document["ok"]) == (3, False)
    assert "chmod 700" in checks["data folder"]["advice"]
    assert checks["Python"]["ok"]


def test_doctor_is_content_with_a_machine_that_has_everything(run: Run) -> None:
    assert run("doctor", "--json").document["ok"]


def test_doctor_asks_whether_another_variable_was_meant(run: Run) -> None:
    said = run("doctor", "--json", MESSAGEAPI_PROT="8081", MESSAGEAPI_ATTIC="1").document
    (one,) = [check for check in said["checks"] if check["check"] == "variables"]
    assert (said["ok"], one["advice"]) == (False, "MESSAGEAPI_PROT: did you mean MESSAGEAPI_PORT?")
    assert "MESSAGEAPI_ATTIC" in one["found"]
    assert run("doctor", "--json", MESSAGEAPI_ATTIC="1").document["ok"]


def test_a_stale_operator_file_is_not_a_server(run: Run, data: Path) -> None:
    data.mkdir(mode=0o700)
    (data / "operator.json").write_text(json.dumps({"url": NOWHERE, "token": "t"}))
    said = run("account", "list", "--json")
    assert (said.code, said.document["error"]["code"]) == (4, "not_reachable")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"url": 1}', "\x00"])
def test_a_damaged_operator_file_is_as_good_as_none(run: Run, data: Path, text: str) -> None:
    data.mkdir(mode=0o700)
    (data / "operator.json").write_text(text)
    said = run("account", "list", "--json")
    assert (said.code, said.document["error"]["code"]) == (4, "no_operator_door")


@pytest.mark.slow
def test_debug_shows_the_traceback_that_is_hidden_otherwise(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "messageapi.cli", "status", "--server", NOWHERE, "--debug"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Traceback" in done.stderr
    assert done.returncode == 4


def test_hints_name_the_command_as_it_can_be_called_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / ".venv" / "bin" / "messageapi"
    own.parent.mkdir(parents=True)
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(own.with_name("python")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert program() == ".venv/bin/messageapi"
    monkeypatch.setenv("PATH", str(own.parent))
    assert program() == "messageapi"
