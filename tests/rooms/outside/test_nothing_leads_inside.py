"""No URL of the corpus leads to a connection: not the sink, and not the interpreter, sees one."""

from pathlib import Path
from typing import Any

import pytest

from messageapi.outside.door import Outside
from messageapi.outside.errors import OutsideError

LINES = (Path(__file__).parent / "corpus.txt").read_text("utf-8").splitlines()
CORPUS = [line.encode().decode("unicode_escape") for line in LINES if not line.startswith("#")]
REFUSED = {"bad_url", "address_forbidden"}


async def outcome(door: Outside, url: str) -> str:
    try:
        async with door.fetch(url, limit_bytes=1000, deadline_s=5) as answer:
            return f"answered from {answer.url}"
    except OutsideError as problem:
        return problem.code


def urls(port: int) -> list[str]:
    return list(dict.fromkeys(url.replace("{port}", str(port)) for url in CORPUS))


def test_the_corpus_has_hundreds_of_urls() -> None:
    assert len(urls(8443)) >= 300


async def test_no_url_of_the_corpus_leads_to_a_connection(outside: Any, sink: Any, connects: Any) -> None:
    door = outside([80, 443, sink.port])
    outcomes = {url: await outcome(door, url) for url in urls(sink.port)}
    assert {url: said for url, said in outcomes.items() if said not in REFUSED} == {}
    assert connects == []
    assert sink.taken == 0


async def test_without_the_guard_the_same_corpus_reaches_the_sink(
    outside: Any, sink: Any, connects: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The judge can see: with a guard that lets all through, loopback URLs arrive."""
    monkeypatch.setattr("messageapi.outside.door.allowed", lambda *_: True)
    door = outside([sink.port])
    loopback = [url for url in urls(sink.port) if "loop" in url or "localhost" in url or "127.0.0.1:" in url]
    for url in loopback:
        await outcome(door, url)
    assert sink.taken > 10
    assert len(connects) >= sink.taken


@pytest.mark.parametrize("private", ["127.0.0.0/8, ::1", "127.0.0.1/32,::1/128"])
async def test_a_network_the_operator_named_is_reached(outside: Any, sink: Any, private: str) -> None:
    door = outside([sink.port], private=private)
    for host in ("127.0.0.1", "loop.test", "[::1]", "loop6.test"):
        assert await outcome(door, f"http://{host}:{sink.port}/") == "unreachable"  # the sink hangs up
    assert sink.taken >= 4


async def test_naming_one_network_opens_no_other(outside: Any, sink: Any, connects: Any) -> None:
    door = outside([80, sink.port], private="10.99.0.0/16")
    assert {await outcome(door, f"http://{host}:{sink.port}/") for host in ("127.0.0.1", "ten.test", "loop.test")} == {
        "address_forbidden"
    }
    assert connects == []
