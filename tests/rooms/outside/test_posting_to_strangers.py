"""Posting to servers that speak badly, slowly, endlessly or not at all: each ends in time, in a status or a code."""

import asyncio
import contextlib
import datetime as dt
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messageapi.outside.connector import MOST_INTERIM
from messageapi.outside.door import Outside
from messageapi.outside.errors import OutsideError
from messageapi.outside.post import MOST

LOOPBACK = "127.0.0.0/8"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Stranger = Callable[..., Awaitable[int]]


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    """`await stranger(talk)` does with each connection what it is told; gives the port."""
    servers: list[asyncio.Server] = []
    open_: set[asyncio.StreamWriter] = set()

    async def start(talk: Talk, tls: ssl.SSLContext | None = None) -> int:
        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            open_.add(writer)
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await talk(reader, writer)
            writer.close()

        servers.append(await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls))
        return int(servers[-1].sockets[0].getsockname()[1])

    yield start
    for server in servers:
        server.close()
    for writer in open_:
        writer.close()


def says(*parts: bytes, every_s: float = 0.0, hold: bool = False) -> Talk:
    """Read the request, then say this bit by bit."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(every_s)
        if hold:
            await reader.read()

    return talk


def for_ever(first: bytes, again: bytes, ended: asyncio.Event | None = None) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        writer.write(first)
        try:
            while not writer.is_closing():
                writer.write(again)
                await writer.drain()
        finally:
            if ended:
                ended.set()

    return talk


async def outcome(
    door: Outside, port: int, body: bytes = b"{}", deadline_s: float = 3, scheme: str = "http"
) -> int | str:
    try:
        return (await door.post(f"{scheme}://127.0.0.1:{port}/", body, {}, deadline_s=deadline_s)).status
    except OutsideError as problem:
        return problem.code


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"", {"unreachable"}),
        (b"SSH-2.0-OpenSSH_9.9\r\n", {"bad_answer"}),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {"bad_answer"}),
        (b"\x15\x03\x01\x00\x02\x02\x46", {"bad_answer"}),
        (b"HTTP/1.1 20", {"bad_answer", "unreachable"}),
        (b"HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n", {"bad_answer", "unreachable", 99}),
        (b"HTTP/1.1 200 OK\r\nContent-Le", {"bad_answer", "unreachable"}),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", {"bad_answer"}),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n", {"bad_answer"}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabc", {"bad_answer"}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc", {"bad_answer"}),
        # the status is there and what follows is nobody's interest
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", {200}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999\r\n\r\nabc", {200}),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", {200, "bad_answer"}),
        (b"HTTP/1.1 204 No Content\r\n\r\nsurprise", {204, "bad_answer"}),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", {101}),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc", {200}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", {200}),
    ],
)
async def test_what_a_stranger_says_has_a_status_or_a_code(
    outside: Any, stranger: Stranger, said: bytes, expected: set[int | str]
) -> None:
    port = await stranger(says(said))
    assert await outcome(outside([port], LOOPBACK), port) in expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.binary(max_size=200), proper=st.booleans())
async def test_no_answer_breaks_it(outside: Any, stranger: Stranger, said: bytes, proper: bool) -> None:
    start = b"HTTP/1.1 200 OK\r\n" if proper else b""
    port = await stranger(says(start + said))
    found = await outcome(outside([port], LOOPBACK), port, deadline_s=5)
    assert isinstance(found, int) or found in {"bad_answer", "unreachable", "incomplete"}


@pytest.mark.parametrize("every", [b"HTTP/1.1 100 Continue\r\n\r\n", b"X: y\r\n"], ids=["continues", "headers"])
async def test_an_answer_that_never_begins_ends_at_the_deadline(outside: Any, stranger: Stranger, every: bytes) -> None:
    first = b"" if every.startswith(b"HTTP") else b"HTTP/1.1 200 OK\r\n"
    ended = asyncio.Event()
    port = await stranger(for_ever(first, every, ended))
    assert await outcome(outside([port], LOOPBACK), port, deadline_s=0.5) in {"too_slow", "bad_answer"}
    await asyncio.wait_for(ended.wait(), 5)  # and its connection is gone


async def test_a_few_answers_before_the_answer_are_passed_over_and_a_flood_is_cut_off(
    outside: Any, stranger: Stranger
) -> None:
    interim, answer = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    few = await stranger(says(interim * MOST_INTERIM + answer))
    assert await outcome(outside([few], LOOPBACK), few) == 200
    for count in (MOST_INTERIM + 1, 100_000):
        port = await stranger(says(interim * count, hold=True))
        assert await outcome(outside([port], LOOPBACK), port, deadline_s=60) == "bad_answer"


async def test_an_answer_that_drips_ends_at_the_deadline_however_alive_it_is(outside: Any, stranger: Stranger) -> None:
    parts = [bytes([byte]) for byte in b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200]
    port = await stranger(says(*parts, every_s=0.02))
    assert await outcome(outside([port], LOOPBACK), port, deadline_s=0.4) == "too_slow"


async def test_a_body_that_drips_costs_a_moment_and_its_connection(outside: Any, stranger: Stranger) -> None:
    parts = [b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", *[b"x"] * 5000]
    gone = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await says(*parts, every_s=0.05)(reader, writer)
        finally:
            gone.set()

    port = await stranger(talk)
    found = await outside([port], LOOPBACK).post(f"http://127.0.0.1:{port}/", b"{}", {}, deadline_s=10)
    assert (found.status, 0 < len(found.head) < 200) == (200, True)
    await asyncio.wait_for(gone.wait(), 5)


async def test_of_an_answer_without_end_little_is_read(outside: Any, stranger: Stranger) -> None:
    first = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    ended = asyncio.Event()
    port = await stranger(for_ever(first, b"%x\r\n%s\r\n" % (60_000, b"x" * 60_000), ended))
    found = await outside([port], LOOPBACK).post(f"http://127.0.0.1:{port}/", b"{}", {}, deadline_s=10)
    assert (found.status, len(found.head)) == (200, MOST)
    await asyncio.wait_for(ended.wait(), 5)


async def test_a_stranger_that_takes_nothing_in_holds_no_place_longer_than_the_deadline(
    outside: Any, stranger: Stranger
) -> None:
    async def deaf(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    port = await stranger(deaf)
    assert await outcome(outside([port], LOOPBACK), port, bytes(30_000_000), deadline_s=0.5) == "too_slow"


async def test_an_answer_before_the_end_of_a_large_body_counts(outside: Any, stranger: Stranger) -> None:
    async def hasty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        await reader.read()

    port = await stranger(hasty)
    assert await outcome(outside([port], LOOPBACK), port, bytes(3_000_000)) == 413


async def test_a_name_that_changes_its_mind_is_judged_each_time(outside: Any, stranger: Stranger, names: Any) -> None:
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    port = await stranger(says(said))
    names.answers["rebinding.test"] = [["127.0.0.1"], ["10.0.0.1"]]
    door = outside([port], LOOPBACK)
    assert (await door.post(f"http://rebinding.test:{port}/", b"{}", {}, deadline_s=3)).status == 200
    with pytest.raises(OutsideError) as refused:
        await door.post(f"http://rebinding.test:{port}/", b"{}", {}, deadline_s=3)
    assert refused.value.code == "address_forbidden"


async def test_what_a_stranger_wants_remembered_is_forgotten(outside: Any, stranger: Stranger) -> None:
    heads: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            heads.append(await reader.readuntil(b"{}"))
            writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: follow=me\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    port = await stranger(talk)
    door = outside([port], LOOPBACK)
    assert [await outcome(door, port) for _ in range(2)] == [200, 200]
    assert not any(b"cookie" in head.lower() for head in heads)


# --- certificates --------------------------------------------------------------------------------------------------


class Issuer(NamedTuple):
    """An authority whose certificates the door of these tests trusts."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def trusted(self) -> ssl.SSLContext:
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)


DAY = dt.timedelta(days=1)


def issuer() -> Issuer:
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority of tests")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Issuer(key, made)


def server_of(by: Issuer, folder: Path, *, host: str = "127.0.0.1", days: tuple[int, int] = (-1, 1)) -> ssl.SSLContext:
    """Its certificate is valid from one day to another, counted from today."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    from_, until = (now + dt.timedelta(days=each) for each in days)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    made = (
        x509.CertificateBuilder(
            by.certificate.subject, name, key.public_key(), x509.random_serial_number(), from_, until
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .sign(by.key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "receiver.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({}, 200),
        ({"days": (-10, -1)}, "bad_certificate"),
        ({"days": (1, 10)}, "bad_certificate"),
        ({"host": "127.0.0.2"}, "bad_certificate"),
        ({"by": "somebody else"}, "bad_certificate"),
    ],
    ids=["valid", "expired", "not valid yet", "of another host", "of an unknown authority"],
)
async def test_only_a_valid_certificate_gets_a_byte(
    outside: Any, stranger: Stranger, tmp_path: Path, about: dict[str, Any], expected: int | str
) -> None:
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"{}"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    ours = issuer()
    by = issuer() if about.pop("by", "") else ours
    port = await stranger(talk, server_of(by, tmp_path, **about))
    found = await outcome(outside([port], LOOPBACK, ours.trusted), port, scheme="https")
    assert (found, len(heard)) == (expected, 1 if expected == 200 else 0)


async def test_an_old_version_of_tls_gets_no_byte(outside: Any, stranger: Stranger, tmp_path: Path) -> None:
    ours = issuer()
    old = server_of(ours, tmp_path)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1
    port = await stranger(says(b""), old)
    found = await outcome(outside([port], LOOPBACK, ours.trusted), port, scheme="https")
    assert found in {"unreachable", "bad_certificate"}
