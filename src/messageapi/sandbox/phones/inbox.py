"""What a phone has received, decrypted, ready as JSON. An entry changes when its message is edited or taken back."""

import msgspec

from messageapi.sandbox.phones.lines import Lines
from messageapi.sandbox.shown import InboxMessage

# Entries that are about an earlier message: what is sought by its id is never one of them.
ABOUT_ANOTHER = frozenset(("reaction", "poll_vote", "edit", "revoke"))


class Inbox(Lines):
    """`unsaved` are the lines that are not on disk yet; a changed entry is there again with the same number."""

    def __init__(self) -> None:
        super().__init__()
        self.unsaved: list[bytes] = []

    def add(self, entry: InboxMessage) -> None:
        """`entry.n` has to be `last + 1`."""
        line = msgspec.json.encode(entry)
        self.append(line)
        self.unsaved.append(line)

    def entry(self, n: int) -> InboxMessage | None:
        line = self.line(n)
        return msgspec.json.decode(line, type=InboxMessage) if line else None

    def amend(self, n: int, **changes: object) -> None:
        """Change an entry; one that has been dropped is left alone."""
        entry = self.entry(n)
        if entry is None:
            return
        line = msgspec.json.encode(msgspec.structs.replace(entry, **changes))
        self.replace(n, line)
        self.unsaved.append(line)

    def find(self, message_id: str, chat: str = "") -> InboxMessage | None:
        """The newest message with this id, in this chat if one is named."""
        sign = b'"id":' + msgspec.json.encode(message_id)
        for line in reversed(self._lines):
            if sign in line:
                entry = msgspec.json.decode(line, type=InboxMessage)
                if entry.id == message_id and entry.type not in ABOUT_ANOTHER and chat in ("", entry.chat):
                    return entry
        return None

    def restore(self, lines: list[bytes]) -> list[InboxMessage]:
        """Take over saved lines, all but one that was cut off by a crash. Returns those whose file was not fetched."""
        saved: dict[int, tuple[InboxMessage, bytes]] = {}
        for line in lines:
            try:
                entry = msgspec.json.decode(line, type=InboxMessage)
            except msgspec.DecodeError:
                continue
            saved[entry.n] = entry, line
        newest = max(saved, default=0)
        first = newest
        while first - 1 in saved:  # of an older one there may be a later change alone
            first -= 1
        self.last = max(first - 1, 0)
        kept = [saved[n] for n in range(first, newest + 1)] if saved else []
        for _, line in kept:
            self.append(line)
        return [entry for entry, _ in kept if entry.media and not (entry.media.sha256 or entry.media.error)]
