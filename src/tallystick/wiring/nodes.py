"""A node folder in, a node out: the exchange's use cases with the store, the log, the keys and the network behind them.

One process owns a node at a time; the lock of its audit log sees to it.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallystick.adapters.audit_folder import AuditFiles, AuditFolder, opened_audit_log
from tallystick.adapters.casework_seal import Seal
from tallystick.adapters.casework_state import SqliteCaseworkState
from tallystick.adapters.index_files import IndexFiles
from tallystick.adapters.message_signatures import Signer, key_id
from tallystick.adapters.node_folder import NodeFolder, open_node_folder
from tallystick.adapters.one_time_codes import TimeCodes
from tallystick.adapters.passwords import Argon2Passwords
from tallystick.adapters.pki import to_base64
from tallystick.adapters.report_folder import ReportFolder
from tallystick.adapters.staff_state import SqliteStaffState
from tallystick.adapters.stores import open_store, opened_sealer
from tallystick.adapters.trace_file import opened_traces
from tallystick.adapters.witness_folder import WitnessFolder
from tallystick.audit import COSIGNATURE, ED25519, AnyEntry, SigningKey, read_verifier_key
from tallystick.audit.entries import NodeStarted
from tallystick.exchange.agreement import Card
from tallystick.exchange.signing import new_key
from tallystick.matching import Parameters, default_parameters
from tallystick.matching.keys import KeyMaker
from tallystick.matching.parameter_text import key_threshold, under_threshold
from tallystick.model import Custody
from tallystick.node import auditing
from tallystick.node.answering import Snapshot
from tallystick.node.casework import Casework
from tallystick.node.context import MB, NodeContext
from tallystick.node.exchange_ports import KeysOf, Peer
from tallystick.node.lookups import Lookups, lookup_key
from tallystick.node.participation import Participation
from tallystick.node.provided import ProvidedSignIn
from tallystick.node.reporting import Judging
from tallystick.node.staff import Staff
from tallystick.node.staff_ports import StaffContext
from tallystick.node.tokens import Tokens
from tallystick.wiring import key_secret, now
from tallystick.wiring.counts import LoggedCounts
from tallystick.wiring.judging import judging
from tallystick.wiring.log_head import remembered_head
from tallystick.wiring.peers import Peers
from tallystick.wiring.persons import StoredPersons
from tallystick.wiring.report_shelf import ReportShelf
from tallystick.wiring.store_pool import StorePool

SNAPSHOT = "budgets"
WAIT_S = 15.0
"""How long to wait for another command that has the node open."""
FINISHED_S = 60.0
"""How long to wait for a call to a partner that is under way at the end: longer than the slowest may take."""
_HASH_TILE = re.compile(r"[0-9]{1,2}/(x[0-9]{3}/)*[0-9]{3}(\.p/[0-9]{1,3})?", re.ASCII)
"""Level, number and, where it is partial, width: see spec/audit-log-v1.md."""


@dataclass(frozen=True, slots=True)
class OpenNode:
    """A node, opened by this process.

    Attributes:
        folder: its folder.
        log: its audit log.
        card: what partners know of it.
        signer: signs its messages.
        participation: its use cases.
        casework: what its people do after a hit.
        peers: the ways to partners.
        witness: its part as a witness.
        staff: its own people.
        store: where its registers are.
        counts: what its log says of questions.
        tokens: what lets its own programs ask.
        provided: signing in through an identity provider; None where none is set up.
        people: what its staff is made with.
        reports: its reports.
        judging: what its people say about them.
        lookups: what is looked up in its registers.
    """

    folder: NodeFolder
    log: AuditFolder
    card: Card
    signer: Signer = field(repr=False)
    participation: Participation
    casework: Casework
    peers: "Peers"
    witness: "Witness"
    staff: Staff
    store: str
    counts: LoggedCounts
    tokens: Tokens
    provided: ProvidedSignIn | None
    people: StaffContext
    reports: ReportShelf
    judging: Judging
    lookups: Lookups


class Witness:
    """What this node does for the logs of its partners, and they for its own."""

    def __init__(self, node: "NodeFolder", log: AuditFolder) -> None:
        self._log = log
        self._key = SigningKey(witness_name(node.identity.id), COSIGNATURE, node.seed("witness"))
        self._store = WitnessFolder(node.folder / "witness")
        self._participation: Participation | None = None
        self._recorded = 0
        self._covered = -1
        self._cosigned: dict[str, int] = {}
        self._collecting = 0
        self._lock = threading.Lock()

    def serve(self, participation: Participation) -> None:
        """Know whose logs to cosign."""
        self._participation = participation

    def record(self, entries: list[AnyEntry]) -> int:
        """Record what this node did; what it cosigns for others is no news that others must cosign in turn."""
        position = self._log.append(entries)
        self._recorded = position
        return position

    def cover(self) -> None:
        """Put what was recorded under a checkpoint, also when no partner can be reached: it stays in memory until then.

        What was cosigned for others waits for the next: a checkpoint for that alone would have no cosignature, ever. So does
        everything while partners cosign the newest: a cosignature of one that is the newest no more would be lost.
        """
        with self._lock:
            if not self._collecting and self._covered != self._recorded:
                recorded = self._recorded
                self._log.publish()
                self._covered = recorded

    def checkpoint(self) -> bytes:
        """Return the newest checkpoint of the own log."""
        return str(self._log.checkpoint()).encode()

    def tile(self, path: str) -> bytes | None:
        """Return a hash tile of the own log; entries are not for partners."""
        if not _HASH_TILE.fullmatch(path):  # a list of what is served, not of what is not: paths have many spellings
            return None
        return self._log.read(f"tile/{path}", _TILE_BYTES)

    def cosign(self, body: bytes) -> tuple[int, str, bytes]:
        """Answer a partner that wants its checkpoint cosigned: status, media type, body."""
        cards = self._participation.circles.cards() if self._participation else []
        keys = [read_verifier_key(card.log_key) for card in {card.id: card for card in cards}.values()]
        said = auditing.cosign(self._store, body, log_keys=keys, key=self._key, at=now(), own_log=self._log)
        return said.status, said.content_type, said.body

    def collect(self, card: Card, peer: Peer) -> None:
        """Have a partner cosign the newest checkpoint of the own log, if anything was recorded since it last did."""
        if self._cosigned.get(card.id) == self._recorded:
            return
        self.cover()
        with self._lock:
            self._collecting += 1
            covered = self._covered
        try:
            auditing.collect_cosignature(self._log, _PeerWitness(peer), [read_verifier_key(card.witness_key)])
        finally:
            with self._lock:
                self._collecting -= 1
        self._cosigned[card.id] = covered


_TILE_BYTES = 1 << 20


class _PeerWitness:
    """A partner as a witness; see `node.auditing.Witness`."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes]:
        return self._peer.submit("/v1/log/add-checkpoint", body, most_bytes=_TILE_BYTES)


class _Registers:
    """The registers of a node; a connection for each use, since they are read from several threads."""

    def __init__(self, location: str) -> None:
        self._location = location

    def lines(self, register: str) -> Iterator[bytes]:
        with closing(open_store(self._location, key_secret)) as store:
            yield from store.lines(register)

    def count(self, register: str) -> int:
        with closing(open_store(self._location, key_secret)) as store:
            return store.count(register)

    def revisions(self) -> tuple[int, int]:
        with closing(open_store(self._location, key_secret)) as store:
            return store.revisions()

    def custody(self, register: str) -> Custody:
        with closing(open_store(self._location, key_secret)) as store:
            return store.register(register).custody


def make_card(folder: NodeFolder) -> Card:
    """Return the card of a node."""
    who = folder.identity
    return Card(
        ca=to_base64(folder.root()),
        contact=who.contact,
        format="x1",
        id=who.id,
        log_key=str(log_key(folder).verifier_key()),
        name=who.name,
        signing_key=new_key(folder.seed("signing")),
        url=who.url,
        witness_key=str(SigningKey(witness_name(who.id), COSIGNATURE, folder.seed("witness")).verifier_key()),
    )


def key_id_of(card: Card) -> str:
    """Return the key id a member's messages name."""
    return key_id(card.id, bytes.fromhex(card.signing_key))


def shipped_threshold() -> int:
    """Return the T of the shipped parameters, in tenths of a bit: what new circles begin with."""
    return key_threshold(default_parameters())


def log_key(folder: NodeFolder) -> SigningKey:
    """Return the key of a node's audit log; its name is the log's origin."""
    return SigningKey(f"tallystick/{folder.identity.id}/log", ED25519, folder.seed("log"))


def witness_name(member: str) -> str:
    """Return the name a member has as a witness."""
    return f"tallystick/{member}/witness"


def keys_under(parameters: Parameters) -> Callable[[int], KeysOf]:
    """Return what makes keys under a threshold, one maker for each threshold."""

    @cache
    def at(threshold_tenths: int) -> KeysOf:
        return KeyMaker(under_threshold(parameters, threshold_tenths)).keys_of

    return at


@contextmanager
def opened_node(folder: Path, *, store: str = "") -> Iterator[OpenNode]:
    """Open a node; nobody else can until the end of the block.

    Args:
        folder: its folder.
        store: where its registers are, if not where `node.toml` says.

    Raises:
        ConfigError: there is no node, or it cannot be read.
        IntegrityError: its audit log is damaged, or not what it was left as.
        UnavailableError: another process has it open, and keeps it for longer than a command takes.
    """
    node = open_node_folder(folder)
    store = store or node.store
    signer = Signer(node.identity.id, Ed25519PrivateKey.from_private_bytes(node.seed("signing")))
    with ExitStack() as stack:
        log = stack.enter_context(opened_audit_log(node.log, log_key(node), wait_s=WAIT_S))
        seal = Seal(partial(opened_sealer, store, key_secret))
        state = stack.enter_context(closing(SqliteCaseworkState(node.database, seal)))
        stack.enter_context(remembered_head(state, log))
        peers = stack.enter_context(closing(Peers(node, signer, now)))
        witness = Witness(node, log)
        context = _context(node, store, state, witness, peers)
        participation = Participation(context, lambda card: witness.collect(card, peers(card)))
        stack.callback(participation.finish, FINISHED_S)
        stack.callback(peers.stop)
        witness.serve(participation)
        _restore(participation, state, node)
        participation.clean()
        log.append([NodeStarted(time=now().replace(microsecond=0), software=f"tallystick {version('tallystick')}")])
        counts = LoggedCounts(AuditFiles(node.log))
        persons = stack.enter_context(closing(StoredPersons(store)))
        pool = stack.enter_context(closing(StorePool(store)))
        shelf = stack.enter_context(closing(ReportShelf(ReportFolder(node.reports), pool, witness.record, now, node.limits)))
        traces = stack.enter_context(closing(opened_traces(shelf.traces_file, shelf.mark)))
        judged = judging(shelf, state, traces, context)
        casework = Casework(participation, state, persons, counts, node.identity.country, judged.following)
        casework.read_mentions(judged.following.mentions_of)
        stack.callback(casework.finish, FINISHED_S)
        stack.callback(peers.stop)
        people = _people(node, stack.enter_context(closing(SqliteStaffState(node.folder / "staff.db", seal))), witness)
        staff, tokens = Staff(people), Tokens(people)
        provided = _provided(node, people, staff, stack)
        yield OpenNode(
            node, log, context.card, signer, participation, casework, peers, witness, staff, store, counts, tokens,
            provided, people, shelf, judged, Lookups(witness.record, now, lookup_key(node.seed("log"))),
        )  # fmt: skip
        peers.stop()
        participation.finish(within_s=FINISHED_S)
        casework.finish(within_s=FINISHED_S)
        _put_down(participation, state, log)


def _put_down(participation: Participation, state: SqliteCaseworkState, log: AuditFolder) -> None:
    """Write down what was held in memory, and put everything under a checkpoint."""
    participation.refusals.settle(at_the_end=True)
    budgets = participation.answering.snapshot(lambda: log.size)
    if budgets:
        state.put_value(SNAPSHOT, budgets)
    log.publish()


def _context(node: NodeFolder, store: str, state: SqliteCaseworkState, witness: Witness, peers: Peers) -> NodeContext:
    parameters = default_parameters()
    return NodeContext(
        card=make_card(node), case_class=node.identity.case_class, signing_seed=node.seed("signing"), state=state,
        record=witness.record, files=lambda circle, member, epoch: IndexFiles(node.index_folder(circle, member, epoch)),
        records=_Registers(store), keys=keys_under(parameters), parameters=parameters.digest, peer=peers, now=now,
        random=os.urandom, largest_index=node.limits.largest_index_mb * MB, notices_a_day=node.limits.notices_a_day,
    )  # fmt: skip


def _people(node: NodeFolder, state: SqliteStaffState, witness: Witness) -> StaffContext:
    return StaffContext(
        issuer=node.identity.name, state=state, passwords=Argon2Passwords(), codes=TimeCodes(), record=witness.record,
        now=now, random=os.urandom,
    )  # fmt: skip


def _provided(node: NodeFolder, people: StaffContext, staff: Staff, stack: ExitStack) -> ProvidedSignIn | None:
    if not (node.folder / "sign-in.toml").is_file():
        return None
    from tallystick.adapters.oidc import OidcProvider, read_provider  # noqa: PLC0415 - only who has a provider pays for it

    settings = read_provider(node.folder)
    if settings is None:
        return None
    return ProvidedSignIn(people, staff, stack.enter_context(closing(OidcProvider(settings))), settings.rules)


def _restore(participation: Participation, state: SqliteCaseworkState, node: NodeFolder) -> None:
    snapshot = state.value(SNAPSHOT)
    first = msgspec.json.decode(snapshot, type=Snapshot).entries if snapshot else 0
    entries = (each.entry for each in auditing.entries(AuditFiles(node.log), first))
    participation.granting.settle(participation.answering.restore(snapshot, entries))
