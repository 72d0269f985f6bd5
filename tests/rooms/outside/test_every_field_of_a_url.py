"""Whatever field of the API a URL of the corpus stands in, nothing leads inside: no connection is even tried."""

import dataclasses
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from messageapi.keys.create import create_key
from messageapi.vocab.caller import Caller
from messageapi.web.doors import Doors

pytestmark = pytest.mark.slow

LINES = (Path(__file__).parent / "corpus.txt").read_text("utf-8").splitlines()
CORPUS = [line.encode().decode("unicode_escape") for line in LINES if line and not line.startswith("#")]
TO = {"to": "+12025550123"}
ME = {"recipient": "12025550123", "wait": 0}

Ask = tuple[str, str, Mapping[str, object]]
FIELDS: dict[str, Callable[[str], Ask]] = {
    **{
        kind: lambda url, kind=kind: ("POST", "/api/v1/messages", {**TO, "type": kind, "url": url})  # type: ignore[misc]
        for kind in ("image", "video", "audio", "voice", "document", "sticker")
    },
    "preview": lambda url: ("POST", "/api/v1/messages", {**TO, "text": f"See {url} there", "preview": True}),
    "batch": lambda url: ("POST", "/api/v1/messages/batch", {"messages": [{**TO, "type": "image", "url": url}]}),
    **{
        f"send {kind} {field}": lambda url, kind=kind, field=field: (  # type: ignore[misc]
            "POST",
            f"/api/v1/send/{kind}",
            {**ME, field: url},
        )
        for kind, field in (("image", "image"), ("image", "url"), ("document", "document"), ("document", "pdf"))
    },
    **{
        f"send.php {field}": lambda url, field=field: ("GET", "/send.php", {**ME, field: url})  # type: ignore[misc]
        for field in ("image", "document", "pdf", "url")
    },
}


@pytest.fixture
async def inside(
    doors: Doors, alice: Caller, outside: Any, sink: Any, make: ModuleType, beside: Callable[[str], ModuleType]
) -> AsyncIterator[Callable[[Ask], Any]]:
    """Asks the API, whose door may use the sink's port."""
    doors = dataclasses.replace(doors, outside=outside([80, 443, sink.port]))
    await make.make_number(doors, alice)
    key = (await create_key(doors, alice, name="all", scopes=alice.scopes)).key
    with beside("routing").Routing().built(doors) as front:
        transport = httpx.ASGITransport(front, raise_app_exceptions=True)
        headers = {"X-API-Key": key}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:

            async def ask(asked: Ask) -> httpx.Response:
                method, path, given = asked
                return await client.request(method, path, **{"params" if method == "GET" else "json": given})  # type: ignore[arg-type]

            yield ask


def urls(port: int) -> list[str]:
    found = dict.fromkeys(url.replace("{port}", str(port)) for url in CORPUS)
    return [url for url in found if url.isprintable()]


@pytest.mark.parametrize("field", FIELDS)
async def test_no_url_leads_inside(inside: Any, sink: Any, connects: Any, field: str) -> None:
    tried = urls(sink.port)
    assert len(tried) >= 200
    for url in tried:
        answer = await inside(FIELDS[field](url))
        assert answer.status_code < 500, (url, answer.text)
    assert connects == []
    assert sink.taken == 0


@pytest.mark.parametrize("field", FIELDS)
async def test_without_the_guard_the_sink_is_reached(
    inside: Any, sink: Any, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    """The judge can see: each field is one that leads somewhere."""
    monkeypatch.setattr("messageapi.outside.door.allowed", lambda *_: True)
    await inside(FIELDS[field](f"http://loop.test:{sink.port}/x.png"))
    assert sink.taken > 0
