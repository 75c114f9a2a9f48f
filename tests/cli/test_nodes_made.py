"""Transcripts of making a node: its card, its certificate, and that nothing is overwritten."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from lib.transcripts import Run
from tallystick.adapters.node_folder import RENEWED_WITHIN, open_node_folder, renew_if_due
from tallystick.adapters.pki import expires_at, hosts_of, is_issued_by, to_der

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
    assert json.loads(run("node", "renew", "--json").out)["hosts"] == ["node.north.example", "127.0.0.1"]
    assert (keys / "tls.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--id", "Police A"),
        ("--id", "NORTH"),
        ("--name", ""),
        ("--url", "http://127.0.0.1:7443"),
        ("--url", "https://127.0.0.1:7443/node"),
        ("--contact", ""),
        ("--listen", "nonsense"),
        ("--listen", "127.0.0.1:70000"),
        ("--country", "Atlantis"),
    ],
)
def test_what_no_partner_could_use_makes_no_node(run: Run, folder: Path, option: str, value: str) -> None:
    words = list(INIT)
    if option in words:
        words[words.index(option) + 1] = value
    else:
        words += [option, value]
    said = run(*words)
    assert said.code in {3, 4}
    assert "hint:" in said.err
    assert not (folder / "node").exists()
    assert run(*INIT).code == 0


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("nonsense\n", "is no TOML, at line 1"),
        ("[node]\ncolour = 1\n", "`colour` in node.toml is no setting of [node]"),
        ("[limits]\nlargest_index = 4096\n", "`largest_index` in node.toml is no setting of [limits]"),
        ("[limit]\n", "node.toml has `limit`, which is no section"),
    ],
)
def test_a_slip_in_the_settings_is_told(run: Run, folder: Path, written: str, told: str) -> None:
    run(*INIT)
    settings = folder / "node" / "node.toml"
    text = settings.read_text()
    head, _, line = written.partition("\n")
    settings.write_text(text.replace(f"{head}\n", written) if line and head in text else written + text)
    said = run("circle", "show")
    assert (said.code, told in said.err) == (4, True), said.err


def test_a_certificate_that_is_gone_is_issued_anew(run: Run, folder: Path) -> None:
    run(*INIT)
    for name in ("tls.pem", "tls.key"):
        (folder / "node" / "keys" / name).unlink()
    said = run("node", "serve")
    assert (said.code, "tallystick node renew" in said.err) == (4, True)
    assert run("node", "renew").code == 0
    assert run("circle", "show").code == 0


def test_without_the_key_of_its_root_no_certificate_is_issued(run: Run, folder: Path) -> None:
    run(*INIT)
    (folder / "node" / "keys" / "ca.key").unlink()
    said = run("node", "renew")
    assert said.code == 4
    assert said.err == "error: keys/ca.key cannot be read\nhint:  restore it from the backup of this node\n"


def test_a_certificate_is_renewed_in_its_last_days_and_not_before(run: Run, folder: Path) -> None:
    run(*INIT)
    node = open_node_folder(folder / "node")
    ends = expires_at(node.certificate.read_bytes())
    assert not renew_if_due(node, ends - RENEWED_WITHIN - timedelta(days=1))
    assert expires_at(node.certificate.read_bytes()) == ends
    assert renew_if_due(node, ends - timedelta(days=3))
    fresh = node.certificate.read_bytes()
    assert expires_at(fresh) > ends + timedelta(days=300)
    assert is_issued_by(to_der(fresh), node.root())
    assert hosts_of(fresh) == ["127.0.0.1"]


def test_a_file_that_is_no_agreement_is_called_that(run: Run, folder: Path) -> None:
    run(*INIT)
    (folder / "x.agreement").write_text('{"some":"thing"}')
    said = run("circle", "join", "x.agreement", "--yes")
    assert (said.code, said.err.splitlines()[0]) == (3, "error: this is no agreement of a circle")
    run("circle", "create", "border", "--legal-basis", "treaty", "--purpose", "check:20000:checks")
    said = run("circle", "invite", "border", "x.agreement", "--out", "y")
    assert (said.code, said.err.splitlines()[0]) == (3, "error: this is no card of a node")


def test_a_question_that_nobody_can_answer_names_the_option(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run(*INIT)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    said = run("circle", "leave", "border")
    assert (said.code, "say --yes" in said.err) == (2, True)
    monkeypatch.setattr("click.confirm", lambda *_words, **_more: False)
    assert run("circle", "leave", "border").code == 5
