"""When the server cannot start it says why in a sentence, with the right exit code, and leaves nothing half done."""

import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # an interpreter for each test

Run = Any  # the fixtures' types: conftest is not importable by name


def test_a_port_in_use_is_said_before_a_file_is_touched(run_apart: Run, data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = run_apart("serve", "--port", port, "--json")
    assert (said.code, said.document["error"]["code"]) == (6, "cannot_listen")
    assert port in said.err
    assert not data.exists()


def test_a_variable_that_is_no_setting_is_said_at_the_start(run_apart: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = run_apart("serve", "--port", str(taken.getsockname()[1]), MESSAGEAPI_PROT="8081", MESSAGEAPI_ATTIC="x")
    attic, prot, _ = said.err.splitlines()
    assert "variable=MESSAGEAPI_ATTIC" in attic
    assert "nearest=MESSAGEAPI_PORT" in prot
    assert "variable=MESSAGEAPI_PROT" in prot
    assert "8081" not in said.err


def test_an_address_of_another_machine_is_refused(run_apart: Run) -> None:
    said = run_apart("serve", "--host", "192.0.2.1")
    assert said.code == 6
    assert "192.0.2.1" in said.err


def test_a_data_folder_that_is_a_file_is_named(run_apart: Run, data: Path) -> None:
    data.write_text("not a folder")
    said = run_apart("serve", "--json")
    assert (said.code, said.document["error"]["code"]) == (6, "not_writable")
    assert str(data) in said.err


def test_a_data_folder_that_cannot_be_written_is_named(run_apart: Run) -> None:
    """Nobody makes a folder in /sys, root included."""
    said = run_apart("serve", "--json", MESSAGEAPI_DATA="/sys/messageapi")
    assert (said.code, said.document["error"]["code"]) == (6, "not_writable")
    assert "/sys/messageapi" in said.err
    assert "MESSAGEAPI_DATA" in said.err


@pytest.mark.parametrize(
    "content", [b"this is no database, only some text " * 200, b"SQLite format 3\x00" + b"\xff" * 8192]
)
def test_a_damaged_database_is_said_to_be_one(run_apart: Run, data: Path, content: bytes) -> None:
    data.mkdir(mode=0o700)
    (data / "messageapi.db").write_bytes(content)
    said = run_apart("serve", "--json")
    assert (said.code, said.document["error"]["code"]) == (6, "corrupt")
    assert "backup" in said.err
    assert (data / "messageapi.db").read_bytes() == content


def test_a_database_with_a_torn_page_is_said_to_be_damaged(run_apart: Run, data: Path) -> None:
    run_apart("account", "create", "--name", "A", "--email", "a@example.com")
    path = data / "messageapi.db"
    sqlite3.connect(path).close()
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 12] = os.urandom(4096 * 10)
    path.write_bytes(content)
    said = run_apart("serve", "--json")
    assert (said.code, said.document["error"]["code"]) == (6, "corrupt")


def test_a_missing_master_key_is_not_replaced(run_apart: Run, data: Path) -> None:
    run_apart("account", "create", "--name", "A", "--email", "a@example.com")
    (data / "master.key").unlink()
    said = run_apart("serve", "--json")
    assert (said.code, said.document["error"]["code"]) == (6, "key_file")
    assert "Restore it" in said.err
    assert not (data / "master.key").exists()


@pytest.mark.parametrize("variable", ["DATABASE_URL", "NATS_URL"])
def test_an_outside_service_that_does_not_answer_is_named(run_apart: Run, variable: str) -> None:
    url = {"DATABASE_URL": "postgresql://me:hunter2@127.0.0.1:9/x", "NATS_URL": "nats://hunter2@127.0.0.1:9"}[variable]
    said = run_apart("serve", **{f"MESSAGEAPI_{variable}": url})
    assert said.code == 4
    assert f"MESSAGEAPI_{variable}" in said.err
    assert "hunter2" not in said.out + said.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [("DATABASE_URL", "mysql://host/x"), ("BLOBS_URL", "ftp://x"), ("FETCH_PORTS", "abc"), ("TRUSTED_PROXIES", "abc")],
)
def test_a_setting_that_is_malformed_is_named(run_apart: Run, variable: str, value: str) -> None:
    said = run_apart("serve", **{f"MESSAGEAPI_{variable}": value})
    assert said.code == 2
    assert variable in said.err or "database URL" in said.err


def test_a_second_server_on_the_same_data_folder_is_refused(server: Any, run_apart: Run) -> None:
    said = run_apart("serve", "--json", **server.environment)
    assert (said.code, said.document["error"]["code"]) == (6, "locked_by_other")
    assert server.run("status").code == 0


def test_the_sandbox_runs_alone(environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "messageapi.cli", "sandbox"]
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout
        assert sandbox.stdout.readline() == "ready\n"
        sandbox.terminate()
    assert sandbox.returncode == 0


def test_an_engine_host_without_settings_says_what_it_wants(run_apart: Run) -> None:
    said = run_apart("engine", given="nonsense\n")
    assert said.code == 2
    assert "JSON" in said.err
