"""The two kinds of failure:
a Problem is told to the caller, a DoorError comes from the outside world and is decided by a loop.
"""

DOCS = "/docs/errors#"


class Problem(Exception):
    """An error with a stable code. `message` is one sentence or two that end in the next action."""

    def __init__(self, code: str, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message
        self.retry_after = retry_after  # seconds
        self.message_id: str | None = None  # set when the message exists although the request failed

    def about(self, message_id: str) -> "Problem":
        """The same problem, naming the message it happened to."""
        self.message_id = message_id
        return self


class DoorError(Exception):
    """The outside world failed. `permanent`: trying again cannot help.
    The text holds no secret, body or full number.
    """

    def __init__(self, code: str, detail: str, *, permanent: bool) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.permanent = permanent
