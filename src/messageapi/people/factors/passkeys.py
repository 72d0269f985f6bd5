"""Passkeys (WebAuthn) as second factor: keys in a phone, a computer or a stick, bound to this server's name."""

import ipaddress
from urllib.parse import urlsplit

import msgspec
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from messageapi.errors import Problem
from messageapi.people import rows as people_rows
from messageapi.people import slips
from messageapi.people.factors import rows
from messageapi.people.factors.recovery import drop_if_alone, first_codes
from messageapi.people.factors.rows import Passkey
from messageapi.people.factors.totp import Enabled
from messageapi.people.fresh import require_fresh
from messageapi.people.letters import tell_change
from messageapi.people.logins.session import SignedIn, renewed
from messageapi.people.person import Person
from messageapi.people.slips import Slip
from messageapi.people.trail import trail
from messageapi.store.tx import Tx
from messageapi.vocab.ids import new_id
from messageapi.web.doors import Doors

MOST = 20


class Ceremony(msgspec.Struct, frozen=True):
    """`options`: JSON for `navigator.credentials.create`; `token` comes back with the answer."""

    token: str
    options: str


def home(doors: Doors) -> str:
    """Where passkeys work, such as `https://panel.example.com`: browsers make them for names alone. This machine is
    called localhost; another one that only has an IP address has no such place.
    """
    parts = urlsplit(doors.settings.base_url)
    try:
        address = ipaddress.ip_address(parts.hostname or "")
    except ValueError:
        return f"{parts.scheme}://{parts.netloc}"
    if not address.is_loopback:
        return ""
    return f"{parts.scheme}://localhost{f':{parts.port}' if parts.port else ''}"


async def start_passkey(doors: Doors, who: SignedIn) -> Ceremony:
    require_fresh(doors, who)
    if not home(doors):
        raise Problem(
            "passkeys_unavailable",
            409,
            "Passkeys need a server with a name. Ask its owner to set MESSAGEAPI_PUBLIC_URL.",
        )
    known = await passkeys_of(doors, who)
    if len(known) >= MOST:
        raise Problem("too_many_passkeys", 409, f"You have {MOST} passkeys. Remove those that are not used.")
    options = generate_registration_options(
        rp_id=_name(doors),
        rp_name="MessageAPI",
        user_id=who.person_id.encode(),
        user_name=who.email,
        user_display_name=who.name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    facts = {"challenge": bytes_to_base64url(options.challenge)}

    async def work(tx: Tx) -> str:
        return await slips.write(tx, "passkey", doors.clock(), person_id=who.person_id, facts=facts)

    return Ceremony(await doors.db.writer.run(work), options_to_json(options))


async def finish_passkey(doors: Doors, who: SignedIn, token: str, *, answer: str, name: str) -> Enabled:
    """`answer`: JSON of what the browser gave. All other sessions end."""
    name = " ".join(name.split())[:100] or "Passkey"

    async def work(tx: Tx) -> Enabled:
        now = doors.clock()
        slip = await slips.use(tx, "passkey", token, now)
        if slip.person_id != who.person_id:
            raise Problem("login_expired", 401, "This was begun by somebody else. Begin again.")
        values = _registered(doors, slip, answer)
        row = {"id": new_id("psk"), "person_id": who.person_id, "name": name, "created_at": now, **values}
        if not await rows.insert_passkey(tx, row):
            raise Problem("passkey_known", 409, "This passkey was added before. Use another one.")
        await people_rows.end_logins(tx, who.person_id, but=who.session_id)
        await trail(tx, who.person_id, "second_factor.added", {"kind": "passkey", "name": name}, now=now)
        await tell_change(tx, doors, await people_rows.known_person(tx, who.person_id), "factor_added")
        return Enabled(await renewed(tx, doors, who, second=True), await first_codes(tx, who.person_id, now))

    return await doors.db.writer.run(work)


async def passkeys_of(doors: Doors, who: SignedIn) -> list[Passkey]:
    return await doors.db.read(lambda tx: rows.passkeys_of(tx, who.person_id))


async def remove_passkey(doors: Doors, who: SignedIn, passkey_id: str) -> None:
    """Raise Problem passkey_not_found, for another person's as well."""
    require_fresh(doors, who)

    async def work(tx: Tx) -> None:
        if not await rows.delete_passkey(tx, who.person_id, passkey_id):
            raise Problem("passkey_not_found", 404, "There is no such passkey now. Look at the list again.")
        await drop_if_alone(tx, who.person_id)
        await trail(tx, who.person_id, "second_factor.removed", {"kind": "passkey"}, now=doors.clock())
        await tell_change(tx, doors, await people_rows.known_person(tx, who.person_id), "factor_removed")

    await doors.db.writer.run(work)


async def challenge(tx: Tx, doors: Doors, slip: Slip) -> str:
    """What a passkey is to sign in this login, as JSON."""
    known = await rows.passkeys_of(tx, slip.person_id or "")
    options = generate_authentication_options(
        rp_id=_name(doors), allow_credentials=[PublicKeyCredentialDescriptor(id=each.credential) for each in known]
    )
    facts = {**slip.facts, "challenge": bytes_to_base64url(options.challenge)}
    await people_rows.note_in_slip(tx, slip.hash, msgspec.json.encode(facts).decode())
    return options_to_json(options)


async def is_right(tx: Tx, doors: Doors, person: Person, challenge: str, answer: str) -> bool:
    """Signed by one of the person's passkeys, for this challenge and this server."""
    if not challenge:
        return False
    try:
        given = parse_authentication_credential_json(answer)
        key = next((each for each in await rows.passkeys_of(tx, person.id) if each.credential == given.raw_id), None)
        if key is None:
            return False
        verified = verify_authentication_response(
            credential=given,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_name(doors),
            expected_origin=home(doors),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.signs,
        )
    except (WebAuthnException, ValueError):
        return False
    await rows.use_passkey(tx, key.id, verified.new_sign_count, doors.clock())
    return True


def _registered(doors: Doors, slip: Slip, answer: str) -> dict[str, object]:
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(slip.facts["challenge"]),
            expected_rp_id=_name(doors),
            expected_origin=home(doors),
        )
    except (WebAuthnException, ValueError):
        raise Problem("passkey_refused", 422, "The browser's answer does not fit this server. Begin again.") from None
    return {
        "credential": made.credential_id,
        "public_key": made.credential_public_key,
        "signs": made.sign_count,
        "used_at": None,
    }


def _name(doors: Doors) -> str:
    return urlsplit(home(doors)).hostname or ""
