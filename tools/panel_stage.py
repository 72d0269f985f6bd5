"""A running panel with people and a busy account in it, for browser tests and screenshots. Nothing outlives it."""

import asyncio
import contextlib
import io
import random
import re
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
from PIL import Image
from sqlalchemy import insert, update

from messageapi.accounts.create import create_account
from messageapi.accounts.keyring import AccountKeyring
from messageapi.app import build_app
from messageapi.blobs.folder import FolderBlobs
from messageapi.bus.bells import Bells
from messageapi.bus.memory import MemoryBus
from messageapi.engines.port import Network
from messageapi.keys.create import create_key
from messageapi.keys.revoke import revoke_key
from messageapi.messages.content.bodies import sealed_body
from messageapi.notices.send import send_due
from messageapi.notices.shown import newest
from messageapi.numbers import find as find_numbers
from messageapi.numbers.create import create as create_number
from messageapi.numbers.states import REASONS
from messageapi.outside.door import Outside, Rules
from messageapi.panel.virtual_phones import owners
from messageapi.panel.virtual_phones import people as people_of
from messageapi.people import rows as people
from messageapi.people.factors.totp import confirm_totp, start_totp
from messageapi.people.first_start import first_start_link
from messageapi.people.logins.session import begin, resolve
from messageapi.people.membership import find as find_people
from messageapi.people.membership.invite import invite
from messageapi.people.person import Newcomer, SeenFrom, checked, row_of
from messageapi.sandbox.client import SandboxControl
from messageapi.sandbox.draft import Draft, DraftMedia
from messageapi.sandbox.run import SandboxOptions
from messageapi.sandbox.run import serve as serve_sandbox
from messageapi.settings import Settings
from messageapi.store.db import Database
from messageapi.store.tables import attempts, bodies, deliveries, keys, messages, numbers, passkeys, webhooks
from messageapi.store.tables import people as persons
from messageapi.store.tx import Tx
from messageapi.store.vault import Vault
from messageapi.support.answer import answer
from messageapi.support.ask import ask
from messageapi.support.request import Question
from messageapi.vocab.caller import Caller, operator_for
from messageapi.vocab.clock import now_ms
from messageapi.vocab.content import Document, Letter, Media, Remote, Text
from messageapi.web.doors import Doors
from messageapi.web.serving import server
from messageapi.webhooks.create import create as create_webhook
from messageapi.webhooks.delivery.attempt import answer_place
from messageapi.webhooks.replay import send_test
from messageapi.webhooks.schemas import NewWebhook

PASSWORD = "correct horse battery staple"  # noqa: S105 - of people who live as long as a test
DAY = 86_400_000
DAYS = 30
ANSWERS = (
    "Great, thank you!",
    "Could you deliver it on Friday instead?\nI am out until then.",
    "Yes",
    "Where are you?",
)
QUESTIONS = (
    ("Maya", "Our number is limited", "It says limited since this morning.\nWhat can we do until then?"),
    ("Jonas", "Invoices as PDF", "How large may a document be that we send to a customer?"),
    ("Lena", "Linking a second number", "Where do I find the code to scan for the second number?"),
)


@dataclass(frozen=True)
class Stage:
    """`sessions`: the session cookie's value of `ada` (owner of a busy account), `bob` (viewer there), `nora` (owner of
    an empty one), `olga` (runs the server), `tess` (logs in with a second step). `ids`: something that exists for
    each name in addresses of pages.
    """

    url: str
    doors: Doors
    sessions: dict[str, str]
    links: dict[str, str]
    ids: dict[str, str]


@contextlib.asynccontextmanager
async def open_doors(folder: Path, port: int, name: str) -> AsyncIterator[Doors]:
    settings = Settings(data=str(folder), port=port, public_url=f"http://{name}:{port}", sign_up="open")
    database = await Database.open("", folder=folder)
    bus, vault = MemoryBus(), Vault.open(folder / "master.key")
    keyring, blobs = AccountKeyring(database, vault), FolderBlobs(folder / "blobs")
    yield Doors(settings, database, bus, Bells(bus, remote=False), vault, now_ms, keyring, blobs, Outside(Rules()))
    await bus.close()
    await database.close()


@contextlib.asynccontextmanager
async def stage(name: str = "127.0.0.1") -> AsyncIterator[Stage]:
    """Served on a free port of loopback until the block ends. `name`: what browsers call it."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        async with open_doors(Path(folder), port, name) as doors:
            busy = operator_for(await create_account(doors, name="Lovelace Shop", email="shop@example.com"))
            empty = operator_for(await create_account(doors, name="Nora", email="nora@example.com"))
            sessions = {
                "ada": await enter(doors, busy, "Ada Lovelace", "ada@example.com", "owner"),
                "bob": await enter(doors, busy, "Bob Brown", "bob@example.com", "viewer"),
                "nora": await enter(doors, empty, "Nora Noon", "nora@example.com", "owner"),
            }
            tess = await enter(doors, busy, "Tess Two", "tess@example.com", "admin")
            sessions["tess"] = await with_second_step(doors, tess)
            ids = await furnish(doors, busy)
            links = {
                "FIRST": await first_start_link(doors, empty.account_id) or "",
                "INVITED": await invited(doors, busy),
            }
            web = server(build_app(doors), "127.0.0.1", port)
            running = asyncio.create_task(web.serve(sockets=[listener]))
            sessions["olga"] = await enter(doors, busy, "Olga Orlova", "olga@example.com", "owner")
            await make_operator(doors, "olga@example.com")
            async with doors.db.reading() as tx:
                (ids["person_id"],) = [e.person_id for e in await find_people.members(tx, busy) if e.role == "viewer"]
            ids["passkey_id"] = await with_passkey(doors, sessions["tess"])
            ids["request_id"] = await ask_questions(doors)
            ids["email_id"] = (await newest(doors) or [])[0].id
            async with _network(Path(folder) / "sandbox") as control:
                await chat(doors, busy, control, ids["number_id"])
                yield Stage(f"http://{name}:{port}", doors, sessions, links, ids)
            web.should_exit = True
            await running


@contextlib.asynccontextmanager
async def _network(folder: Path) -> AsyncIterator[SandboxControl]:
    """The sandbox, in this very loop."""
    ready, stop = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(serve_sandbox(SandboxOptions(folder), lambda _: ready.set(), stop))
    await ready.wait()
    async with SandboxControl.from_folder(folder) as control:
        yield control
    stop.set()
    await running


async def chat(doors: Doors, account: Caller, control: SandboxControl, number_id: str) -> None:
    """Between a sandbox number's own phone and Maya's: words, a picture, a document, a reaction."""
    async with doors.db.reading() as tx:
        number = await find_numbers.one(tx, account, number_id)
    shop, maya = owners(number).phone, people_of(account.account_id)[0].phone
    await control.create_phone(shop, "Playground")
    await control.create_phone(maya, "Maya")
    await control.write(shop, Draft(to=maya, text="Your order 1042 is on its way."))
    asked = await control.write(maya, Draft(to=shop, text="Great! When will it be here?\nI am out from six."))
    await control.write(shop, Draft(to=maya, text="Before five. Here is where it is now:"))
    drawn = io.BytesIO()
    Image.linear_gradient("L").resize((320, 180)).convert("RGB").save(drawn, "PNG")
    picture = DraftMedia(data=drawn.getvalue(), mime="image/png", filename="map.png")
    await control.write(shop, Draft(to=maya, type="image", media=picture))
    invoice = DraftMedia(data=b"%PDF-1.4", mime="application/pdf", filename="invoice-1042.pdf")
    await control.write(shop, Draft(to=maya, type="document", media=invoice))
    await control.write(shop, Draft(to=maya, type="reaction", text="\N{THUMBS UP SIGN}", target=asked))


async def enter(doors: Doors, account: Caller, name: str, email: str, role: str) -> str:
    """A person who is signed in; their session's token."""
    values = await checked(Newcomer(name, email, PASSWORD, "Europe/Berlin"))
    row = row_of(doors, {**values, "verified_at": doors.clock()})

    async def work(tx: Tx) -> str:
        await people.insert_person(tx, row)
        await people.join(tx, account.account_id, str(row["id"]), role, doors.clock())
        here = SeenFrom("127.0.0.1", "Firefox on Debian")
        return (await begin(tx, doors, str(row["id"]), account.account_id, seen_from=here)).token

    return await doors.db.writer.run(work)


async def make_operator(doors: Doors, email: str) -> None:
    """Somebody who runs the server."""

    async def work(tx: Tx) -> None:
        await tx.execute(update(persons).where(persons.c.email == email).values(operator=True))

    await doors.db.writer.run(work)


async def ask_questions(doors: Doors) -> str:
    """Two open, one answered, whose id it is; and the emails that came of it."""
    for number, (name, subject, text) in enumerate(QUESTIONS):
        question = Question(name=name, email=f"{name.lower()}@example.com", subject=subject, text=text)
        request_id = await ask(doors, question, seen_from=f"192.0.2.{number}")
    await answer(doors, request_id, "Open Settings, then Linked devices.\n\nThe code there renews itself.", by="Olga")
    while await send_due(doors):
        pass
    return request_id


async def invited(doors: Doors, account: Caller) -> str:
    """The link in the mail to somebody who is invited."""
    await invite(doors, account, email="ines@example.com", role="admin")
    await send_due(doors)
    letters = await newest(doors) or []
    found = re.search(r"\S+/invitation\?token=[\w-]+", letters[0].text)
    if found is None:
        raise LookupError("the mail has no link")
    return found[0]


async def with_second_step(doors: Doors, session: str) -> str:
    """Whoever this session is of is asked for a code from now on; the session's new token."""
    who = await resolve(doors, session)
    if who is None:
        raise LookupError("this session is nobody's")
    setup = await start_totp(doors, who)
    enabled = await confirm_totp(doors, who, pyotp.TOTP(setup.secret).at(doors.clock() // 1000))
    return enabled.begun.token


async def with_passkey(doors: Doors, session: str) -> str:
    """The id of a passkey that nobody has the device for."""
    who = await resolve(doors, session)
    if who is None:
        raise LookupError("this session is nobody's")
    passkey_id, now = "psk_06h0bhqysn6p3vrav3p0ytfgs2", doors.clock()
    row = {"id": passkey_id, "person_id": who.person_id, "name": "Work laptop", "created_at": now - DAY, "signs": 0}
    await _set(doors, insert(passkeys).values(**row, credential=b"none", public_key=b"none"))
    return passkey_id


async def furnish(doors: Doors, account: Caller) -> dict[str, str]:
    """Numbers in several states, thirty days of messages, keys, an endpoint that fails; ids of some of it."""
    now = doors.clock()
    shop = await add_number(doors, account, "Shop", "+4915112345678", state="connected")
    await add_number(doors, account, "Support", "+442071234567", state="connected")
    lost = await add_number(doors, account, "Night desk", "+5511987654321", state="logged_out")
    since = {"reason_code": "logged_out", "reason": REASONS["logged_out"], "state_since": now - 5_400_000}
    await _set(doors, update(numbers).where(numbers.c.id == lost).values(**since))
    await add_number(doors, account, "Try-out", None, network="sandbox", state="created")
    playground = await add_number(doors, account, "Playground", None, network="sandbox", state="created")
    async with doors.db.reading() as tx:
        phone = owners(await find_numbers.one(tx, account, playground)).phone
    linked = {"phone": phone, "jid": f"{phone[1:]}:1@s.whatsapp.net", "state": "connected"}
    await _set(doors, update(numbers).where(numbers.c.id == playground).values(**linked))
    key = await _keys(doors, account, now)
    desk = NewWebhook(url="https://example.com/hooks", description="Order desk", headers={"Authorization": "Bearer x"})
    endpoint = (await create_webhook(doors, account, desk)).endpoint.id
    event = await delivered(doors, account, endpoint)
    await send_test(doors, account, endpoint)
    await _set(doors, update(webhooks).values(failing_since=now - 7_200_000))
    rows = _messages(shop, now)
    await doors.db.writer.run(
        lambda tx: tx.insert_many(messages, [tx.of(account).row(messages, **row) for row in rows])
    )
    await _texts(doors, account, [str(row["id"]) for row in rows if row["status"] == "received"])
    return {
        "number_id": playground,
        "key_id": key,
        "webhook_id": endpoint,
        "event_id": event,
        "message_id": str(rows[-1]["id"]),
        "account_id": account.account_id,
    }


async def add_number(
    doors: Doors, account: Caller, name: str, phone: str | None, *, state: str, network: Network = "whatsapp"
) -> str:
    """Its id. With a phone it is linked."""
    made = await create_number(doors, account, name=name, network=network)
    jid = f"{phone[1:]}:1@s.whatsapp.net" if phone else None
    await _set(doors, update(numbers).where(numbers.c.id == made.id).values(phone=phone, jid=jid, state=state))
    return made.id


async def _keys(doors: Doors, account: Caller, now: int) -> str:
    """The id of one that is in use."""
    made = [
        await create_key(doors, account, name=name, scopes=scopes)
        for name, scopes in (
            ("Web shop", ("messages:send", "messages:read", "numbers:read")),
            ("Invoices at night", ("messages:send",)),
            ("Everything", account.scopes),
            ("Old laptop", ("messages:send",)),
        )
    ]
    await revoke_key(doors, account, made[-1].id)
    for key, used in zip(made, (now - 45_000, now - 9 * DAY, None, now - 40 * DAY), strict=True):
        await _set(doors, update(keys).where(keys.c.id == key.id).values(last_used_at=used))
    soon = now + 3 * DAY
    await _set(doors, update(keys).where(keys.c.id == made[1].id).values(expires_at=soon))
    return made[0].id


async def delivered(doors: Doors, account: Caller, webhook_id: str) -> str:
    """An event that the endpoint's receiver took at the second attempt; its id."""
    event_id = await send_test(doors, account, webhook_id)
    sealer, now = await doors.keyring.sealer(account.account_id), doors.clock()
    mine = {"webhook_id": webhook_id, "event_id": event_id, "account_id": account.account_id}
    went = [(now - 9_000, 1_204, 500, "refused", b"<b>out of memory"), (now - 1_000, 88, 200, None, b"ok")]
    rows = [
        {"at": at, "ms": ms, "status": status, "error": error, "answer": sealer.seal(said, answer_place(event_id))}
        for at, ms, status, error, said in went
    ]
    await _set(doors, insert(attempts).values([{**mine, **row} for row in rows]))
    ended = {"state": "delivered", "attempts": 2, "status": 200, "error": None, "ended_at": now}
    await _set(doors, update(deliveries).where(deliveries.c.event_id == event_id).values(**ended))
    return event_id


def _messages(number: str, now: int) -> list[dict[str, object]]:
    """The same every time."""
    chance = random.Random(5)  # noqa: S311 - no secret is made of it
    ends = ("read",) * 52 + ("delivered",) * 31 + ("sent",) * 9 + ("failed",) * 3 + ("received",) * 30
    rows = []
    for back in range(DAYS):
        quiet = 0.3 if back % 7 in (1, 2) else 1.0
        for at in range(int(chance.randint(60, 140) * quiet)):
            status = chance.choice(ends)
            rows.append(
                _message(number, f"{back:04x}{at:04x}", status, now - back * DAY - chance.randint(0, 9_000_000))
            )
    return sorted(rows, key=lambda row: str(row["accepted_at"]))


def _message(number: str, name: str, status: str, at: int) -> dict[str, object]:
    failed = status == "failed"
    return {
        "id": f"0198c7d2-5b1e-7c3a-9f04-0000{name}",
        "number_id": number,
        "direction": "inbound" if status == "received" else "outbound",
        "type": "text",
        "chat": "4915222222222@s.whatsapp.net",
        "peer_phone": "+4915222222222",
        "sender": "4915222222222@s.whatsapp.net",
        "wa_id": f"3EB0{name}",
        "status": status,
        "attempt": 1,
        "late": False,
        "accepted_at": at,
        "sent_at": None if failed else at + 400,
        "delivered_at": at + 1_900 if status in ("delivered", "read") else None,
        "read_at": at + 64_000 if status == "read" else None,
        "ended_at": at + 900 if failed else None,
        "error_code": "not_on_whatsapp" if failed else None,
        "error_detail": "This number is not on WhatsApp. Check it with its country code." if failed else None,
    }


async def _texts(doors: Doors, account: Caller, received: list[str]) -> None:
    """What the newest received messages say; the very newest brings a file."""
    sealer, ends = await doors.keyring.sealer(account.account_id), doors.clock() + DAY
    remote = Remote(kind="document", path="/none", key=b"k" * 32, enc_sha256=b"s" * 32)
    plan = Media(name="", key=b"", sha256=b"s" * 32, size=81_920, mime="application/pdf", remote=remote)
    brought = Document(media=plan, filename="floor plan.pdf", caption="Is there room for two more tables?")
    letters = [Letter(content=brought), *(Letter(content=Text(each)) for each in ANSWERS)]
    said = {name: sealed_body(sealer, name, letter) for name, letter in zip(reversed(received), letters, strict=False)}
    rows = [{"message_id": name, "sealed": sealed, "expires_at": ends} for name, sealed in said.items()]
    kind = update(messages).where(messages.c.id == received[-1]).values(type="document")
    await doors.db.writer.run(lambda tx: tx.insert_many(bodies, [tx.of(account).row(bodies, **row) for row in rows]))
    await _set(doors, kind)


async def _set(doors: Doors, statement: object) -> None:
    await doors.db.writer.run(lambda tx: tx.execute(statement))  # type: ignore[arg-type]
