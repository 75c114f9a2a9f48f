"""Two nodes that speak the whole exchange without wires, with the real oblivious evaluation: for tests."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from lib import circles
from lib.circles import NOW_S, QUANTUM, SUITE, seed
from tallystick import oprf
from tallystick.exchange import index, key_secrets, ledger, manifest, requester
from tallystick.exchange.agreement import Circle
from tallystick.exchange.budget import Budgets
from tallystick.exchange.index import Delta, SealedIndex
from tallystick.exchange.key_secrets import KeySecrets
from tallystick.exchange.ledger import Change, Ledger
from tallystick.exchange.manifest import Base, Chain, Manifest
from tallystick.exchange.requester import AskedKey
from tallystick.exchange.responder import Admitted, Answer, OpenEpoch, Query, Refusal, Responder
from tallystick.exchange.signing import Signed

Register = dict[int, frozenset[int]]
CIRCLE = circles.circle("asker", "holder", "third", delta_quantum=QUANTUM)


def match_key(key: int) -> bytes:
    return f"match key {key}".encode()


def weight(key: int) -> int:
    return 140 + key


def server(epoch: int = 1) -> oprf.Server:
    suite, mode = oprf.Suite(SUITE), oprf.Mode.VOPRF
    info = manifest.key_info("harbour", "holder", epoch)
    return oprf.Server(suite, mode, oprf.SecretKey.derive_key_pair(suite, mode, seed(f"epoch {epoch}"), info))


@dataclass
class HolderNode:
    """A responder: its register, its published index, its budgets."""

    register: Register
    circle: Circle = field(default_factory=lambda: CIRCLE)
    budgets: Budgets = field(default_factory=Budgets)

    def __post_init__(self) -> None:
        self.server = server()
        self.responder = Responder(self.circle, "holder", {1: OpenEpoch(self.server, NOW_S, NOW_S + 97 * 86_400)}, self.budgets)
        builder = ledger.Builder()
        for number, keys in enumerate(self.register.values()):
            outputs = self.server.evaluate_batch([match_key(key) for key in sorted(keys)])
            builder.add_outputs(outputs, array("I", [number] * len(keys)))
        handles = key_secrets.new_handles(len(self.register), seed("handles"))
        built = builder.build(handles, QUANTUM, seed("base"))
        self.ledger: Ledger = built.ledger
        self.base = bytes(built.ledger.notches)
        self.handles = dict(zip(self.register, key_secrets.rows(handles, 7), strict=True))
        self.tags = dict(zip(self.register, built.tags_by_record(), strict=True))
        leaves = [index.leaf(part) for part in index.segments(self.base)]
        first = Base(number=1, notches=len(self.base) // 15, segments=len(leaves), root=index.root(leaves), delta=0)
        self.said: Manifest = circles.manifest(self.circle, "holder", first, self.server.public_key)
        self.deltas: list[bytes] = []

    def publish(self) -> Signed:
        return circles.publish(self.said)

    def change(self, wanted: Register) -> bytes:
        """Give records the keys wanted, publish the delta and the next manifest."""
        number = len(self.deltas) + 1
        changes = []
        for record, keys in wanted.items():
            self.handles.setdefault(record, seed(f"handle {record} {number}")[:7])
            secrets = key_secrets.key_secrets(self.server.evaluate_batch([match_key(key) for key in sorted(keys)]))
            changes.append(Change(self.handles[record], self.tags.get(record, b""), secrets))
        made = ledger.make_delta(self.ledger, changes, (1, number), QUANTUM, seed(f"delta {number}"))
        by_handle = {handle: record for record, handle in self.handles.items()}
        self.ledger = made.ledger
        self.tags |= dict(zip(wanted, made.tags, strict=True))
        for move in made.moved:
            record = by_handle[move.handle]
            self.tags[record] = self.tags[record].replace(move.former, move.new)
        self.register |= wanted
        for record in [record for record, keys in wanted.items() if not keys]:
            del self.register[record], self.handles[record], self.tags[record]
        raw = index.encode_delta(made.delta)
        self.deltas.append(raw)
        self.said = circles.next_manifest(self.said, deltas=[*self.said.deltas, circles.line(raw)])
        return raw

    def answer(self, body: bytes, purpose: str = "border", now_s: int = NOW_S, member: str = "asker") -> Answer | Refusal:
        """Everything between a request and what is sent."""
        query = Query(member=member, circle="harbour", epoch=1, purpose=purpose, officer="o-17", body=body)
        admitted = self.responder.admit(query, now_s)
        if isinstance(admitted, Refusal):
            return admitted
        assert isinstance(admitted, Admitted)
        answer = self.responder.evaluate(admitted)
        if isinstance(answer, Refusal):
            self.responder.dropped(admitted)
        else:
            self.responder.recorded(answer)
        return answer


@dataclass
class AskerNode:
    """A requester: its copy of the holder's index."""

    chain: Chain = field(default_factory=Chain)
    index: SealedIndex = field(default_factory=SealedIndex)
    bodies: list[bytes] = field(default_factory=list)

    def fetch(self, holder: HolderNode) -> None:
        """Take the newest manifest, and the base of it."""
        self.chain, said = self.chain.after(holder.publish(), holder.circle, "holder", NOW_S)
        parts = list(index.segments(holder.base))
        base = b"".join(parts)
        manifest.check_base(said.base, [index.leaf(part) for part in parts], base)
        self.index = SealedIndex(base)

    def follow(self, holder: HolderNode) -> Delta:
        """Take the next manifest and its newest delta."""
        chain, said = self.chain.after(holder.publish(), holder.circle, "holder", NOW_S)
        delta = manifest.check_delta(said.deltas[-1], holder.deltas[-1], said.epoch, QUANTUM)
        self.index = self.index.after(delta)
        self.chain = chain
        return delta

    def client(self) -> oprf.Client:
        public_key = bytes.fromhex(self.chain.newest[1].public_key)
        return oprf.Client(oprf.Suite(SUITE), oprf.Mode.VOPRF, public_key)

    def questions(self, own: Register, name: str = "asker", *, bulk: bool = False) -> Iterator[requester.Question[oprf.Blinds]]:
        keys = [AskedKey(match_key(key), weight(key), record) for record, keys in own.items() for key in sorted(keys)]
        return requester.ask(keys, self.client(), SUITE, circles.stream(name), bulk=bulk)

    def ask(self, own: Register, holder: HolderNode) -> KeySecrets:
        """Ask for the keys of own records."""
        found = []
        for question in self.questions(own):
            self.bodies.append(question.body)
            answer = holder.answer(question.body)
            assert isinstance(answer, Answer), answer
            found.append(question.take(answer.body, 1))
        return key_secrets.concatenated(found)
