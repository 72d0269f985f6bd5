"""Which jobs have to wait: a chat's messages leave in order, so none may pass one of its chat that went back."""

KEPT = 1_000


class Order:
    """`seen` is how far a worker had taken in the number's events when it chose a job."""

    def __init__(self) -> None:
        self._chats: dict[str, int] = {}
        self._all = 0

    def went_back(self, chat: str | None, seq: int) -> None:
        """By the event of this number. None: of a chat that is not known any more, so that all have to wait."""
        if chat is None:
            self._all = seq
            return
        self._chats.pop(chat, None)
        self._chats[chat] = seq
        if len(self._chats) > KEPT:
            oldest = next(iter(self._chats))
            self._all = max(self._all, self._chats.pop(oldest))

    def waits(self, chat: str, seen: int) -> bool:
        return seen < max(self._all, self._chats.get(chat, 0))
