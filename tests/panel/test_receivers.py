"""The code that verifies webhooks, as pages show it: each takes what is ours and refuses the rest."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from messageapi.panel.pages.webhooks.receivers import verifying
from messageapi.webhooks.signing import headers, new_secret

BODY = b'{"id":"evt_1","type":"message.received"}'
Verify = Callable[[str, dict[str, str], bytes], bool]


def _sample(tag: str, secret: str) -> str:
    return next(each.text for each in verifying(secret) if each.tag == tag)


def _python(secret: str, given: dict[str, str], body: bytes) -> bool:
    from standardwebhooks import WebhookVerificationError  # noqa: PLC0415 - a library of this test alone

    names: dict[str, Callable[..., object]] = {}
    exec(_sample("python", secret), names)  # noqa: S102 - our own sample
    try:
        return bool(names["verified"](given, body))
    except WebhookVerificationError:
        return False


def _node(secret: str, given: dict[str, str], body: bytes) -> bool:
    said = f"verified({json.dumps(given)}, Buffer.from({json.dumps(body.decode())}))"
    return _ran("node", ["-e", f"{_sample('node', secret)}\nconsole.log({said} ? 'yes' : 'no');"])


def _php(secret: str, given: dict[str, str], body: bytes) -> bool:
    said = f"verified(json_decode('{json.dumps(given)}', true), '{body.decode()}')"
    return _ran("php", ["-r", f"{_sample('php', secret)}\necho {said} ? 'yes' : 'no';"])


def _ran(name: str, arguments: list[str]) -> bool:
    program = shutil.which(name)
    if program is None:
        pytest.skip(f"{name} is not installed")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=30, check=True, cwd=Path("/"))
    return done.stdout.strip() == "yes"


@pytest.mark.parametrize("verify", [_python, _node, _php])
def test_it_takes_ours_and_refuses_the_rest(verify: Verify) -> None:
    secret, now = new_secret(), int(time.time())
    ours = headers("evt_1", now, BODY, [new_secret(), secret])
    assert verify(secret, ours, BODY)
    assert not verify(secret, ours, BODY.replace(b"evt_1", b"evt_2"))
    assert not verify(secret, {**ours, "webhook-id": "evt_2"}, BODY)
    assert not verify(new_secret(), ours, BODY)
    assert not verify(secret, headers("evt_1", now - 600, BODY, [secret]), BODY)
    assert not verify(secret, headers("evt_1", now, BODY, []), BODY)
