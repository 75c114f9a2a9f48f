"""An OpenID provider: where a browser is sent, and what an ID token says once it is verified.

Authorization code flow with PKCE (S256); the signature and the claims of ID tokens are checked by joserfc.

Rules
 1. Only addresses under https are spoken to, or on the loopback; no redirect is followed, no answer is longer than `_MOST_BYTES`.
 2. A token counts only with a signature of the provider's published keys under an asymmetric algorithm, for this client, with
    our nonce, within its time. Whatever is wrong with it, the person who signs in is told the same.
 3. Keys are fetched again when one is unknown, once a minute at most.
 4. The provider is asked again with the refresh token it gave; without one, with the access token at its userinfo. What it says
    then is in the new ID token, or, where it gives none, in userinfo; the subject must be the same. What a provider gave is shown
    to no other.
 5. A logout token says that it is one, for us, now, and names a subject or a session; it has no nonce.

Source: OpenID Connect Core 1.0 (sections 5.3 and 12), Discovery 1.0, Back-Channel Logout 1.0 (section 2.6); RFC 7636; RFC 9207.
"""

import json
import threading
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from tallystick.adapters.addresses import is_loopback
from tallystick.adapters.secret_sources import RUN, read_secret
from tallystick.errors import ConfigError, InputError, NotAuthorizedError, UnavailableError
from tallystick.node.provided import Granted, ProviderRules
from tallystick.review.roles import Role

BACK = "/sign-in/back"
FILE = "sign-in.toml"
_MOST_BYTES = 1 << 18
_TIMEOUT_S = 10.0
_WHOLE_S = 30.0
"""Seconds that an answer may take as a whole, however little at a time it comes."""
_LEEWAY_S = 60
_KEPT_S = 3600.0
_KEYS_AGAIN_S = 60.0
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_ASKED = {"accept": "application/json", "accept-encoding": "identity"}
"""What is packed can be a thousand times as large when it is unpacked."""
_ENDED = "http://schemas.openid.net/event/backchannel-logout"
_LOGOUT_TYPES = frozenset({"jwt", "logout+jwt"})
_TOLD_S = 300.0
"""A logout token is sent at once; an older one is somebody else's."""
_MOST_MINUTES = 600
_LATER = frozenset({408, 425, 429})
_REFUSED = "the identity provider does not confirm this sign-in"
_WELL_KNOWN = "/.well-known/openid-configuration"
_SETTINGS = {
    "issuer", "client_id", "secret", "address", "label", "scopes", "role_claim", "roles", "second_factor", "makes_accounts",
    "check_minutes",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """One provider.

    Attributes:
        rules: how its claims become accounts.
        client_id: ours there.
        secret: where ours there is kept (see `secret_sources`); empty for a public client.
        address: of the desk, as browsers reach it.
        scopes: what is asked for.
    """

    rules: ProviderRules
    client_id: str
    secret: str = ""
    address: str
    scopes: tuple[str, ...] = ("openid", "profile")


def read_provider(folder: Path) -> ProviderSettings | None:
    """Read `sign-in.toml` of a node's folder; None where there is none.

    Raises:
        ConfigError: it cannot be used.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        unknown = set(said) - _SETTINGS
        if unknown:
            raise ConfigError(f"{FILE} has unknown settings: {', '.join(sorted(unknown))}", hint="see docs/how-to/sign-in.md")
        factor = said.get("second_factor", {})
        rules = ProviderRules(
            issuer=_address(said["issuer"]), label=str(said.get("label", "")), role_claim=str(said.get("role_claim", "")),
            roles={str(word): Role(role) for word, role in said.get("roles", {}).items()},
            amr=frozenset(map(str, factor.get("amr", ()))), acr=frozenset(map(str, factor.get("acr", ()))),
            makes_accounts=bool(said.get("makes_accounts", False)), check_every=_minutes(said.get("check_minutes", 10)),
        )  # fmt: skip
        return ProviderSettings(
            rules=rules, client_id=str(said["client_id"]), secret=_source(folder, str(said.get("secret", ""))),
            address=_address(said["address"]).rstrip("/"),
            scopes=tuple(dict.fromkeys(("openid", *map(str, said.get("scopes", ("profile",)))))),
        )  # fmt: skip
    except (OSError, UnicodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ConfigError(f"{FILE} cannot be used ({type(error).__name__})", hint="see docs/how-to/sign-in.md") from None


def _minutes(given: object) -> timedelta:
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= _MOST_MINUTES:
        raise ConfigError(f"check_minutes of {FILE} is no number from 1 to {_MOST_MINUTES}", hint="see docs/how-to/sign-in.md")
    return timedelta(minutes=given)


def _source(folder: Path, text: str) -> str:
    """Return where a secret is kept; a file is named as seen from the node's folder."""
    return text if not text or text.startswith(RUN) else str(folder / text)


class OidcProvider:
    """Fulfils `node.provided.Provider`; used by many threads."""

    def __init__(self, settings: ProviderSettings, client: httpx.Client | None = None) -> None:
        self._is = settings
        self._client = client or httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False)
        self._lock = threading.Lock()
        self._known: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def address(self, *, state: str, nonce: str, challenge: str) -> str:
        query = {
            "response_type": "code", "client_id": self._is.client_id, "redirect_uri": self._is.address + BACK,
            "scope": " ".join(self._is.scopes), "state": state, "nonce": nonce,
            "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        place = self._place("authorization_endpoint")
        return f"{place}{'&' if '?' in place else '?'}{urlencode(query)}"

    def grant(self, code: str, *, nonce: str, verifier: str) -> Granted:
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self._is.address + BACK,
            "code_verifier": verifier,
        }  # fmt: skip
        said = self._tokens(form)
        text = said.get("id_token")
        if not isinstance(text, str):
            raise NotAuthorizedError(_REFUSED, hint="begin again")
        return Granted(self._verified(text, nonce), self._proof(said))

    def confirm(self, proof: bytes, *, subject: str) -> Granted:
        kept = json.loads(proof) if proof else {}
        if kept.get("issuer") != self._is.rules.issuer:
            raise NotAuthorizedError(_REFUSED, hint="begin again")
        if kept.get("refresh"):
            said = self._tokens({"grant_type": "refresh_token", "refresh_token": kept["refresh"]})
            kept = {**kept, **json.loads(self._proof({"refresh_token": kept["refresh"], **said}))}
            text = said.get("id_token")
            claims = self._verified(text, None) if isinstance(text, str) else self._userinfo(kept["access"])
        else:
            claims = self._userinfo(kept.get("access", ""))
        if claims.get("sub") != subject:
            raise NotAuthorizedError(_REFUSED, hint="begin again")
        return Granted(claims, json.dumps(kept).encode())

    def ended(self, token: str) -> tuple[str, str]:
        try:
            read = self._signed(token, {"jti": {"essential": True}, "events": {"essential": True}})
            said, kind = read.claims, str(read.header.get("typ", "JWT")).lower()
            sub, sid = said.get("sub", ""), said.get("sid", "")
            is_one = kind in _LOGOUT_TYPES and isinstance(said["events"], dict) and isinstance(said["events"].get(_ENDED), dict)
        except (JoseError, ValueError, TypeError):
            is_one, sub, sid, said = False, "", "", {}
        names = isinstance(sub, str) and isinstance(sid, str) and bool(sub or sid)
        if not is_one or not names or "nonce" in said or time.time() - said["iat"] > _TOLD_S:
            raise InputError("this is no logout token of the identity provider for this desk", hint="see docs/how-to/sign-in.md")
        return sub, sid

    def _tokens(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        auth = httpx.BasicAuth(self._is.client_id, self._secret) if self._is.secret else None
        data = {**form, "client_id": self._is.client_id}
        return self._fetch("POST", self._place("token_endpoint"), data=data, auth=auth)

    def _userinfo(self, access: str) -> Mapping[str, Any]:
        if not access:
            raise NotAuthorizedError(_REFUSED, hint="begin again")
        return self._fetch("GET", self._place("userinfo_endpoint"), token=access)

    def _proof(self, said: Mapping[str, Any]) -> bytes:
        """Return what the provider is asked with again."""
        given = {"access": said.get("access_token"), "refresh": said.get("refresh_token")}
        kept = {name: text if isinstance(text, str) else "" for name, text in given.items()}
        return json.dumps({"issuer": self._is.rules.issuer, **kept}).encode()

    @cached_property
    def _secret(self) -> str:
        return read_secret(self._is.secret)

    def _verified(self, text: str, nonce: str | None) -> Mapping[str, Any]:
        """Verify an ID token; one that comes with a refresh (nonce: None) need not repeat the nonce."""
        expected: dict[str, Any] = {"sub": {"essential": True}}
        if nonce is not None:
            expected["nonce"] = {"essential": True, "value": nonce}
        try:
            said = self._signed(text, expected).claims
        except (JoseError, ValueError, TypeError):
            raise NotAuthorizedError(_REFUSED, hint="begin again; if it stays so, tell an administrator") from None
        others = said["aud"] if isinstance(said["aud"], list) else []
        if (len(others) > 1 or "azp" in said) and said.get("azp") != self._is.client_id:
            raise NotAuthorizedError(_REFUSED, hint="begin again; if it stays so, tell an administrator")
        return said

    def _signed(self, text: str, expected: Mapping[str, Any]) -> jwt.Token:
        """Return a token that the provider signed for us, and that is within its time.

        Raises:
            JoseError, ValueError, TypeError: it is none.
        """
        try:
            token = jwt.decode(text, self._key_set(), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):  # a key may have been changed
            token = jwt.decode(text, self._key_set(is_old=True), algorithms=_ALGORITHMS)
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_S, iss={"essential": True, "value": self._is.rules.issuer},
            aud={"essential": True, "value": self._is.client_id}, exp={"essential": True}, iat={"essential": True}, **expected,
        ).validate(token.claims)  # fmt: skip
        return token

    def _key_set(self, *, is_old: bool = False) -> KeySet:
        now = time.monotonic()
        with self._lock:
            kept = self._keys
        if kept is not None and now - kept[0] < (_KEYS_AGAIN_S if is_old else _KEPT_S):
            return kept[1]
        said = self._fetch("GET", self._place("jwks_uri"))
        try:
            fetched = KeySet.import_key_set(said)  # type: ignore[arg-type]  # checked there
        except (KeyError, AttributeError) as error:
            raise ValueError from error
        with self._lock:
            self._keys = (now, fetched)
        return fetched

    def _place(self, name: str) -> str:
        now = time.monotonic()
        with self._lock:
            known = self._known
        if known is None or now - known[0] >= _KEPT_S:
            said = self._fetch("GET", self._is.rules.issuer.rstrip("/") + _WELL_KNOWN)
            if said.get("issuer") != self._is.rules.issuer:
                raise UnavailableError(
                    "the identity provider calls itself by another name", hint="correct `issuer` in sign-in.toml"
                )
            known = (now, said)
            with self._lock:
                self._known = known
        try:
            return _address(known[1].get(name))
        except ConfigError:
            raise UnavailableError(f"the identity provider has no usable {name}", hint="tell its administrator") from None

    def _fetch(self, method: str, url: str, *, token: str = "", **more: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as httpx takes it
        headers = _ASKED | ({"authorization": f"Bearer {token}"} if token else {})
        try:
            with self._client.stream(method, url, headers=headers, **more) as answer:
                if answer.headers.get("content-encoding", "identity").lower() != "identity":
                    raise UnavailableError("the identity provider answers packed, unasked", hint="tell its administrator")
                body, end_s = bytearray(), time.monotonic() + _WHOLE_S
                for chunk in answer.iter_bytes():
                    body += chunk
                    if time.monotonic() > end_s:
                        raise UnavailableError(
                            "the identity provider answers too slowly", hint="try again, or sign in with a password"
                        )
                    if len(body) > _MOST_BYTES:
                        raise UnavailableError("the identity provider answers without end", hint="tell its administrator")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnavailableError(
                f"the identity provider cannot be reached ({type(error).__name__})", hint="try again, or sign in with a password"
            ) from None
        if answer.status_code != httpx.codes.OK:
            if (method == "POST" or token) and answer.is_client_error and answer.status_code not in _LATER:
                raise NotAuthorizedError(_REFUSED, hint="begin again")
            raise UnavailableError(f"the identity provider answers {answer.status_code}", hint="tell its administrator")
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise UnavailableError("the identity provider answers no JSON", hint="tell its administrator")
        return said


def _address(text: object) -> str:
    """Check an address: https, or on the loopback.

    Raises:
        ConfigError: it is none.
    """
    try:
        parts = urlsplit(text) if isinstance(text, str) else urlsplit("")
    except ValueError:
        parts = urlsplit("")
    is_good = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not is_good or not parts.hostname or parts.username or parts.fragment:
        raise ConfigError("an address of the identity provider is not under https", hint="see docs/how-to/sign-in.md")
    return str(text)
