"""What the network does wrong on purpose, and what it has counted."""

from collections import Counter

import msgspec


class Faults(msgspec.Struct):
    """Switches for the whole network. They last until changed or until the process ends."""

    drop_acks: int = 0  # this many of the next messages are relayed but never acknowledged
    ack_delay_ms: int = 0
    sink_messages: bool = False  # acknowledge and forget: nothing is relayed
    silent: bool = False  # read everything, answer and deliver nothing
    refuse_uploads: int = 0  # the HTTP status the media server answers to every upload; 0: it takes them

    def takes_ack(self) -> bool:
        """True when the acknowledgement of the message at hand is to get lost."""
        if self.drop_acks <= 0:
            return False
        self.drop_acks -= 1
        return True


class LoginFailure(msgspec.Struct, frozen=True):
    """How the server refuses the next logins of one account."""

    reason: int
    code: int | None = None  # with 402: why the account is banned for a time
    expire: int | None = None  # with 402: for how many seconds
    until: int | None = None  # then it is over by itself (unix seconds); None: when it is taken back


class Stats:
    """Counters since the start of the process; `unknown` names stanzas that nobody here understands."""

    __slots__ = ("counts", "unknown")

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    def count(self, name: str, by: int = 1) -> None:
        self.counts[name] += by

    def count_unknown(self, name: str) -> None:
        if name in self.unknown or len(self.unknown) < 100:
            self.unknown[name] += 1
