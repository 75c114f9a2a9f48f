"""Agreements: how a revision comes into force, what ends an epoch, who is still a member."""

import msgspec
import pytest

from lib import circles
from tallystick.errors import LocalProtocolError, RemoteProtocolError, VerifyError
from tallystick.exchange import agreement, canonical, signing
from tallystick.exchange.agreement import Agreement, Circle, Leave
from tallystick.exchange.signing import Signed
from tallystick.node.epochs import Terms, somebody_left

FIRST = circles.circle("asker", "holder", "third")


def revised(**changes: circles.Said) -> Circle:
    said = msgspec.structs.replace(FIRST.agreement, revision=2, previous=FIRST.digest, **changes)
    return agreement.adopt(circles.signed_by_all(said), FIRST)


def leave(member: str) -> Circle:
    said = Leave(at="2027-01-15T08:00:00Z", circle="harbour", format="x1", member=member, revision=1)
    return agreement.leave(FIRST, Signed.made("leave", canonical.encode(said), member, circles.signing_key(member)))


def test_signatures_are_collected_until_none_is_missing() -> None:
    document = agreement.draft(circles.terms("asker", "holder"))
    first = Signed.made("agreement", document, "holder", circles.signing_key("holder"))
    said, missing = agreement.read(first)
    assert (said.circle, missing) == ("harbour", ("asker",))
    with pytest.raises(VerifyError, match="lacks the signature of asker"):
        agreement.adopt(first)
    both = first.joined(Signed.made("agreement", document, "asker", circles.signing_key("asker")))
    assert agreement.read(both)[1] == ()
    assert agreement.adopt(signing.decode_signed(signing.encode_signed(both), 512 << 10)).members.keys() == {"asker", "holder"}
    with pytest.raises(LocalProtocolError, match="different documents"):
        first.joined(circles.signed_by_all(circles.terms("asker", "third")))


def test_a_draft_that_breaks_a_rule_is_not_signed() -> None:
    with pytest.raises(RemoteProtocolError, match="power of two"):
        agreement.draft(circles.terms("asker", "holder", delta_quantum=300))


def test_a_revision_follows_on_the_one_in_force() -> None:
    second = revised(name="Harbour circle, second term")
    assert second.agreement.revision == 2
    for said in (
        msgspec.structs.replace(FIRST.agreement, revision=3, previous=FIRST.digest),
        msgspec.structs.replace(FIRST.agreement, revision=2, previous=second.digest),
        msgspec.structs.replace(FIRST.agreement, revision=2, previous=FIRST.digest, circle="other"),
        FIRST.agreement,
    ):
        with pytest.raises(RemoteProtocolError, match="does not follow"):
            agreement.adopt(circles.signed_by_all(said), FIRST)


def test_a_revision_keeps_the_delta_quantum() -> None:
    with pytest.raises(RemoteProtocolError, match="changes delta_quantum"):
        revised(delta_quantum=2 * FIRST.agreement.delta_quantum)


def test_what_makes_every_member_begin_a_new_epoch() -> None:
    fewer = [card for card in FIRST.agreement.members if card.id != "third"]
    assert Terms.of(FIRST) != Terms.of(revised(members=fewer))
    assert Terms.of(FIRST) != Terms.of(revised(threshold_tenths=150))
    assert Terms.of(FIRST) != Terms.of(revised(parameters=canonical.digest(b"other")))
    assert Terms.of(FIRST) == Terms.of(revised(name="another name"))
    assert Terms.of(FIRST) != Terms.of(leave("third"))
    assert somebody_left(Terms.of(FIRST).text(), leave("third"))
    assert not somebody_left(Terms.of(FIRST).text(), revised(threshold_tenths=150))


def test_who_leaves_is_out_at_once() -> None:
    after = leave("third")
    assert after.members.keys() == after.keys.keys() == {"asker", "holder"}
    assert not after.over
    assert FIRST.purpose("border") is not None
    assert FIRST.purpose("curiosity") is None


def test_two_persons_are_said_only_where_they_are_demanded() -> None:
    one, two = (canonical.encode(circles.terms("asker", "holder", two_persons=each)) for each in (False, True))
    assert b"two_persons" not in one
    assert canonical.decode(two, Agreement, agreement.MAX_AGREEMENT_BYTES).two_persons
    with pytest.raises(RemoteProtocolError, match="canonical"):
        canonical.decode(two.replace(b'"two_persons":true', b'"two_persons":false'), Agreement, agreement.MAX_AGREEMENT_BYTES)


def test_a_document_is_read_as_it_was_written() -> None:
    raw = canonical.encode(FIRST.agreement)
    assert canonical.decode(raw, Agreement, len(raw)) == FIRST.agreement
    with pytest.raises(RemoteProtocolError, match="longer than"):
        canonical.decode(raw, Agreement, len(raw) - 1)
    with pytest.raises(RemoteProtocolError, match="longer than"):
        signing.decode_signed(signing.encode_signed(circles.signed_by_all(FIRST.agreement)), len(raw) - 1)


def test_moments_go_both_ways() -> None:
    for at_s in (0, 1_800_000_000, 253_402_300_799):
        assert canonical.seconds(canonical.moment_of(at_s)) == at_s
    for text in ("2027-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "2027-01-15T24:00:00Z", "2027-01-15T08:00:00"):
        with pytest.raises(RemoteProtocolError):
            canonical.seconds(text)
