"""A message locked for a change, as a value: statuses move in memory first, then all that moved is written at once."""

from typing import ClassVar, Literal, NamedTuple

import msgspec

from messageapi.messages.states import BODY_DESTROYED, COLUMN, Status, may_become

PLAYABLE = frozenset({"voice", "audio", "video"})
MAY_HAVE_ARRIVED = "An earlier attempt may have arrived all the same."

Happening = Status | Literal["resent", "stuck", "played"]


class Step(NamedTuple):
    """A status that was reached, or what else an event tells."""

    status: Happening
    at: int


class Row(msgspec.Struct):
    """The columns that following a message needs, in the order they are read."""

    seq: int
    id: str
    account_id: str
    number_id: str
    type: str
    chat: str
    peer_phone: str | None
    peer_lid: str | None
    custom: str | None
    status: Status
    attempt: int
    wa_id: str | None
    error_code: str | None
    error_detail: str | None
    sending_at: int | None
    sent_at: int | None
    delivered_at: int | None
    read_at: int | None
    played_at: int | None
    unconfirmed_at: int | None
    ended_at: int | None
    on_unconfirmed: str
    resent_at: int | None
    earlier_wa_id: str | None
    stuck_at: int | None
    strikes: int
    was: Status = "accepted"
    steps: list[Step] = []
    parked: int | None = None
    """Until when it has just been parked."""

    CHANGES: ClassVar[tuple[str, ...]] = (
        "status",
        "wa_id",
        "error_code",
        "error_detail",
        "sending_at",
        "sent_at",
        "delivered_at",
        "read_at",
        "played_at",
        "unconfirmed_at",
        "ended_at",
        "resent_at",
        "earlier_wa_id",
        "stuck_at",
    )
    """What may be different when the row is written back."""

    def __post_init__(self) -> None:
        self.was = self.status

    def reach(self, status: Status, at: int) -> bool:
        """Move forward; False, and nothing happens, where the state table has no such way."""
        if not may_become(self.status, status):
            return False
        self.status = status
        if status != "unconfirmed":
            self.stuck_at = None
        setattr(self, COLUMN[status], at)
        self.steps.append(Step(status, at))
        return True

    def fail(self, status: Status, code: str, detail: str, at: int) -> bool:
        """Reach a status that needs an explanation. Of a message that was sent again nobody can say that it failed."""
        if self.resent_at is not None and status != "unconfirmed":
            status, detail = "unconfirmed", f"{detail} {MAY_HAVE_ARRIVED}"
        if not self.reach(status, at):
            return False
        self.error_code, self.error_detail = code[:60], detail[:400]
        return True

    def wait_again(self) -> None:
        """Back into the queue, in its old place. No step: the timeline keeps the moment it was accepted."""
        if self.status == "sending":
            self.status = "accepted"
            self.stuck_at = None

    def strike(self, code: str, detail: str, until: int) -> None:
        """It did not go by its own fault: it waits in its place until then, and its followers with it."""
        self.wait_again()
        self.strikes += 1
        self.parked = until
        self.error_code, self.error_detail = code[:60], detail[:400]

    def resend(self, at: int) -> None:
        """Back into the queue although it may have left. Receipts for that attempt still count."""
        self.status = "accepted"
        self.error_code = self.error_detail = None
        self.resent_at = at
        self.stuck_at = None
        self.earlier_wa_id, self.wa_id = self.wa_id, None
        self.steps.append(Step("resent", at))

    def play(self, at: int) -> bool:
        """The first time somebody played it."""
        if self.played_at is not None or self.type not in PLAYABLE:
            return False
        self.played_at = at
        self.steps.append(Step("played", at))
        return True

    def get_stuck(self, at: int) -> None:
        """Nobody has acknowledged it for too long. Whatever comes next clears that."""
        self.stuck_at = at
        self.steps.append(Step("stuck", at))

    @property
    def may_resend(self) -> bool:
        """Its sender prefers a second copy to none, and it was not sent again yet."""
        return self.status == "unconfirmed" and self.on_unconfirmed == "resend" and self.resent_at is None

    @property
    def waits_again(self) -> bool:
        return self.was == "unconfirmed" and self.status == "accepted"

    @property
    def changed(self) -> bool:
        return bool(self.steps) or self.status != self.was

    @property
    def taken(self) -> bool:
        """WhatsApp has it, since just now."""
        return any(step.status == "sent" for step in self.steps)

    @property
    def votes_come(self) -> bool:
        """It is a poll at WhatsApp."""
        return self.type == "poll" and self.status in {"sent", "delivered", "read"}

    @property
    def body_ends(self) -> bool:
        """The body was needed until now and is not any more."""
        return self.status in BODY_DESTROYED and self.was not in BODY_DESTROYED


TRACKED = Row.__struct_fields__[: Row.__struct_fields__.index("was")]
