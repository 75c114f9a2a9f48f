"""The route by which partners say what follows a hit; see server/routes.py for all others.

Spec: spec/casework-v1.md; spec/node-api-v1.yaml.
"""

from tallystick.exchange import case_messages, signing
from tallystick.node.casework import Casework
from tallystick.node.participation import Participation
from tallystick.server.app import Call, PeerRoute, Reply
from tallystick.server.routes import circle_of


def case_routes(node: Participation, casework: Casework) -> list[PeerRoute]:
    """Return the routes of casework."""

    def take(call: Call) -> Reply:
        signed = signing.decode_signed(call.body, case_messages.MAX_MESSAGE_BYTES)
        return Reply(casework.take(circle_of(node, call), call.member, signed))

    most = signing.ENVELOPE * case_messages.MAX_MESSAGE_BYTES + signing.SIGNATURES_BYTES
    return [PeerRoute("POST", "/v1/circles/{circle}/cases", most, take)]
