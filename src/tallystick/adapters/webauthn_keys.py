"""Security keys in browsers: options and answers of WebAuthn, checked by py_webauthn.

Attestation is not asked for: which make of key somebody has is nobody's business here. Presence is demanded; a PIN is not, since
a password was given before.

Source: W3C Web Authentication, Level 3.
"""

import json
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tallystick.node.security_keys import Registered, Site
from tallystick.node.staff_ports import SecurityKey

_MOST_ANSWER = 32 * 1024
_TIMEOUT_MS = 120_000
_BROKEN = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
"""What the library raises on answers that are none, its own errors and those of what it reads them with."""


class WebauthnKeys:
    """Fulfils `node.security_keys.KeyChecks`."""

    def creation(self, site: Site, who: tuple[bytes, str, str], challenge: bytes, known: list[bytes]) -> dict[str, Any]:
        handle, name, node = who
        options = generate_registration_options(
            rp_id=site.host, rp_name=node, user_id=handle, user_name=name, challenge=challenge, timeout=_TIMEOUT_MS,
            exclude_credentials=_descriptors(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.DISCOURAGED
            ),
        )  # fmt: skip
        said: dict[str, Any] = json.loads(options_to_json(options))
        return said

    def request(self, site: Site, challenge: bytes, known: list[bytes]) -> dict[str, Any]:
        options = generate_authentication_options(
            rp_id=site.host, challenge=challenge, timeout=_TIMEOUT_MS, allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.DISCOURAGED,
        )  # fmt: skip
        said: dict[str, Any] = json.loads(options_to_json(options))
        return said

    def registered(self, site: Site, challenge: bytes, answer: str) -> Registered | None:
        if len(answer) > _MOST_ANSWER:
            return None
        try:
            found = verify_registration_response(
                credential=answer, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin
            )
        except _BROKEN:
            return None
        return Registered(found.credential_id, found.credential_public_key, found.sign_count)

    def id_of(self, answer: str) -> bytes:
        if len(answer) > _MOST_ANSWER:
            return b""
        try:
            return parse_authentication_credential_json(answer).raw_id
        except _BROKEN:
            return b""

    def given(self, site: Site, challenge: bytes, answer: str, key: SecurityKey) -> int | None:
        try:
            found = verify_authentication_response(
                credential=answer, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
                credential_public_key=key.public_key, credential_current_sign_count=key.count,
            )  # fmt: skip
        except _BROKEN:
            return None
        return found.new_sign_count


def _descriptors(known: list[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in known]
