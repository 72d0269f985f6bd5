"""What the demo found: the times of each message, as a table and as a document."""

from datetime import datetime

from rich.table import Table

from messageapi.cli.demo.stage import Stage
from messageapi.cli.demo.story import Sending, World
from messageapi.cli.tables import table

STATUSES = ("sent", "delivered", "read")


def after_accepted(sending: Sending) -> dict[str, float]:
    """Milliseconds from `accepted` to each later status, by the server's clock."""
    at = {moment["status"]: datetime.fromisoformat(moment["at"]) for moment in sending.timeline}
    start = at.get("accepted")
    return {
        status: round((at[status] - start).total_seconds() * 1000, 1) for status in STATUSES if start and status in at
    }


def times_table(world: World) -> Table:
    rows = [
        (one.call, *(_ms(after_accepted(one).get(status)) for status in STATUSES), _ms(one.answered_ms))
        for one in world.sendings
    ]
    rows.append(("the phone's answer", "", "", "", _ms(world.answer_ms)))
    found = table(("ms after accepted", *STATUSES, "call answered"), rows, empty="")
    if not isinstance(found, Table):
        raise TypeError("a table with rows is a table")
    for column in found.columns[1:]:
        column.justify = "right"
    return found


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def summary(world: World, stage: Stage) -> dict[str, object]:
    return {
        "ok": True,
        "server": world.url,
        "account": world.account,
        "number": world.number.get("id"),
        "messages": [
            {"call": one.call, "id": one.id, "answeredMs": round(one.answered_ms, 1), "afterMs": after_accepted(one)}
            for one in world.sendings
        ],
        "inbound": {"id": world.inbound_id, "ms": round(world.answer_ms, 1)},
        "steps": stage.document(),
    }
