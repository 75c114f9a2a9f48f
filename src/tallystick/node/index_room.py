"""Which manifests of a partner are taken over, given how much room its index may take. Pure.

Rules
 1. What is counted is the newest manifest of every open epoch together, before anything is fetched.
 2. Where the newest ones fit, each of them is taken over. An earlier one that did not fit is a link of the chain: remembered, so
    that the next one of its epoch is held against it, and never fetched.
 3. Where they do not fit, nothing is taken over from the first one on that did not: all of those are asked for again.

Spec: spec/exchange-v1.md, section 5.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.exchange.manifest import Chain, Manifest
from tallystick.exchange.signing import Signed


@dataclass(frozen=True, slots=True)
class Step:
    """One manifest, verified.

    Attributes:
        chain: the chain after it.
        manifest, signed: what it says, and as it came.
        is_link: it is remembered, and nothing of it fetched.
    """

    chain: Chain
    manifest: Manifest
    signed: Signed
    is_link: bool = False


def size(chain: Chain, now_s: int) -> int:
    """Return how many bytes all open epochs of a partner take."""
    return sum(each.size for each in chain.open_epochs(now_s).values())


def within(steps: Sequence[Step], most_bytes: int, now_s: int) -> tuple[list[Step], int]:
    """Return what is to be done of a batch of manifests.

    Args:
        steps: the batch, in order.
        most_bytes: what the index may take.
        now_s: the moment, in seconds since 1970.

    Returns:
        The steps to do, those of closed epochs left out; and how many bytes the index takes if that is too much, otherwise 0.
    """
    if not steps:
        return [], 0
    end = steps[-1].chain
    newest, total = end.open_epochs(now_s), size(end, now_s)
    due: list[Step] = []
    for step in steps:
        epoch = step.manifest.epoch
        if epoch not in step.chain.open_epochs(now_s):
            continue
        if size(step.chain, now_s) <= most_bytes or (total <= most_bytes and newest.get(epoch) is step.manifest):
            due.append(step)
        elif total > most_bytes:
            return due, total
        else:
            due.append(Step(step.chain, step.manifest, step.signed, is_link=True))
    return due, 0
