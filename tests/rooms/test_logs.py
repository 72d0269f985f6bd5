"""What is logged is read by people and machines, and can never be the reason that something stops."""

import io
import json
import os
import subprocess
import sys

import pytest

from messageapi import logs

SAYS_TWO_LINES = """
import sys
from messageapi import logs
logs.configure("info", "json")
sys.stdin.readline()  # the reader of our stderr has gone by now
logs.log("store").error("first")
logs.log("store").error("second")
print("went on")
"""


def stderr(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """No fixture: pytest itself sets sys.stderr between set-up and call."""
    monkeypatch.setattr(sys, "stderr", stream := io.StringIO())
    return stream


def test_a_line_goes_to_the_stderr_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    first = stderr(monkeypatch)
    logs.configure("info", "json")
    later = stderr(monkeypatch)
    logs.log("store").info("opened", tables=3)
    assert json.loads(later.getvalue())["event"] == "opened"
    assert first.getvalue() == ""


def test_a_closed_stderr_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = stderr(monkeypatch)
    logs.configure("info", "json")
    stream.close()
    logs.log("store").error("writing_stopped", code="unreachable")


def test_who_logs_goes_on_when_nobody_reads_any_more() -> None:
    reader, writer = os.pipe()
    command = [sys.executable, "-c", SAYS_TWO_LINES]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=writer, text=True) as child:
        os.close(writer)
        os.close(reader)
        said, _ = child.communicate("\n", timeout=60)
    assert said == "went on\n"


def test_secrets_in_the_wrong_field_are_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = stderr(monkeypatch)
    logs.configure("info", "json")
    logs.log("keys").info("made", key="ma_live_abc", phone="+4915112345678")
    line = json.loads(said.getvalue())
    assert (line["key"], line["phone"], line["event"]) == ("[removed]", "[removed]", "made")
