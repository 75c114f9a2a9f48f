"""What becomes of a refusal beside its answer: an entry of the audit log for a partner's, a line to the operator for anybody's.

A partner is who a signature says, or, where that does not hold, whose organisation issued the certificate of the connection. Who
is neither has no entry: an audit log is not for strangers to fill.

Spec: spec/exchange-v1.md, section 6.3.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from tallystick.errors import Error
from tallystick.server.complaints import Complaints
from tallystick.server.messages import bug


class Enter(Protocol):
    """Records a refusal; see `node.refusing.Refusals.enter`."""

    def __call__(self, peer: str, reason: str, body: bytes, *, circle: str = "", is_question: bool = False) -> None: ...


class TurnedAway:
    """Where refusals go."""

    def __init__(self, enter: Enter, owner: Callable[[bytes | None], str]) -> None:
        """Begin.

        Args:
            enter: records one.
            owner: finds the member whose organisation issued a certificate; empty for nobody's.
        """
        self._enter = enter
        self._owner = owner
        self._complaints = Complaints()
        self._later = ThreadPoolExecutor(1, "refusals")

    def partner(self, member: str, reason: str, body: bytes, *, circle: str, is_question: bool, why: str) -> None:
        """Note the refusal of a signed message, before it is sent.

        Raises:
            UnavailableError: it cannot be recorded.
        """
        self._enter(member, reason, body, circle=circle, is_question=is_question)
        self._complaints.tell("refused", member=member, reason=why)

    def connection(self, certificate: bytes | None, reason: str, body: bytes = b"", why: str = "") -> None:
        """Note the refusal of a message that nobody signed as it must be, before it is sent.

        Raises:
            UnavailableError: it cannot be recorded.
        """
        member = self._owner(certificate)
        if member:
            self._enter(member, reason, body)
        self._complaints.tell("refused at the door", member=member, reason=why or reason)

    def cut(self, certificate: bytes | None, reason: str) -> None:
        """Note a connection that is cut, without waiting for that."""
        self._later.submit(self._note, certificate, reason)

    def handshake(self, why: str) -> None:
        """Note a connection of nobody known."""
        self._complaints.tell("no connection", reason=why)

    def _note(self, certificate: bytes | None, reason: str) -> None:
        try:
            self.connection(certificate, reason)
        except Error as error:
            self._complaints.tell("a refusal cannot be recorded", reason=str(error))
        except Exception as error:  # a face: nobody looks at what this thread raises
            bug("refusals", error)
