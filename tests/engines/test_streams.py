"""Whatever a library prints goes nowhere; what it says when it dies is heard."""

import subprocess
import sys

SCRIPT = """
import os, sys, time
from messageapi.engines.host.streams import Streams
streams = Streams()
streams.quiet()
os.write(1, b"Pair Code: ABCD-EFGH\\n")
os.write(2, b"Press Ctrl+C to exit\\nfatal error: concurrent map writes\\n")
sys.stderr.write("a log line of ours\\n")
streams.say("ready")
print("printed by Python")
time.sleep(0.3)  # a dying library's traces take longer
os.abort()
"""


def test_only_ready_reaches_stdout_and_chatter_is_dropped() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, timeout=30, check=False)
    assert done.stdout == b"ready\n"
    assert done.returncode == -6
    assert b"Ctrl+C" not in done.stderr
    assert b"fatal error: concurrent map writes\n" in done.stderr
    assert b"a log line of ours\n" in done.stderr
    assert b"ABCD-EFGH" not in done.stderr + done.stdout
