"""A file is its account's alone, and goes when it is deleted or when its time is over."""

from typing import Any

from messageapi.media.sweep import sweep

DAY_MS = 24 * 3_600_000


async def uploaded(person: Any) -> str:
    return str((await person.post("/api/v1/media", files={"file": ("a.txt", b"text")})).json()["id"])


async def test_charlie_sees_nothing_of_alices(alice: Any, charlie: Any, lying: Any) -> None:
    media_id = await uploaded(alice)
    for answer in (
        await charlie.get(f"/api/v1/media/{media_id}"),
        await charlie.delete(f"/api/v1/media/{media_id}"),
        await charlie.get("/api/v1/media/med_00000000000000000000000000"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "media_not_found")
    assert len(lying()) == 1


async def test_bob_reads_and_does_not_delete(alice: Any, bob: Any) -> None:
    media_id = await uploaded(alice)
    assert (await bob.get(f"/api/v1/media/{media_id}")).status_code == 200
    assert (await bob.delete(f"/api/v1/media/{media_id}")).status_code == 403


async def test_what_is_deleted_is_gone(alice: Any, lying: Any) -> None:
    media_id = await uploaded(alice)
    assert (await alice.delete(f"/api/v1/media/{media_id}")).status_code == 204
    assert lying() == []
    assert (await alice.get(f"/api/v1/media/{media_id}")).status_code == 404
    assert (await alice.delete(f"/api/v1/media/{media_id}")).status_code == 404


async def test_after_a_day_it_is_gone(alice: Any, doors: Any, clock: Any, lying: Any) -> None:
    media_id = await uploaded(alice)
    clock.forward(DAY_MS - 1)
    assert await sweep(doors) == 0
    assert (await alice.get(f"/api/v1/media/{media_id}")).status_code == 200
    clock.forward(1)
    assert (await alice.get(f"/api/v1/media/{media_id}")).status_code == 404
    assert await sweep(doors) == 1
    assert lying() == []
