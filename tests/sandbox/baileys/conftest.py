"""The proof with an independent client needs Node 20 and npm. Without them it is left out, and the run says so."""

import shutil
import subprocess

import pytest


def _missing() -> str | None:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return "Node 20 with npm is not installed"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    major = version.strip().lstrip("v").partition(".")[0]
    return None if major.isdigit() and int(major) >= 20 else f"Node is {version.strip() or 'unknown'}, 20 is needed"


MISSING = _missing()
collect_ignore = ["test_an_independent_client.py"] if MISSING else []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if MISSING:
        terminalreporter.write_line(f"Left out: the sandbox against Baileys. {MISSING}.", yellow=True)
