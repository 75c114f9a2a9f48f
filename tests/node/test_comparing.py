"""A holder that says different things to different members is found out by both of them, and nobody else is accused."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from lib.nodes import Node, agree, fill, nodes, offer, person
from tallystick.audit.entries import Other
from tallystick.exchange import canonical, signing
from tallystick.exchange.manifest import MAX_MANIFEST_BYTES, Manifest
from tallystick.exchange.signing import Signed
from tallystick.node.exchange_ports import StoredDocument


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Node]]:
    with nodes(tmp_path, "police-a", "police-b", "police-c") as made:
        for each in made:
            fill(each.folder, person("1", "Tomasin Verhoovel", born="1981-04-17"))
        agree(*made)
        for each in made:
            offer(each)
        for each in made:
            each.sync()
        yield made


def tell(node: Node, of: Node, signer: Node, **changes: object) -> None:
    """Let a node hold another manifest of a member than that published: as if it had been told so."""
    state = node.open.participation.node.state
    row = state.documents("border", "manifest", of.id)[-1]
    said = canonical.decode(row.document, Manifest, MAX_MANIFEST_BYTES)
    document = canonical.encode(msgspec.structs.replace(said, **changes))
    signed = Signed.made("manifest", document, of.id, signer.open.participation.node.signing_seed)
    state.put_document(
        StoredDocument(
            circle="border", kind="manifest", member=of.id, number=row.number, document=document, signatures=signed.signatures
        )
    )


def test_nobody_is_accused_where_all_were_told_the_same(three: list[Node]) -> None:
    for each in three:
        each.sync()
        assert each.do("circle_show", circle="border")[0]["contradictions"] == []


def test_a_holder_that_contradicts_itself_is_found_out_on_both_sides(three: list[Node]) -> None:
    a, b, c = three
    tell(c, of=b, signer=b, log2_records=7)
    for each, other in ((a, "police-c"), (c, "police-a")):
        for _ in range(2):
            problems = each.do("sync", circle="")["problems"]
            assert [(said["member"], "police-b signed two" in said["problem"]) for said in problems] == [(other, True)]
        [found] = each.do("circle_show", circle="border")[0]["contradictions"]
        assert found["member"] == "police-b"
        both = [signing.decode_signed(text.encode(), 2 * MAX_MANIFEST_BYTES) for text in found["manifests"]]
        for signed in both:
            signing.verify("manifest", signed, {"police-b": b.open.card.signing_key}, ["police-b"])
        assert both[0].raw != both[1].raw
        assert len([entry for entry in each.log(Other) if entry.kind == "two-manifests"]) == 1
    assert len(b.do("sync", circle="")["problems"]) == 1, "a holder whose key somebody else uses learns of it, too"


def test_a_manifest_the_holder_did_not_sign_accuses_nobody(three: list[Node]) -> None:
    a, b, c = three
    tell(c, of=b, signer=c, log2_records=7)
    [problem] = a.do("sync", circle="")["problems"]
    assert problem["problem"].startswith("VerifyError")
    assert a.do("circle_show", circle="border")[0]["contradictions"] == []


def test_a_manifest_of_another_number_is_no_contradiction(three: list[Node]) -> None:
    a, b, c = three
    tell(c, of=b, signer=b, number=9)
    [problem] = a.do("sync", circle="")["problems"]
    assert "do not contradict" in problem["problem"]
    assert a.do("circle_show", circle="border")[0]["contradictions"] == []


def test_who_is_behind_is_compared_by_who_is_further_on(three: list[Node]) -> None:
    a, b, c = three
    tell(c, of=b, signer=b, log2_records=7)
    fill(b.folder, person("1", "Tomasin Verhoovel", born="1981-04-17"), person("2", "Ilvira Quandrosse", born="1975-11-02"))
    b.do("sync", circle="")
    participation = a.open.participation
    participation.copies.sync(participation.circles.in_force("border"), "police-b")
    assert [said["member"] for said in a.do("sync", circle="")["problems"]] == ["police-c"]
