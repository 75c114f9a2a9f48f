"""What is wrong on purpose in the vectors of an audit log, each with its name: lines, notes, texts, files."""

from collections.abc import Iterable

from audit_log_makings import APPROVED, ASKED, GOOD_ENTRIES, GRANTED, ORIGIN, b64, digest, files_of, lines, root_of

from tallystick.audit import (
    Note,
    entries,
)
from tallystick.audit.notes import Signature
from tallystick.audit.tiles import encode_bundle
from tallystick.audit.tree import EMPTY_ROOT


def bad_lines() -> Iterable[tuple[str, bytes]]:
    """Yield lines that are no entries."""
    line = entries.encode(GOOD_ENTRIES[-2])
    asked = entries.encode(ASKED)
    yield from (
        ("empty", b""),
        ("not JSON", b"time=2026"),
        ("an array", b"[" + line + b"]"),
        ("a line end after it", line + b"\n"),
        ("a blank between members", line.replace(b',"kind"', b', "kind"')),
        ("a byte order mark", b"\xef\xbb\xbf" + line),
        ("something after it", line + line),
        ("not UTF-8", line.replace("ü".encode(), b"\xfc")),
        ("UTF-8 of a surrogate", line.replace("ü".encode(), b"\xed\xa0\x80")),
        ("overlong UTF-8", line.replace(b"slash /", b"slash \xc0\xaf")),
        ("an escaped letter", line.replace("ü".encode(), b"\\u00fc")),
        ("an escaped slash", line.replace(b"slash /", b"slash \\/")),
        ("an escaped quote written with digits", line.replace(b'\\"so', b"\\u0022so")),
        ("a control character in text", line.replace(b"quoted", b"quo\\u0007ted")),
        ("a line end in text", line.replace(b"quoted", b"quo\\nted")),
        ("a bidirectional override in text", line.replace(b"quoted", "quo\u202eted".encode())),
        ("a byte order mark in text", line.replace(b"quoted", "quo\ufeffted".encode())),
        ("an empty text", line.replace(line[line.index(b'"text":"') + 8 : line.index(b'","time"')], b"")),
        ("text of 301 characters", line.replace(b"quoted", b"q" * 301)),
        ("members in another order", b'{"type":"other","kind":"x","time":"2026-03-01T12:00:00Z"}'),
        ("a member twice", line.replace(b'"kind":"key-ceremony"', b'"kind":"key-ceremony","kind":"key-ceremony"')),
        ("a member twice, other values", line.replace(b'"kind":"key-ceremony"', b'"kind":"a","kind":"key-ceremony"')),
        ("an unknown member", line[:-1] + b',"zz":1}'),
        ("a missing member", line.replace(b'"kind":"key-ceremony",', b"")),
        ("a member that is null", b'{"document":null,' + b'"kind":"x","time":"2026-03-01T12:00:00Z","type":"other"}'),
        ("a member of another type", line.replace(b'"kind"', b'"circle":"c","kind"')),
        ("an unknown type", line.replace(b'"type":"other"', b'"type":"othre"')),
        ("no type", b'{"kind":"x","time":"2026-03-01T12:00:00Z"}'),
        ("a time with a fraction", line.replace(b"00Z", b"00.5Z")),
        ("a time with an empty fraction", line.replace(b"00Z", b"00.0Z")),
        ("a time in another zone", line.replace(b"00Z", b"00+01:00")),
        ("a time with a zone of zero hours", line.replace(b"00Z", b"00+00:00")),
        ("a time without a zone", line.replace(b"00Z", b"00")),
        ("a time with a small z", line.replace(b"00Z", b"00z")),
        ("a time with a blank", line.replace(b"T12", b" 12")),
        ("a leap second", line.replace(b"12:00:00Z", b"23:59:60Z")),
        ("a day that is not", line.replace(b"03-01T", b"02-30T")),
        ("a number with a fraction", asked.replace(b'"points":32', b'"points":32.0')),
        ("a number with an exponent", asked.replace(b'"points":32', b'"points":3.2e1')),
        ("a number with a leading zero", asked.replace(b'"points":32', b'"points":032')),
        ("a number in quotes", asked.replace(b'"points":32', b'"points":"32"')),
        ("no points", asked.replace(b'"points":32', b'"points":0')),
        ("fewer than no points", asked.replace(b'"points":32', b'"points":-1')),
        ("a number beyond 2^53 - 1", asked.replace(b'"points":32', b'"points":9007199254740992')),
        ("a hash of 31 bytes", asked.replace(b64(ASKED.request).encode(), b64(bytes(31)).encode())),
        ("a hash of 33 bytes", asked.replace(b64(ASKED.request).encode(), b64(bytes(33)).encode())),
        ("base64 without padding", asked.replace(b64(ASKED.request).encode(), b64(ASKED.request).rstrip("=").encode())),
        (
            "base64 with stray bits",
            asked.replace(b64(bytes(ASKED.request)).encode(), b64(bytes(32)).replace("AA=", "AB=").encode()),
        ),
        (
            "base64 of the other alphabet",
            asked.replace(b64(ASKED.request).encode(), b64(b"\xff" * 32).replace("/", "_").encode()),
        ),
        ("a hash in hexadecimal", asked.replace(b64(ASKED.request).encode(), ASKED.request.hex().encode())),
        ("a peer in capitals", asked.replace(b"police.example", b"Police.example")),
        ("a peer of 128 characters", asked.replace(b"police.example", b"p" * 128)),
        ("an officer with a blank", asked.replace(b"O-1729", b"O 1729")),
        ("an approval of nothing", APPROVED.replace(b'"grant":"' + b64(digest("grant")).encode() + b'",', b"")),
        ("a grant of one officer", GRANTED.replace(b',"second_officer":"_.-"', b"")),
        ("a grant until a fraction of a second", GRANTED.replace(b'00Z"}', b'00.5Z"}')),
        ("a grant until a time in another zone", GRANTED.replace(b'00Z"}', b'00+01:00"}')),
        ("an officer without a name", asked.replace(b"O-1729", b"")),
        ("a purpose of 65 characters", asked.replace(b"border-check", b"b" * 65)),
        ("too long", line.replace(b"quoted", b"q" * 4096)),
        ("nested deeply", b'{"a":' * 2000 + b"1" + b"}" * 2000),
    )


def bad_notes(note: Note) -> Iterable[tuple[str, bytes]]:
    """Yield what is no signed note, or does not verify."""
    signed = str(note).encode()
    signature = note.signatures[0]
    flipped = Signature(signature.name, signature.key_id, bytes([signature.content[0] ^ 1]) + signature.content[1:])
    line = str(signature).encode()
    yield from (
        ("empty", b""),
        ("no signature", note.text.encode() + b"\n"),
        ("no blank line", signed.replace(b"\n\n", b"\n")),
        ("nothing but signatures", b"\n" + line),
        ("a bad signature", str(Note(note.text, (flipped,))).encode()),
        ("a bad signature after a good one", signed + str(flipped).encode()),
        (
            "a signature cut off",
            str(Note(note.text, (Signature(signature.name, signature.key_id, signature.content[:-1]),))).encode(),
        ),
        ("a signature with nothing after the id", note.text.encode() + f"\n— {ORIGIN} {b64(signature.key_id)}\n".encode()),
        ("a text of another size", signed.replace(b"\n5\n", b"\n6\n")),
        ("not UTF-8", signed.replace("—".encode(), b"\x97")),
        ("a control character", signed.replace(b"\n5\n", b"\n5\r\n")),
        ("a hyphen for the dash", signed.replace("—".encode(), b"-")),
        ("two blanks in a signature line", signed.replace(line, line.replace(b" node", b"  node"))),
        ("no line end after the last signature", signed[:-1]),
        ("base64 of a signature without padding", signed.rstrip(b"\n=") + b"\n"),
        ("something after the signatures", signed + b"and more\n"),
    )


def bad_texts(text: str) -> Iterable[tuple[str, str]]:
    """Yield texts that are no checkpoints."""
    root = b64(root_of(lines(5)))
    yield from (
        ("no root", f"{ORIGIN}\n5\n"),
        ("a size with a leading zero", text.replace("\n5\n", "\n05\n")),
        ("a size with a sign", text.replace("\n5\n", "\n+5\n")),
        ("a negative size", text.replace("\n5\n", "\n-5\n")),
        ("a size in other digits", text.replace("\n5\n", "\n\u0665\n")),
        ("a size beyond 2^63 - 1", text.replace("\n5\n", "\n9223372036854775808\n")),
        ("a size that is no number", text.replace("\n5\n", "\nfive\n")),
        ("a root of 31 bytes", text.replace(root, b64(bytes(31)))),
        ("a root in hexadecimal", text.replace(root, root_of(lines(5)).hex())),
        ("a root without padding", text.replace(root, root.rstrip("="))),
        ("an empty extension line", f"{text}\nmore\n"),
        ("an empty log with a root", text.replace("\n5\n", "\n0\n")),
    )


def changed_files(
    five: dict[str, bytes], more: dict[str, bytes], forged: dict[str, bytes]
) -> Iterable[tuple[str, str, dict[str, bytes | None]]]:
    """Yield what may befall the files of a log."""
    leaves, bundle = five["tile/0/000.p/5"], five["tile/entries/000.p/5"]
    changes: tuple[tuple[str, str, dict[str, bytes | None]], ...] = (
        ("no checkpoint", "five", {"checkpoint": None}),
        ("no tile", "five", {"tile/0/000.p/5": None}),
        ("no bundle", "five", {"tile/entries/000.p/5": None}),
        ("no full tile", "more", {"tile/0/000": None}),
        ("no tile of level 1", "more", {"tile/1/000.p/1": None}),
        ("truncated tile", "five", {"tile/0/000.p/5": leaves[:-1]}),
        ("truncated tile, whole hashes", "five", {"tile/0/000.p/5": leaves[:-32]}),
        ("overlong partial tile", "five", {"tile/0/000.p/5": leaves + leaves[:32]}),
        ("overlong full tile", "more", {"tile/0/000": more["tile/0/000"] + leaves[:32]}),
        ("empty tile", "five", {"tile/0/000.p/5": b""}),
        ("wrong hash", "five", {"tile/0/000.p/5": leaves[:-1] + bytes([leaves[-1] ^ 1])}),
        ("hashes exchanged", "five", {"tile/0/000.p/5": leaves[32:64] + leaves[:32] + leaves[64:]}),
        ("wrong hash in level 1", "more", {"tile/1/000.p/1": EMPTY_ROOT}),
        ("truncated bundle", "five", {"tile/entries/000.p/5": bundle[:-1]}),
        ("an entry changed", "five", {"tile/entries/000.p/5": forged["tile/entries/000.p/5"]}),
        ("an entry changed, and its hash", "five", {path: body for path, body in forged.items() if path != "checkpoint"}),
        ("an entry taken out", "five", {"tile/entries/000.p/5": encode_bundle(lines(5)[1:])}),
        ("an entry added", "five", {"tile/entries/000.p/5": encode_bundle(lines(6))}),
        ("entries exchanged", "five", {"tile/entries/000.p/5": encode_bundle([*lines(5)[1::-1], *lines(5)[2:]])}),
        ("entry not canonical, properly hashed", "five", dict(files_of([b'{"type": "other"}', *lines(5)[1:]]))),
        ("entry not JSON, properly hashed", "five", dict(files_of([*lines(4), b"\xff\xfe"]))),
    )
    yield from changes
