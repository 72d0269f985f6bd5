"""Receivers that are broken, gone, slow or mean: what becomes of their events, and that nobody else notices."""

import asyncio
import gzip
import socket
import ssl
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from messageapi.accounts.create import create_account
from messageapi.notices.send import send_due
from messageapi.vocab.caller import operator_for
from messageapi.webhooks import find
from messageapi.webhooks.create import create
from messageapi.webhooks.delivery.attempt import attempt
from messageapi.webhooks.delivery.health import FIRST, LONGEST_REST_MS
from messageapi.webhooks.delivery.schedule import AFTER_S, TRIES
from messageapi.webhooks.edit import resume
from messageapi.webhooks.endpoint import REASONS
from messageapi.webhooks.schemas import NewWebhook
from messageapi.workers.deliveries import Deliveries
from messageapi.workers.places import SHARE

HOUR_MS = 3_600_000
PLACES = 16


def answering(status: int, **headers: str) -> Any:
    async def answer(_: web.Request, __: Any) -> web.Response:
        return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer


def tried(times: int) -> Any:
    return lambda found: bool(found) and found[0].attempts == times


async def test_a_failing_delivery_is_tried_ten_times_and_then_its_chat_goes_on(stage: Any, clock: Any) -> None:
    there = await stage.receiver(answering(500))
    made = await stage.endpoint(there.url)
    await stage.events.happen("first", chat="one@g.us")
    began = clock()
    for times, after in enumerate([*AFTER_S, None], 1):
        first, *_ = await stage.settled(made.endpoint.id, tried(times))
        if after is None:
            break
        if times == TRIES - 1:
            await stage.events.happen("behind", chat="one@g.us")
        wait = first.due - clock()
        if times < TRIES - 1:
            assert after * 1_000 <= wait <= after * 1_100 + 1_000
        clock.forward(wait)
        await stage.deliveries.poll()
    assert (first.state, first.status, first.error) == ("failed", 500, "server_error")
    assert first.expires_at - HOUR_MS < clock() < first.expires_at, "the last try came before the event was gone"
    assert clock() - began > 71 * HOUR_MS
    assert there.names == ["first"] * TRIES
    clock.forward(LONGEST_REST_MS + 1_000)
    await stage.deliveries.poll()
    await there.until(TRIES + 1)
    assert there.names == ["first"] * TRIES + ["behind"]


@pytest.mark.parametrize("how", ["seconds", "date"])
async def test_retry_after_is_honoured_by_everything_that_goes_there(stage: Any, how: str, clock: Any) -> None:
    async def answer(_: web.Request, __: Any) -> web.Response:
        date = web.Response(status=429)
        date.last_modified = (clock() + HOUR_MS) / 1_000  # the same form of date
        wish = "3600" if how == "seconds" else date.headers["Last-Modified"]
        return web.Response(status=429 if len(there.got) == 1 else 200, headers={"Retry-After": wish})

    there = await stage.receiver(answer)
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    (first,) = await stage.settled(made.endpoint.id, tried(1))
    assert HOUR_MS - 1_000 <= first.due - clock() <= HOUR_MS + 1_000
    await stage.events.happen("two")
    await stage.deliveries.poll()
    await stage.settled(made.endpoint.id, lambda found: len(found) == 2)
    clock.forward(HOUR_MS - 2_000)
    await stage.deliveries.poll()
    assert there.names == ["one"]
    clock.forward(4_000)
    await stage.deliveries.poll()
    await there.until(3)
    assert sorted(there.names[1:]) == ["one", "two"]


@pytest.mark.usefixtures("deliveries")
async def test_a_redirect_is_a_failure_and_is_not_followed(stage: Any) -> None:
    elsewhere = await stage.receiver()
    there = await stage.receiver(answering(307, Location=elsewhere.url))
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    (first,) = await stage.settled(made.endpoint.id, tried(1))
    assert (first.state, first.status, first.error) == ("ready", 307, "redirected")
    assert elsewhere.got == []


async def test_a_receiver_that_is_gone_is_disabled_and_the_others_are_told(stage: Any) -> None:
    there, other = await stage.receiver(answering(410)), await stage.receiver()
    made = await stage.endpoint(there.url, description="The old shop")
    await stage.endpoint(other.url, events=["webhook.disabled"])
    await stage.events.happen("one")
    await other.until(1)
    told = other.got[0].json["data"]
    assert (told["webhookId"], told["description"]) == (made.endpoint.id, "The old shop")
    assert (told["reasonCode"], told["reason"]) == ("gone", REASONS["gone"])
    (first,) = await stage.settled(made.endpoint.id, lambda found: found and found[0].state == "failed")
    assert first.status == 410
    await send_due(stage.doors)
    assert [email.subject for email in await stage.doors.mail.newest(9)] == ["A webhook endpoint was disabled"]
    await stage.events.happen("two")
    await stage.deliveries.relay()
    assert there.names == ["one"]
    there.answer = None
    await resume(stage.doors, stage.alice, made.endpoint.id)
    await stage.events.happen("three")
    await there.until(2)
    assert there.names == ["one", "three"]


async def test_five_days_of_failures_disable_an_endpoint_and_a_success_starts_the_count_anew(
    stage: Any, clock: Any
) -> None:
    there = await stage.receiver(answering(500))
    made = await stage.endpoint(there.url)

    async def state() -> Any:
        return await stage.doors.db.read(lambda tx: find.one(tx, stage.alice, made.endpoint.id))

    async def next_ends(name: str) -> str:
        count = len(await stage.delivered(made.endpoint.id)) + 1
        await stage.events.happen(name)
        found = await stage.settled(made.endpoint.id, lambda found: len(found) == count and found[-1].attempts == 1)
        return str(found[-1].state)

    assert await next_ends("day 0") == "ready"
    clock.forward(119 * HOUR_MS)
    there.answer = None
    assert await next_ends("a success") == "delivered"
    there.answer = answering(500)
    assert await next_ends("day 5") == "ready"
    clock.forward(119 * HOUR_MS)
    assert await next_ends("day 10") == "ready"
    assert (await state()).state == "enabled"
    clock.forward(HOUR_MS + 1_000)
    await stage.deliveries.poll()
    await stage.settled(made.endpoint.id, lambda found: found[-1].attempts == 2)
    assert ((await state()).state, (await state()).reason_code) == ("disabled", "failing")
    await send_due(stage.doors)
    (email,) = await stage.doors.mail.newest(9)
    assert email.to == "alice@example.com"
    assert made.endpoint.id in email.text
    assert REASONS["failing"] in email.text


@pytest.mark.usefixtures("deliveries")
async def test_a_bomb_in_the_answer_stays_packed(stage: Any) -> None:
    bomb = gzip.compress(bytes(30_000_000))

    async def answer(_: web.Request, __: Any) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": "gzip"})

    there = await stage.receiver(answer)
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    (first,) = await stage.settled(made.endpoint.id, lambda found: found and found[0].state == "delivered")
    tries = await stage.doors.db.read(lambda tx: find.attempts_of(tx, stage.alice, made.endpoint.id, [first.event_id]))
    sealer = await stage.doors.keyring.sealer(stage.alice.account_id)
    assert sealer.open(tries[0].answer, f"{first.event_id} answer") == bomb[:200]


@pytest.mark.usefixtures("deliveries")
async def test_an_endless_answer_counts_by_its_status(stage: Any) -> None:
    over = asyncio.Event()

    async def answer(request: web.Request, _: Any) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b"for ever and ever " * 1_000)
        except (ConnectionError, asyncio.CancelledError):
            over.set()
            raise

    there = await stage.receiver(answer)
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    await stage.settled(made.endpoint.id, lambda found: found and found[0].state == "delivered")
    await asyncio.wait_for(over.wait(), 10)


def self_signed(folder: Path) -> ssl.SSLContext:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = built.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "self-signed.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.usefixtures("deliveries")
async def test_a_self_signed_certificate_gets_no_event(stage: Any, tmp_path: Path) -> None:
    there = await stage.receiver(tls=self_signed(tmp_path))
    made = await stage.endpoint(there.url)
    await stage.events.happen("one")
    (first,) = await stage.settled(made.endpoint.id, tried(1))
    assert (first.state, first.status, first.error) == ("ready", None, "bad_certificate")
    assert there.got == []


@pytest.mark.usefixtures("deliveries")
async def test_receivers_that_hang_or_are_dead_delay_no_other(stage: Any, unused: int) -> None:
    async def hang(_: web.Request, __: Any) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    hanging = [await stage.receiver(hang) for _ in range(5)]
    for there in hanging:
        await stage.endpoint(there.url)
    await stage.endpoint(f"http://127.0.0.1:{unused}/")
    well = await stage.receiver()
    await stage.endpoint(well.url)
    names = [f"{n}" for n in range(200)]
    await stage.events.happen(*names)
    await well.until(200)
    assert sorted(well.names) == sorted(names)
    assert all(there.got for there in hanging), "they were tried, and are still at it"


async def test_an_account_whose_receivers_all_hang_keeps_no_other_waiting(
    doors: Any, endpoint: Any, events: Any, receiver: Any
) -> None:
    over = asyncio.Event()

    async def hang(_: web.Request, __: Any) -> web.Response:
        await over.wait()
        return web.Response()

    hanging, well = await receiver(hang), await receiver()
    for n in range(PLACES // FIRST):
        await endpoint(f"{hanging.url}/{n}")
    charlie = operator_for(await create_account(doors, name="Charlie", email="charlie@example.com"))
    await create(doors, charlie, NewWebhook(url=well.url))
    worker = Deliveries(doors, places=PLACES)
    await worker.start()
    await events.happen(*(f"{n}" for n in range(FIRST)))
    await hanging.until(PLACES // SHARE)
    await type(events)(doors, charlie).happen("charlie's")
    await well.until(1, 10)  # before the deadline of those that hang
    assert len(hanging.got) == PLACES // SHARE
    over.set()
    await worker.stop()


@pytest.mark.usefixtures("deliveries")
async def test_an_event_that_breaks_its_delivery_is_left_alone_for_a_while_and_holds_up_no_other(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    async def breaks(doors: Any, job: Any) -> Any:
        tried.append(job.head.event_id)
        if job.head.event_id == tried[0]:
            raise RuntimeError("nobody thought of this")
        return await attempt(doors, job)

    monkeypatch.setattr("messageapi.workers.postman.attempt", breaks)
    monkeypatch.setattr("messageapi.workers.postman.RETRY_S", 3_600)
    there = await stage.receiver()
    await stage.endpoint(there.url)
    await stage.events.happen("breaks")
    for n in range(20):
        await stage.events.happen(f"{n}")
        await there.until(n + 1)
    assert tried.count(tried[0]) == 1
    assert there.names == [f"{n}" for n in range(20)]


@pytest.fixture
def unused() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


async def test_a_flapping_receiver_gets_everything_in_the_order_of_each_chat(stage: Any, clock: Any) -> None:
    taken: dict[str, list[int]] = defaultdict(list)

    async def answer(_: web.Request, got: Any) -> web.Response:
        if sum(map(len, taken.values())) < 500 and clock() % 25_000 >= 5_000:  # up for 5 s, down for 20 s
            return web.Response(status=503)
        chat, _, number = got.json["data"]["name"].partition("/")
        taken[chat].append(int(number))
        return web.Response()

    async def time_passes() -> None:
        while True:
            clock.forward(1_000 if sum(map(len, taken.values())) < 500 else 60_000)
            await stage.deliveries.poll()
            await asyncio.sleep(0.01)

    there = await stage.receiver(answer)
    made = await stage.endpoint(there.url)
    for number in range(20):
        await asyncio.gather(*(stage.events.happen(f"{chat}/{number}", chat=f"{chat}@g.us") for chat in range(30)))
    passing = asyncio.create_task(time_passes())
    await stage.settled(made.endpoint.id, lambda found: [each.state for each in found] == ["delivered"] * 600, 60)
    passing.cancel()
    assert taken == {str(chat): list(range(20)) for chat in range(30)}
