"""Whatever a library prints goes nowhere; what it says when it dies is heard."""

import subprocess
import sys
from subprocess import PIPE

SCRIPT = """
import os, sys
from messageapi.engines.host.streams import Streams
streams = Streams()
streams.quiet()
os.write(1, b"Pair Code: ABCD-EFGH\\n")
os.write(2, b"Press Ctrl+C to exit\\nfatal error: concurrent map writes\\n")
sys.stderr.write("a log line of ours\\n")
streams.say("ready")
print("printed by Python")
sys.stdin.readline()
os.abort()
"""


def test_only_ready_reaches_stdout_and_chatter_is_dropped() -> None:
    """It dies once both lines are out: a dying library's traces take longer than a pipe."""
    process = subprocess.Popen([sys.executable, "-c", SCRIPT], stdin=PIPE, stdout=PIPE, stderr=PIPE)
    assert process.stderr
    heard = {process.stderr.readline(), process.stderr.readline()}
    stdout, stderr = process.communicate(b"die\n", timeout=30)
    assert heard == {b"fatal error: concurrent map writes\n", b"a log line of ours\n"}
    assert process.returncode == -6
    assert stdout == b"ready\n"
    assert b"Ctrl+C" not in stderr
    assert b"ABCD-EFGH" not in stderr
