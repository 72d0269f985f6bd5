"""Receipts: forward only, in whatever order they come. In a group the first person who got or read it counts."""

from messageapi.engines.port import Receipt
from messageapi.messages.following.ledger import Early, Ledger
from messageapi.messages.following.row import Row


def receipt(ledger: Ledger, number_id: str, report: Receipt) -> None:
    for wa_id in report.wa_ids:
        key = (number_id, wa_id)
        row = ledger.by_wa.get(key)
        if row is None:
            ledger.keep(key, Early(report.kind, report.at))
        else:
            follow(row, report.kind, report.at)


def follow(row: Row, kind: str, at: int) -> None:
    """Who has read a message, or played it, has got it: a missing `delivered` is filled in with the same moment.

    What waits to be sent again has arrived after all, so it is not.
    """
    if row.status == "accepted":
        row.status = "sending"
    moved = row.reach("delivered", at)
    if kind != "delivered":
        moved |= row.reach("read", at)
    if kind == "played":
        row.play(at)
    if moved:
        row.error_code = row.error_detail = None
