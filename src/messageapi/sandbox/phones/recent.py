"""A dictionary that keeps only its newest entries."""

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(dict[Key, Value]):
    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def remember(self, key: Key, value: Value) -> None:
        self.pop(key, None)
        self[key] = value
        while len(self) > self._most:
            del self[next(iter(self))]
