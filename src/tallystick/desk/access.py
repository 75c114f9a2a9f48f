"""Who may open which page: every route of the desk and the action it takes, in one table.

Routes for programs stand here, too; they take tokens where pages take sessions.

What a role may do is said once, in `review.roles`; a route only names an action. A route that is not in the table cannot be
made, and what a role may not do is refused before the route runs.
"""

from tallystick.node.staff import Demand
from tallystick.node.staff_ports import Account
from tallystick.review.roles import Action

OPEN = "anybody"
"""Served to whoever asks: signing in, the style sheet."""
SIGNED_IN = "signed in"
"""Served to every role, once it has signed in."""

NEEDS: dict[str, Action | str] = {
    "sign-in": OPEN,
    "sign-in-post": OPEN,
    "code": OPEN,
    "code-post": OPEN,
    "second-factor": OPEN,
    "second-factor-post": OPEN,
    "password": OPEN,
    "password-post": OPEN,
    "key-post": OPEN,
    "key-set-up": OPEN,
    "provider": OPEN,
    "provider-back": OPEN,
    "provider-ended": OPEN,
    "sign-out": OPEN,
    "home": SIGNED_IN,
    "shown": SIGNED_IN,
    "keys": SIGNED_IN,
    "key-add": SIGNED_IN,
    "key-drop": SIGNED_IN,
    "search": Action.SEARCH_REGISTER,
    "registers": Action.SEARCH_REGISTER,
    "register": Action.SEARCH_REGISTER,
    "record": Action.SEE_PERSON,
    "imports": Action.IMPORT_REGISTER,
    "import-add": Action.IMPORT_REGISTER,
    "import": Action.IMPORT_REGISTER,
    "import-confirm": Action.IMPORT_REGISTER,
    "import-quarantine": Action.IMPORT_REGISTER,
    "import-remove": Action.IMPORT_REGISTER,
    "cases": Action.SEE_QUEUE,
    "case": Action.SEE_CASE,
    "copies": Action.SEE_CASE,
    "case-tell": Action.REDEEM,
    "case-decide": Action.DECIDE,
    "case-request": Action.REQUEST,
    "case-approve": Action.APPROVE,
    "case-refuse": Action.APPROVE,
    "case-use": Action.SEE_CASE,
    "case-tighten": Action.APPROVE,
    "case-outcome": Action.REPORT_OUTCOME,
    "case-close": Action.CLOSE,
    "case-recall": Action.RECALL,
    "case-acknowledge": Action.ACKNOWLEDGE_RECALL,
    "case-heed": Action.HEED_FOOTING,
    "case-not-me": Action.ATTACH_NOT_ME,
    "encounters": Action.SEE_QUEUE,
    "encounter": Action.SEE_CASE,
    "encounter-add": Action.RECORD_ENCOUNTER,
    "encounter-identify": Action.DECIDE,
    "namesakes": Action.SEE_PERSON,
    "namesake-revoke": Action.ATTACH_NOT_ME,
    "subjects": Action.GATHER_SUBJECT,
    "subjects-gather": Action.GATHER_SUBJECT,
    "report": Action.SEE_REPORT,
    "reports": Action.READ_REPORTS,
    "report-add": Action.ADD_REPORT,
    "report-origins": Action.READ_REPORTS,
    "report-read": Action.READ_REPORTS,
    "report-chain": Action.READ_REPORTS,
    "report-claims": Action.READ_REPORTS,
    "report-judged": Action.READ_REPORTS,
    "report-judge": Action.JUDGE_REPORTS,
    "report-mark": Action.JUDGE_REPORTS,
    "report-export": Action.SHARE_REPORTS,
    "report-import": Action.ADD_REPORT,
    "assessments": Action.READ_REPORTS,
    "assess": Action.JUDGE_REPORTS,
    "circles": Action.SEE_PARTNERS,
    "circle": Action.SEE_PARTNERS,
    "circle-two-persons": Action.MANAGE_PARTNERS,
    "log": Action.SEE_LOG,
    "log-entry": Action.SEE_LOG,
    "log-check": Action.VERIFY_LOG,
    "lookups": Action.TRACE_LOOKUPS,
    "log-verify": Action.VERIFY_LOG,
    "staff": Action.MANAGE_ACCOUNTS,
    "staff-add": Action.MANAGE_ACCOUNTS,
    "staff-change": Action.MANAGE_ACCOUNTS,
    "tokens": Action.MANAGE_ACCOUNTS,
    "token-revoke": Action.MANAGE_ACCOUNTS,
    "program-health": OPEN,
    "program-interface": OPEN,
    "program-catalog": Action.SEARCH_REGISTER,
    "program-match": Action.SEARCH_REGISTER,
    "program-search": Action.SEARCH_REGISTER,
    "program-entity": Action.SEE_PERSON,
    "reconcile": Action.SEARCH_REGISTER,
    "reconcile-batch": Action.SEARCH_REGISTER,
    "reconcile-preview": Action.SEE_PERSON,
    "reconcile-suggest-entity": Action.SEARCH_REGISTER,
    "reconcile-suggest-property": Action.SEARCH_REGISTER,
    "reconcile-suggest-type": Action.SEARCH_REGISTER,
    "reconcile-extend-properties": Action.SEARCH_REGISTER,
}
"""Every route by its name. docs/reference/desk-routes.md is made of it."""

DEMANDS: dict[str, frozenset[Demand]] = {
    "code": frozenset({"code"}),
    "code-post": frozenset({"code"}),
    "key-post": frozenset({"code"}),
    "key-set-up": frozenset({"enrol"}),
    "second-factor": frozenset({"enrol"}),
    "second-factor-post": frozenset({"enrol"}),
    "password": frozenset({"change", "open"}),
    "password-post": frozenset({"change", "open"}),
    "sign-out": frozenset({"code", "enrol", "change", "open"}),
}
"""Routes that need a session which may not be complete yet, and at which demand they are served."""


STATELESS = frozenset({"sign-in-post"})
"""Routes that do not look who asks."""


def may(route: str, account: Account | None) -> bool:
    """Tell whether a route is open to somebody who has signed in (None: to anybody)."""
    needed = NEEDS[route]
    if needed == OPEN:
        return True
    if account is None:
        return False
    return needed == SIGNED_IN or (isinstance(needed, Action) and account.actor.may(needed))
