"""`tallystick audit`: look into an audit log, check it, and prove that an entry is in it. Our own log, or anybody's."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallystick.cli import exits
from tallystick.cli.cases import role_option
from tallystick.cli.nodes import carry_out
from tallystick.cli.options import FILE, json_option, node_option, officer_option
from tallystick.cli.output import Cell, print_json, print_table, progress, say, short_moment
from tallystick.errors import InputError

if TYPE_CHECKING:
    from tallystick.audit import Trust, VerifiedLog
    from tallystick.audit.checkpoints import SignedCheckpoint
    from tallystick.node.auditing import LoggedEntry

_FOLDER = click.Path(path_type=Path, file_okay=False)
_CLOCKS_DIFFER_S = 300
_GOOD = "bold green"


def _trust_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option(
            "--cosigned-since",
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="YYYY-MM-DD",
            help="Count no cosignature from before this day (UTC).",
        ),
        click.option("--quorum", type=click.IntRange(0), metavar="N", help="So many witnesses must have cosigned. Default: all."),
        click.option("--witness", "witnesses", multiple=True, metavar="KEY", help="Verifier key of a witness; may be repeated."),
        click.option(
            "--key", "keys", multiple=True, required=True, metavar="KEY", help="Verifier key of the log, or a file that holds it."
        ),
    ):
        command = option(command)
    return command


@click.group()
def audit() -> None:
    """Look into an audit log, check it, prove an entry.

    LOG is the folder of a log: our own, a partner's, a copy on a stick.
    """


@audit.command("show")
@click.argument("log", type=_FOLDER)
@click.option("--entry", type=click.IntRange(0), metavar="N", help="Show all of entry N, counted from 0.")
@click.option("--last", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="Show the last N entries.")
@click.option("--type", "kind", metavar="TYPE", help="Show entries of this type only (query-asked, ...).")
@json_option
def show(log: Path, entry: int | None, last: int, kind: str | None, as_json: bool) -> None:
    """Show the entries of a log. Nothing is verified.

    \b
    Examples:
      tallystick audit show audit/
      tallystick audit show audit/ --type query-answered --last 100
      tallystick audit show audit/ --entry 73894
    """
    from itertools import islice

    from tallystick.audit.entries import TYPES
    from tallystick.node import auditing
    from tallystick.wiring import audit_files

    files = audit_files(log)
    if kind is not None and kind not in TYPES:
        raise InputError("this is no type of an entry", hint=f"there are {', '.join(TYPES)}")
    if entry is not None:
        _show_one(next(auditing.entries(files, entry), None), entry, as_json=as_json)
        return
    newest = (each for each in auditing.entries(files, 0, reverse=True) if kind in {None, each.entry.type})
    found = list(islice(newest, last))[::-1]
    if as_json:
        for each in found:
            print_json(_as_json(each))
        return
    head = auditing.newest_checkpoint(files)
    print_table(("log", head.origin), [("entries under a checkpoint", f"{head.size:,}"), ("root hash", head.root.hex())])
    print_table(("entry", "time (UTC)", "type", "peer", "circle", "purpose", "officer", "points"), [_row(each) for each in found])
    if any(not each.is_covered for each in found):
        say("entries with a * are recorded, but under no checkpoint yet")


def _show_one(found: "LoggedEntry | None", index: int, *, as_json: bool) -> None:
    if found is None or found.index != index:
        raise InputError(f"the log has no entry {index}", hint="entries are counted from 0")
    if as_json:
        print_json(_as_json(found))
        return
    print_table(("entry", f"{index:,}"), _facts(found.entry), folding=(1,))
    if not found.is_covered:
        say("this entry is recorded, but under no checkpoint yet")


def _facts(entry: object) -> list[tuple[str, str]]:
    fields = getattr(entry, "__struct_fields__", ())
    facts = [("type", entry.type)] if hasattr(entry, "type") else []
    values = [(name.replace("_", " "), getattr(entry, name)) for name in fields]
    return facts + [(name, _text(value)) for name, value in values if value is not None]


def _text(value: object) -> str:
    match value:
        case bytes():
            return value.hex()
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case int():
            return f"{value:,}"
    return str(value)


def _row(logged: "LoggedEntry") -> tuple[object, ...]:
    entry = logged.entry
    peer = getattr(entry, "peer", None) or getattr(entry, "log", None)
    detail = [getattr(entry, name, None) for name in ("circle", "purpose", "officer", "points")]
    place = Cell(f"{logged.index:,}{'' if logged.is_covered else '*'}", right=True)
    return (place, _text(entry.time), entry.type, peer, *detail)


def _as_json(logged: "LoggedEntry") -> dict[str, object]:
    import msgspec

    return {"index": logged.index, "covered": logged.is_covered, "entry": msgspec.Raw(logged.line)}


@audit.command("verify")
@click.argument("log", type=click.Path(path_type=Path))
@_trust_options
@click.option("--previous", type=FILE, help="An earlier checkpoint of this log, as somebody kept it.")
@click.option("--query", type=FILE, help="The person a proven query is said to be about: a file with one record.")
@click.option("--salt", type=FILE, help="The salt of that entry, as `audit open` writes it.")
@json_option
def verify(log: Path, previous: Path | None, query: Path | None, salt: Path | None, as_json: bool, **trusted: Any) -> None:  # noqa: ANN401
    """Check a whole log, or a proof that `prove` made.

    Of a log everything is checked: signatures, every tile, every entry, and that an earlier checkpoint is its beginning. Of a
    proof, that its entry is in the log; with --query and --salt also that the entry is about this person. What does not
    verify ends with exit code 7.

    \b
    Examples:
      tallystick audit verify audit/ --key log.vkey
      tallystick audit verify stick/police --key police.vkey --witness bank.vkey --previous police-2026-01.checkpoint
      tallystick audit verify 73894.tlog-proof --key police.vkey --query person.jsonl --salt 73894.salt
    """
    from tallystick.audit import verify_log
    from tallystick.node import auditing
    from tallystick.wiring import audit_files

    trust = _trust(**trusted)
    if (query is None) != (salt is None):
        raise InputError("--query and --salt go together", hint="give both, with a proof")
    if log.is_file():
        _verify_proof(log, trust, query, salt, as_json=as_json)
        return
    if query is not None:
        raise InputError("--query and --salt are for a proof", hint="make one with `tallystick audit prove`")
    files = audit_files(log)
    with progress("checking entries", auditing.newest_checkpoint(files).size) as done:
        found = verify_log(files.read, trust, previous=previous.read_bytes() if previous else None, progress=done)
    if as_json:
        print_json(_head(found.signed) | {"types": found.types, "files": found.tiles, "grown_by": found.grown_by})
        return
    print_table(("log", found.signed.checkpoint.origin), _checked(found))
    print_table(("entries", "type"), [(count, name) for name, count in found.types.items()])


def _trust(keys: tuple[str, ...], witnesses: tuple[str, ...], quorum: int | None, cosigned_since: datetime | None) -> "Trust":
    from tallystick.audit import Trust
    from tallystick.wiring import now, verifier_keys

    known = verifier_keys(witnesses)
    return Trust(
        log=verifier_keys(keys),
        witnesses=known,
        quorum=len(known) if quorum is None else quorum,
        oldest_s=int(cosigned_since.replace(tzinfo=UTC).timestamp()) if cosigned_since else None,
        newest_s=int(now().timestamp()) + _CLOCKS_DIFFER_S,
    )


def _head(signed: "SignedCheckpoint") -> dict[str, object]:
    checkpoint = signed.checkpoint
    cosigned = [{"witness": each.key.name, "at": _moment(each.at_s)} for each in signed.cosignatures]
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex(), "cosigned": cosigned}


def _moment(at_s: int | None) -> str:
    try:
        return f"{datetime.fromtimestamp(at_s or 0, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return "in a far future"


def _checked(found: "VerifiedLog") -> list[tuple[str, object]]:
    checkpoint = found.signed.checkpoint
    rows: list[tuple[str, object]] = [
        ("entries", f"{checkpoint.size:,}, all in their canonical writing"),
        ("root hash", checkpoint.root.hex()),
        ("tiles and bundles", f"{found.tiles:,}, all as the checkpoint says"),
        ("signed by the log", Cell("yes", _GOOD)),
        *_cosigned(found.signed),
    ]
    if found.grown_by is not None:
        rows.append(("earlier checkpoint", Cell(f"is its beginning; {found.grown_by:,} entries since", _GOOD)))
    return [*rows, ("verdict", Cell("verified", _GOOD))]


def _cosigned(signed: "SignedCheckpoint") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [
        ("cosigned by", Cell(f"{each.key.name}, {_moment(each.at_s)}", _GOOD)) for each in signed.cosignatures
    ]
    return rows or [("cosigned by", "no witness that was asked for")]


def _verify_proof(file: Path, trust: "Trust", query: Path | None, salt: Path | None, *, as_json: bool) -> None:
    from tallystick.audit import decode_opening, verify_commitment, verify_proof
    from tallystick.audit.entries import QueryAsked
    from tallystick.audit.proofs import MAX_PROOF_BYTES

    with file.open("rb") as opened:
        proven = verify_proof(opened.read(MAX_PROOF_BYTES + 1), trust)
    if query is not None and salt is not None:
        if not isinstance(proven.entry, QueryAsked):
            raise InputError(f"entry {proven.index} is no query that was asked", hint="only those say, with a salt, about whom")
        verify_commitment(proven.entry.commitment, decode_opening(_text_of(salt)), _query(query))
    if as_json:
        import msgspec

        from tallystick.audit import encode

        shown = {"index": proven.index, "entry": msgspec.Raw(encode(proven.entry)), "about_query": query is not None}
        print_json(_head(proven.signed) | shown)
        return
    rows: list[tuple[str, object]] = [*_facts(proven.entry), ("log", proven.signed.checkpoint.origin)]
    rows += [("entries then", f"{proven.signed.checkpoint.size:,}"), *_cosigned(proven.signed)]
    if query is not None:
        rows.append(("about", Cell("the person in the query", _GOOD)))
    print_table(("entry", f"{proven.index:,}"), [*rows, ("verdict", Cell("verified", _GOOD))], folding=(1,))


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise InputError(f"{file} holds no salt", hint="a salt is 64 hexadecimal digits") from None


def _query(file: Path) -> bytes:
    from tallystick.model import decode, encode

    return encode(decode(file.read_bytes().rstrip(b"\n")))


@audit.command("prove")
@click.argument("log", type=_FOLDER)
@click.argument("entry", type=click.IntRange(0), metavar="N")
@_trust_options
@click.option("--out", type=FILE, help="Write the proof to this file instead of the screen.")
@json_option
def prove(log: Path, entry: int, out: Path | None, as_json: bool, **trusted: Any) -> None:  # noqa: ANN401
    """Prove that entry N is in a log: a text anybody can check with `tallystick audit verify`, without the log.

    \b
    Example:
      tallystick audit prove audit/ 73894 --key log.vkey --out 73894.tlog-proof
    """
    from tallystick.node import auditing
    from tallystick.wiring import audit_files

    proof, signed = auditing.prove(audit_files(log), entry, _trust(**trusted))
    if out is not None:
        out.write_text(proof, encoding="utf-8")
        say(f"the proof of entry {entry} is in {out}")
    if as_json:
        print_json(_head(signed) | {"index": entry, "proof": proof})
    elif out is None:
        click.echo(proof, nl=False)


@audit.command("trace")
@click.argument("place", metavar="[REGISTER/ID]", default="")
@click.option("--case", "case_", metavar="CASE", default="", help="A case instead of a record: its number, or its reference.")
@click.option("--before", type=click.IntRange(1), metavar="N", help="Only entries before N.")
@officer_option
@role_option("auditor")
@node_option
@json_option
def trace(place: str, case_: str, before: int | None, officer: str, role: str, node: str, as_json: bool) -> int:
    """Show who opened a record, or opened a case and acted in it: when, where, for which case or purpose.

    From the log of this node, newest first. That somebody asked is an entry,
    too. Only auditors and supervisors may. Ends with 1 when nobody did.

    \b
    Examples:
      tallystick audit trace wanted/17 --officer auditor-1 --node police-a
      tallystick audit trace --case 3 --officer auditor-1 --node police-a
    """
    register, _, record_id = place.partition("/")
    if bool(place) == bool(case_) or (place and not (register and record_id)):
        raise InputError("this names neither a record nor a case", hint="write REGISTER/ID, or --case CASE")
    given = {"register": register, "record_id": record_id, "case": case_, "before": before, "officer": officer, "role": role}
    found = carry_out(node, "lookups_trace", given)
    if as_json:
        print_json(found)
    else:
        heads = ("entry", "time (UTC)", "who", "what", "where", "why")
        print_table(heads, [_traced(each, case_) for each in found["traces"]])
        if found["older"]:
            say(f"there are older entries: --before {found['older']}")
    return 0 if found["traces"] else exits.NOTHING_FOUND


def _traced(each: dict[str, Any], case_: str) -> tuple[object, ...]:
    who = f"{each['by']} ({each['peer']})" if each["peer"] else each["by"]
    why = each["purpose"] or ("" if case_ or not each["case"] else f"case {each['case']}")
    place = Cell(f"{each['index']:,}{'' if each['is_covered'] else '*'}", right=True)
    return (place, short_moment(each["at"]), who, each["what"], each["how"], why)


@audit.command("open")
@click.argument("entry", type=click.IntRange(0), metavar="N")
@click.option("--record", nargs=2, metavar="REGISTER ID", help="Which own record, where the entry is about several.")
@click.option("--salt", type=FILE, help="Write the salt to this file.")
@click.option("--query", type=FILE, help="Write the person, as asked for, to this file.")
@node_option
@json_option
def open_(entry: int, record: tuple[str, str] | None, salt: Path | None, query: Path | None, node: str, as_json: bool) -> None:
    """Show whom entry N of this node's log is about, and write what proves it.

    For a supervisor who asks about this one entry: with salt and person, and
    the proof that `prove` makes, `verify` shows that the entry is about this
    person. Nothing is said about other entries.

    \b
    Examples:
      tallystick audit open 17 --salt 17.salt --query person.jsonl --node police-a
      tallystick audit open 23 --record wanted a-1044 --salt 23.salt --query person.jsonl --node police-a
    """
    from tallystick.audit.entries import QueryAsked
    from tallystick.node import auditing
    from tallystick.wiring import audit_files

    found = next(auditing.entries(audit_files(Path(node) / "log"), entry), None)
    if found is None or not isinstance(found.entry, QueryAsked):
        raise InputError(f"entry {entry} is no query that was asked", hint="see `tallystick audit show LOG --type query-asked`")
    asked = {"circle": found.entry.circle, "request": found.entry.request.hex(), "commitment": found.entry.commitment.hex()}
    opened = carry_out(node, "opening", {**asked, "record": list(record) if record else None})
    if (salt or query) and not opened["salt"]:
        raise InputError(f"entry {entry} is about {len(opened['about'])} records", hint="say with --record which")
    if query and not opened["line"]:
        raise InputError(
            "the record is not as it was when it was asked for", hint="leave out --query; the salt still opens the entry"
        )
    for file, text in ((salt, opened["salt"]), (query, f"{opened['line']}\n")):
        if file:
            _write_private(file, text)
    if as_json:
        print_json({"entry": entry, **opened})
        return
    print_table(("entry", f"{entry:,}"), _about(opened), folding=(1,))


def _about(opened: dict[str, Any]) -> list[tuple[str, object]]:
    if not opened["query"]:
        return [("about", f"{each['register']} {each['record_id']}") for each in opened["about"]]
    rows = [("asked by", opened["officer"]), ("reason", opened["reason"]), ("query", opened["query"])]
    return [*rows, ("about", opened["line"])]


def _write_private(file: Path, text: str) -> None:
    """Write a file that only its owner reads: it tells whom a question was about."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
        opened.write(text)
