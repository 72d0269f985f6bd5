"""The HTTP client of the commands: JSON in, JSON out, a deadline on every call, refusals as sentences."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import quote

import aiohttp

from messageapi.cli.exits import CliError, Exit
from messageapi.cli.tables import items

LARGEST_PAGE = "200"
SILENCE_S = 40  # a stream of events says something every 15 s
LONGEST_LINE = 1 << 22
Streamed = AsyncIterator[bytes]
DEADLINE_S = 45  # the longest wait a caller may ask of the API is 30 s


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    document: dict[str, object]
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Client:
    """One server, one credential. Use it as an async context manager."""

    def __init__(self, url: str, headers: dict[str, str] | None = None, *, path: str = "") -> None:
        self.url = url.rstrip("/")
        self.path = path
        self._headers = headers or {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=DEADLINE_S)
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=timeout, trust_env=False)
        return self

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._session:
            await self._session.close()

    async def get(self, path: str, **query: str) -> dict[str, object]:
        return checked(await self.ask("GET", path, query=query)).document

    async def every(self, path: str, **query: str) -> list[dict[str, object]]:
        """All entries of a list, page by page."""
        page = await self.get(path, limit=LARGEST_PAGE, **query)
        found = items(page)
        while cursor := page.get("nextCursor"):
            page = await self.get(path, limit=LARGEST_PAGE, cursor=str(cursor), **query)
            found += items(page)
        return found

    async def post(self, path: str, body: object = None) -> dict[str, object]:
        return checked(await self.ask("POST", path, body=body)).document

    async def patch(self, path: str, body: object) -> dict[str, object]:
        return checked(await self.ask("PATCH", path, body=body)).document

    async def delete(self, path: str) -> dict[str, object]:
        return checked(await self.ask("DELETE", path)).document

    @contextlib.asynccontextmanager
    async def stream(self, path: str, headers: Mapping[str, str], query: Mapping[str, str]) -> AsyncIterator[Streamed]:
        """The lines of an answer that goes on. Raise CliError when there is none, or it falls silent."""
        if self._session is None:
            raise RuntimeError("the client is used outside its context")
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=DEADLINE_S, sock_read=SILENCE_S)
        given = {name: value for name, value in query.items() if value}
        try:
            async with self._session.get(
                self.url + self.path + path, headers=headers, params=given, timeout=timeout, read_bufsize=LONGEST_LINE
            ) as response:
                if response.status >= 400:
                    text = await response.text()
                    checked(Answer(response.status, _document(text), text))
                yield aiter(response.content)
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise _unreachable(self.url) from None

    async def ask(
        self, method: str, path: str, *, body: object = None, query: Mapping[str, str] | None = None
    ) -> Answer:
        """Any answer at all, refusals included. Raise CliError when there is none."""
        if self._session is None:
            raise RuntimeError("the client is used outside its context")
        given = {name: value for name, value in (query or {}).items() if value}
        try:
            async with self._session.request(
                method, self.url + self.path + path, json=body, params=given or None
            ) as response:
                text = await response.text()
                return Answer(response.status, _document(text), text, dict(response.headers))
        except TimeoutError:
            raise CliError(
                Exit.UNREACHABLE, f"{self.url} did not answer within {DEADLINE_S} s. Look at its log.", code="no_answer"
            ) from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise _unreachable(self.url) from None


def part(text: str) -> str:
    """One part of a path, whatever somebody typed; nothing at all would be another path."""
    if not text.strip():
        raise CliError(Exit.USAGE, "An id is empty. `list` shows what there is.", code="usage")
    return quote(text, safe="")


def _unreachable(url: str) -> CliError:
    return CliError(
        Exit.UNREACHABLE,
        f"No server answers at {url}. Start one with: messageapi serve. "
        "Or name another with --server or MESSAGEAPI_SERVER.",
        code="not_reachable",
    )


def _document(text: str) -> dict[str, object]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {"items": read}


def checked(answer: Answer) -> Answer:
    """The answer, or what the server said against it."""
    if answer.status < 400:
        return answer
    said = answer.document
    message = str(said.get("detail") or said.get("message") or f"The server answered {answer.status}.")
    exit_code = Exit.REFUSED if answer.status < 500 else Exit.FAILED
    raise CliError(exit_code, message, code=str(said.get("code", "refused")), status=answer.status)
