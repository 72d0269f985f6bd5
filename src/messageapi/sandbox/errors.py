"""The one error of the control interface, raised inside the network and again by its client."""


class SandboxError(Exception):
    """A request that cannot be done: `code` for programs, the message for people, `status` for HTTP."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
