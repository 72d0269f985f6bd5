"""What became of a message that was handed over: sent, certainly not sent, or unknown."""

from messageapi.engines.blame import BLAMELESS
from messageapi.engines.port import NotSent, Sent, Unconfirmed
from messageapi.messages.following.ledger import Ledger
from messageapi.messages.following.receipts import follow
from messageapi.messages.following.row import Row
from messageapi.messages.queue.parking import gives_up, pause_after

Outcome = Sent | NotSent | Unconfirmed


def settle(ledger: Ledger, number_id: str, outcome: Outcome) -> None:
    """Move the message; an outcome of an earlier attempt, or of a message that has ended, changes nothing."""
    row = ledger.by_id.get(outcome.message_id)
    if row is None or row.number_id != number_id:
        return  # a host speaks for the numbers it holds and for no other
    if isinstance(outcome, Sent):
        _sent(ledger, row, outcome)
    elif outcome.attempt == row.attempt and row.status == "sending":
        if isinstance(outcome, NotSent):
            _not_sent(ledger, row, outcome)
        else:
            _unconfirmed(ledger, row, outcome)


def _sent(ledger: Ledger, row: Row, outcome: Sent) -> None:
    """WhatsApp has it, so this counts for any attempt, and even for a message that had been put back into the queue."""
    earlier = outcome.attempt < row.attempt
    if row.status == "accepted" and outcome.attempt <= row.attempt:
        row.status = "sending"
    reached = row.reach("sent", outcome.at)
    if reached:
        row.error_code = row.error_detail = None
    if reached or (row.resent_at is not None and row.wa_id is None):
        _named(ledger, row, outcome.wa_id, earlier=earlier)


def _not_sent(ledger: Ledger, row: Row, outcome: NotSent) -> None:
    if outcome.code == "expired":
        row.fail("expired", outcome.code, outcome.detail, outcome.at)
    elif outcome.permanent:
        row.fail("failed", outcome.code, outcome.detail, outcome.at)
    elif outcome.code not in BLAMELESS:
        _strike(ledger, row, outcome)
    else:
        row.wait_again()
        row.parked = ledger.now + pause_after(row.strikes) if row.strikes else None


def _strike(ledger: Ledger, row: Row, outcome: NotSent) -> None:
    """It is tried again later, for as long as its followers can be asked to wait."""
    if gives_up(row.strikes + 1, ledger.patience_ms):
        detail = f"After {row.attempt} tries the message still could not be sent ({outcome.code}). {outcome.detail}"
        row.fail("failed", "retries_exhausted", detail[: 400 - len(SEND_LATER)] + SEND_LATER, outcome.at)
    else:
        row.strike(outcome.code, outcome.detail, ledger.now + pause_after(row.strikes + 1))


def _unconfirmed(ledger: Ledger, row: Row, outcome: Unconfirmed) -> None:
    again = row.on_unconfirmed == "resend" and row.resent_at is None
    row.fail("unconfirmed", outcome.code, SENT_AGAIN_SOON if again else UNCONFIRMED, outcome.at)
    if outcome.wa_id:
        _named(ledger, row, outcome.wa_id)


def _named(ledger: Ledger, row: Row, wa_id: str, *, earlier: bool = False) -> None:
    for early in ledger.named(row, wa_id, earlier=earlier and row.resent_at is not None):
        follow(row, early.kind, early.at)


SEND_LATER = " Look into that, then send it again."
SENT_AGAIN_SOON = (
    "WhatsApp did not answer, so the message may or may not have arrived. Unless a receipt comes first, it is sent "
    "again in a moment, and may then arrive twice."
)
UNCONFIRMED = (
    "WhatsApp did not answer, so the message may or may not have arrived. It is not sent again by itself; "
    "a later receipt settles it."
)
