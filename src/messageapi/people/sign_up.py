"""Sign up: a person, their account, and a mail that proves the address is theirs. Nobody is told whether somebody else
has signed up with an address: the answer is the same, and the mail says it to whom it belongs.
"""

from messageapi.accounts import create
from messageapi.audit.note import note
from messageapi.errors import Problem
from messageapi.notices.enqueue import enqueue
from messageapi.notices.facts import AccountWaits, AlreadyRegistered, Recipient, VerifyEmail
from messageapi.people import password as passwords
from messageapi.people import rows, slips, throttle
from messageapi.people.letters import LOGIN, VERIFY, hours, letter, link
from messageapi.people.logins.session import Begun, begin
from messageapi.people.person import Newcomer, Person, SeenFrom, checked, row_of, valid_email
from messageapi.people.token import hash_of, new_token
from messageapi.store.tx import Tx
from messageapi.vocab.caller import owner_of
from messageapi.web.doors import Doors


async def sign_up(doors: Doors, newcomer: Newcomer, *, seen_from: SeenFrom) -> str:
    """A token for the browser's cookie: where it is beside the mail's link, `verify` logs in without the password."""
    if doors.settings.sign_up != "open":
        raise Problem(
            "sign_up_closed", 403, "New accounts cannot be opened here. Ask the owner of the server to invite you."
        )
    email = valid_email(newcomer.email)
    await throttle.admit(doors, (throttle.SIGN_UP_BY_ADDRESS, seen_from.address), (throttle.MAIL_TO_EMAIL, email))
    values, pending = await checked(newcomer), new_token()
    account = create.prepared(doors, name=newcomer.name, email=email)

    async def work(tx: Tx) -> None:
        await _add(tx, doors, values, account, pending)

    await doors.db.writer.run(work)
    return pending


async def verify(
    doors: Doors, token: str, *, seen_from: SeenFrom, pending: str | None = None, password: str | None = None
) -> Begun:
    """The mail's link was opened. Who opens it in another browser than they signed up in also needs the password:
    else somebody could have a stranger's address confirmed by the stranger.
    """
    async with doors.db.reading() as tx:
        slip = await slips.read(tx, "verify", token, doors.clock())
        person = await rows.person(tx, slip.person_id or "")
    same_browser = pending is not None and slip.facts["pending"] == hash_of(pending).hex()
    if not same_browser:
        if password is None:
            raise Problem("password_needed", 403, "You signed up in another browser. Enter your password.")
        await doors.db.writer.run(lambda writing: rows.try_slip(writing, slip.hash))
        if not await passwords.matches(password, person.password if person else None):
            raise Problem("password_wrong", 403, "This is not the password you signed up with. Try again.")

    async def work(tx: Tx) -> Begun:
        person_id = (await slips.use(tx, "verify", token, doors.clock())).person_id or ""
        await rows.change(tx, person_id, verified_at=doors.clock())
        account_id = (await rows.memberships_of(tx, person_id))[0].account_id
        return await begin(tx, doors, person_id, account_id, seen_from=seen_from)

    return await doors.db.writer.run(work)


async def send_again(doors: Doors, *, email: str, pending: str, seen_from: SeenFrom) -> None:
    """Another mail, if somebody waits for one, and the same work if nobody does. `pending`: what `sign_up` gave, or a
    new token.
    """
    email = valid_email(email)
    await throttle.admit(doors, (throttle.MAIL_BY_ADDRESS, seen_from.address), (throttle.MAIL_TO_EMAIL, email))

    async def work(tx: Tx) -> None:
        person = await rows.by_email(tx, email)
        waits = person is not None and person.verified_at is None
        await _ask(tx, doors, person if waits else None, pending)

    await doors.db.writer.run(work)


async def _add(tx: Tx, doors: Doors, values: dict[str, object], account: dict[str, object], pending: str) -> None:
    now, email = doors.clock(), str(values["email"])
    known = await rows.by_email(tx, email)
    if known is not None and known.verified_at is None:  # not theirs until now: whoever comes last may prove it
        await rows.change(tx, known.id, **values, password_at=now)
        await _ask(tx, doors, await rows.known_person(tx, known.id), pending)
    elif known is not None:
        await letter(tx, doors, known, AlreadyRegistered(path=LOGIN))
    elif await create.add(tx, account):
        row, account_id = row_of(doors, values), str(account["id"])
        person_id = str(row["id"])
        await rows.insert_person(tx, row)
        await rows.join(tx, account_id, person_id, "owner", now)
        caller = owner_of(account_id, person_id)
        await note(tx, caller, "account.opened", account_id, now=now)
        await _ask(tx, doors, await rows.known_person(tx, person_id), pending)
    else:
        to = Recipient(email=email, name=str(values["name"]), language=str(values["language"]))
        await enqueue(tx, doors, to, AccountWaits())


async def _ask(tx: Tx, doors: Doors, person: Person | None, pending: str) -> None:
    """None: a link that nobody gets."""
    facts = {"pending": hash_of(pending).hex()}
    token = await slips.write(tx, "verify", doors.clock(), person_id=person.id if person else None, facts=facts)
    if person:
        await letter(tx, doors, person, VerifyEmail(path=link(VERIFY, token), hours=hours("verify")))
