"""Who may do what: the one table of it, role by action. What is in no row is refused.

Knows no account and no sign-in: whoever calls has made sure that the actor is who it says.

Rules
 1. Default deny: an action that a row does not name is refused.
 2. Who keeps keys and partners sees no person data, and who sees the log sees none either.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tallystick.errors import InputError, NotAuthorizedError

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")


class Role(StrEnum):
    """What somebody is at a node."""

    OFFICER = "officer"
    """Records encounters, asks, verifies, decides, requests, reports outcomes."""
    APPROVER = "approver"
    """Does what an officer does, and approves, refuses and recalls disclosures."""
    ADMINISTRATOR = "administrator"
    """Keeps keys, partners, circles and accounts; sees no person data."""
    AUDITOR = "auditor"
    """Sees log and statistics, and who opened what; no person data."""
    SUPERVISOR = "supervisor"
    """External; reads and verifies proofs, and sees who opened what; nothing else."""


class Action(StrEnum):
    """Something that is done at a node by a person."""

    SEE_QUEUE = "see-queue"
    SEE_CASE = "see-case"
    SEE_PERSON = "see-person"
    SEARCH_REGISTER = "search-register"
    IMPORT_REGISTER = "import-register"
    RECORD_ENCOUNTER = "record-encounter"
    ASK = "ask"
    REDEEM = "redeem"
    DECIDE = "decide"
    REQUEST = "request"
    APPROVE = "approve"
    REPORT_OUTCOME = "report-outcome"
    CLOSE = "close"
    RECALL = "recall"
    ACKNOWLEDGE_RECALL = "acknowledge-recall"
    HEED_FOOTING = "heed-footing"
    ATTACH_NOT_ME = "attach-not-me"
    GATHER_SUBJECT = "gather-subject"
    READ_REPORTS = "read-reports"
    ADD_REPORT = "add-report"
    JUDGE_REPORTS = "judge-reports"
    SHARE_REPORTS = "share-reports"
    SEE_REPORT = "see-report"
    SEE_PARTNERS = "see-partners"
    MANAGE_PARTNERS = "manage-partners"
    MANAGE_OFFERS = "manage-offers"
    MANAGE_ACCOUNTS = "manage-accounts"
    MANAGE_KEYS = "manage-keys"
    SEE_LOG = "see-log"
    VERIFY_LOG = "verify-log"
    PROVE_ENTRY = "prove-entry"
    TRACE_LOOKUPS = "trace-lookups"


SECOND_FACTOR_ROLES: Final = frozenset({Role.APPROVER, Role.ADMINISTRATOR})
"""Who must give a second factor; others may."""

_OFFICER: Final = frozenset(
    {
        Action.SEE_QUEUE, Action.SEE_CASE, Action.SEE_PERSON, Action.SEARCH_REGISTER, Action.IMPORT_REGISTER,
        Action.RECORD_ENCOUNTER, Action.ASK, Action.REDEEM, Action.DECIDE, Action.REQUEST, Action.REPORT_OUTCOME, Action.CLOSE,
        Action.ACKNOWLEDGE_RECALL, Action.HEED_FOOTING, Action.ATTACH_NOT_ME, Action.SEE_PARTNERS, Action.READ_REPORTS,
        Action.ADD_REPORT, Action.JUDGE_REPORTS,
    }
)  # fmt: skip

ALLOWED: Final[dict[Role, frozenset[Action]]] = {
    Role.OFFICER: _OFFICER,
    Role.APPROVER: _OFFICER
    | {Action.APPROVE, Action.RECALL, Action.GATHER_SUBJECT, Action.SEE_REPORT, Action.SHARE_REPORTS},
    Role.ADMINISTRATOR: frozenset(
        {
            Action.SEE_PARTNERS, Action.MANAGE_PARTNERS, Action.MANAGE_OFFERS, Action.MANAGE_ACCOUNTS, Action.MANAGE_KEYS,
            Action.SEE_REPORT, Action.VERIFY_LOG,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Action.SEE_LOG, Action.VERIFY_LOG, Action.PROVE_ENTRY, Action.TRACE_LOOKUPS, Action.SEE_REPORT, Action.SEE_PARTNERS,
        }
    ),
    Role.SUPERVISOR: frozenset({Action.VERIFY_LOG, Action.PROVE_ENTRY, Action.TRACE_LOOKUPS}),
}  # fmt: skip
"""Role by action; docs/reference/roles.md is held to it by a test."""

PERSON_DATA: Final = frozenset(
    {
        Action.SEE_QUEUE, Action.SEE_CASE, Action.SEE_PERSON, Action.SEARCH_REGISTER, Action.IMPORT_REGISTER,
        Action.RECORD_ENCOUNTER, Action.ASK, Action.REDEEM, Action.DECIDE, Action.REQUEST, Action.APPROVE,
        Action.REPORT_OUTCOME, Action.CLOSE, Action.RECALL, Action.ACKNOWLEDGE_RECALL, Action.HEED_FOOTING,
        Action.ATTACH_NOT_ME, Action.GATHER_SUBJECT, Action.READ_REPORTS, Action.ADD_REPORT, Action.JUDGE_REPORTS,
        Action.SHARE_REPORTS,
    }
)  # fmt: skip
"""Actions whose result may show or change what is known of a person."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a pseudonym that only this organisation can resolve, and the role it acts in."""

    name: str
    role: Role

    def __post_init__(self) -> None:
        """Refuse a name that a log entry cannot hold.

        Raises:
            InputError: it is no pseudonym.
        """
        if _NAME.match(self.name) is None:
            raise InputError(
                "who acts is no pseudonym", hint="1 to 63 letters, digits, `.`, `_` and `-`, beginning with a letter or digit"
            )

    def may(self, action: Action) -> bool:
        """Tell whether the table allows it."""
        return action in ALLOWED.get(self.role, frozenset())

    def need(self, action: Action) -> None:
        """Refuse what the table does not allow.

        Raises:
            NotAuthorizedError: the role has no right to this.
        """
        if not self.may(action):
            raise NotAuthorizedError(
                f"{self.name} may not {action.value}: the role is {self.role.value}", hint="see docs/reference/roles.md"
            )
