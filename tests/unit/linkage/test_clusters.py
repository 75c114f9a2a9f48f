"""Which links join records to clusters, and which do not."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallystick.linkage.clusters import Cluster, ClusterLink, Facts, Member, clusters, is_firm

NOBODY: dict[Member, Facts] = {}


def record(text: str) -> Member:
    """Read `a1` as record 1 of register a."""
    return Member(text[0], text[1:])


def firm(pair: str, bits: float = 20.0) -> ClusterLink:
    a, b = map(record, pair.split())
    return ClusterLink(a, b, bits, firm=True)


def frail(pair: str, bits: float = 12.0) -> ClusterLink:
    return firm(pair, bits)._replace(firm=False)


def born(*days: str, gender: str | None = None) -> Facts:
    return Facts.of(days, gender)


def joined(*links: ClusterLink, facts: dict[str, Facts] | None = None) -> list[str]:
    known = {record(text): each for text, each in (facts or {}).items()}
    return [" ".join("".join(member) for member in cluster.members) for cluster in clusters(links, known)]


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ({"name.first": 9.0, "name.rest": 5.0}, True),
        ({"name.first": 9.0, "name.single": 1.0}, False),
        ({"name.first": 9.0, "name.rest": 5.0, "name.weak": 1.0}, False),
        ({"name.none": 1.0, "birth.month": 1.0}, False),
        ({"name.first": 9.0, "name.single": 1.0, "birth.year": 1.0, "nationality.same": 1.0}, False),
        ({"name.first": 9.0, "name.single": 1.0, "birth.day": 1.0}, True),
        ({"name.first": 9.0, "name.weak": 1.0, "identifier.same": 1.0}, True),
        ({"name.none": 1.0, "phone.same": 1.0}, True),
        ({"name.none": 1.0, "email.same": 1.0}, True),
    ],
)
def test_what_makes_a_link_firm(evidence: dict[str, float], expected: bool) -> None:  # noqa: FBT001
    assert is_firm(evidence) is expected


def test_firm_links_join_across_linkings() -> None:
    assert joined(firm("a1 b1"), firm("b1 c1"), firm("a2 b2")) == ["a1 b1 c1", "a2 b2"]


def test_a_record_linked_with_itself_is_no_cluster() -> None:
    assert joined(firm("a1 a1")) == []


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        (["a1 b1"], []),
        (["a1 b1", "a1 b1"], []),
        (["a1 b1", "a1 b2"], []),
        (["a1 b1", "a2 b2"], []),
        (["a1 b1", "a2 b2", "a1 b2"], []),
    ],
    ids=str,
)
def test_frail_links_alone_join_nothing(links: list[str], expected: list[str]) -> None:
    assert joined(*map(frail, links)) == expected


def test_one_weak_alias_joins_no_two_groups() -> None:
    groups = [firm("a1 b1"), firm("a2 b2")]
    assert joined(*groups, frail("a1 b2")) == ["a1 b1", "a2 b2"]


def test_frail_links_that_all_rest_on_one_record_join_no_two_groups() -> None:
    groups = [firm("a1 b1"), firm("a2 b2"), firm("a2 b3")]
    assert joined(*groups, frail("a1 b2"), frail("a1 b3")) == ["a1 b1", "a2 b2 b3"]


def test_frail_links_of_different_records_support_each_other() -> None:
    groups = [firm("a1 b1"), firm("a2 b2")]
    assert joined(*groups, frail("a1 b2"), frail("a2 b1")) == ["a1 a2 b1 b2"]


def test_support_may_come_from_groups_that_frail_links_joined() -> None:
    groups = [firm("a1 b1"), firm("a2 b2"), firm("a3 b3")]
    first = [frail("a1 b2"), frail("a2 b1")]
    later = [frail("a1 b3"), frail("a3 b2")]
    assert joined(*groups, *later) == ["a1 b1", "a2 b2", "a3 b3"]
    assert joined(*groups, *first, *later) == ["a1 a2 a3 b1 b2 b3"]


def test_a_firm_link_supports_frail_ones() -> None:
    assert joined(firm("a1 b1"), firm("a2 b2"), firm("a1 b2"), frail("a2 b1")) == ["a1 a2 b1 b2"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (born("1970-05-03"), born("1970-05-04"), True),
        (born("1970-05-03"), born("1970-05-03"), False),
        (born("1970-05-03"), born("1970-03-05"), False),
        (born("1970-05-03"), born("1970"), False),
        (born("1970-05-03"), born("1971-01-01"), False),
        (born("1970-05-03"), born("1971-02-02~"), False),
        (born("1970-05-03", "1971-02-02"), born("1971-02-02"), False),
        (born("1970-05-03", "1980"), born("1971-02-02"), False),
        (born("1970-05-03"), born(), False),
        (born("1970-05-03"), born("no date"), False),
        (born(gender="f"), born(gender="m"), True),
        (born(gender="f"), born(gender="x"), False),
        (born(gender="f"), born(), False),
    ],
)
def test_what_contradicts(one: Facts, other: Facts, expected: bool) -> None:  # noqa: FBT001
    assert one.contradicts(other) is expected
    assert other.contradicts(one) is expected


def test_records_that_contradict_are_not_joined_by_a_third() -> None:
    facts = {"a1": born("1970-05-03"), "b1": born("1970"), "c1": born("1988-10-20")}
    assert joined(firm("a1 b1", 30), firm("b1 c1", 20), facts=facts) == ["a1 b1"]
    assert joined(firm("a1 b1", 20), firm("b1 c1", 30), facts=facts) == ["b1 c1"]


def test_a_direct_link_has_weighed_the_contradiction_already() -> None:
    facts = {"a1": born("1970-05-03"), "b1": born("1988-10-20"), "c1": born("1988-10-20")}
    assert joined(firm("a1 b1"), facts=facts) == ["a1 b1"]
    assert joined(firm("a1 b1", 30), firm("b1 c1"), facts=facts) == ["a1 b1"]
    assert joined(firm("a1 b1", 30), firm("b1 c1"), firm("a1 c1"), facts=facts) == ["a1 b1 c1"]


def test_an_id_says_which_records_are_in_a_cluster() -> None:
    one, other = (Cluster((record("a1"), record(b))) for b in ("b1", "b2"))
    assert one.cluster_id == Cluster(one.members).cluster_id != other.cluster_id
    assert len(one.cluster_id) == 16
    assert Cluster((Member("a", "1\nb"), record("c1"))).cluster_id != Cluster((record("a1"), Member("b", "c1"))).cluster_id


records = st.builds(Member, st.sampled_from("abc"), st.sampled_from("12345"))
links = st.builds(ClusterLink, records, records, st.integers(10, 14).map(float), st.booleans())
facts = st.dictionaries(
    records, st.builds(Facts.of, st.lists(st.sampled_from(["1970-05-03", "1971-06-04"]), max_size=1), st.none())
)


@given(st.lists(links, max_size=25), facts, st.randoms(use_true_random=False))
def test_clusters_hold_their_promises(found: list[ClusterLink], known: dict[Member, Facts], shuffle: random.Random) -> None:
    made = list(clusters(found, known))
    members = [member for cluster in made for member in cluster.members]
    assert len(members) == len(set(members))
    assert set(members) <= {end for link in found for end in (link.a, link.b)}
    linked = {frozenset((link.a, link.b)) for link in found}
    for cluster in made:
        assert len(cluster.members) > 1
        assert any(link.firm and {link.a, link.b} <= set(cluster.members) for link in found)
        for x, y in combinations(cluster.members, 2):
            opposed = known.get(x, Facts()).contradicts(known.get(y, Facts()))
            assert not opposed or frozenset((x, y)) in linked
    again = list(found)
    shuffle.shuffle(again)
    assert list(clusters(again, known)) == made
