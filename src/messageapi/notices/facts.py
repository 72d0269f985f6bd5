"""What each kind of notice says. The kind is the tag; its words are in `templates/<kind>.txt` and `.html`."""

from typing import Literal

import msgspec


class VerifyEmail(msgspec.Struct, frozen=True, kw_only=True, tag="verify_email"):
    """`path` is on our own address, with the token: `/verify?token=...`."""

    path: str
    hours: int


class ResetPassword(msgspec.Struct, frozen=True, kw_only=True, tag="reset_password"):
    path: str
    minutes: int


class EmailChangedOld(msgspec.Struct, frozen=True, kw_only=True, tag="email_changed_old"):
    """To the old address. `path` undoes the change or refuses it."""

    new_email: str
    path: str
    hours: int


class EmailChangedNew(msgspec.Struct, frozen=True, kw_only=True, tag="email_changed_new"):
    """To the new address. `path` confirms it."""

    path: str
    hours: int


class Invitation(msgspec.Struct, frozen=True, kw_only=True, tag="invitation"):
    inviter: str
    account: str
    role: Literal["owner", "admin", "viewer"]
    path: str
    hours: int


class NewLogin(msgspec.Struct, frozen=True, kw_only=True, tag="new_login"):
    """`device` and `place` as far as they are known. `path` leads to the sessions."""

    at: int
    time_zone: str = "UTC"
    device: str = ""
    address: str = ""
    path: str


class AlreadyRegistered(msgspec.Struct, frozen=True, kw_only=True, tag="already_registered"):
    """Somebody signed up with an address that has a login. `path` leads to the login."""

    path: str


class AccountWaits(msgspec.Struct, frozen=True, kw_only=True, tag="account_waits"):
    """Somebody signed up with the address of an account that was opened at the console, and that nobody logs in to."""


Change = Literal["password", "factor_added", "factor_removed", "recovery_used"]


class LoginChanged(msgspec.Struct, frozen=True, kw_only=True, tag="login_changed"):
    """What lets this person in is another than before. `path` leads to the sessions."""

    change: Change
    path: str


class AccessAsked(msgspec.Struct, frozen=True, kw_only=True, tag="access_asked"):
    """An operator of the server wants to look at this person's account. `path` leads to where it is granted."""

    operator: str
    account: str
    reason: str
    path: str


class WebhookDisabled(msgspec.Struct, frozen=True, kw_only=True, tag="webhook_disabled"):
    """`reason` is the sentence with the next action."""

    webhook_id: str
    description: str
    reason: str


class NumberLoggedOut(msgspec.Struct, frozen=True, kw_only=True, tag="number_logged_out"):
    """Or banned. `reason` is the sentence with the next action."""

    number_id: str
    name: str
    reason: str


class SupportReceived(msgspec.Struct, frozen=True, kw_only=True, tag="support_received"):
    """To the operator."""

    request_id: str
    name: str
    email: str
    subject: str
    text: str


class SupportAnswered(msgspec.Struct, frozen=True, kw_only=True, tag="support_answered"):
    """To whoever asked."""

    request_id: str
    subject: str
    question: str
    answer: str


Facts = (
    VerifyEmail
    | ResetPassword
    | EmailChangedOld
    | EmailChangedNew
    | Invitation
    | NewLogin
    | AlreadyRegistered
    | AccountWaits
    | LoginChanged
    | AccessAsked
    | WebhookDisabled
    | NumberLoggedOut
    | SupportReceived
    | SupportAnswered
)
KINDS: dict[str, type[Facts]] = {str(each.__struct_config__.tag): each for each in Facts.__args__}


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """`account_id`: the notice goes with this account when it is erased. `reply_to`: where answers shall go."""

    email: str
    name: str = ""
    language: str = "en"
    account_id: str | None = None
    reply_to: str = ""


def kind_of(facts: Facts) -> str:
    return str(facts.__struct_config__.tag)
