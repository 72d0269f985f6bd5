"""Every host the placer has heard of, in memory: who they are, what they hold and when they were last heard."""

from collections import deque

from messageapi import logs
from messageapi.engines.port import HostBeat, HostGone
from messageapi.numbers.placing.plan import Close, Host

SILENT_MS = 10_000
NOTE_EVERY_MS = 2_000
REMEMBERED = 1_000
_log = logs.log("placer")


class Fleet:
    """`unusable`: network -> why no host can run for it on this machine."""

    def __init__(self) -> None:
        self.hosts: dict[str, Host] = {}
        self.unusable: dict[str, str] = {}
        self._dead: deque[str] = deque(maxlen=REMEMBERED)
        self._silent: deque[str] = deque(maxlen=REMEMBERED)
        self._beats: dict[str, HostBeat] = {}
        self._noted_at = 0

    def heard(self, beat: HostBeat, now: int) -> bool:
        """True when this changes who can take numbers. The last beats of a dead host may arrive after its death."""
        if beat.host_id in self._dead:
            return False
        if beat.host_id in self._silent:
            self._silent.remove(beat.host_id)
        known = self.hosts.get(beat.host_id)
        sessions = dict(beat.sessions)
        host = Host(beat.host_id, beat.network, beat.kind, beat.capacity, sessions, now, beat.stopping)
        self.hosts[beat.host_id] = host
        if beat.kind == "engine":
            self.unusable.pop(beat.network, None)
            self._beats[beat.host_id] = beat
        return known is None or known.sessions is None or known.stopping != beat.stopping

    def gone(self, gone: HostGone) -> None:
        self._dead.append(gone.host_id)
        self._drop(gone.host_id)
        if gone.code == "library_unusable":
            self.unusable[gone.network] = gone.code

    def fallen_silent(self, now: int) -> list[str]:
        """Hosts that are given up now. One that speaks again later is heard again; its old epochs are refused."""
        silent = [host.id for host in self.hosts.values() if now - host.seen_at > SILENT_MS]
        for host_id in silent:
            _log.warning("a host has fallen silent", host=host_id)
            self._silent.append(host_id)
            self._drop(host_id)
        return silent

    def expect(self, host_ids: set[str], now: int) -> None:
        """Hosts that placements name and nobody has heard yet: they get as long as any other to speak."""
        for host_id in host_ids - self.hosts.keys() - {*self._dead, *self._silent}:
            self.hosts[host_id] = Host(host_id, None, "engine", 0, None, now)

    def closed(self, close: Close) -> None:
        host = self.hosts.get(close.host_id)
        if host and host.sessions and host.sessions.get(close.number_id) == close.epoch:
            del host.sessions[close.number_id]

    def opened(self, host_id: str, number_id: str, epoch: int) -> None:
        host = self.hosts.get(host_id)
        if host and host.sessions is not None:
            host.sessions[number_id] = epoch

    def refused(self, host_id: str, code: str) -> None:
        """Do not offer it more until its next beat."""
        host = self.hosts.get(host_id)
        if host and code == "host_full":
            host.capacity = 0
        elif host and code == "stopping":
            host.stopping = True

    def to_note(self, now: int) -> list[HostBeat]:
        """Beats that came since the last time, at most every two seconds."""
        if now - self._noted_at < NOTE_EVERY_MS:
            return []
        self._noted_at = now
        beats, self._beats = list(self._beats.values()), {}
        return beats

    def _drop(self, host_id: str) -> None:
        self.hosts.pop(host_id, None)
        self._beats.pop(host_id, None)
