"""Two nodes and the whole exchange: what the requester finds is the plain intersection, and no lie is believed."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import circles
from lib.circles import NOW_S, QUANTUM, SUITE
from lib.exchanging import CIRCLE, AskerNode, HolderNode, Register, match_key, server, weight
from tallystick.errors import Error, LocalProtocolError, RemoteProtocolError, VerifyError
from tallystick.exchange import agreement, canonical, index, manifest, messages, requester, signing
from tallystick.exchange.index import SealedIndex
from tallystick.exchange.messages import Receipt, Redemption
from tallystick.exchange.requester import AskedKey
from tallystick.exchange.responder import Admitted, Answer, Query, Refusal
from tallystick.exchange.signing import Signed
from tallystick.exchange.watch import Watch

_keys = st.frozensets(st.integers(0, 30) | st.just(3), max_size=8)
registers = st.dictionaries(st.integers(0, 30), _keys, max_size=25)


def plain(holder: HolderNode, own: Register) -> dict[tuple[int, bytes], int]:
    """The intersection as anybody would compute it who sees both registers."""
    shared = {(x, holder.handles[y]): a & b for x, a in own.items() for y, b in holder.register.items() if a & b}
    return {pair: max(map(weight, keys)) for pair, keys in shared.items()}


def found(hits: list[requester.Hit]) -> dict[tuple[int, bytes], int]:
    return {(hit.record, hit.handle): hit.weight_tenths for hit in hits}


@given(registers, registers, st.lists(registers, max_size=3))
@settings(max_examples=40)
def test_hits_are_the_plain_intersection(register: Register, own: Register, steps: list[Register]) -> None:
    holder, asker = HolderNode(dict(register)), AskerNode()
    asker.fetch(holder)
    keys = asker.ask(own, holder)
    watch, _ = Watch().more(keys, asker.index)
    assert found(requester.hits(asker.index, keys)) == found(list(watch.hits)) == plain(holder, own)
    for wanted in steps:
        holder.change(wanted)
        watch, news = watch.after(asker.follow(holder), asker.index)
        now = plain(holder, own)
        assert found(list(watch.hits)) == now
        assert found(news.found).items() <= now.items()
        assert not found(news.withdrawn).keys() & now.keys()
    late = AskerNode()
    late.chain = late.chain.after(holder.publish(), CIRCLE, "holder", NOW_S)[0]
    late.index = SealedIndex(bytes(holder.ledger.notches))
    assert found(requester.hits(late.index, keys)) == plain(holder, own)


@given(st.integers(0, 150))
@settings(max_examples=20)
def test_questions_have_two_sizes_and_the_heaviest_come_first(count: int) -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    keys = [AskedKey(match_key(key), weight(key)) for key in range(count)]
    questions = list(requester.ask(keys, asker.client(), SUITE, circles.stream("order")))
    assert [len(each) for each in questions] == [64] * (count // 64) + (
        [32] if 0 < count % 64 <= 32 else [64] if count % 64 else []
    )
    weights = []
    for question in questions:
        answer = holder.answer(question.body)
        assert isinstance(answer, Answer)
        weights.append(list(question.take(answer.body, 1).weights))
    assert sorted((each for part in weights for each in part), reverse=True) == [weight(key) for key in reversed(range(count))]
    assert all(min(x) > max(y) for x, y in pairwise(weights))


def test_a_key_of_several_own_records_is_asked_once_and_hits_for_each() -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    own = {record: frozenset({1}) for record in range(100)}
    [question] = asker.questions(own)
    assert len(question) == 32
    answer = holder.answer(question.body)
    assert isinstance(answer, Answer)
    assert [hit.record for hit in requester.hits(asker.index, question.take(answer.body, 1))] == list(range(100))


def test_bulk_has_sizes_of_its_own() -> None:
    asker = AskerNode()
    asker.fetch(HolderNode({}))
    own = {record: frozenset(range(40 * record, 40 * record + 40)) for record in range(30)}
    assert [len(each) for each in asker.questions(own, bulk=True)] == [4096]
    assert [len(each) for each in asker.questions({0: own[0]}, bulk=True)] == [256]


def test_a_question_takes_one_response() -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    [question] = asker.questions({1: frozenset({1})})
    answer = holder.answer(question.body)
    assert isinstance(answer, Answer)
    with pytest.raises(RemoteProtocolError):
        question.take(answer.body[:-1], 1)
    with pytest.raises(LocalProtocolError, match="one response"):
        question.take(answer.body, 1)
    assert "match" not in repr(question)


def test_the_answer_to_another_question_is_refused() -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    [first] = asker.questions({1: frozenset({1})})
    [second] = asker.questions({1: frozenset({1})})
    assert first.body != second.body
    answer = holder.answer(first.body)
    assert isinstance(answer, Answer)
    with pytest.raises(RemoteProtocolError):
        second.take(answer.body, 1)


def test_another_key_is_found_out() -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    [question] = asker.questions({1: frozenset({1})})
    evaluated, proof = server(epoch=2).blind_evaluate_batch(question.body[8:])
    assert proof is not None
    body = messages.encode_response(SUITE, messages.Evaluation(1, evaluated, proof))
    with pytest.raises(VerifyError):
        question.take(body, 1)


# --- Whatever byte is changed ------------------------------------------------------------------------------------------------

HOLDER = HolderNode({record: frozenset({record % 7, 3}) for record in range(12)})
ASKER = AskerNode()
ASKER.fetch(HOLDER)
FIRST = HOLDER.publish()
BASE = HOLDER.base
RAW_DELTA = HOLDER.change({1: frozenset(), 20: frozenset({5})})
SECOND = HOLDER.publish()
REDEMPTION = Redemption(format="x1", handle="00" * 7, officer="o-17", purpose="border", reason="same", reference="")
RECEIPT = Receipt(format="x1", applied_at=canonical.moment_of(NOW_S), circle="harbour", epoch=1, holder="holder",
                  manifest=canonical.digest(SECOND.raw), member="asker")  # fmt: skip


def _take_response(change: Callable[[bytes], bytes]) -> None:
    [question] = ASKER.questions({1: frozenset({1})})
    answer = HOLDER.answer(question.body, now_s=NOW_S + 3600)
    assert isinstance(answer, Answer), answer
    HOLDER.budgets.buckets.clear()
    HOLDER.budgets.spent.clear()
    question.take(change(answer.body), 1)


def _take_manifest(change: Callable[[bytes], bytes]) -> None:
    signed = signing.decode_signed(change(signing.encode_signed(SECOND)), 1 << 20)
    ASKER.chain.after(signed, CIRCLE, "holder", NOW_S)


def _take_base(change: Callable[[bytes], bytes]) -> None:
    base = change(BASE)
    said = canonical.decode(FIRST.raw, manifest.Manifest, 1 << 20)
    manifest.check_base(said.base, [index.leaf(part) for part in index.segments(base)], base)


def _take_delta(change: Callable[[bytes], bytes]) -> None:
    [line] = HOLDER.said.deltas
    ASKER.index.after(manifest.check_delta(line, change(RAW_DELTA), 1, QUANTUM))


def _take_agreement(change: Callable[[bytes], bytes]) -> None:
    wire = signing.encode_signed(circles.signed_by_all(circles.terms("asker", "holder")))
    agreement.adopt(signing.decode_signed(change(wire), 512 << 10))


def _take_receipt(change: Callable[[bytes], bytes]) -> None:
    signed = Signed.made("receipt", canonical.encode(RECEIPT), "asker", circles.signing_key("asker"))
    messages.read_receipt(signing.decode_signed(change(signing.encode_signed(signed)), 64 << 10), CIRCLE, "holder")


TAKERS = [_take_response, _take_manifest, _take_base, _take_delta, _take_agreement, _take_receipt]


@pytest.mark.parametrize("take", TAKERS, ids=lambda take: take.__name__[6:])
def test_the_truth_is_taken(take: Callable[[Callable[[bytes], bytes]], None]) -> None:
    take(bytes)


@pytest.mark.parametrize("take", TAKERS, ids=lambda take: take.__name__[6:])
@given(st.data())
@settings(max_examples=60)
def test_no_change_of_a_message_is_believed(take: Callable[[Callable[[bytes], bytes]], None], data: st.DataObject) -> None:
    def change(raw: bytes) -> bytes:
        kind = data.draw(st.sampled_from(["flip", "cut", "insert", "double", "any"]))
        at = data.draw(st.integers(0, len(raw) - 1))
        if kind == "flip":
            return raw[:at] + bytes((raw[at] ^ data.draw(st.integers(1, 255)),)) + raw[at + 1 :]
        if kind == "cut":
            return raw[:at]
        if kind == "insert":
            return raw[:at] + data.draw(st.binary(min_size=1, max_size=20)) + raw[at:]
        return raw + raw[at:] if kind == "double" else data.draw(st.binary(max_size=200))

    with pytest.raises(Error):
        take(change)


@given(
    st.binary(max_size=100) | st.builds(lambda points: b"TSQ1\x01\x01\x00\x20" + points, st.binary(min_size=1024, max_size=1024))
)
def test_no_request_breaks_a_responder(body: bytes) -> None:
    said = HOLDER.answer(body, purpose="visa")
    assert isinstance(said, Refusal)
    assert said.problem == "malformed"
    assert said.entry is not None
    assert said.entry.points == 0


@given(st.binary(max_size=300))
def test_no_bytes_break_a_reader(raw: bytes) -> None:
    for read in (
        lambda: signing.decode_signed(raw, 1 << 20),
        lambda: messages.decode_redemption(raw),
        lambda: messages.decode_redemption_answer(raw, REDEMPTION),
        lambda: messages.decode_response(raw, SUITE, 32, 1),
        lambda: messages.decode_request(raw, SUITE, "border"),
        lambda: index.decode_delta(raw, QUANTUM),
    ):
        with pytest.raises(RemoteProtocolError):
            read()


def test_a_redemption_is_read_as_it_was_written() -> None:
    raw = canonical.encode(REDEMPTION)
    assert messages.decode_redemption(raw) == REDEMPTION
    answer = messages.RedemptionAnswer(
        case_class="fraud", contact="call us", format="x1", handle=REDEMPTION.handle, known=True, level=1, reference="b 7"
    )
    assert messages.decode_redemption_answer(canonical.encode(answer), REDEMPTION) == answer
    other = canonical.encode(REDEMPTION).replace(b"00000000000000", b"00000000000001")
    with pytest.raises(RemoteProtocolError, match="another handle"):
        messages.decode_redemption_answer(canonical.encode(answer), messages.decode_redemption(other))


def test_evaluating_reads_nothing_that_other_threads_change() -> None:
    holder, asker = HolderNode({1: frozenset({1})}), AskerNode()
    asker.fetch(holder)
    [question] = asker.questions({1: frozenset({1})})
    admitted = holder.responder.admit(
        Query(member="asker", circle="harbour", epoch=1, purpose="border", officer="o-17", body=question.body), NOW_S
    )
    assert isinstance(admitted, Admitted)
    left = holder.budgets.left(admitted.charge, holder.circle.agreement)
    del holder.responder._budgets  # whoever touched it now would raise
    answer = holder.responder.evaluate(admitted)
    assert isinstance(answer, Answer)
    assert answer.budget_left == left
