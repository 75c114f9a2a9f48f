"""Receipts for what partners removed from their indexes: owed with the copy that is kept, sent as soon as the partner answers.

Spec: spec/exchange-v1.md, section 5.5.
"""

from collections.abc import Iterable

from tallystick.exchange import canonical, signing
from tallystick.exchange.agreement import Card
from tallystick.exchange.manifest import Manifest
from tallystick.exchange.messages import Receipt
from tallystick.exchange.signing import Signed
from tallystick.node.context import NodeContext


def owe(node: NodeContext, card: Card, circle: str, manifest: Manifest, signed: Signed) -> None:
    """Make the receipt for what a manifest removed; it counts when the caller's transaction is done."""
    receipt = Receipt(
        applied_at=canonical.moment_of(node.seconds()), circle=circle, epoch=manifest.epoch, format="x1",
        holder=card.id, manifest=canonical.digest(signed.raw), member=node.id,
    )  # fmt: skip
    made = Signed.made("receipt", canonical.encode(receipt), node.id, node.signing_seed)
    node.state.put_value(_name(circle, card, manifest.epoch), signing.encode_signed(made))


def send(node: NodeContext, card: Card, circle: str, epochs: Iterable[int]) -> None:
    """Send the receipts that are owed; what cannot be sent now is sent next time."""
    for name in [_name(circle, card, epoch) for epoch in epochs]:
        body = node.state.value(name)
        if body:
            fields = {"tallystick-circle": circle}
            node.peer(card).post(f"/v1/circles/{circle}/receipts", body, most_bytes=1024, fields=fields)
            node.state.put_value(name, b"")


def _name(circle: str, card: Card, epoch: int) -> str:
    return f"receipt/{circle}/{card.id}/{epoch}"
