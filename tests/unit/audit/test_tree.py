"""The tree against known roots and against the definition, for every small tree there is."""

import itertools
from functools import cache

import pytest

from lib import log_twin
from tallystick.audit.tiles import Edge, TiledTree
from tallystick.audit.tree import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from tallystick.errors import InputError, IntegrityError

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", bytes(range(0x60, 0x70)).hex())
]
ROOTS = [  # of the first 0, 1, 2, ... leaves: the tree that Certificate Transparency implementations test themselves with
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SMALL = 40
D = log_twin.lines(SMALL)


@cache
def mth(size: int) -> bytes:
    return log_twin.mth(D[:size])


def tree(size: int) -> TiledTree:
    return TiledTree(log_twin.files_of(D[:size]).read, size)


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_known_roots(size: int) -> None:
    edge = Edge()
    assert not list(edge.append(map(leaf_hash, LEAVES[:size])))
    assert edge.root().hex() == ROOTS[size]
    assert log_twin.mth(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize("size", range(SMALL))
def test_every_inclusion_proof_is_that_of_the_definition_and_verifies(size: int) -> None:
    hash_at = tree(size)
    assert root_hash(size, hash_at) == mth(size)
    for index in range(size):
        proof = inclusion_proof(index, size, hash_at)
        assert proof == log_twin.path(index, D[:size])
        verify_inclusion(leaf_hash(D[index]), index, size, proof, mth(size))


@pytest.mark.parametrize("size", range(1, SMALL))
def test_every_consistency_proof_is_that_of_the_definition_and_verifies(size: int) -> None:
    hash_at = tree(size)
    for first in range(1, size + 1):
        proof = consistency_proof(first, size, hash_at)
        assert proof == log_twin.proof(first, D[:size])
        verify_consistency(first, mth(first), size, mth(size), proof)
    assert consistency_proof(0, size, hash_at) == []
    verify_consistency(0, EMPTY_ROOT, size, mth(size), [])


@pytest.mark.parametrize("size", range(1, 18))
def test_no_inclusion_proof_proves_another_place_or_another_tree(size: int) -> None:
    for index in range(size):
        proof = log_twin.path(index, D[:size])
        leaf = leaf_hash(D[index])
        for other in range(size + 1):
            if other != index:
                with pytest.raises(IntegrityError):
                    verify_inclusion(leaf, other, size, proof, mth(size))
        for root in (mth(size + 1), EMPTY_ROOT):
            with pytest.raises(IntegrityError):
                verify_inclusion(leaf, index, size, proof, root)
        for wrong in ([*proof, leaf], proof[:-1] if proof else [leaf], [leaf, *proof]):
            with pytest.raises(IntegrityError):
                verify_inclusion(leaf, index, size, wrong, mth(size))


@pytest.mark.parametrize("second", range(2, 18))
def test_no_consistency_proof_proves_other_sizes_or_roots(second: int) -> None:
    for first in range(1, second):
        proof = log_twin.proof(first, D[:second])
        wrongs = [[*proof, mth(1)], proof[:-1], [mth(1), *proof], []]
        for wrong in wrongs:
            with pytest.raises(IntegrityError):
                verify_consistency(first, mth(first), second, mth(second), wrong)
        for other in range(1, second):
            if other != first:
                with pytest.raises(IntegrityError):
                    verify_consistency(first, mth(other), second, mth(second), proof)
                with pytest.raises(IntegrityError):
                    verify_consistency(first, mth(first), second, mth(other), proof)


def test_a_changed_entry_is_inconsistent_with_what_was_before() -> None:
    changed = [*D[:3], b"forged", *D[4:20]]
    for first, second in itertools.combinations(range(4, 20), 2):
        with pytest.raises(IntegrityError):
            verify_consistency(first, mth(first), second, log_twin.mth(changed[:second]), log_twin.proof(first, changed[:second]))


def test_a_tree_does_not_shrink() -> None:
    with pytest.raises(IntegrityError, match="shrank from 5 to 4"):
        verify_consistency(5, mth(5), 4, mth(4), [])


def test_trees_of_one_size_are_one_tree() -> None:
    verify_consistency(4, mth(4), 4, mth(4), [])
    for root, proof in ((mth(5), []), (mth(4), [mth(4)])):
        with pytest.raises(IntegrityError):
            verify_consistency(4, mth(4), 4, root, proof)


def test_the_empty_tree_is_the_beginning_of_every_tree_and_has_one_root() -> None:
    for root, proof in ((mth(1), []), (EMPTY_ROOT, [mth(1)])):
        with pytest.raises(IntegrityError):
            verify_consistency(0, root, 3, mth(3), proof)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_there_is_no_proof_of_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(InputError):
        inclusion_proof(index, size, tree(3))
    with pytest.raises(IntegrityError):
        verify_inclusion(mth(1), index, size, [], mth(1))


def test_a_larger_tree_is_not_the_beginning_of_a_smaller_one() -> None:
    with pytest.raises(InputError):
        consistency_proof(4, 3, tree(3))
