"""An identity provider as a process of its own, and a browser of a kind that signs in there."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from lib.nodes import WAIT_S, free_port, until

PEOPLE: tuple[Mapping[str, Any], ...] = (
    {"sub": "1001", "name": "Person One", "roles": ["case-officers"]},
    {"sub": "2001", "name": "Person Two", "roles": ["case-approvers"], "amr": ["pwd", "mfa"], "acr": "high"},
    {"sub": "2002", "name": "Person Three", "roles": ["case-approvers"], "amr": ["pwd"]},
    {"sub": "9001", "name": "Person Four", "roles": ["canteen"]},
)
SETTINGS = """
issuer = "{issuer}"
client_id = "tallystick"
secret = "keys/provider.secret"
address = "{address}"
label = "the office's sign-in"
role_claim = "roles"
makes_accounts = true

[roles]
case-officers = "officer"
case-approvers = "approver"

[second_factor]
amr = ["mfa"]
"""


@contextmanager
def provider() -> Iterator[str]:
    """Start the provider; yields its issuer."""
    port = free_port()
    words = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    for each in PEOPLE:
        words += ["--user-claims", json.dumps(each)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(issuer))
        yield issuer
    finally:
        process.terminate()
        process.wait(WAIT_S)


def _answers(issuer: str) -> bool:
    try:
        return httpx.get(f"{issuer}/.well-known/openid-configuration").is_success
    except httpx.HTTPError:
        return False


def set_up(folder: Path, issuer: str, address: str) -> None:
    """Write `sign-in.toml` of a node."""
    (folder / "sign-in.toml").write_text(SETTINGS.format(issuer=issuer, address=address), encoding="utf-8")
    secret = folder / "keys" / "provider.secret"
    secret.touch(mode=0o600)
    secret.write_text("what the provider knows us by\n")


def confirm(address: str, subject: str) -> str:
    """Sign in at the provider, as its page has it; returns where it leads back to."""
    answer = httpx.post(address, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def deny(address: str) -> str:
    """Refuse at the provider; returns where it leads back to."""
    return str(httpx.post(address, data={"action": "deny"}).headers["location"])
