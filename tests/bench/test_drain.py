"""The backlog of the drain is posted so that its order can be judged."""

from collections.abc import Callable
from types import ModuleType

import pytest


@pytest.mark.parametrize(("chats", "messages"), [(1, 7), (2, 40), (16, 33), (100, 1_000)])
def test_the_messages_of_a_chat_are_posted_by_one_caller_in_order(
    part: Callable[[str], ModuleType], chats: int, messages: int
) -> None:
    turns = part("drain").turns(chats, messages)
    assert sorted(n for mine in turns for n in mine) == list(range(messages))
    assert all(mine == sorted(mine) for mine in turns)
    callers = [
        {caller for caller, mine in enumerate(turns) for n in mine if n % chats == chat} for chat in range(chats)
    ]
    assert {len(each) for each in callers} == {1}
