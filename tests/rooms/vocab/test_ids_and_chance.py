"""Ids grow with time and are never given twice; random bytes are drawn in portions and handed out once."""

import os
import threading
import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from messageapi.vocab import chance
from messageapi.vocab.chance import PORTION, random_bytes
from messageapi.vocab.clock import iso, now_ms
from messageapi.vocab.ids import ALPHABET, new_id, new_message_id, time_of


def test_an_id_says_when_it_was_made() -> None:
    before = now_ms()
    made = [new_id("evt") for _ in range(50)]
    assert all(before <= (time_of(each) or 0) <= now_ms() for each in made)
    assert all(len(each) == 30 and set(each[4:]) <= set(ALPHABET) for each in made)
    assert len(set(made)) == 50


def test_ids_grow_with_each_one() -> None:
    made = [new_id("evt") for _ in range(2_000)]
    assert made == sorted(set(made))
    assert len({time_of(each) for each in made}) < len(made), "none were made in one millisecond: nothing was tried"


def test_the_id_of_a_message_is_a_uuid_of_version_7() -> None:
    before = now_ms()
    made = new_message_id()
    read = uuid.UUID(made)
    assert (str(read), read.version, read.variant) == (made, 7, uuid.RFC_4122)
    assert before <= read.int >> 80 <= now_ms()


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_a_time_is_written_as_it_is(ms: int) -> None:
    written = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
    assert iso(ms) == written.replace("+00:00", "Z")


def test_random_bytes_are_never_handed_out_twice() -> None:
    sizes = [10, 44, PORTION, 44, PORTION + 1, 1]
    taken = [random_bytes(size) for size in sizes * 20]
    assert [len(each) for each in taken] == sizes * 20
    long = [each for each in taken if len(each) >= 10]
    assert len(set(long)) == len(long)


def test_each_thread_draws_for_itself() -> None:
    together: list[bytes] = []
    threads = [threading.Thread(target=lambda: together.extend(random_bytes(16) for _ in range(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(together)) == 2_000


def test_ids_of_several_threads_grow_together() -> None:
    made: list[list[str]] = [[] for _ in range(4)]
    threads = [
        threading.Thread(target=lambda mine=mine: mine.extend(new_id("evt") for _ in range(500))) for mine in made
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [sorted(mine) for mine in made]
    assert len({each for mine in made for each in mine}) == 2_000


def test_what_was_handed_out_is_wiped() -> None:
    taken = random_bytes(32)
    assert taken not in bytes(chance._drawn.bytes)


def test_a_child_draws_other_bytes_than_its_parent() -> None:
    random_bytes(1)
    read, write = os.pipe()
    if not (child := os.fork()):
        os.write(write, random_bytes(32))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 32) != random_bytes(32)
