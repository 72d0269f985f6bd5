"""The root key is replaced in the memory of a sandbox host, exactly once, and nowhere else.

Each test runs in a process of its own, since what it changes is the loaded library.
"""

import hashlib
import subprocess
import sys

import pytest

from messageapi.engines.linked.library.file import library_digest, library_file, library_version
from messageapi.engines.linked.trust import TrustError, replace_root_key

PRELUDE = """
import ctypes, os
from messageapi.engines.linked.library.file import library_file, loaded_regions
from messageapi.engines.linked.trust import WHATSAPP_ROOT_KEY, TrustError, replace_root_key

NEW = bytes(range(100, 132))

def load():
    ctypes.CDLL(str(library_file()))

def writable():
    return [region for region in loaded_regions() if region.private_writable]

def places(key):
    return [region.start + region.read().find(key) for region in writable() if key in region.read()]

def refused(network="sandbox"):
    try:
        replace_root_key(network, NEW)
    except TrustError as error:
        print(error)
    else:
        raise SystemExit("not refused")

def leave():
    os.sys.stdout.flush()
    os._exit(0)
"""


def run(script: str) -> str:
    child = subprocess.run(
        [sys.executable, "-c", PRELUDE + script], capture_output=True, text=True, timeout=60, check=False
    )
    assert child.returncode == 0, child.stderr
    return child.stdout.strip()


def test_the_key_in_memory_becomes_ours_and_the_file_stays_as_it_is() -> None:
    before, stamp = library_digest(), library_file().stat().st_mtime_ns
    assert (
        run("""
load()
[place] = places(WHATSAPP_ROOT_KEY)
replace_root_key("sandbox", NEW)
assert ctypes.string_at(place, 32) == NEW and places(WHATSAPP_ROOT_KEY) == []
replace_root_key("sandbox", NEW)
assert places(NEW) == [place]
print("replaced")
leave()
""")
        == "replaced"
    )
    assert library_digest() == before == hashlib.sha256(library_file().read_bytes()).hexdigest()
    assert library_file().stat().st_mtime_ns == stamp


def test_the_real_network_is_refused_and_its_key_untouched() -> None:
    said = run("""
load()
refused("whatsapp")
refused("")
refused("Sandbox")
assert len(places(WHATSAPP_ROOT_KEY)) == 1 and places(NEW) == []
leave()
""")
    assert said.count("for the network sandbox only") == 3


def test_a_second_copy_of_the_key_is_refused() -> None:
    said = run("""
load()
[key] = places(WHATSAPP_ROOT_KEY)
place = key + 32  # its neighbour is as constant as the key: nobody connects here
ctypes.memmove(place, WHATSAPP_ROOT_KEY, 32)
refused()
assert ctypes.string_at(place, 32) == WHATSAPP_ROOT_KEY and places(NEW) == []
leave()
""")
    assert f"neonize {library_version()} holds the root key 2 times" in said


def test_a_library_without_the_key_is_refused() -> None:
    said = run("""
load()
[place] = places(WHATSAPP_ROOT_KEY)
ctypes.memset(place, 0, 32)
refused()
leave()
""")
    assert f"neonize {library_version()} holds the root key 0 times" in said


def test_a_process_without_the_library_is_told_so() -> None:
    assert "neonize is not loaded" in run("refused()\nleave()\n")


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_size_is_refused(key: bytes) -> None:
    with pytest.raises(TrustError, match="32 bytes"):
        replace_root_key("sandbox", key)


def test_importing_trust_loads_neither_neonize_nor_the_sandbox() -> None:
    assert (
        run("""
import sys
assert not loaded_regions()
print([name for name in sys.modules if name.startswith(("neonize", "messageapi.sandbox"))])
leave()
""")
        == "[]"
    )
