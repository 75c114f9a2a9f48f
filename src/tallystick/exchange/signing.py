"""Signed documents: canonical JSON beside Ed25519 signatures (spec/exchange-v1.md, section 1).

Knows no agreement: which signatures a document needs is the business of whoever reads it.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Final, Literal, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta

from tallystick.errors import LocalProtocolError, RemoteProtocolError, VerifyError
from tallystick.exchange import canonical
from tallystick.exchange.canonical import Document, Id

Kind = Literal["agreement", "leave", "manifest", "receipt", "case", "case-receipt"]
PublicKey = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Signature = Annotated[str, Meta(pattern=r"\A[0-9a-f]{128}\Z")]
KEY_BYTES: Final = 32
ENVELOPE: Final = 2
"""A document inside its envelope is a JSON string and may be so many times longer; signatures come on top."""
SIGNATURES_BYTES: Final = 64 * 256


class Signed(Document, frozen=True, kw_only=True):
    """A document as text, and signatures by the id of the member that made them."""

    document: str
    signatures: Annotated[dict[Id, Signature], Meta(min_length=1, max_length=64)]

    @property
    def raw(self) -> bytes:
        """The document's bytes, over which its digest is taken."""
        return self.document.encode()

    def joined(self, other: "Signed") -> "Signed":
        """Return the document with the signatures of both.

        Raises:
            LocalProtocolError: the other one is about something else.
        """
        if other.document != self.document:
            raise LocalProtocolError("signatures over different documents cannot be joined")
        return Signed(document=self.document, signatures={**other.signatures, **self.signatures})

    @classmethod
    def made(cls, kind: Kind, document: bytes, member: str, private_key: bytes) -> Self:
        """Sign a document as one member."""
        return cls(document=document.decode(), signatures={member: sign(kind, document, private_key)})


def encode_signed(signed: Signed) -> bytes:
    """Return what goes over the wire."""
    return canonical.encode(signed)


def decode_signed(raw: bytes, limit_bytes: int) -> Signed:
    """Read a signed document; nothing is verified yet.

    Args:
        raw: what came over the wire.
        limit_bytes: how long the document itself may be.

    Raises:
        RemoteProtocolError: too long, or malformed.
    """
    signed = canonical.decode(raw, Signed, ENVELOPE * limit_bytes + SIGNATURES_BYTES)
    if len(signed.raw) > limit_bytes:
        raise RemoteProtocolError(f"document is longer than {limit_bytes} bytes", hint="ask its sender for a shorter one")
    return signed


def new_key(private_key: bytes) -> str:
    """Return the public key (hexadecimal) of 32 random bytes as private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw().hex()


def sign(kind: Kind, document: bytes, private_key: bytes) -> str:
    """Return one signature over a document, in hexadecimal."""
    if len(private_key) != KEY_BYTES:
        raise LocalProtocolError(f"a signing key has {KEY_BYTES} bytes")
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(_message(kind, document)).hex()


def verify(kind: Kind, signed: Signed, keys: Mapping[str, str], needed: Iterable[str]) -> None:
    """Check every signature of a document, and that they are those of the members needed, no fewer and no more.

    Args:
        kind: what was signed.
        signed: the document.
        keys: public key in hexadecimal, by member.
        needed: the members that must have signed.

    Raises:
        VerifyError: a signature does not verify, is missing, or is of somebody else.
    """
    verify_some(kind, signed, keys)
    for member in sorted(set(needed) ^ set(signed.signatures)):
        fault = "lacks the signature of" if member not in signed.signatures else "is signed by somebody who must not:"
        raise VerifyError(f"{kind} {fault} {member}", hint="get the document again from the member that should have sent it")


def verify_some(kind: Kind, signed: Signed, keys: Mapping[str, str]) -> None:
    """Check the signatures that are there.

    Raises:
        VerifyError: one does not verify, or is of nobody known.
    """
    message = _message(kind, signed.raw)
    for member, signature in sorted(signed.signatures.items()):
        if member not in keys:
            raise VerifyError(f"{kind} is signed by {member}, who is no party to it", hint="get the document from a member")
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys[member])).verify(bytes.fromhex(signature), message)
        except (InvalidSignature, ValueError):
            hint = "the document was changed, or the member's key is another: compare it by another way than this connection"
            raise VerifyError(f"{kind}: the signature of {member} does not verify", hint=hint) from None


def _message(kind: Kind, document: bytes) -> bytes:
    return b"tallystick/x1/" + kind.encode() + b"\n" + document
