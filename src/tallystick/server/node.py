"""Starts a node: everything of it put together and served until it is told to stop."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.types import ASGIApp

from tallystick.adapters.control_client import is_running
from tallystick.adapters.node_folder import open_node_folder, read_listen, renew_if_due
from tallystick.adapters.pki import from_base64
from tallystick.adapters.tls import server_context, trust, watch_handshakes
from tallystick.errors import UnavailableError
from tallystick.exchange.agreement import Card
from tallystick.node.asking import ANSWER_S
from tallystick.node.participation import PATIENCE_S
from tallystick.server.app import PeerRoute, make_app
from tallystick.server.authentication import Doorkeeper
from tallystick.server.case_routes import case_routes
from tallystick.server.control import SOCKET, make_control
from tallystick.server.routes import peer_routes
from tallystick.server.serving import Beside, Due, Places, Told, serve
from tallystick.server.turned_away import TurnedAway
from tallystick.wiring import now
from tallystick.wiring.commands import command_table
from tallystick.wiring.nodes import OpenNode, key_id_of, opened_node

log = structlog.get_logger("tallystick.node")
COVERED_S = 30.0
"""Seconds within which entries come under a checkpoint, whatever partners do: until then they are in memory."""
BesideNode = Callable[[OpenNode], AbstractContextManager[Beside]]
"""Opens what is served beside the partners' port, for as long as the node is served."""


def run_node(
    folder: Path, *, store: str, every_s: float, ready: Callable[[OpenNode], None], beside: Sequence[BesideNode] = (),
    watch: tuple[str, int] | None = None,
) -> None:  # fmt: skip
    """Open a node and serve it.

    Args:
        folder: its folder.
        store: where its registers are; empty for where `node.toml` says.
        every_s: how often chores are done.
        ready: called once partners can reach it.
        beside: what else this process serves of it: its desk.
        watch: host and port, on the loopback, for metrics and health; None for nowhere.

    Raises:
        ConfigError: there is no node, or it cannot be read.
        UnavailableError: it runs already.
    """
    if is_running(folder):
        raise UnavailableError(f"the node in {folder} is served already", hint="stop it first, or leave it as it is")
    if renew_if_due(open_node_folder(folder), now()):
        log.info("the certificate was renewed")
    with opened_node(folder, store=store) as node:
        node.participation.patience_s = PATIENCE_S
        node.participation.asking.patience_s = ANSWER_S
        node.casework.wait_for_partners(ANSWER_S)
        partners = Partners(node)
        peers, places = face(node, partners, routes_of(node))
        commands = command_table(node)
        chores = _Chores(node, partners)
        control = make_control({name: chores.after(command) for name, command in commands.items()})
        with ExitStack() as stack:
            also = [stack.enter_context(each(node)) for each in beside]
            app: ASGIApp = peers
            if watch is not None:
                app, also = _watched(node, stack, peers, also, watch)
            due = [Due(node.witness.cover, min(every_s, COVERED_S)), Due(chores, every_s)]
            serve(app, control, places, due, Told(lambda: ready(node), node.peers.stop), beside=also)


def routes_of(node: OpenNode) -> list[PeerRoute]:
    """Return the routes of the node-to-node interface."""
    return [*peer_routes(node.participation, node.witness), *case_routes(node.participation, node.casework)]


def face(node: OpenNode, partners: "Partners", routes: list[PeerRoute]) -> tuple[Starlette, Places]:
    """Return what partners are served with, and where."""
    tls = server_context(node.folder.certificate, node.folder.key, [])
    doorkeeper = Doorkeeper(partners.known, now(), partners.everybody)
    turned = TurnedAway(node.participation.refusals.enter, doorkeeper.owner)
    watch_handshakes(tls, turned.handshake)
    partners.trust = lambda roots: trust(tls, roots)
    partners.refresh()
    app = make_app(_Door(node), routes, doorkeeper, node.signer, turned)
    return app, Places(read_listen(node.folder.identity.listen), node.folder.folder / SOCKET, tls, turned.cut)


def _watched(
    node: OpenNode, stack: ExitStack, peers: ASGIApp, also: Sequence[Beside], where: tuple[str, int]
) -> tuple[ASGIApp, list[Beside]]:
    """Return what is served, counted, and beside it what an operator's tools ask."""
    from tallystick.adapters.prometheus import Meters  # noqa: PLC0415 - only who is watched pays for the library
    from tallystick.server.watching import make_watch, metered  # noqa: PLC0415 - as above
    from tallystick.wiring.watching import Watched  # noqa: PLC0415 - as above

    watched = stack.enter_context(closing(Watched(node)))
    meters = Meters(watched.figures)
    counted = [replace(each, app=metered(each.app, meters, "desk")) for each in also]
    return metered(peers, meters, "partners"), [*counted, Beside(make_watch(meters, watched.is_ready), where)]


class _Door:
    """What the application knows of its node."""

    def __init__(self, node: OpenNode) -> None:
        self.url = node.card.url

    @staticmethod
    def now() -> datetime:
        return now()


class Partners:
    """Whose keys and roots are known now: those of all members of agreements this node has signed."""

    def __init__(self, node: OpenNode) -> None:
        self._node = node
        self._cards: dict[str, list[_Known]] = {}
        self._trusted: set[str] = set()
        self.trust: Callable[[list[bytes]], None] = lambda _: None

    def refresh(self) -> None:
        """Look at the agreements again; roots are added to the context in use."""
        cards = self._node.participation.circles.cards()
        known = dict[str, list[_Known]]()
        for card in dict.fromkeys(cards):
            known.setdefault(key_id_of(card), []).append(_Known(card))
        self._cards = known
        fresh = {card.ca for card in cards} - self._trusted
        if fresh:
            self.trust([from_base64(ca) for ca in fresh])
            self._trusted |= fresh

    def known(self, key_id: str) -> "list[_Known]":
        """Return what is known of a key: one of each card that names it."""
        return self._cards.get(key_id, [])

    def everybody(self) -> "list[_Known]":
        """Return what is known of all keys."""
        return [each for some in self._cards.values() for each in some]


class _Known:
    """See `server.authentication.KnownKey`."""

    def __init__(self, card: Card) -> None:
        self.member = card.id
        self.signing_key = bytes.fromhex(card.signing_key)
        self.root = from_base64(card.ca)


class _Chores:
    """One round of chores at a time."""

    def __init__(self, node: OpenNode, partners: Partners) -> None:
        self._node = node
        self._partners = partners
        self._told: list[dict[str, str]] = []

    def __call__(self) -> None:
        expired = self._node.casework.begin_round()
        done = self._node.participation.go_round()
        self._partners.refresh()
        for circle, synced in done.synced:
            for hit in synced.found:
                log.info("hit", circle=circle, member=hit.member, hit=hit.id, weight_bits=hit.weight_tenths / 10)
        problems = [{"circle": circle, "member": member, "reason": why} for circle, member, why in done.problems]
        cases = self._node.casework.go_round(expired)
        self._tell([*problems, *({"reason": why} for why in cases.problems)])
        if cases.alerts:
            log.info("alerts", new=len(cases.alerts))

    def _tell(self, problems: list[dict[str, str]]) -> None:
        """Say what is left for later that was not so a round before: rounds are many, and what is new should be seen."""
        for each in problems:
            if each not in self._told:
                log.info("left for later", **each)
        self._told = problems

    def after(self, command: Callable[..., object]) -> Callable[..., object]:
        """Return a command that lets new partners in when it is done."""

        def carried_out(given: object, report: object) -> object:
            result = command(given, report)
            self._partners.refresh()
            return result

        return carried_out
