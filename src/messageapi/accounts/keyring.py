"""Sealers of accounts, kept in memory: opening an account's key costs a read, and every message needs it."""

import threading
from collections import OrderedDict
from collections.abc import Iterable

from messageapi import logs
from messageapi.accounts import rows
from messageapi.errors import Problem
from messageapi.store.db import Database, Tx
from messageapi.store.vault import Sealer, SealError, Vault

_log = logs.log("accounts")


class AccountKeyring:
    """The least recently used sealers are let go."""

    def __init__(self, db: Database, vault: Vault, *, capacity: int = 10_000) -> None:
        self._db = db
        self._vault = vault
        self._capacity = capacity
        self._sealers: OrderedDict[str, Sealer] = OrderedDict()
        self._lock = threading.Lock()  # a database's thread asks as well

    async def sealer(self, account_id: str, tx: Tx | None = None) -> Sealer:
        """Inside a transaction give it: work that the writer does may wait for nothing else."""
        known = self._known(account_id)
        if known is not None:
            return known
        if tx is None:
            sealed = await self._db.read(lambda reading: rows.sealed_key(reading, account_id))
        else:
            sealed = await rows.sealed_key(tx, account_id)
        if sealed is None:
            raise Problem("account_unknown", 404, "This account does not exist. Check its id.")
        return self._keep(account_id, self._vault.sealer(account_id, sealed))

    async def sealers(self, account_ids: Iterable[str]) -> dict[str, Sealer]:
        """Those that can be had."""
        found: dict[str, Sealer] = {}
        for account_id in set(account_ids):
            try:
                found[account_id] = await self.sealer(account_id)
            except (Problem, SealError) as problem:
                _log.warning("an account is passed over", account=account_id, code=problem.code)
        return found

    def _known(self, account_id: str) -> Sealer | None:
        with self._lock:
            known = self._sealers.get(account_id)
            if known is not None:
                self._sealers.move_to_end(account_id)
            return known

    def _keep(self, account_id: str, sealer: Sealer) -> Sealer:
        with self._lock:
            self._sealers[account_id] = sealer
            if len(self._sealers) > self._capacity:
                self._sealers.popitem(last=False)
        return sealer
