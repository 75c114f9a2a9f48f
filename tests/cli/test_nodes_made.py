"""Transcripts of making a node: its card, its certificate, and that nothing is overwritten."""

import json
from pathlib import Path

from cryptography import x509

from lib.transcripts import Run
from tallystick.adapters.pki import is_issued_by, to_der

INIT = ("node", "init", "--id", "north", "--name", "North", "--url", "https://127.0.0.1:7443", "--contact", "desk of north")


def test_a_node_is_made_once(run: Run, folder: Path) -> None:
    said = run(*INIT)
    assert said.code == 0, said.err
    assert (folder / "node" / "keys" / "signing.seed").stat().st_mode & 0o777 == 0o600
    again = run(*INIT)
    assert again.code == 5
    assert "never overwritten" in again.err


def test_a_card_holds_no_secret(run: Run, folder: Path) -> None:
    run(*INIT)
    said = run("node", "card", "--out", "north.card")
    assert said.code == 0, said.err
    card = (folder / "north.card").read_bytes()
    assert json.loads(card)["id"] == "north"
    for secret in (folder / "node" / "keys").glob("*.seed"):
        assert secret.read_bytes().hex().encode() not in card


def test_a_certificate_is_renewed_under_the_same_root(run: Run, folder: Path) -> None:
    run(*INIT)
    keys = folder / "node" / "keys"
    root, before = to_der((keys / "ca.pem").read_bytes()), (keys / "tls.pem").read_bytes()
    said = run("node", "renew", "--host", "node.north.example", "--json")
    assert said.code == 0, said.err
    after = (keys / "tls.pem").read_bytes()
    assert after != before
    assert is_issued_by(to_der(after), root)
    names = x509.load_pem_x509_certificate(after).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["node.north.example"]
    assert (keys / "tls.key").stat().st_mode & 0o777 == 0o600
