"""The pages of messages: the log, one with its timeline, writing one, the file."""

import csv
import html
import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from messageapi.messages import find
from messageapi.panel.pages.messages.samples import calls
from messageapi.panel.pages.messages.table_file import harmless
from messageapi.store.tables import messages

TRICKY = "It's \"quoted\" \\\\ \\' $HOME `x` {name}\nsecond line \N{GRINNING FACE}"


@pytest.fixture
async def sent(ada: Any, linked: Any) -> str:
    """The id of a message that Ada wrote on the page."""
    number = await linked(ada.caller)
    given = {"number": number, "to": "+49 1522 2222222", "text": "Hello"}
    answer = await ada.send("/messages", given, on="/messages/new")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rpartition("/")[2])


async def test_a_message_written_on_the_page_is_accepted(ada: Any, sent: str, doors: Any) -> None:
    message = await find.one(doors, ada.caller, sent)
    assert (message.status, message.phone) == ("accepted", "+4915222222222")
    page = (await ada.get(f"/messages/{sent}")).text
    assert "To +49 1522 2222222" in page
    assert page.count("Not yet") == 3


async def test_what_still_waits_is_canceled(ada: Any, sent: str, doors: Any) -> None:
    await ada.send(f"/messages/{sent}/cancel", on=f"/messages/{sent}")
    assert (await find.one(doors, ada.caller, sent)).status == "canceled"
    assert "Cancel message" not in (await ada.get(f"/messages/{sent}")).text


async def test_the_log_finds_by_recipient_however_written(ada: Any, sent: str) -> None:
    for written in ("+4915222222222", "0049 1522 2222222", "4915222222222"):
        assert sent in (await ada.get("/messages", params={"to": written})).text
    other = await ada.get("/messages", params={"to": "+4915111111111"})
    assert (sent in other.text, "Nothing found" in other.text) == (False, True)


async def test_a_recipient_that_is_none_is_said_so_beside_the_list(ada: Any, sent: str) -> None:
    answer = await ada.get("/messages", params={"to": "somebody"})
    assert answer.status_code == 422
    assert "not a phone number" in answer.text
    assert 'value="somebody"' in answer.text


async def test_days_are_those_of_the_visitors_calendar_and_both_count(ada: Any, sent: str, doors: Any) -> None:
    midnight = datetime(2026, 3, 29, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a day of 23 hours
    for at, found_on in (
        (midnight, "2026-03-29"),
        (midnight - timedelta(milliseconds=1), "2026-03-28"),
        (midnight.astimezone(UTC) + timedelta(hours=23), "2026-03-30"),
    ):
        values = {"accepted_at": round(at.timestamp() * 1000)}
        await doors.db.writer.run(lambda tx, values=values: tx.execute(update(messages).values(**values)))
        for day in ("2026-03-28", "2026-03-29", "2026-03-30"):
            page = (await ada.get("/messages", params={"since": day, "until": day})).text
            assert (sent in page) == (day == found_on), (at, day)
    assert "/messages/export.csv?since=2026-03-30" in (await ada.get("/messages?since=2026-03-30")).text
    assert sent in (await ada.get("/messages/export.csv?since=2026-03-30")).text
    assert sent not in (await ada.get("/messages/export.csv?until=2026-03-29")).text


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30", "9999-12-31", "2026-W10-1x"])
async def test_a_day_that_is_none_is_said_so_and_the_list_stays_still(ada: Any, sent: str, day: str) -> None:
    answer = await ada.get("/messages", params={"until": day})
    assert answer.status_code == 422
    assert "Write a day as in" in answer.text
    assert f'value="{day}"' in answer.text
    assert 'hx-get="/messages/now' not in answer.text
    assert 'hx-get="/messages/now' in (await ada.get("/messages")).text


async def test_filters_stay_in_the_address_of_chips_and_export(ada: Any, sent: str) -> None:
    page = html.unescape((await ada.get("/messages", params={"status": "accepted", "to": "+4915222222222"})).text)
    assert "/messages?status=failed&to=%2B4915222222222" in page
    assert "/messages/export.csv?status=accepted&to=%2B4915222222222" in page
    assert sent in page
    assert sent not in (await ada.get("/messages?status=failed")).text


async def test_the_log_is_sent_again_only_when_something_changed(ada: Any, sent: str, doors: Any) -> None:
    address = re.search(r'hx-get="(/messages/now[^"]+)"', (await ada.get("/messages")).text)
    assert address
    assert (await ada.get(address[1])).status_code == 204
    change = update(messages).where(messages.c.id == sent).values(status="read")
    await doors.db.writer.run(lambda tx: tx.execute(change))
    assert "Read" in (await ada.get(address[1])).text


async def test_the_log_goes_on_behind_a_page(ada: Any, sent: str, doors: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("messageapi.panel.pages.messages.log.PER_PAGE", 1)
    await ada.send("/messages", {"to": "+4915222222222", "text": "Second"}, on="/messages/new")
    first = html.unescape((await ada.get("/messages")).text)
    onward = re.search(r'href="(/messages\?cursor=[^"]+)"', first)
    assert onward
    second = (await ada.get(onward[1])).text
    assert (sent in first, sent in second) == (False, True)
    assert "hx-get" not in second


async def test_a_refused_message_keeps_what_was_written(ada: Any, linked: Any) -> None:
    await linked(ada.caller)
    answer = await ada.send("/messages", {"to": "nobody", "text": "Dear <b>Maya</b>"}, on="/messages/new")
    assert answer.status_code == 422
    assert "Dear &lt;b&gt;Maya&lt;/b&gt;</textarea>" in answer.text


async def test_a_message_for_later_is_scheduled_in_the_persons_time_zone(ada: Any, linked: Any, doors: Any) -> None:
    await linked(ada.caller)
    later = doors.clock() // 1000 + 86_400
    day = datetime.fromtimestamp(later, UTC).strftime("%Y-%m-%d")
    given = {"to": "+4915222222222", "text": "Tomorrow", "send_at": f"{day}T12:00"}
    answer = await ada.send("/messages", given, on="/messages/new")
    message = await find.one(doors, ada.caller, answer.headers["location"].rpartition("/")[2])
    assert message.status == "scheduled"
    assert message.send_at in {f"{day}T11:00:00.000Z", f"{day}T10:00:00.000Z"}


async def test_without_a_number_the_page_leads_to_one(nora: Any) -> None:
    assert "Link a number first" in (await nora.get("/messages/new")).text


async def test_the_call_beside_the_form_follows_it(ada: Any, linked: Any) -> None:
    await linked(ada.caller)
    piece = await ada.send("/messages/code", {"to": "+4915222222222", "text": "Seen while typing"}, on="/messages/new")
    assert "Seen while typing" in piece.text
    assert "<html" not in piece.text


@pytest.mark.parametrize("tag", ["curl", "python", "php", "node"])
def test_the_call_says_the_very_text_in_each_language(tag: str) -> None:
    body: dict[str, object] = {"to": "+4915222222222", "text": TRICKY}
    sample = next(each.text for each in calls("http://test", "KEY", body) if each.tag == tag)
    assert json.loads(_said(tag, sample)) == body


def _said(tag: str, sample: str) -> str:
    """The body that a sample sends, as JSON, worked out by its own language."""
    if tag == "curl":
        return subprocess.run(
            ["bash", "-c", f'curl() {{ printf %s "${{@: -1}}"; }}\n{sample}'],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    if tag == "python":
        found: dict[str, Any] = {}
        inside = sample.partition("json=")[2].rpartition(",\n    timeout")[0]
        exec(f"body = {inside}", found)  # noqa: S102 - our own sample
        return json.dumps(found["body"])
    program = shutil.which(tag)
    if program is None:
        pytest.skip(f"{tag} is not installed")
    if tag == "node":
        inside = sample.partition("JSON.stringify(")[2].rpartition("),\n}")[0]
        return subprocess.run(
            [program, "-e", f"console.log(JSON.stringify({inside}))"], capture_output=True, text=True, check=True
        ).stdout
    inside = sample.partition("json_encode(")[2].rpartition("),\n]")[0]
    return subprocess.run(
        [program, "-r", f"echo json_encode({inside});"], capture_output=True, text=True, check=True
    ).stdout


async def test_the_file_has_every_message_once(ada: Any, sent: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("messageapi.web.paging.LARGEST", 2)
    for text in ("two", "three", "four"):
        await ada.send("/messages", {"to": "+4915222222222", "text": text}, on="/messages/new")
    answer = await ada.get("/messages/export.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert len({row["id"] for row in rows}) == len(rows) == 4
    assert rows[-1]["id"] == sent


def test_no_cell_is_a_formula() -> None:
    assert [harmless(text) for text in ("=1+1", "@x", "Hello", "-1")] == ["'=1+1", "'@x", "Hello", "'-1"]


async def test_another_accounts_messages_are_not_there(ada: Any, nora: Any, sent: str) -> None:
    for path in (f"/messages/{sent}", f"/messages/{sent}/now"):
        assert (await nora.get(path)).status_code == 404
    assert (await nora.send(f"/messages/{sent}/cancel", on="/home")).status_code == 404
    number = (await ada.get(f"/messages/{sent}")).text.split("number=")[1].split('"')[0].split("&")[0]
    for path in (f"/messages?number={number}", f"/messages/export.csv?number={number}"):
        assert sent not in (await nora.get(path)).text


async def test_a_received_file_is_named_and_can_be_downloaded(ada: Any, bob: Any, doors: Any, staging: Any) -> None:
    await staging.furnish(doors, ada.caller)
    listed = (await ada.get("/messages?status=received")).text
    assert "floor plan.pdf" not in listed
    assert "Is there room for two more tables?" in listed
    one = re.search(r'href="(/messages/[0-9a-f-]{36})"', listed)
    assert one
    for somebody in (ada, bob):
        page = (await somebody.get(one[1])).text
        assert "Is there room for two more tables?" in page
        assert re.search(r'href="http://[^"]+/media/[^"]+" download', page)
        assert "floor plan.pdf" in page
        assert "81.9 kB" in page
    assert "Where are you?" in listed
