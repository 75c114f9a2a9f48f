"""`tallystick node`: make a node, serve it, show its card."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallystick.cli.options import FILE, desk_option, json_option, metrics_option, node_option
from tallystick.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from tallystick.desk.guarding import Place
    from tallystick.wiring.nodes import OpenNode


@click.group()
def node() -> None:
    """Make a node, serve it, show its card, renew its certificate.

    A node is one organisation's part in circles: its keys, its audit log,
    what it offers and what it has found.
    """


@node.command("init")
@click.option("--id", "member", required=True, metavar="ID", help="Member id: a-z, 0-9 and hyphens; partners know it by this.")
@click.option("--name", required=True, help="The organisation, as people call it.")
@click.option("--url", required=True, metavar="URL", help="Where partners reach it: https://host:port.")
@click.option("--contact", required=True, help="Whom a partner calls after a hit.")
@click.option("--listen", metavar="HOST:PORT", default="", help="Where it listens; by default the host and port of --url.")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="A further host its certificate is good for.")
@click.option("--case-class", default="unspecified", show_default=True, help="What partners are told of the kind of its cases.")
@click.option("--country", metavar="CODE", default="", help="Where the organisation is, two letters: marks hits across borders.")
@click.option(
    "--store", metavar="URL", default="registers.db", show_default=True, help="Where its registers are, seen from its folder."
)
@node_option
@json_option
def init(
    member: str, name: str, url: str, contact: str, listen: str, hosts: tuple[str, ...], case_class: str, country: str,
    store: str, node: str, as_json: bool,
) -> None:  # fmt: skip
    """Make a node: its folder, its keys, a small certification authority, an audit log.

    Nothing of it leaves this machine but the card, which partners need to
    know it: `tallystick node card`.

    \b
    Example:
      tallystick node init --id police-a --name "Police of A" --url https://node.police-a.example:7443 \\
          --contact "liaison desk, +00 555 0100" --node police-a
    """
    from urllib.parse import urlsplit

    from tallystick.adapters.node_folder import Identity, make_node_folder
    from tallystick.cli.typed import read_country
    from tallystick.wiring import created_store, now
    from tallystick.wiring.nodes import make_card

    parts = urlsplit(url)
    identity = Identity(
        id=member, name=name, url=url, contact=contact, case_class=case_class, store=store, country=read_country(country),
        listen=listen or f"{parts.hostname}:{parts.port or 443}",
    )  # fmt: skip
    folder = make_node_folder(Path(node), identity, [parts.hostname or "localhost", *hosts], now())
    with created_store(folder.store):
        pass
    card = make_card(folder)
    if as_json:
        print_json(card)
        return
    print_table(("node", member), [("folder", node), ("url", url), ("listens at", identity.listen), ("registers", folder.store)])
    say(f"next: tallystick node serve --node {node}; partners want its card: tallystick node card --node {node} --out my.card")


@node.command("card")
@click.option("--out", type=FILE, help="Write it to this file; by default it is printed.")
@node_option
@json_option
def card(out: Path | None, node: str, as_json: bool) -> None:
    """Write the card of a node: what partners need to know it. It holds no secret.

    \b
    Example:
      tallystick node card --node police-a --out police-a.card
    """
    from tallystick.adapters.node_folder import open_node_folder
    from tallystick.exchange import canonical
    from tallystick.wiring.nodes import make_card

    text = canonical.encode(make_card(open_node_folder(Path(node)))) + b"\n"
    if out is None or as_json:  # a card is JSON as it is
        click.echo(text, nl=False)
    if out is None:
        return
    out.write_bytes(text)
    if not as_json:
        say(f"the card is in {out}; compare its digest with the partner by another way than the one it is sent by")


@node.command("renew")
@click.option("--host", "hosts", multiple=True, metavar="HOST", help="A further host the certificate is good for.")
@node_option
@json_option
def renew(hosts: tuple[str, ...], node: str, as_json: bool) -> None:
    """Issue the TLS certificate of a node anew: it is good for 397 days.

    It is good for the hosts of the one before as well. Partners pin the
    organisation's root, so nobody needs to be told. A served node takes it at
    its next start; and each start within its last 60 days renews it.

    \b
    Example:
      tallystick node renew --node police-a
    """
    from urllib.parse import urlsplit

    from tallystick.adapters.node_folder import open_node_folder, renew_certificate
    from tallystick.adapters.pki import hosts_of
    from tallystick.wiring import now

    folder = open_node_folder(Path(node))
    names = [urlsplit(folder.identity.url).hostname or "localhost", *hosts]
    renew_certificate(folder, names, now())
    names = hosts_of(folder.certificate.read_bytes())
    if as_json:
        print_json({"node": folder.identity.id, "hosts": names})
        return
    print_table(("certificate", folder.identity.id), [("good for", ", ".join(names)), ("days", "397")])


@node.command("serve")
@click.option("--every", "every_s", type=click.FloatRange(min=0.2), default=30.0, show_default=True, metavar="SECONDS",
              help="How often it publishes, fetches and has its log cosigned.")  # fmt: skip
@desk_option
@metrics_option
@node_option
@json_option
def serve(every_s: float, desk: str, metrics: str, node: str, as_json: bool) -> None:
    """Serve a node until it is told to stop (Ctrl-C, SIGTERM).

    With --desk, its own people reach it with a browser: a port alone is on the
    loopback, without TLS; any other host is served over TLS, under the node's
    certificate. Who may sign in says `tallystick staff add`. With --metrics,
    an operator's tools on this machine read figures and health.

    Messages go to standard error, one line of JSON each; none holds a value
    of a record.

    \b
    Examples:
      tallystick node serve --node police-a
      tallystick node serve --node police-a --desk 8480 --metrics 9480
    """
    from tallystick.cli.crash_dumps import forbid_dumps
    from tallystick.server.messages import configure
    from tallystick.server.node import run_node

    forbid_dumps()
    place = _desk_place(desk)
    beside = []
    if place is not None:
        from tallystick.cli.desks import desk_beside

        beside.append(desk_beside(place))

    def ready(opened: "OpenNode") -> None:
        (_ready_json if as_json else _ready)(opened, place.url if place else "")

    configure()
    run_node(Path(node), store="", every_s=every_s, ready=ready, beside=beside, watch=_watch_place(metrics))


def _desk_place(text: str) -> "Place | None":
    from tallystick.cli.desks import read_place

    return read_place(text) if text else None


def _watch_place(text: str) -> "tuple[str, int] | None":
    from tallystick.cli.desks import read_watch

    return read_watch(text) if text else None


def _ready(opened: "OpenNode", desk: str) -> None:
    say(f"node {opened.card.id} serves at {opened.card.url}")
    if desk:
        say(f"its desk is at {desk}")


def _ready_json(opened: "OpenNode", desk: str) -> None:
    print_json({"node": opened.card.id, "serves": opened.card.url} | ({"desk": desk} if desk else {}))
