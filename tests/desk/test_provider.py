"""Signing in through an identity provider: a real one as a process of its own, and hostile tokens of one that is played."""

import base64
import gzip
import hmac
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from lib.browsers import PATIENCE_MS, browser, needs_chromium, office_of
from lib.desks import ADDRESS, HTML, JSON, Client, Desk, desk_of
from lib.nodes import fill, made_folder, person, serving
from lib.providers import confirm, deny, provider, set_up
from tallystick.adapters.oidc import OidcProvider, ProviderSettings, read_provider
from tallystick.errors import ConfigError, NotAuthorizedError, RefusedError, UnavailableError
from tallystick.node.provided import ProviderRules, challenge_of
from tallystick.review.roles import Role
from tallystick.wiring.nodes import opened_node


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider() as started:
        yield started


@pytest.fixture
def desk(issuer: str, tmp_path: Path) -> Iterator[Desk]:
    folder = made_folder(tmp_path / "police-a", "police-a")
    fill(folder, person("p1", "Tomasin Verhoovel", born="1981"))
    set_up(folder, issuer, ADDRESS)
    with ExitStack() as stack:
        yield stack.enter_context(desk_of(stack.enter_context(opened_node(folder))))


def sent_away(desk: Desk, to: str = "/") -> tuple[Client, str]:
    client = desk.client()
    answer = client.get(f"/sign-in/provider?to={to}", headers=HTML)
    assert answer.status_code == 303
    return client, answer.headers["location"]


def back(client: Client, location: str) -> httpx.Response:
    parts = urlsplit(location)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{ADDRESS}/sign-in/back"
    return client.get(f"{parts.path}?{parts.query}", headers=HTML)


def test_somebody_signs_in_through_the_provider_and_is_the_linked_account(desk: Desk) -> None:
    desk.open.provided.link("officer-1", "1001", by="test")  # type: ignore[union-attr]
    assert "office&#39;s sign-in" in desk.client().get("/sign-in", headers=HTML).text
    client, there = sent_away(desk, to="/cases")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"], asked["scope"]) == ("code", "S256", "openid profile")
    came = back(client, confirm(there, "1001"))
    assert came.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/cases"' in came.text
    home = client.get("/", headers=HTML)
    assert "officer-1" in home.text
    with pytest.raises(NotAuthorizedError):
        desk.staff.sign_in("officer-1", "the password of officer-1")


def test_somebody_unknown_gets_an_account_of_the_role_that_is_mapped(desk: Desk) -> None:
    for _ in range(2):
        client, there = sent_away(desk)
        assert back(client, confirm(there, "1001")).status_code == 200
    made = [each for each in desk.staff.accounts() if each.person == "Person One"]
    assert [each.role for each in made] == [Role.OFFICER]
    assert "One" not in made[0].name


def test_a_second_factor_of_the_provider_counts_only_if_it_was_agreed(desk: Desk) -> None:
    client, there = sent_away(desk)
    back(client, confirm(there, "2001"))
    assert client.get("/cases", headers=JSON).status_code == 200
    client, there = sent_away(desk)
    back(client, confirm(there, "2002"))
    assert client.get("/cases", headers=HTML).headers["location"] == "/sign-in/second-factor"
    desk.open.provided.link("approver-1", "2003", by="test")  # type: ignore[union-attr]
    with pytest.raises(RefusedError, match="another account"):
        desk.open.provided.link("officer-1", "2003", by="test")  # type: ignore[union-attr]


@pytest.mark.parametrize("subject", ["9001", "nobody@elsewhere.example"])
def test_who_has_no_role_here_has_no_account(desk: Desk, subject: str) -> None:
    client, there = sent_away(desk)
    came = back(client, confirm(there, subject))
    assert came.status_code == 401
    assert "no account here" in came.text
    assert client.get("/", headers=JSON).status_code == 401


def test_a_role_the_provider_does_not_say_any_more_is_none(desk: Desk) -> None:
    desk.open.provided.link("approver-1", "1001", by="test")  # type: ignore[union-attr]
    client, there = sent_away(desk)
    assert back(client, confirm(there, "1001")).status_code == 401


def test_a_disabled_account_and_an_unlinked_one_are_not_let_in(desk: Desk) -> None:
    desk.open.provided.link("officer-1", "1001", by="test")  # type: ignore[union-attr]
    desk.staff.disable("officer-1", by="test")
    client, there = sent_away(desk)
    assert back(client, confirm(there, "1001")).status_code == 401
    desk.staff.enable("officer-1", by="test")
    password = desk.staff.unlink("officer-1", by="test")
    assert desk.staff.sign_in("officer-1", password)


def test_what_one_browser_began_no_other_finishes_and_nothing_twice(desk: Desk) -> None:
    client, there = sent_away(desk)
    location = confirm(there, "1001")
    assert back(desk.client(), location).status_code == 401
    assert back(client, location).status_code == 401, "it was begun once, and is over"
    client, there = sent_away(desk)
    assert back(client, deny(there)).status_code == 401
    client, there = sent_away(desk)
    location = confirm(there, "1001")
    assert back(client, location.replace("code=", "code=x")).status_code == 401
    client, there = sent_away(desk)
    assert back(client, f"{confirm(there, '1001')}&iss=https://elsewhere.example").status_code == 401


@needs_chromium
@pytest.mark.slow
def test_a_browser_that_comes_back_from_another_site_has_signed_in(issuer: str, tmp_path: Path) -> None:
    folder = made_folder(tmp_path / "police-a", "police-a")
    set_up(folder, issuer.replace("127.0.0.1", "localhost"), ADDRESS)
    with serving(folder) as node, office_of(node) as office, browser() as chromium:
        made: Any = node.open.provided._provider  # type: ignore[union-attr]
        made._is = replace(made._is, address=office.url)
        context = chromium.new_context(java_script_enabled=False)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{office.url}/sign-in?to=/cases")
        page.get_by_role("link", name="the office's sign-in").click()
        page.wait_for_url("http://localhost:*/**")
        page.locator('button[value="1001"]').first.click()
        page.wait_for_url(f"{office.url}/cases")
        assert page.locator("h1").inner_text() == "Cases"
        assert "officer-" in page.locator(".who").inner_text()


# --- tokens of a provider that is played -----------------------------------------------------------------------------------

ISSUER = "https://id.police-a.example"
KEY = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
OTHER = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
RULES = ProviderRules(issuer=ISSUER)


def claims(**changes: object) -> dict[str, Any]:
    now = int(time.time())
    said = {"iss": ISSUER, "sub": "1", "aud": "tallystick", "exp": now + 300, "iat": now, "nonce": "n", **changes}
    return {name: value for name, value in said.items() if value is not None}


def played(token: Callable[[], str], seen: list[httpx.Request]) -> OidcProvider:
    """Return a provider whose answers are made here."""

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.path.endswith("openid-configuration"):
            places = {"authorization_endpoint": "auth?x=1", "token_endpoint": "token", "jwks_uri": "keys"}
            return httpx.Response(200, json={"issuer": ISSUER, **{name: f"{ISSUER}/{path}" for name, path in places.items()}})
        if request.url.path == "/keys":
            return httpx.Response(200, json=KeySet([KEY]).as_dict(private=False))
        return httpx.Response(200, json={"id_token": token()})

    settings = ProviderSettings(rules=RULES, client_id="tallystick", address="https://desk.police-a.example:8443")
    return OidcProvider(settings, httpx.Client(transport=httpx.MockTransport(answer)))


def signed(said: dict[str, Any], key: ECKey = KEY) -> str:
    return jwt.encode({"alg": "ES256", "kid": "k1"}, said, key)


def test_a_good_token_is_taken_and_the_verifier_fits_the_challenge() -> None:
    seen: list[httpx.Request] = []
    made = played(lambda: signed(claims(amr=["mfa"])), seen)
    address = made.address(state="s", nonce="n", challenge=challenge_of("v" * 43))
    assert address.startswith(f"{ISSUER}/auth?x=1&response_type=code")
    assert made.claims("c", nonce="n", verifier="v" * 43)["amr"] == ["mfa"]
    form = parse_qs(next(each for each in seen if each.url.path == "/token").content.decode())
    assert challenge_of(form["code_verifier"][0]) == parse_qs(urlsplit(address).query)["code_challenge"][0]
    assert form["redirect_uri"] == ["https://desk.police-a.example:8443/sign-in/back"]


def by_hand(said: dict[str, Any], alg: str, mac: Callable[[bytes], bytes]) -> str:
    """Make a token that no library would."""
    text = ".".join(_base64(json.dumps(each).encode()) for each in ({"alg": alg, "kid": "k1"}, said))
    return f"{text}.{_base64(mac(text.encode()))}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


HOSTILE: dict[str, Callable[[], str]] = {
    "another issuer": lambda: signed(claims(iss="https://elsewhere.example")),
    "for another client": lambda: signed(claims(aud="another")),
    "for several clients, none named": lambda: signed(claims(aud=["tallystick", "another"])),
    "made for another party": lambda: signed(claims(azp="another")),
    "too old": lambda: signed(claims(exp=int(time.time()) - 120)),
    "without an end": lambda: signed(claims(exp=None)),
    "from tomorrow": lambda: signed(claims(iat=int(time.time()) + 86_400)),
    "another nonce": lambda: signed(claims(nonce="m")),
    "without a nonce": lambda: signed(claims(nonce=None)),
    "without a subject": lambda: signed(claims(sub=None)),
    "another key": lambda: signed(claims(), OTHER),
    "not signed": lambda: by_hand(claims(), "none", lambda _: b""),
    "signed with the public key as a secret": lambda: by_hand(
        claims(), "HS256", lambda text: hmac.digest(KEY.as_pem(private=False), text, "sha256")
    ),
    "no token": lambda: "a.b.c",
    "nothing": lambda: "",
}


@pytest.mark.parametrize("which", HOSTILE)
def test_a_token_that_is_not_for_us_now_is_refused(which: str) -> None:
    with pytest.raises(NotAuthorizedError, match="does not confirm"):
        played(HOSTILE[which], []).claims("c", nonce="n", verifier="v")


def test_a_provider_that_calls_itself_by_another_name_is_not_asked() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"issuer": "https://elsewhere.example"})

    settings = ProviderSettings(rules=RULES, client_id="c", address="https://desk.example")
    with pytest.raises(UnavailableError, match="another name"):
        OidcProvider(settings, httpx.Client(transport=httpx.MockTransport(answer))).address(state="", nonce="", challenge="")


BROKEN: dict[str, dict[str, bytes]] = {
    "no keys": {"/keys": b"{}"},
    "keys that are none": {"/keys": b'{"keys":[{"kty":"RSA"}]}'},
    "a token address that is none": {"configuration": b'"token_endpoint":"https://[::1"'},
    "a token address that cannot be asked": {"configuration": b'"token_endpoint":"https://exa\\u0000mple/"'},
    "JSON without a bottom": {"/token": b"[" * 100_000},
}


@pytest.mark.parametrize("which", BROKEN)
def test_a_provider_that_answers_nonsense_is_said_to_be_at_fault(which: str) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        bent = next((each for path, each in BROKEN[which].items() if request.url.path.endswith(path)), None)
        if request.url.path.endswith("configuration"):
            places = f'"issuer":"{ISSUER}","jwks_uri":"{ISSUER}/keys","token_endpoint":"{ISSUER}/token"'.encode()
            return httpx.Response(200, content=b"{" + places + (b"," + bent if bent else b"") + b"}")
        return httpx.Response(200, content=bent) if bent else httpx.Response(200, json={"id_token": signed(claims())})

    settings = ProviderSettings(rules=RULES, client_id="tallystick", address="https://desk.example")
    provider = OidcProvider(settings, httpx.Client(transport=httpx.MockTransport(answer)))
    with pytest.raises((NotAuthorizedError, UnavailableError)):
        provider.claims("c", nonce="n", verifier="v")


def test_an_answer_that_is_packed_is_not_unpacked() -> None:
    """Two layers of gzip: half a kilobyte that would fill gigabytes."""
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    answer = httpx.MockTransport(
        lambda _request: httpx.Response(200, stream=httpx.ByteStream(bomb), headers={"content-encoding": "gzip, gzip"})
    )
    settings = ProviderSettings(rules=RULES, client_id="c", address="https://desk.example")
    with pytest.raises(UnavailableError, match="packed"):
        OidcProvider(settings, httpx.Client(transport=answer)).address(state="", nonce="", challenge="")


@pytest.mark.parametrize(
    "text",
    [
        'issuer = "http://id.police-a.example"\nclient_id = "c"\naddress = "https://desk.example"',
        'issuer = "https://id.police-a.example"\naddress = "https://desk.example"',
        'issuer = "https://id.police-a.example"\nclient_id = "c"\naddress = "https://desk.example"\nrols = 1',
        'issuer = "https://id.police-a.example"\nclient_id = "c"\naddress = "https://desk.example"\n[roles]\nx = "king"',
        "issuer",
    ],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "sign-in.toml").write_text(text)
    with pytest.raises(ConfigError):
        read_provider(tmp_path)
