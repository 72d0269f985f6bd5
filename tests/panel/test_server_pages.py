"""The operator's pages: all accounts and numbers, what waits, and settings without secrets."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from messageapi.accounts.create import create_account
from messageapi.numbers.create import create
from messageapi.operator.in_effect import MASK, SECRET, in_effect, masked
from messageapi.settings import Settings
from messageapi.store.tables import hosts, numbers

PAGES = ("/server", "/server/accounts", "/server/numbers", "/server/settings")


@pytest.mark.parametrize("path", PAGES)
async def test_an_owner_who_runs_nothing_does_not_learn_that_there_is_such_a_page(ada: Any, path: str) -> None:
    assert (await ada.get(path)).status_code == 404


async def test_the_bar_leads_there_only_for_the_operator(ada: Any, olga: Any) -> None:
    assert 'href="/server"' in (await olga.get("/home")).text
    assert 'href="/server"' not in (await ada.get("/home")).text


async def test_the_overview_counts_over_all_accounts_and_shows_hosts(
    olga: Any, ada: Any, nora: Any, doors: Any, staging: Any
) -> None:
    await staging.furnish(doors, ada.caller)
    now = doors.clock()
    rows = [
        {"id": f"host_{name}", "network": "sandbox", "capacity": 100, "sessions": 3, "pid": 1, "beat_at": at, **more}
        for name, at, more in (
            ("well", now, {"stopping": False}),
            ("gone", now - 60_000, {"stopping": False}),
            ("ends", now, {"stopping": True}),
        )
    ]
    await doors.db.writer.run(lambda tx: tx.insert_many(hosts, rows))
    text = (await olga.get("/server")).text
    for words in ("host_well", "Running", "Silent", "Stopping", "3 of 100", "3 connected"):
        assert words in text


async def test_accounts_are_found_by_name_and_email_and_opened(olga: Any, nora: Any, doors: Any) -> None:
    all_of_them = (await olga.get("/server/accounts")).text
    assert "Lovelace Shop" in all_of_them
    assert "nora-account@example.com" in all_of_them
    found = (await olga.get("/server/accounts?search=NORA-acc")).text
    assert "nora-account@example.com" in found
    assert "Lovelace Shop" not in found
    assert "Nothing found" in (await olga.get("/server/accounts?search=%25")).text, "a percent sign is itself"
    one = (await olga.get(f"/server/accounts/{nora.caller.account_id}")).text
    assert "nora@example.com" in one
    assert "has not added one" in one


async def test_the_list_of_accounts_has_pages(olga: Any, doors: Any) -> None:
    for at in range(55):
        await create_account(doors, name=f"Branch {at:02}", email=f"shop{at}@example.com")
    first = (await olga.get("/server/accounts?search=Branch")).text
    assert first.count("/server/accounts/acc_") == 50
    after = first.split('href="/server/accounts?search=Branch')[-1].split('"')[0].replace("&amp;", "&")
    rest = (await olga.get(f"/server/accounts?search=Branch{after}")).text
    assert rest.count("/server/accounts/acc_") == 5


async def test_numbers_of_all_accounts_are_filtered_by_how_they_are(olga: Any, nora: Any, doors: Any) -> None:
    await create(doors, nora.caller, name="Noras desk", network="sandbox")
    await create(doors, olga.caller, name="Well", network="sandbox")
    well = update(numbers).where(numbers.c.name == "Well").values(state="connected")
    await doors.db.writer.run(lambda tx: tx.execute(well))
    both = {"Noras desk", "Well"}
    wanted = {"all": both, "connected": {"Well"}, "idle": {"Noras desk"}, "trouble": set()}
    for show, seen in wanted.items():
        text = (await olga.get(f"/server/numbers?show={show}")).text
        assert {name for name in both if name in text} == seen


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", ""),
        ("console", "console"),
        ("postgresql://ann:s3cret@db.example:5432/app", f"postgresql://{MASK}@db.example:5432/app"),
        ("nats://t0ken@bus:4222", f"nats://{MASK}@bus:4222"),
        ("smtps://ann:p%40ss@mail.example:465", f"smtps://{MASK}@mail.example:465"),
        ("s3://AKIA:s3cret@bucket/files?endpoint=https://host&region=eu", f"s3://{MASK}@bucket/files?{MASK}"),
        ("postgresql://db/app?password=s3cret", f"postgresql://db/app?{MASK}"),
        ("host=db password=s3cret", MASK),
        ("nats://a:b@host:s3cret", MASK),
    ],
)
def test_an_address_is_shown_without_what_opens_it(value: str, shown: str) -> None:
    assert masked(value) == shown


def test_no_setting_that_may_hold_a_secret_is_shown_as_it_is() -> None:
    risky = ("password@", "secret@", "token@", ":password")
    shown = {each.name: each for each in in_effect(Settings())}
    assert set(shown) == {field.name for field in msgspec.structs.fields(Settings)}
    assert {name for name, each in shown.items() if any(word in each.about for word in risky)} <= SECRET


async def test_the_settings_page_shows_what_was_changed_and_masks(olga: Any, doors: Any) -> None:
    text = (await olga.get("/server/settings")).text
    assert "MESSAGEAPI_SIGN_UP" in text
    assert "Changed" in text
