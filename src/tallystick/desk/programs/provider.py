"""What the identity provider of the organisation tells the desk by itself: that somebody's session there is over.

The token it sends is what lets it in: nothing but its signature counts (adapters/oidc.py, rule 5).

Source: OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8.
"""

import msgspec

from tallystick.desk.programs.calls import Call, ProgramRoute
from tallystick.errors import RefusedError

_MOST_BYTES = 64 * 1024


class Ended(msgspec.Struct, frozen=True):
    """A logout token; what else comes with it is not looked at."""

    logout_token: str


class Sessions(msgspec.Struct, frozen=True):
    """How many sessions ended here."""

    ended: int


def ended(call: Call) -> Sessions:
    """End the sessions of somebody whose session at the identity provider is over."""
    if call.node.provided is None:
        raise RefusedError("no identity provider is set up here", hint="see docs/how-to/sign-in.md")
    return Sessions(call.node.provided.ended(call.body.logout_token))


ROUTES = (
    ProgramRoute(
        "provider-ended", "POST", "/sign-in/ended", ended, Sessions, body=Ended,
        media_type="application/x-www-form-urlencoded", most_bytes=_MOST_BYTES,
    ),
)  # fmt: skip
