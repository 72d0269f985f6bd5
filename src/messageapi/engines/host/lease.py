"""The right to hold numbers: it lasts 8 s from the last beat of the placer, on a clock that counts sleep as well."""

import time

LASTS_S = 8.0


class Lease:
    """A host that never heard a placer is on its own and keeps what it was given; one that lost it lets go."""

    def __init__(self) -> None:
        self._heard: float | None = None

    def heard(self) -> None:
        self._heard = time.clock_gettime(time.CLOCK_BOOTTIME)

    def give_up(self) -> None:
        """Its numbers are closed: it waits for a placer again."""
        self._heard = None

    @property
    def lapsed(self) -> bool:
        return self._heard is not None and time.clock_gettime(time.CLOCK_BOOTTIME) - self._heard > LASTS_S
