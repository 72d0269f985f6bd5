"""The main job from the command line, on the sandbox: link, send, receive, answer, lose the phone and find it again."""

import asyncio
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

OWN, FRIEND = "+12025550101", "+12025550102"


@pytest.fixture(scope="module")
def shop(sandbox_server: Any) -> Any:
    """The running server, with its first account's demo number linked to a virtual phone."""
    assert sandbox_server.announced["trouble"] is None, sandbox_server.announced
    return sandbox_server


def test_the_first_start_leaves_a_number_that_sends(shop: Any) -> None:
    (number,) = [one for one in shop.run("status", "--json").document["numbers"] if one["name"] == "demo"]
    assert (number["phone"], number["state"]) == (OWN, "connected")


def test_the_line_to_paste_works_as_pasted(shop: Any) -> None:
    done = subprocess.run(["sh", "-c", shop.announced["curl"]], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout)["success"] is True


def test_a_text_is_sent_and_shown_on_the_phone(shop: Any) -> None:
    said = shop.run("send", FRIEND, "Hello from the command line", "--from", "demo", "--json")
    assert (said.code, said.document["status"] in {"sent", "delivered", "read"}) == (0, True)
    inbox = shop.run("phone", "inbox", FRIEND, "--wait", "10", "--json").document["messages"]
    assert "Hello from the command line" in [one["text"] for one in inbox]
    assert "Hello from the command line" in shop.run("phone", "inbox", FRIEND).out


def test_a_text_may_come_from_stdin(shop: Any) -> None:
    assert shop.run("send", FRIEND, "-", given="From a pipe\nwith two lines").code == 0


def test_the_phone_answers(shop: Any) -> None:
    shop.run("send", FRIEND, "Is anybody there?")
    shop.run("phone", "inbox", FRIEND, "--wait", "10")
    assert shop.run("phone", "reply", FRIEND, "Thank you").code == 0


def test_a_number_that_does_not_exist_is_refused(shop: Any) -> None:
    said = shop.run("send", "+12025559999", "nobody there", "--json")
    assert said.code in {1, 5}
    assert said.err.strip()


def test_an_offline_phone_keeps_a_message_at_sent(shop: Any) -> None:
    shop.run("phone", "add", "+12025550103")
    assert shop.run("phone", "offline", "+12025550103", "--json").document["online"] is False
    sent = shop.run("send", "+12025550103", "later", "--json").document
    assert sent["status"] == "sent"
    assert shop.run("phone", "online", "+12025550103", "--json").document["online"] is True
    assert shop.run("phone", "inbox", "+12025550103", "--wait", "10", "--json").document["messages"]


def test_a_phone_scans_by_itself(shop: Any) -> None:
    shop.run("number", "create", "second", "--network", "sandbox")
    said = shop.run("phone", "scan", "+12025550104", "second", "--json")
    assert (said.code, said.document["state"]) == (0, "connected")


def test_linking_shows_a_code_for_the_phone_to_scan(shop: Any) -> None:
    """Two terminals: one shows, the other holds the phone."""
    command = [sys.executable, "-m", "messageapi.cli", "number", "link", "third", "--network", "sandbox", "--json"]
    with subprocess.Popen(command, env=shop.environment, stdout=subprocess.PIPE, text=True) as showing:
        assert showing.stdout
        first = json.loads(showing.stdout.readline())
        assert (first["event"], first["method"]) == ("code", "qr")
        assert shop.run("phone", "scan", "+12025550105", "third").code == 0
        last = [json.loads(line) for line in showing.stdout][-1]
    assert showing.returncode == 0
    assert (last["event"], last["number"]["phone"]) == ("connected", "+12025550105")


def test_linking_with_a_typed_code(shop: Any) -> None:
    shop.run("phone", "add", "+12025550106")
    link = ["number", "link", "fourth", "--network", "sandbox", "--code", "+12025550106", "--json"]
    command = [sys.executable, "-m", "messageapi.cli", *link]
    with subprocess.Popen(command, env=shop.environment, stdout=subprocess.PIPE, text=True) as showing:
        assert showing.stdout
        first = json.loads(showing.stdout.readline())
        assert first["method"] == "code"
        assert shop.run("phone", "code", "+12025550106", first["code"]).code == 0
        last = [json.loads(line) for line in showing.stdout][-1]
    assert (showing.returncode, last["event"]) == (0, "connected")


def test_in_a_terminal_the_code_is_drawn_and_then_gives_way(shop: Any) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 100, 0, 0))
    command = [sys.executable, "-m", "messageapi.cli", "number", "link", "drawn", "--network", "sandbox"]
    terminal = shop.environment | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "60"}
    with subprocess.Popen(command, env=terminal, stdin=theirs, stdout=theirs, stderr=theirs) as showing:
        os.close(theirs)
        seen = ""
        while "A new code comes in" not in seen:
            seen += os.read(ours, 65536).decode(errors="replace")
        assert "█▀▀▀▀▀█" in seen
        assert shop.run("phone", "scan", "+12025550107", "drawn").code == 0
        while "connected  drawn" not in seen:
            seen += os.read(ours, 65536).decode(errors="replace")
    os.close(ours)
    assert showing.returncode == 0


def test_ctrl_c_while_linking_gives_the_linking_up(shop: Any, ctrl_c: int) -> None:
    command = [sys.executable, "-m", "messageapi.cli", "number", "link", "fifth", "--network", "sandbox", "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=shop.environment, stdout=pipe, stderr=pipe, text=True) as showing:
        assert showing.stdout
        showing.stdout.readline()
        showing.send_signal(ctrl_c)
        _, said = showing.communicate(timeout=30)
    assert showing.returncode == 130
    assert "Traceback" not in said
    assert shop.run("number", "show", "fifth", "--json").document["state"] == "created"


def test_a_number_of_the_real_network_is_not_for_virtual_phones(shop: Any) -> None:
    shop.run("number", "create", "real")
    assert shop.run("phone", "scan", OWN, "real").code == 2


def test_unlink_stop_and_restart(shop: Any) -> None:
    shop.run("number", "create", "resting", "--network", "sandbox")
    assert shop.run("phone", "scan", "+12025550108", "resting").code == 0
    assert shop.run("number", "stop", "resting", "--json").document["state"] == "stopped"
    assert shop.run("number", "restart", "resting").code == 0
    assert shop.run("number", "unlink", "resting", "--json").document["state"] in {"created", "logged_out"}


def test_the_demo_runs_against_the_running_server(shop: Any) -> None:
    said = shop.run("demo", "--json")
    assert said.code == 0, said.err
    assert said.document["ok"]
    assert [one["call"] for one in said.document["messages"]] == [
        "GET /send.php",
        "POST /api/v1/send",
        "POST /api/v1/messages",
    ]
    assert all(set(one["afterMs"]) == {"sent", "delivered", "read"} for one in said.document["messages"])


def test_the_demo_prints_a_table_for_people(shop: Any) -> None:
    said = shop.run("demo")
    assert said.code == 0
    assert "✓ The phone answers" in said.err
    assert "GET /send.php" in said.out


def test_a_failing_step_of_the_demo_names_itself(shop: Any) -> None:
    """Without its control interface the sandbox has no phones to offer."""
    path = shop.data / "sandbox" / "sandbox.json"
    hidden = path.rename(path.with_suffix(".hidden"))
    try:
        said = shop.run("demo", "--json")
    finally:
        hidden.rename(path)
    assert (said.code, said.document["ok"], said.document["error"]["step"]) == (1, False, "phones")
    assert "phones" in said.err


def test_a_private_demo_leaves_nothing_behind(run_apart: Any, tmp_path: Path) -> None:
    said = run_apart("demo", "--private", "--json", TMPDIR=str(tmp_path))
    assert said.code == 0, said.err
    assert not list(tmp_path.glob("messageapi-demo-*"))


def test_ctrl_c_ends_a_private_demo_and_its_server(
    environment: dict[str, str], tmp_path: Path, ctrl_c: int, eventually: Any
) -> None:
    command = [sys.executable, "-m", "messageapi.cli", "demo", "--private"]
    pipe = subprocess.PIPE
    given = environment | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, env=given, stdout=pipe, stderr=pipe, text=True) as playing:
        assert playing.stderr
        playing.stderr.readline()  # the server has started
        playing.send_signal(ctrl_c)
        _, said = playing.communicate(timeout=30)
    assert playing.returncode == 130, said
    assert "Traceback" not in said
    assert not list(tmp_path.glob("messageapi-demo-*"))
    asyncio.run(eventually(lambda: not _alive(str(tmp_path))))  # nobody waits for the children of a child


def _alive(mark: str) -> list[str]:
    """Command lines and environments of running processes that mention this test's folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.name != str(os.getpid()) and mark.encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_a_phone_calls_and_is_turned_away_where_that_is_wished(shop: Any) -> None:
    unanswered = shop.run("phone", "call", FRIEND, OWN, "--seconds", "0.5", "--json").document
    assert unanswered["ended"] == "unanswered"
    wished = shop.run("number", "set", "demo", "reject-calls=on", "auto-download=small", "--json").document
    assert (wished["rejectCalls"], wished["autoDownload"]) == (True, "small")
    assert "turned away" in shop.run("phone", "call", FRIEND, OWN, "--video").out
    assert shop.run("number", "set", "demo", "reject-calls").code == 2
    assert shop.run("number", "set", "demo", "reject-calls=maybe").code == 5
