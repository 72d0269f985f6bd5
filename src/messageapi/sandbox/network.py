"""The network without any transport: accounts, their devices, groups, who watches whom, what is wrong on purpose.

Device 0 of an account is its phone; all others are linked devices. Server and phones both work on these objects.
"""

import hashlib
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.server.faults import Faults, LoginFailure, Stats
from messageapi.sandbox.server.forms import other_form
from messageapi.sandbox.server.mediastore import MediaStore
from messageapi.sandbox.server.relay.queue import Key, Mailbox
from messageapi.sandbox.server.relay.refusals import Refusals
from messageapi.sandbox.wire.stanza import Jid, Node
from messageapi.sandbox.wire.tokens import Tokens

if TYPE_CHECKING:
    from messageapi.sandbox.phones.phone import Phone
    from messageapi.sandbox.server.linkcode import LinkCode
    from messageapi.sandbox.server.pairing import Registration

PN_SERVER, LID_SERVER, GROUP_SERVER, NEWSLETTER_SERVER = "s.whatsapp.net", "lid", "g.us", "newsletter"
STATUS = Jid("status", "broadcast")
SHARED_SERVERS = (GROUP_SERVER, STATUS.server)  # chats where the address of a message names its author apart
MOST_ACCOUNTS = 10_000
MOST_DEVICES = 20
MOST_GROUPS = 10_000
_HIGHEST_DEVICE = 99
_PREKEY_SIZE = 3 + 32
_PHONE_NUMBER = re.compile(r"[1-9][0-9]{6,14}")
_HEX_TO_DIGITS = str.maketrans("abcdef", "012345")


class Post(Protocol):
    """Where stanzas for a device go: the server's mailbox of a linked device, or the phone's own reception."""

    def deliver(self, node: Node) -> None: ...

    def acknowledge(self, key: Key) -> None: ...


@dataclass(slots=True)
class SignedPreKey:
    id: int
    public: bytes
    signature: bytes


class PreKeyStock:
    """One-time keys in the order of upload, packed in one buffer: 28 KB for the 812 keys of a client."""

    __slots__ = ("_data",)

    def __init__(self, data: bytes = b"") -> None:
        self._data = bytearray(data)

    def __len__(self) -> int:
        return len(self._data) // _PREKEY_SIZE

    def __bytes__(self) -> bytes:
        return bytes(self._data)

    def add(self, key_id: int, public: bytes) -> None:
        self._data += key_id.to_bytes(3, "big") + public

    def take(self) -> tuple[int, bytes] | None:
        if not self._data:
            return None
        taken = bytes(self._data[:_PREKEY_SIZE])
        del self._data[:_PREKEY_SIZE]
        return int.from_bytes(taken[:3], "big"), taken[3:]


@dataclass(slots=True, eq=False)
class Device:
    """A phone or a linked device as the server knows it: public keys and where its stanzas go."""

    account: "Account"
    number: int
    identity: bytes
    registration_id: int
    signed_prekey: SignedPreKey
    noise_key: bytes = b""
    linked_at: int = 0
    prekeys: PreKeyStock = field(default_factory=PreKeyStock)
    post: Post = field(init=False)
    jid: Jid = field(init=False)
    removed: bool = False
    introduced: bool = False  # its phone has sent it keys, name and history
    present: bool = False

    def __post_init__(self) -> None:
        self.jid = self.account.lid_jid.with_device(self.number)

    @property
    def pn_jid(self) -> Jid:
        return self.account.pn_jid.with_device(self.number)

    @property
    def mailbox(self) -> Mailbox | None:
        """The server's mailbox; a phone has none."""
        return self.post if isinstance(self.post, Mailbox) else None

    @property
    def online(self) -> bool:
        mailbox = self.mailbox
        return self.account.phone.online if mailbox is None else mailbox.line is not None


@dataclass(slots=True, eq=False)
class Account:
    """A telephone number on the network, with its phone and its linked devices."""

    network: "Network"
    number: str
    lid: str
    name: str
    phone: "Phone" = field(init=False)
    devices: dict[int, Device] = field(default_factory=dict)
    key_index: int = 0
    last_device: int = 0
    app_state: dict[str, list[bytes]] = field(default_factory=dict)
    login_failure: LoginFailure | None = None
    refuse: int | None = None
    listed: bool = True  # False: the server says that there is no such account
    written_to: set[str] = field(default_factory=set)  # numbers
    contacts: list[str] = field(default_factory=list)  # numbers; who sees its status
    watchers: set["Account"] = field(default_factory=set)
    presence_watchers: set[Device] = field(default_factory=set)
    pn_jid: Jid = field(init=False)
    lid_jid: Jid = field(init=False)

    def __post_init__(self) -> None:
        self.pn_jid = Jid(self.number, PN_SERVER)
        self.lid_jid = Jid(self.lid, LID_SERVER)

    @property
    def e164(self) -> str:
        return f"+{self.number}"

    @property
    def linked(self) -> list[Device]:
        return [device for number, device in self.devices.items() if number]

    def touch(self) -> None:
        """Say that something worth keeping has changed."""
        self.network.dirty.add(self.number)

    def free_device_number(self) -> int:
        """The next number never reuses the last ones, for clients remember sessions by it."""
        if len(self.linked) >= MOST_DEVICES:
            raise SandboxError("too_many_devices", f"This number already has {MOST_DEVICES} linked devices.", 409)
        number = self.last_device
        while True:
            number = number % _HIGHEST_DEVICE + 1
            if number not in self.devices:
                return number


@dataclass(slots=True, eq=False)
class Group:
    """Members are in the order of joining; who makes it is its first admin."""

    id: str
    subject: str
    members: list[Account]
    created: int
    description: str = ""
    description_id: str = ""
    locked: bool = False  # only admins change its name and description
    announce: bool = False  # only admins write
    invite: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    old_invites: list[str] = field(default_factory=list)
    creator: Account = field(init=False)
    admins: set[Account] = field(init=False)

    def __post_init__(self) -> None:
        self.creator = self.members[0]
        self.admins = {self.creator}

    def touch(self) -> None:
        self.creator.network.groups_dirty = True

    @property
    def jid(self) -> Jid:
        return Jid(self.id, GROUP_SERVER)


@dataclass(slots=True, eq=False)
class Newsletter:
    """A channel: its owner writes, unencrypted, and followers read."""

    id: str
    name: str
    owner: Account
    followers: list[Account]
    messages: int = 0

    @property
    def jid(self) -> Jid:
        return Jid(self.id, NEWSLETTER_SERVER)


class Network:
    """Everything that is true in this network."""

    def __init__(self, tokens: Tokens, media: MediaStore, make_phone: Callable[[Account], "Phone"]) -> None:
        self.tokens = tokens
        self.media = media
        self.accounts: dict[str, Account] = {}
        self.by_lid: dict[str, Account] = {}
        self.groups: dict[str, Group] = {}
        self.newsletters: dict[str, Newsletter] = {}
        self.faults = Faults()
        self.refusals = Refusals()
        self.stats = Stats()
        self.dirty: set[str] = set()
        self.groups_dirty = False
        self.registrations: dict[bytes, Registration] = {}  # by the noise key of the device that shows the QR code
        self.link_codes: OrderedDict[str, LinkCode] = OrderedDict()
        self.media_auth = secrets.token_urlsafe(16)
        self._make_phone = make_phone

    def open_account(self, number: str, name: str = "") -> Account:
        """The account of that number, made now if it does not exist."""
        if not _PHONE_NUMBER.fullmatch(number):
            raise SandboxError("bad_phone", "A phone number has 7 to 15 digits and does not start with 0.")
        known = self.accounts.get(number)
        if known:
            return known
        if len(self.accounts) >= MOST_ACCOUNTS:
            raise SandboxError("too_many_phones", f"The network holds at most {MOST_ACCOUNTS} phones.", 409)
        account = Account(self, number, self._new_lid(number), name or f"Phone {number[-4:]}")
        self.add(account)
        account.phone = self._make_phone(account)
        account.touch()
        return account

    def add(self, account: Account) -> None:
        self.accounts[account.number] = account
        self.by_lid[account.lid] = account

    def _new_lid(self, number: str) -> str:
        """Fifteen digits that depend on the number alone, so that a network set up anew gives the same address."""
        lid = "9" + hashlib.sha256(number.encode()).hexdigest().translate(_HEX_TO_DIGITS)[:14]
        while lid in self.by_lid:
            lid = str(int(lid) + 1)
        return lid

    def account_of(self, jid: Jid | None) -> Account | None:
        if jid is None:
            return None
        if jid.server == LID_SERVER:
            return self.by_lid.get(jid.user)
        return self.accounts.get(jid.user) if jid.server == PN_SERVER else None

    def account_found(self, number: str) -> Account | None:
        """Whom WhatsApp finds under a number in one of its forms."""
        account = self.accounts.get(number) or self.accounts.get(other_form(number) or "")
        return account if account and account.listed else None

    def device_of(self, jid: Jid | None) -> Device | None:
        account = self.account_of(jid)
        return account.devices.get(jid.device) if account and jid else None

    def group_of(self, jid: Jid | None) -> Group | None:
        return self.groups.get(jid.user) if jid and jid.server == GROUP_SERVER else None

    def newsletter_of(self, jid: Jid | None) -> Newsletter | None:
        return self.newsletters.get(jid.user) if jid and jid.server == NEWSLETTER_SERVER else None

    def linked_devices(self) -> Iterator[Device]:
        for account in self.accounts.values():
            yield from account.linked

    def wake_phones(self) -> None:
        """After a start: phones take what waits for them."""
        for account in self.accounts.values():
            account.phone.downloads.resume()
            account.phone.reception.wake()

    def mailbox(self, account: Account) -> Mailbox:
        return Mailbox(self.tokens, account.touch)


def now() -> str:
    """The time as stanzas carry it."""
    return str(int(time.time()))
