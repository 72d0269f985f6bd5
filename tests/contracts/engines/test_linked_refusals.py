"""What the network refuses, seen through the real library: a stable code, nothing left, and the number goes on."""

from typing import Any

import pytest

from messageapi.engines.port import NotSent, Sent


@pytest.mark.parametrize(
    ("answer", "code", "permanent", "tries"),
    [
        (463, "new_contact_limited", True, 1),
        (479, "message_rejected", True, 2),
        (429, "whatsapp_rate_limited", False, 1),
        (402, "temporarily_banned", False, 1),
        (403, "not_permitted", True, 1),
    ],
)
async def test_what_whatsapp_refuses_has_a_code(
    linked: Any, answer: int, code: str, permanent: bool, tries: int
) -> None:
    await linked.open()
    await linked.control.change(linked.other, refuse=answer)
    before = (await linked.control.stats()).counts.get("refused", 0)
    await linked.submit("refused")
    failed = await linked.worker.first(NotSent, "refused")
    assert (failed.code, failed.permanent) == (code, permanent)
    assert (await linked.control.stats()).counts["refused"] == before + tries
    await linked.control.change(linked.other, refuse=None)
    await linked.submit("after")
    await linked.worker.first(Sent, "after")
    assert await linked.arrived(1) == ["after"]


async def test_a_group_that_does_not_know_the_number_refuses(linked: Any) -> None:
    await linked.open()
    group = await linked.control.create_group("Others", [linked.other])
    await linked.submit("refused", to=group.id)
    failed = await linked.worker.first(NotSent, "refused")
    assert failed.permanent
    assert failed.code in {"not_in_group", "group_not_permitted"}
