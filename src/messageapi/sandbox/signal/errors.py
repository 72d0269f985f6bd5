"""What can go wrong with an encrypted message."""


class SignalError(ValueError):
    """A key, signature or message is not what it should be."""


class DuplicateMessage(SignalError):
    """A message with this counter was already decrypted."""


class UndecryptableMessage(SignalError):
    """The message is damaged, forged, or for another session."""
