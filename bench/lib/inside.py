"""The few functions of the package that a benchmark calls without a command around them; each named here and nowhere else.

What is not there (yet) skips the benchmark that needs it.
"""

import importlib
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bench.lib.places import SkippedError


def _get(module: str, name: str) -> Any:  # noqa: ANN401
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        raise SkippedError(f"{module} has no {name}") from None


def name_pair() -> tuple[Callable[[str, str], float], float | None]:
    """What two names alone say, in bits, and the one threshold that is shipped for it (None: there is none)."""
    bits: Callable[[str, str], float] = _get("tallystick.matching", "name_pair_bits")
    return bits, getattr(importlib.import_module("tallystick.matching"), "NAME_PAIR_LINK_BITS", None)


def parameters() -> Any:  # noqa: ANN401
    """The shipped parameter set."""
    return _get("tallystick.matching", "default_parameters")()


def key_maker(**changes: float) -> Any:  # noqa: ANN401
    """Makes match keys with the shipped key weights but for these: `keys(lines, role)`, `hits(askers, holders)`."""
    chosen = parameters()
    if changes:
        weights = json.loads(chosen.text)["keys"] | changes
        chosen = _get("tallystick.matching.parameter_text", "changed")(chosen, keys=weights)
    return _get("tallystick.matching", "KeyMaker")(chosen)


def decode() -> Callable[[bytes], Any]:
    """A native-format line as a record."""
    read: Callable[[bytes], Any] = _get("tallystick.model", "decode")
    return read


def linker() -> Any:  # noqa: ANN401
    """An empty bulk linker with the shipped parameters: `append(side, lines, first_line)`, `block(slack)`, `weigh(from, to)`."""
    chosen = parameters()
    return _get("tallystick._native", "Linker")(chosen.text, chosen.frequencies)


def read_names() -> Callable[[list[str]], Any]:
    """Normalises and classifies written names, many at a time."""
    read: Callable[[list[str]], Any] = _get("tallystick.names", "read_names")
    return read


def oprf() -> Any:  # noqa: ANN401
    """The part that evaluates obliviously: `Server`, `Client`, `SecretKey`, `Suite`, `Mode`."""
    return importlib.import_module("tallystick.oprf")


class Exchange:
    """The modules of the exchange that work on many keys at once."""

    def __init__(self) -> None:
        for name in ("index", "key_secrets", "ledger", "watch"):
            setattr(self, name, importlib.import_module(f"tallystick.exchange.{name}"))

    index: Any
    key_secrets: Any
    ledger: Any
    watch: Any


def exchange() -> Exchange:
    """Sealed indexes and watches."""
    return Exchange()


def finder(store: str, register: str) -> Callable[[Any], Any]:
    """Finds one person (a record as query) in a register of a store, as a running node does."""
    make: Callable[[str, str], Callable[[Any], Any]] = _get("tallystick.wiring", "finder")
    return make(store, register)


def searches(store: str, register: str) -> tuple[Callable[[str], int], Callable[[str], int]]:
    """What searches a register by a whole name part, and by what was typed so far, as the desk does; each returns how many."""
    stored = _get("tallystick.node.finding", "StoredRegister")(_get("tallystick.adapters.stores", "open_store")(store), register)
    typed = _get("tallystick.node.finding", "typed_query")
    begun = _get("tallystick.node.while_typing", "search_while_typing")

    def by_part(text: str) -> int:
        return len(stored.search(typed(text), most=50).found)

    def while_typing(text: str) -> int:
        return len(begun(stored, typed(text), most=50, least_bits=5.0).found)

    return by_part, while_typing


class OpenLog(Protocol):
    """An audit log, open for writing."""

    def append(self, entries: Sequence[Any], /) -> int:
        """Record entries durably."""
        ...

    def publish(self) -> Any:  # noqa: ANN401
        """Put them under a checkpoint."""
        ...


class AuditLog:
    """Audit logs under a key everybody knows."""

    def __init__(self) -> None:
        self._key = _get("tallystick.audit", "SigningKey")("bench.example/audit", 1, bytes(32))
        self._trust = _get("tallystick.audit", "Trust")(log=[self._key.verifier_key()])
        self._files = _get("tallystick.adapters.audit_folder", "AuditFiles")
        self.encode: Callable[[Any], bytes] = _get("tallystick.audit", "encode")

    def opened(self, folder: Path) -> AbstractContextManager[OpenLog]:
        """A new log in this folder."""
        log: AbstractContextManager[OpenLog] = _get("tallystick.adapters.audit_folder", "opened_audit_log")(folder, self._key)
        return log

    def query_answered(self, time: datetime) -> Any:  # noqa: ANN401
        """An entry as a node writes it for every query."""
        make = _get("tallystick.audit.entries", "QueryAnswered")
        basis = {"purpose": "border-check", "legal_basis": "Example Act, section 5 (2)", "officer": "O-1729"}
        hashes = {"agreement": bytes(32), "request": bytes(range(32)), "response": bytes(range(32, 64))}
        return make(time=time, peer="police.example", circle="border-2026", epoch=3, points=32, **basis, **hashes)

    def verify(self, folder: Path) -> int:
        """Check all of a log; return how many entries it has."""
        size: int = _get("tallystick.audit", "verify_log")(self._files(folder).read, self._trust).signed.checkpoint.size
        return size

    def prove(self, folder: Path, indexes: Sequence[int]) -> None:
        """Prove entries, each from the files as they lie there."""
        prove = _get("tallystick.node.auditing", "prove")
        for index in indexes:
            prove(self._files(folder), index, self._trust)


def audit_log() -> AuditLog:
    """Audit logs."""
    return AuditLog()


class Asker:
    """A node opened by this process, asking."""

    def __init__(self, node: Any) -> None:  # noqa: ANN401
        self._node = node
        self._asked = _get("tallystick.node.asking", "Asked")
        self._decode = _get("tallystick.model", "decode")

    def sync(self, circle: str) -> Any:  # noqa: ANN401
        """Do one round of chores."""
        return self._node.participation.go_round(circle=circle)

    def ask(self, circle: str, purpose: str, line: bytes) -> Any:  # noqa: ANN401
        """Ask the holder about one person; returns the outcome."""
        node = self._node.participation
        asked = self._asked(officer="bench", purpose=purpose)
        _, (outcome,) = node.asking.ask(node.circles.in_force(circle), self._decode(line), asked, ["holder"])
        return outcome

    def fetch(self, circle: str, member: str) -> None:
        """Fetch a partner's index."""
        node = self._node.participation
        node.copies.sync(node.circles.in_force(circle), member)

    def bulk(self, circle: str, member: str) -> Any:  # noqa: ANN401
        """Ask a partner about the whole register that is offered here."""
        node = self._node.participation
        asked = self._asked(officer="bench", purpose="bulk")
        return node.asking.bulk(node.circles.in_force(circle), member, asked)

    def register(self, circle: str, register: str, purpose: str) -> None:
        """Take a register for one to ask about; nothing is published."""
        row = _get("tallystick.node.exchange_ports", "Offer")(circle=circle, register=register, purpose=purpose)
        self._node.participation.node.state.put_offer(row)


SEGMENT_NOTCHES = 65_536
_NOTCH_BYTES, _TAG_BYTES = 15, 8


def made_segments(bits: int) -> Iterator[bytes]:
    """Yield 2^bits segments of an index (8 <= bits <= 16); tags are random but for their beginning, the number of the segment."""
    tags = sorted(random.SystemRandom().sample(range(1 << (8 * _TAG_BYTES - bits)), SEGMENT_NOTCHES))
    rows = bytearray(b"".join(tag.to_bytes(_TAG_BYTES) + os.urandom(_NOTCH_BYTES - _TAG_BYTES) for tag in tags))
    second = bytes(rows[1::_NOTCH_BYTES])
    for number in range(1 << bits):
        head = number << (16 - bits)
        rows[0::_NOTCH_BYTES] = bytes([head >> 8]) * SEGMENT_NOTCHES
        rows[1::_NOTCH_BYTES] = second.translate(bytes(byte | head & 0xFF for byte in range(256)))
        yield bytes(rows)


def publish_made(folder: Path, circle: str, bits: int, records: int) -> None:
    """Publish an index of 2^bits segments that no record stands behind, said to be of so many."""
    index, ledger = (importlib.import_module(f"tallystick.exchange.{name}") for name in ("index", "ledger"))
    published = _get("tallystick.node.own_manifests", "Published")(manifest=1, base=1, delta=0)
    with _get("tallystick.wiring.nodes", "opened_node")(folder) as node:
        participation = node.participation
        agreed = participation.circles.in_force(circle)
        own = participation.epochs.current(agreed)
        files = participation.node.files(circle, participation.node.id, own.row.epoch)
        leaves: list[bytes] = []

        def hashed() -> Iterator[bytes]:
            for segment in made_segments(bits):
                leaves.append(index.leaf(segment))
                yield segment

        files.write("base-1", hashed())
        base = _get("tallystick.exchange.manifest", "Base")(
            delta=0, notches=len(leaves) * SEGMENT_NOTCHES, number=1, root=index.root(leaves), segments=len(leaves)
        )
        manifests = participation.offering.manifests
        manifest = manifests.next(agreed, own, base, (), records)
        manifests.commit(agreed, manifest, ledger.Ledger(b"", b""), published, ([], [], False))


class Sender:
    """One partner of a holder: signs requests of 32 points that were made once, and checks answers."""

    def __init__(self, node: Any, circle: str, holder: str, purpose: str) -> None:  # noqa: ANN401
        participation = node.participation
        agreed = participation.circles.in_force(circle)
        card = agreed.members[holder]
        path = f"/v1/circles/{circle}/manifests?after=0"
        raw = participation.node.peer(card).get(path, most_bytes=1 << 26, fields={"tallystick-circle": circle})
        said = [json.loads(each["document"]) for each in json.loads(raw)]  # the index itself is not needed to ask
        epoch, public_key = said[-1]["epoch"], bytes.fromhex(said[-1]["public_key"])
        suite, mode = _get("tallystick.oprf", "Suite")("ristretto255-SHA512"), _get("tallystick.oprf", "Mode")(1)
        self._client = _get("tallystick.oprf", "Client")(suite, mode, public_key)
        self._blinds, points = self._client.blind_batch([number.to_bytes(2) for number in range(32)])
        messages = importlib.import_module("tallystick.exchange.messages")
        self._body = messages.encode_request(suite.value, points)
        self.answer_bytes: int = messages.response_bytes(32)
        self._read: Callable[[bytes], Any] = lambda body: messages.decode_response(body, suite.value, 32, epoch)
        self._fields = {"tallystick-circle": circle, "tallystick-epoch": str(epoch)}
        self._fields |= {"tallystick-purpose": purpose, "tallystick-officer": "bench"}
        self.url, self._path = card.url, f"/v1/circles/{circle}/evaluations"
        self._signer = node.signer
        self._now = _get("tallystick.wiring", "now")
        self._signatures = importlib.import_module("tallystick.adapters.message_signatures")
        key = bytes.fromhex(card.signing_key)
        self._key = (self._signatures.key_id(card.id, key), key)
        root = _get("tallystick.adapters.pki", "from_base64")(card.ca)
        self.context = _get("tallystick.adapters.tls", "client_context")(node.folder.certificate, node.folder.key, root)

    def request(self) -> tuple[Any, bytes]:
        """Return a request, signed now, and all its bytes."""
        request = self._signatures.SignedRequest("POST", self.url + self._path, dict(self._fields), self._body)
        self._signer.sign_request(request, self._now())
        host = self.url.removeprefix("https://")
        lines = [f"POST {self._path} HTTP/1.1", f"host: {host}", f"content-length: {len(self._body)}"]
        lines += [f"{name}: {value}" for name, value in request.headers.items()]
        return request, "\r\n".join([*lines, "", ""]).encode("ascii") + self._body

    def check(self, request: Any, headers: dict[str, str], content: bytes) -> None:  # noqa: ANN401
        """Verify signature and proof of an answer."""
        response = self._signatures.SignedResponse(200, headers, request, content)
        self._signatures.verify_response(response, self._key, self._now())
        said = self._read(content)
        self._client.finalize_batch(self._blinds, said.evaluated, said.proof)


def answer_bytes(points: int) -> int:
    """Return how long the body of an answer is."""
    length: int = _get("tallystick.exchange.messages", "response_bytes")(points)
    return length


def sender(folder: Path, circle: str, holder: str, purpose: str) -> Sender:
    """Open a partner's node for as long as it takes to know what it asks with."""
    with _get("tallystick.wiring.nodes", "opened_node")(folder) as node:
        return Sender(node, circle, holder, purpose)


def command(*words: object, said: str = "") -> str:
    """Run a command of tallystick inside this process: without what a start takes, for the many that are not measured.

    Args:
        words: the command.
        said: what it reads from standard input.

    Returns:
        What it says on standard output.
    """
    from click.testing import CliRunner

    done = CliRunner().invoke(_get("tallystick.cli", "main"), [*map(str, words)], input=said)
    assert done.exit_code == 0, f"{words}: {done.output}"
    return done.stdout


@contextmanager
def opened_node(folder: Path) -> Iterator[Asker]:
    """Open a node, as its commands do."""
    with _get("tallystick.wiring.nodes", "opened_node")(folder) as node:
        yield Asker(node)


class Office:
    """A node opened by this process, whose people work on cases."""

    def __init__(self, node: Any) -> None:  # noqa: ANN401
        self._node = node
        self._work = node.casework
        roles = _get("tallystick.review.roles", "Role")
        actor = _get("tallystick.review.roles", "Actor")
        self._officer, self._approver = actor("officer-1", roles.OFFICER), actor("approver-1", roles.APPROVER)
        self._casework = importlib.import_module("tallystick.node.casework")
        self._filter, self._asking = self._casework.CaseFilter, Asker(node)
        self._decode = _get("tallystick.model", "decode")

    def server(self) -> Any:  # noqa: ANN401
        """What serves it to its partners; `serve()` runs until `should_exit`."""
        served = importlib.import_module("tallystick.server.node")
        partners = served.Partners(self._node)
        app, listening = served.face(self._node, partners, served.routes_of(self._node))
        return _get("tallystick.server.serving", "_peer_server")(app, listening)

    def hang_up(self) -> None:
        """Close the connections to partners: a server waits for them."""
        self._node.participation.node.peer.close()

    def bulk(self, circle: str, member: str) -> None:
        """Fetch a partner's index, and ask it about the whole register that is offered."""
        self._asking.fetch(circle, member)
        self._asking.bulk(circle, member)

    def meet(self, circle: str, purpose: str, line: bytes) -> None:
        """Record an encounter with a person, and ask a circle."""
        met = _get("tallystick.model.encounter", "Encounter")
        search = self._casework.Search(circles=(circle,), purpose=purpose, reason="measuring")
        person = self._decode(line)
        self._work.record_encounter(self._officer, met(person=person, kind="border", country="be", time="2026-11-20"), search)

    def round(self) -> None:
        """Do what is due."""
        self._work.go_round()

    def cases(self, side: str) -> list[Any]:
        """Return rows of all cases of a side; empty for both."""
        found: list[Any] = self._work.queue(self._officer, self._filter(side=side, most=10**6))
        return found

    def tell(self, case: int) -> None:
        """Tell the holder."""
        self._work.tell(self._officer, case, reason="measuring")

    def decide(self, case: int) -> None:
        """Decide that it is the same person."""
        self._work.decide(self._officer, case, "same", "measuring")

    def request(self, case: int) -> None:
        """Ask for fields."""
        self._work.request(self._officer, case, ("names", "birth_dates", "nationalities"), reason="measuring")

    def approve(self, case: int) -> None:
        """Disclose."""
        self._work.approve(self._approver, case, self._casework.Terms(handling="H1 TLP:AMBER", days=30, reason="measuring"))

    def refuse(self, case: int) -> None:
        """Refuse."""
        self._work.refuse(self._approver, case, "measuring")

    def outcome(self, case: int) -> None:
        """Say what came of it."""
        self._work.report_outcome(self._officer, case, "acted", "measuring")

    def close(self, case: int) -> None:
        """Close a case."""
        self._work.close(self._officer, case, "measuring")

    def recall(self, case: int) -> None:
        """Call back."""
        self._work.recall(self._approver, case, "withdrawn")

    def acknowledge(self, case: int) -> None:
        """Confirm a recall."""
        self._work.acknowledge(self._officer, case, "measuring")


@contextmanager
def opened_office(folder: Path) -> Iterator[Office]:
    """Open a node for its people."""
    with _get("tallystick.wiring.nodes", "opened_node")(folder) as node:
        yield Office(node)


def code_now(secret: bytes) -> str:
    """Return the code of an authenticator at this moment."""
    codes = _get("tallystick.adapters.one_time_codes", "TimeCodes")()
    code: str = codes.code(secret, codes.step(_get("tallystick.wiring", "now")()))
    return code


def form_token(session: str) -> str:
    """Return what the forms of a session hold."""
    token: str = _get("tallystick.desk.guarding", "form_token")(session)
    return token


def log_size(folder: Path) -> int:
    """Return how many entries a node's log has."""
    files = _get("tallystick.adapters.audit_folder", "AuditFiles")(folder / "log")
    size: int = _get("tallystick.node.auditing", "newest_checkpoint")(files).size
    return size
