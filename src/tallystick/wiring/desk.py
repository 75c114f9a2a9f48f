"""What the desk of a node works with: its registers, its log, its staff and everything people can tell it to do.

Opens stores when they are wanted and keeps them open; decides nothing.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from tallystick.adapters.audit_folder import AuditFiles
from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.import_folder import ImportFolder
from tallystick.adapters.outputs import private_folder
from tallystick.adapters.stores import opened_sealer, without_password
from tallystick.audit import Trust, VerifiedLog, read_verifier_key, verify_log
from tallystick.errors import IntegrityError
from tallystick.exchange.agreement import Card
from tallystick.node.auditing import LogFiles
from tallystick.node.casework import Casework
from tallystick.node.context import MB, Report
from tallystick.node.lookups import Lookups
from tallystick.node.provided import ProvidedSignIn
from tallystick.node.security_keys import SecurityKeys
from tallystick.node.staff import Staff
from tallystick.node.staff_ports import Account, Session
from tallystick.node.tokens import Tokens
from tallystick.node.tracing import Tracing
from tallystick.wiring import key_secret, now
from tallystick.wiring.commands import command_table
from tallystick.wiring.imports import Imports
from tallystick.wiring.nodes import OpenNode
from tallystick.wiring.store_pool import StorePool


@dataclass(frozen=True, slots=True)
class LogCheck:
    """One check of the whole audit log: when it was, what was found, or what did not verify."""

    at: datetime
    found: VerifiedLog | None
    problem: str = ""


class DeskNode:
    """A node, as its desk sees it."""

    def __init__(self, node: OpenNode) -> None:
        self._node = node
        self._lock = threading.Lock()
        self.pool = StorePool(node.store)
        self.staff: Staff = node.staff
        self.casework: Casework = node.casework
        self.tokens: Tokens = node.tokens
        self.provided: ProvidedSignIn | None = node.provided
        self.lookups: Lookups = node.lookups
        self.tracing = Tracing(node.lookups, AuditFiles(node.folder.log), node.casework.reference)
        self.reports = node.reports
        self.judging = node.judging
        seal = Seal(partial(opened_sealer, node.store, key_secret))
        self.imports = Imports(ImportFolder(node.folder.imports, seal), self.pool, node.witness.record, now)
        self.log_check: LogCheck | None = None

    @property
    def card(self) -> Card:
        """What partners know of the node."""
        return self._node.card

    def session(self, token: str) -> tuple[Session, Account] | None:
        """Return the session of a token and whose it is; None when there is none, or the identity provider ended it.

        Raises:
            UnavailableError: the identity provider must confirm it, and cannot be asked.
        """
        found = self.staff.session(token)
        if found is None or not found[0].subject:
            return found
        return self.provided.confirmed(*found) if self.provided else None

    @cached_property
    def keys(self) -> SecurityKeys:
        """The security keys of its people."""
        from tallystick.adapters.webauthn_keys import WebauthnKeys  # noqa: PLC0415 - loaded when somebody signs in

        return SecurityKeys(self._node.people, self.staff, WebauthnKeys())

    @cached_property
    def commands(self) -> Mapping[str, Callable[[Mapping[str, Any], Report], object]]:
        """What people can tell it to do, by name."""
        return command_table(self._node)

    @property
    def largest_upload(self) -> int:
        """How many bytes a list may have that is handed in."""
        return self._node.folder.limits.largest_upload_mb * MB

    @property
    def uploads(self) -> Path:
        """Where the room for large files is, until they are taken."""
        private_folder(self._node.folder.imports)
        return self._node.folder.imports

    @property
    def store_shown(self) -> str:
        """Where the registers are, as it may be shown."""
        return without_password(self.pool.location)

    def words_of(self, circle: str, member: str, purpose: str) -> tuple[str, str]:
        """Return what a partner calls itself, and what a purpose says, as a circle agreed; empty where there is none."""
        circles = self._node.participation.circles
        if circle not in circles.names():
            return "", ""
        agreement = circles.view(circle).agreement
        names = {each.id: each.name for each in agreement.members}
        texts = {each.code: each.text for each in agreement.purposes}
        return names.get(member, ""), texts.get(purpose, "")

    @property
    def country(self) -> str:
        """Where the organisation is, as `node.toml` says; empty where it does not."""
        return self._node.folder.identity.country

    def log_files(self) -> LogFiles:
        """Return what reads the own audit log."""
        return AuditFiles(self._node.folder.log)

    def verify_log(self) -> LogCheck:
        """Check the whole audit log, as anybody with its key could."""
        with self._lock:
            files = AuditFiles(self._node.folder.log)
            try:
                found = verify_log(files.read, self._trust())
                self.log_check = LogCheck(now(), found)
            except IntegrityError as error:
                self.log_check = LogCheck(now(), None, str(error))
            return self.log_check

    def _trust(self) -> Trust:
        witnesses = [card.witness_key for card in self._node.participation.circles.cards() if card.id != self.card.id]
        return Trust(
            log=[read_verifier_key(self.card.log_key)], witnesses=[read_verifier_key(key) for key in dict.fromkeys(witnesses)]
        )

    @staticmethod
    def now() -> datetime:
        """Return the time, UTC."""
        return now()

    def close(self) -> None:
        """End what is under way, and close the stores."""
        self.imports.close()
        self.pool.close()
