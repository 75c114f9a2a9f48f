"""Signing in through an identity provider: a real one as a process of its own, and hostile tokens of one that is played."""

import base64
import gzip
import hmac
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from lib.browsers import PATIENCE_MS, browser, needs_chromium, office_of
from lib.desks import ADDRESS, HTML, JSON, Client, Desk, code_of, desk_of, later
from lib.nodes import fill, made_folder, person, serving
from lib.providers import PEOPLE, confirm, deny, provider, set_up
from tallystick.adapters.oidc import OidcProvider, ProviderSettings, read_provider
from tallystick.audit.entries import Other
from tallystick.errors import ConfigError, InputError, NotAuthorizedError, RefusedError, UnavailableError
from tallystick.node import auditing
from tallystick.node.provided import Granted, ProviderRules, challenge_of
from tallystick.review.roles import Role
from tallystick.wiring import now
from tallystick.wiring.desk import DeskNode
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
    assert made.grant("c", nonce="n", verifier="v" * 43).claims["amr"] == ["mfa"]
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
        played(HOSTILE[which], []).grant("c", nonce="n", verifier="v")


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
        provider.grant("c", nonce="n", verifier="v")


def test_an_answer_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter now and then keeps every single read in its time, and would keep whoever signs in, and a thread, for ever."""
    hours = iter(range(0, 36_000, 9))
    monkeypatch.setattr(time, "monotonic", lambda: next(hours))
    drops = httpx.MockTransport(lambda _request: httpx.Response(200, content=(b" " for _ in range(100_000))))
    settings = ProviderSettings(rules=RULES, client_id="c", address="https://desk.example")
    with pytest.raises(UnavailableError, match="too slowly"):
        OidcProvider(settings, httpx.Client(transport=drops)).address(state="", nonce="", challenge="")
    assert next(hours) < 100


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


# --- asked again ------------------------------------------------------------------------------------------------------------


def signed_in(desk: Desk, subject: str = "1001") -> Client:
    client, there = sent_away(desk)
    assert back(client, confirm(there, subject)).status_code == 200
    assert client.get("/cases", headers=JSON).status_code == 200
    return client


@pytest.fixture
def restored(issuer: str) -> Iterator[None]:
    """Let the provider say again what it said of people before."""
    yield
    for each in PEOPLE:
        httpx.put(f"{issuer}/users/{each['sub']}", json={name: value for name, value in each.items() if name != "sub"})


@pytest.mark.usefixtures("restored")
def test_a_role_withdrawn_at_the_provider_ends_a_running_session_within_the_minutes_agreed(desk: Desk, issuer: str) -> None:
    client, other = signed_in(desk), signed_in(desk)
    httpx.put(f"{issuer}/users/1001", json={"name": "Person One", "roles": ["canteen"]}).raise_for_status()
    later(desk, 9)
    assert client.get("/cases", headers=JSON).status_code == 200, "the word of the provider still holds"
    later(desk, 2)
    assert client.get("/cases", headers=JSON).status_code == 401
    assert client.get("/cases", headers=HTML).headers["location"].startswith("/sign-in?to=")
    httpx.put(f"{issuer}/users/1001", json={"name": "Person One", "roles": ["case-officers"]}).raise_for_status()
    assert client.get("/cases", headers=JSON).status_code == 401, "a session that ended does not come back"
    assert other.get("/cases", headers=JSON).status_code == 200
    assert ended(desk) == ["the identity provider does not confirm it any more"]


def ended(desk: Desk) -> list[str]:
    entries = [each.entry for each in auditing.entries(desk.node.log_files(), 0)]
    kinds = [each.text or "" for each in entries if isinstance(each, Other) and each.kind == "staff-session-ended"]
    return [each.partition(": ")[2] for each in kinds]


def test_who_is_put_out_at_the_provider_is_put_out_here(desk: Desk, issuer: str) -> None:
    client = signed_in(desk)
    httpx.post(f"{issuer}/users/1001/revoke-tokens").raise_for_status()
    later(desk, 10)
    assert client.get("/cases", headers=JSON).status_code == 401


def test_who_is_confirmed_stays_signed_in_and_is_asked_for_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client, asked = signed_in(desk), list[str]()
    real = OidcProvider.confirm

    def counted(provider: OidcProvider, proof: bytes, *, subject: str) -> Granted:
        asked.append(subject)
        return real(provider, proof, subject=subject)

    monkeypatch.setattr(OidcProvider, "confirm", counted)
    for _ in range(3):
        later(desk, 11)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: Client(desk.app, dict(client.cookies)).get("/cases", headers=JSON), range(4)))
        assert {each.status_code for each in answers} == {200}
    assert asked == ["1001"] * 3


def test_a_session_waits_while_the_provider_is_away_and_goes_on_when_it_is_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(desk)
    later(desk, 11)
    with monkeypatch.context() as patch:
        patch.setattr(OidcProvider, "_fetch", away)
        shown = client.get("/cases", headers=HTML)
        assert (shown.status_code, "cannot be reached" in shown.text) == (503, True)
        assert client.get("/sign-in", headers=HTML).status_code == 200, "who has a password may sign in"
    assert client.get("/cases", headers=JSON).status_code == 503, "it is left alone for a while"
    later(desk, 1)
    assert client.get("/cases", headers=JSON).status_code == 200


def away(*_given: object, **_named: object) -> dict[str, Any]:
    raise UnavailableError("the identity provider cannot be reached (ConnectError)", hint="try again")


def test_a_session_goes_on_through_a_restart_with_what_it_is_confirmed_by(issuer: str, tmp_path: Path) -> None:
    folder = made_folder(tmp_path / "police-a", "police-a")
    set_up(folder, issuer, ADDRESS)
    with opened_node(folder) as opened, desk_of(opened) as desk:
        client = signed_in(desk)
    with opened_node(folder) as opened, closing(DeskNode(opened)) as node:
        token = next(iter(dict(client.cookies).values()))
        opened.staff._at = replace(opened.staff._at)
        assert node.session(token)
        assert node.provided
        node.provided._at = replace(node.provided._at, now=lambda: now() + timedelta(minutes=11))
        found = node.session(token)
        assert found
        assert found[0].confirmed_at
    (folder / "sign-in.toml").unlink()
    with opened_node(folder) as opened, closing(DeskNode(opened)) as node:
        assert node.session(token) is None, "nobody can confirm it any more"


def test_a_second_factor_given_here_keeps_the_session_the_provider_s(desk: Desk, issuer: str) -> None:
    desk.open.provided.link("approver-1", "2002", by="test")  # type: ignore[union-attr]
    client, there = sent_away(desk)
    back(client, confirm(there, "2002"))
    text = client.get("/sign-in/code", headers=HTML).text
    csrf = text.partition('name="csrf" value="')[2].partition('"')[0]
    client.post("/sign-in/code", data={"code": code_of(desk.secrets["approver-1"]), "csrf": csrf}, headers=HTML)
    assert client.get("/cases", headers=JSON).status_code == 200
    httpx.post(f"{issuer}/users/2002/revoke-tokens").raise_for_status()
    later(desk, 11)
    assert client.get("/cases", headers=JSON).status_code == 401


# --- told by the provider ----------------------------------------------------------------------------------------------------

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def logout(**changes: object) -> dict[str, Any]:
    return claims(**{"nonce": None, "jti": "j1", "events": {EVENT: {}}, **changes})


def of_type(said: dict[str, Any], kind: str) -> str:
    return jwt.encode({"alg": "ES256", "kid": "k1", "typ": kind}, said, KEY)


@pytest.mark.parametrize(
    ("changes", "told"),
    [({}, ("1", "")), ({"sub": None, "sid": "s1"}, ("", "s1")), ({"sid": "s1"}, ("1", "s1"))],
)
def test_a_logout_token_names_a_subject_or_a_session(changes: dict[str, object], told: tuple[str, str]) -> None:
    said = logout(**changes)  # now: it is not told for long
    assert played(lambda: "", []).ended(of_type(said, "logout+jwt")) == told
    assert played(lambda: "", []).ended(signed(said)) == told, "the type is recommended, not needed"


NO_LOGOUT: dict[str, Callable[[], str]] = {
    "an ID token": lambda: signed(claims()),
    "with a nonce": lambda: signed(logout(nonce="n")),
    "of nobody": lambda: signed(logout(sub=None)),
    "without an id": lambda: signed(logout(jti=None)),
    "of another event": lambda: signed(logout(events={"http://schemas.openid.net/event/other": {}})),
    "whose event is no object": lambda: signed(logout(events={EVENT: "x"})),
    "whose events are a list": lambda: signed(logout(events=[EVENT])),
    "for another client": lambda: signed(logout(aud="another")),
    "of another issuer": lambda: signed(logout(iss="https://elsewhere.example")),
    "without an end": lambda: signed(logout(exp=None)),
    "of an hour ago": lambda: signed(logout(iat=int(time.time()) - 3600, exp=int(time.time()) + 3600)),
    "another key": lambda: signed(logout(), OTHER),
    "not signed": lambda: by_hand(logout(), "none", lambda _: b""),
    "another kind of token": lambda: of_type(logout(), "at+jwt"),
    "a subject that is a list": lambda: signed(logout(sub=["1"])),
    "nothing": lambda: "",
}


@pytest.mark.parametrize("which", NO_LOGOUT)
def test_what_is_no_logout_token_ends_nothing(which: str) -> None:
    with pytest.raises(InputError, match="no logout token"):
        played(lambda: "", []).ended(NO_LOGOUT[which]())


def test_the_provider_ends_sessions_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client, other = signed_in(desk), signed_in(desk, "2001")
    monkeypatch.setattr(OidcProvider, "ended", lambda _self, token: (token, ""))
    told = desk.client().post("/sign-in/ended", data={"logout_token": "1001", "more": "x"})
    assert (told.status_code, told.json()["ended"], told.headers["cache-control"]) == (200, 1, "no-store")
    assert client.get("/cases", headers=JSON).status_code == 401
    assert other.get("/cases", headers=JSON).status_code == 200
    assert ended(desk) == ["ended by the identity provider"]


def test_who_is_no_provider_ends_no_session(desk: Desk) -> None:
    client = signed_in(desk)
    for token in ("", "x", "a.b.c"):
        assert desk.client().post("/sign-in/ended", data={"logout_token": token}).status_code == 400
    assert client.get("/cases", headers=JSON).status_code == 200


def test_what_a_provider_gave_is_shown_to_no_other() -> None:
    seen: list[httpx.Request] = []
    with pytest.raises(NotAuthorizedError):
        played(lambda: "", seen).confirm(b'{"issuer":"https://before.example","refresh":"r","access":"a"}', subject="1")
    assert seen == []


def test_a_refresh_that_brings_an_id_token_counts_for_the_same_subject_only() -> None:
    kept = json.dumps({"issuer": ISSUER, "refresh": "r", "access": "a"}).encode()
    said = played(lambda: signed(claims(nonce=None, roles=["x"])), []).confirm(kept, subject="1")
    assert (said.claims["roles"], json.loads(said.proof)["refresh"]) == (["x"], "r")
    for bad in (lambda: signed(claims(nonce=None, sub="2")), lambda: signed(claims(nonce=None), OTHER)):
        with pytest.raises(NotAuthorizedError):
            played(bad, []).confirm(kept, subject="1")


@pytest.mark.parametrize("minutes", ["0", "601", "true", '"5"', "1.5"])
def test_how_often_the_provider_is_asked_again_is_a_number_of_minutes(tmp_path: Path, minutes: str) -> None:
    text = f'issuer = "https://id.police-a.example"\nclient_id = "c"\naddress = "https://desk.example"\ncheck_minutes = {minutes}'
    (tmp_path / "sign-in.toml").write_text(text)
    with pytest.raises(ConfigError, match="check_minutes"):
        read_provider(tmp_path)
