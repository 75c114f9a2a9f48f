"""Removes what a process that was killed left in the files of indexes: half a fetch, a publication that nothing names.

Rules
 1. It is done before anything is fetched or published; what the node's memory stands on stays.
 2. A file of a name that is none of an index is left alone.

Spec: spec/exchange-v1.md, sections 5.4 and 10.
"""

import re
from collections.abc import Iterable

from tallystick.exchange import canonical
from tallystick.exchange import manifest as manifests
from tallystick.exchange.manifest import Manifest
from tallystick.node.context import NodeContext
from tallystick.node.exchange_ports import CopyRow
from tallystick.node.own_manifests import STATE_FILES, OwnManifests

_MADE = re.compile(rf"(base|delta|{'|'.join(STATE_FILES)})-[0-9]+(\.new)?(\.part)?|(secrets|records|weights)\.part")


def clean(node: NodeContext, circle: str, members: Iterable[str]) -> None:
    """Remove what nothing stands behind, in the files of a circle.

    Args:
        node: the node.
        circle: the circle.
        members: whose files may be there: partners, those that left, and this node.
    """
    copies = {(row.member, row.epoch): row for row in node.state.copies(circle)}
    secret = {row.epoch for row in node.state.epochs(circle) if row.secret}
    for member in members:
        for epoch in sorted(node.files(circle, member, 0).epochs()):
            files, copy = node.files(circle, member, epoch), copies.get((member, epoch))
            if epoch not in secret if member == node.id else copy is None:
                files.remove_all()
                continue
            kept = _of_copy(node, copy) if copy else _of_own(node, circle, epoch)
            for name in [each for each in files.names() if _MADE.fullmatch(each) and each not in kept]:
                files.remove(name)


def _of_copy(node: NodeContext, row: CopyRow) -> set[str]:
    document = node.state.document(row.circle, "manifest", row.member, row.manifest)
    said = canonical.decode(document.document, Manifest, manifests.MAX_MANIFEST_BYTES) if document else None
    first = said.base.delta + 1 if said else 1
    return {f"base-{row.base}", *(f"delta-{number}" for number in range(first, row.delta + 1))}


def _of_own(node: NodeContext, circle: str, epoch: int) -> set[str]:
    """Bases and deltas of before are kept, too: a partner may be fetching them."""
    published = OwnManifests(node).published(circle, epoch)
    if published is None:
        return set()
    bases, deltas = range(1, published.base + 1), range(1, published.delta + 1)
    state = (f"{part}-{published.manifest}" for part in STATE_FILES)
    return {*(f"base-{number}" for number in bases), *(f"delta-{number}" for number in deltas), *state}
