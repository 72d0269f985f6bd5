"""The network on disk, so that it survives a restart: a msgpack file for each account and one for the rest.

Keys, sessions and decrypted texts lie here in the clear. This is a test network on loopback: nothing in it is anybody's
real message, and the folder is readable by its owner only.
"""

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from messageapi.sandbox.errors import SandboxError
from messageapi.sandbox.network import Account, Device, Group, Network, Newsletter, PreKeyStock, SignedPreKey
from messageapi.sandbox.phones import states
from messageapi.sandbox.phones.inbox import Inbox
from messageapi.sandbox.phones.lines import MOST_LINES
from messageapi.sandbox.phones.states import PhoneState
from messageapi.sandbox.published import append_private, write_private
from messageapi.sandbox.server.faults import LoginFailure

_log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
LARGEST_INBOX_FILE = 96 << 20


State = TypeVar("State", bound=msgspec.Struct)


class DeviceState(msgspec.Struct):
    number: int
    identity: bytes
    registration_id: int
    signed_prekey: tuple[int, bytes, bytes]
    noise_key: bytes
    linked_at: int
    prekeys: bytes
    introduced: bool
    kept: list[bytes]


class AccountState(msgspec.Struct):
    number: str
    lid: str
    name: str
    key_index: int
    last_device: int
    devices: list[DeviceState]
    phone_prekeys: bytes
    phone: PhoneState
    app_state: dict[str, list[bytes]]
    login_failure: LoginFailure | None
    refuse: int | None
    watchers: list[str]
    listed: bool = True
    written_to: list[str] = []
    contacts: list[str] = []


class GroupState(msgspec.Struct):
    """`creator` may have left; it is empty where nothing but the members was kept."""

    id: str
    subject: str
    members: list[str]
    created: int
    creator: str = ""
    admins: list[str] = []
    description: str = ""
    description_id: str = ""
    locked: bool = False
    announce: bool = False
    invite: str = ""
    old_invites: list[str] = []


class NewsletterState(msgspec.Struct):
    id: str
    name: str
    owner: str
    followers: list[str]
    messages: int


class NetworkState(msgspec.Struct):
    """`clean` is true only between an orderly stop and the next start."""

    clean: bool
    groups: list[GroupState] = []
    newsletters: list[NewsletterState] = []


@dataclass(slots=True)
class _Files:
    """One round of saving, prepared on the event loop and written in a thread."""

    replace: dict[Path, bytes]
    append: dict[Path, tuple[Inbox, list[bytes]]]

    def write(self) -> None:
        for path, (_, lines) in self.append.items():
            append_private(path, b"\n".join(lines) + b"\n")
        for path, data in self.replace.items():
            write_private(path, data)

    def give_back(self) -> None:
        """They could not be written. A line that was cut off must not swallow the next one."""
        for inbox, lines in self.append.values():
            inbox.unsaved = [b"", *lines, *inbox.unsaved]


class Snapshots:
    def __init__(self, folder: Path, network: Network) -> None:
        self._network = network
        self._accounts = folder / "accounts"
        self._inboxes = folder / "inboxes"
        self._file = folder / "network.msgpack"
        for path in (folder, self._accounts, self._inboxes):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)

    # --- saving ---

    async def run(self, stop: asyncio.Event) -> None:
        """Save what has changed every two seconds until `stop`."""
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
            except TimeoutError:
                await self.save_changes()

    async def save_changes(self) -> None:
        """One account in one step of the event loop, then all files in a thread."""
        files = _Files({}, {})
        dirty = list(self._network.dirty)
        self._network.dirty.clear()
        for number in dirty:
            self._collect(self._network.accounts[number], files)
            await asyncio.sleep(0)
        if self._network.groups_dirty:
            self._network.groups_dirty = False
            files.replace[self._file] = self._network_state(clean=False)
        try:
            await asyncio.to_thread(files.write)
        except OSError as error:  # a full disk may have room again in two seconds
            _log.warning("the network could not be saved: %s", error.strerror)
            self._network.dirty.update(dirty)
            self._network.groups_dirty = self._network.groups_dirty or self._file in files.replace
            files.give_back()

    def save_all(self) -> None:
        """The last save of an orderly stop."""
        files = _Files({}, {})
        for number in self._network.dirty:
            self._collect(self._network.accounts[number], files)
        files.replace[self._file] = self._network_state(clean=True)
        files.write()

    def _collect(self, account: Account, files: _Files) -> None:
        files.replace[self._accounts / f"{account.number}.msgpack"] = msgspec.msgpack.encode(_account_state(account))
        inbox = account.phone.inbox
        if inbox.unsaved:
            files.append[self._inboxes / f"{account.number}.jsonl"] = inbox, inbox.unsaved
            inbox.unsaved = []

    def _network_state(self, *, clean: bool) -> bytes:
        groups = [_group_state(group) for group in self._network.groups.values()]
        newsletters = [
            NewsletterState(one.id, one.name, one.owner.number, [who.number for who in one.followers], one.messages)
            for one in self._network.newsletters.values()
        ]
        return msgspec.msgpack.encode(NetworkState(clean, groups, newsletters))

    # --- loading ---

    def load(self) -> None:
        """Fill the network; raise SandboxError when a file is damaged."""
        try:
            state = self._load_network()
            found = [_read(path, AccountState) for path in sorted(self._accounts.glob("*.msgpack"))]
            for account in found:
                self._restore_account(account, clean=state.clean)
            self._connect(found, state)
        except (msgspec.DecodeError, ValueError, KeyError, OSError) as error:
            raise SandboxError(
                "damaged", f"The saved network in {self._file.parent} cannot be read. Delete that folder."
            ) from error
        write_private(self._file, self._network_state(clean=False))

    def _load_network(self) -> NetworkState:
        return _read(self._file, NetworkState) if self._file.exists() else NetworkState(clean=True)

    def _restore_account(self, state: AccountState, *, clean: bool) -> None:
        account = Account(self._network, state.number, state.lid, state.name, key_index=state.key_index)
        account.last_device, account.app_state = state.last_device, state.app_state
        account.login_failure, account.refuse = state.login_failure, state.refuse
        account.listed, account.written_to, account.contacts = state.listed, set(state.written_to), state.contacts
        self._network.add(account)
        account.phone = states.load(account, state.phone)
        account.devices[0].prekeys = PreKeyStock(state.phone_prekeys)
        for device in state.devices:
            _restore_device(account, device)
        account.phone.downloads.unfinished = account.phone.inbox.restore(
            _inbox_lines(self._inboxes / f"{state.number}.jsonl")
        )
        if not clean:
            account.phone.recover()
            account.touch()

    def _connect(self, found: list[AccountState], state: NetworkState) -> None:
        accounts = self._network.accounts
        for known in found:
            watchers = (accounts.get(number) for number in known.watchers)
            accounts[known.number].watchers = {watcher for watcher in watchers if watcher}
        for group in state.groups:
            self._network.groups[group.id] = _restored_group(group, accounts)
        for one in state.newsletters:
            followers = [accounts[number] for number in one.followers]
            newsletter = Newsletter(one.id, one.name, accounts[one.owner], followers, one.messages)
            self._network.newsletters[one.id] = newsletter


def _group_state(group: Group) -> GroupState:
    return GroupState(
        group.id,
        group.subject,
        [member.number for member in group.members],
        group.created,
        group.creator.number,
        [admin.number for admin in group.admins],
        group.description,
        group.description_id,
        group.locked,
        group.announce,
        group.invite,
        group.old_invites,
    )


def _restored_group(state: GroupState, accounts: dict[str, Account]) -> Group:
    members = [accounts[number] for number in state.members]
    creator = accounts[state.creator or state.members[0]]
    group = Group(state.id, state.subject, [creator], state.created, state.description, state.description_id)
    group.members = members
    if state.creator:
        group.admins = {accounts[number] for number in state.admins}
        group.locked, group.announce = state.locked, state.announce
        group.invite, group.old_invites = state.invite, state.old_invites
    return group


def _account_state(account: Account) -> AccountState:
    return AccountState(
        account.number,
        account.lid,
        account.name,
        account.key_index,
        account.last_device,
        [_device_state(device) for device in account.linked],
        bytes(account.devices[0].prekeys),
        states.save(account.phone),
        account.app_state,
        account.login_failure,
        account.refuse,
        [watcher.number for watcher in account.watchers],
        account.listed,
        list(account.written_to),
        account.contacts,
    )


def _device_state(device: Device) -> DeviceState:
    signed = device.signed_prekey
    return DeviceState(
        device.number,
        device.identity,
        device.registration_id,
        (signed.id, signed.public, signed.signature),
        device.noise_key,
        device.linked_at,
        bytes(device.prekeys),
        device.introduced,
        list(device.mailbox.kept.values()) if device.mailbox else [],
    )


def _restore_device(account: Account, state: DeviceState) -> None:
    device = Device(
        account,
        state.number,
        state.identity,
        state.registration_id,
        SignedPreKey(*state.signed_prekey),
        state.noise_key,
        state.linked_at,
        PreKeyStock(state.prekeys),
    )
    mailbox = account.network.mailbox(account)
    mailbox.restore(state.kept)
    device.post, device.introduced = mailbox, state.introduced
    account.devices[state.number] = device


def _inbox_lines(path: Path) -> list[bytes]:
    """The newest lines; a file that has grown far beyond them is cut back. A changed entry has more than one."""
    if not path.exists():
        return []
    lines = path.read_bytes().splitlines()
    if len(lines) > 4 * MOST_LINES or path.stat().st_size > LARGEST_INBOX_FILE:
        lines = lines[-2 * MOST_LINES :]
        write_private(path, b"\n".join(lines) + b"\n")
    return lines[-2 * MOST_LINES :]


def _read(path: Path, kind: type[State]) -> State:
    return msgspec.msgpack.decode(path.read_bytes(), type=kind)
