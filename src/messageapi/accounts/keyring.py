"""Sealers of accounts, kept in memory: opening an account's key costs a read, and every message needs it."""

import threading
from collections import OrderedDict

from messageapi.accounts import rows
from messageapi.errors import Problem
from messageapi.store.db import Database, Tx
from messageapi.store.vault import Sealer, Vault


class AccountKeyring:
    """The least recently used sealers are let go; a deleted account's is forgotten at once."""

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

    def forget(self, account_id: str) -> None:
        with self._lock:
            self._sealers.pop(account_id, None)

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
