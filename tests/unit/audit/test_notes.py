"""Signed notes and keys: what published examples say, what is refused, and what never shows a secret."""

import pytest

from tallystick.audit.notes import (
    COSIGNATURE,
    ED25519,
    MAX_SIGNATURES,
    Note,
    Signature,
    SigningKey,
    VerifierKey,
    decode_note,
    read_verifier_key,
    verify_note,
    with_signatures,
)
from tallystick.errors import InputError, IntegrityError

PUBLISHED_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"  # the example of C2SP signed-note
PUBLISHED_SIGNATURE = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
KEY = SigningKey("a.example", ED25519, bytes(32))
COSIGNER = SigningKey("w.example", COSIGNATURE, bytes([1] * 32))
TEXT = "one\ntwo\n"


def test_the_published_example_verifies() -> None:
    key = read_verifier_key(PUBLISHED_KEY)
    assert str(key) == PUBLISHED_KEY
    signed = f"This is an example message.\n\n\u2014 example.com/foo {PUBLISHED_SIGNATURE}\n".encode()
    [found] = verify_note(decode_note(signed), [key])
    assert found.key == key
    assert str(decode_note(signed)).encode() == signed


def test_a_note_survives_being_written_and_read() -> None:
    note = Note(TEXT, (KEY.sign(TEXT), COSIGNER.cosign(TEXT, at_s=7)))
    assert decode_note(str(note).encode()) == note
    own, other = verify_note(note, [KEY.verifier_key(), COSIGNER.verifier_key()])
    assert (own.at_s, other.at_s) == (None, 7)


def test_one_seed_makes_two_keys_with_two_ids() -> None:
    other = SigningKey("a.example", COSIGNATURE, bytes(32))
    assert KEY.verifier_key().key_id != other.verifier_key().key_id
    with pytest.raises(InputError):
        other.sign(TEXT)
    with pytest.raises(InputError):
        KEY.cosign(TEXT, at_s=1)


def test_a_cosignature_is_bound_to_its_time() -> None:
    signature = COSIGNER.cosign(TEXT, at_s=7)
    moved = Signature(signature.name, signature.key_id, (8).to_bytes(8, "big") + signature.content[8:])
    with pytest.raises(IntegrityError):
        verify_note(Note(TEXT, (moved,)), [COSIGNER.verifier_key()])


def test_a_secret_is_not_shown() -> None:
    assert repr(SigningKey("a.example", ED25519, b"k" * 32)).count("k") == repr(
        SigningKey("a.example", ED25519, b"z" * 32)
    ).count("k")
    assert "seed" not in repr(KEY)


def test_the_same_signature_is_not_repeated() -> None:
    note = Note(TEXT, (KEY.sign(TEXT),))
    assert with_signatures(note, [KEY.sign(TEXT), COSIGNER.cosign(TEXT, at_s=7), COSIGNER.cosign(TEXT, at_s=7)]).signatures == (
        KEY.sign(TEXT),
        COSIGNER.cosign(TEXT, at_s=7),
    )


@pytest.mark.parametrize(
    "text", ["", "x", "a+b", "a.example+00000000+AAAA", PUBLISHED_KEY[:-1], PUBLISHED_KEY.replace("530d", "530e")]
)
def test_what_is_no_verifier_key(text: str) -> None:
    with pytest.raises(InputError):
        read_verifier_key(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "\u200b", "\u00e9", "x" * 241])
def test_what_is_no_name_of_a_key(name: str) -> None:
    with pytest.raises(InputError):
        SigningKey(name, ED25519, bytes(32))


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(64)])
def test_what_is_no_seed(seed: bytes) -> None:
    with pytest.raises(InputError):
        SigningKey("a.example", ED25519, seed)


P = 2**255 - 19
CURVE_D = -121665 * pow(121666, -1, P) % P


def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """Add two points of edwards25519."""
    (x1, y1), (x2, y2) = a, b
    t = CURVE_D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def decompress(encoded: bytes) -> tuple[int, int]:
    y = (int.from_bytes(encoded, "little") & (2**255 - 1)) % P
    u, v = (y * y - 1) % P, (CURVE_D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (v * x * x - u) % P == 0
    return x, y


def test_points_of_small_order_are_no_keys() -> None:
    from tallystick.audit.notes import _SMALL_ORDER

    orders = set()
    for encoded in _SMALL_ORDER:
        point, order = decompress(encoded), 1
        multiple = point
        while multiple != (0, 1):
            multiple, order = add(multiple, point), order + 1
            assert order <= 8
        orders.add(order)
        for sign in (0, 0x80):
            with pytest.raises(InputError):
                VerifierKey("a.example", ED25519, encoded[:-1] + bytes([encoded[-1] | sign]))
    assert orders == {1, 2, 4, 8}


def test_too_many_signatures() -> None:
    line = KEY.sign(TEXT)
    assert len(decode_note(str(Note(TEXT, (line,) * MAX_SIGNATURES)).encode()).signatures) == MAX_SIGNATURES
    with pytest.raises(IntegrityError):
        decode_note(str(Note(TEXT, (line,) * (MAX_SIGNATURES + 1))).encode())
