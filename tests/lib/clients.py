"""Clients of others, as far as tests need them: of the Reconciliation API 0.2 and of yente. Each checks what it is sent."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx


class ReconciliationClient:
    """A client that knows only the address of a service, with its key in it, as OpenRefine does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.manifest = self._get(url)
        assert "0.2" in self.manifest["versions"]
        assert {"name", "identifierSpace", "schemaSpace"} <= self.manifest.keys()
        assert "{{id}}" in self.manifest["view"]["url"]
        assert all({"id", "name"} <= each.keys() for each in self.manifest["defaultTypes"])
        assert self.manifest["authentication"].keys() == {"type", "name", "in"}
        assert isinstance(self.manifest["batchSize"], int)
        assert isinstance(self.manifest["serviceVersion"], str)
        assert self.manifest["suggest"].keys() == {"entity", "property", "type"}
        assert all(each.keys() == {"service_url", "service_path"} for each in self.manifest["suggest"].values())
        assert self.manifest["extend"].keys() == {"propose_properties", "property_settings"}

    def ask(self, queries: dict[str, Any], *, get: bool = False) -> dict[str, list[dict[str, Any]]]:
        """Send a batch; returns the candidates by query."""
        text = json.dumps(queries)
        said = self._get(f"{self._url}&{urlencode({'queries': text})}") if get else self._post({"queries": text})
        assert said.keys() == queries.keys()
        for each in said.values():
            for found in each["result"]:
                assert isinstance(found["id"], str)
                assert isinstance(found["name"], str)
                assert isinstance(found["score"], int | float)
                assert isinstance(found["match"], bool)
                assert all("id" in kind for kind in found["type"])
            scores = [found["score"] for found in each["result"]]
            assert scores == sorted(scores, reverse=True)
            assert sum(found["match"] for found in each["result"]) <= 1
        return {name: each["result"] for name, each in said.items()}

    def suggest(self, what: str, prefix: str) -> list[dict[str, Any]]:
        """Ask what a prefix may become: entity, property or type; with what OpenRefine's suggest box sends beside it."""
        place = self.manifest["suggest"][what]
        address = place["service_url"] + place["service_path"]
        beside = {"prefix": prefix, "spell": "always", "exact": "false", "prefixed": "true", "filter": ["(all a:b)", "(any c:d)"]}
        asked = f"{address}{'&' if '?' in address else '?'}{urlencode(beside, doseq=True)}"
        found: list[dict[str, Any]] = self._get(asked)["result"]
        assert all({"id", "name"} <= each.keys() for each in found)
        return found

    def preview(self, record_id: str) -> str:
        """Return the page that is shown of a record, as a frame gets it; whether it may be framed is checked."""
        said = self.manifest["preview"]
        assert isinstance(said["width"], int)
        assert isinstance(said["height"], int)
        answer = httpx.get(said["url"].replace("{{id}}", quote(record_id, safe="")), headers={"accept": "text/html"})
        answer.raise_for_status()
        assert answer.headers["content-type"].startswith("text/html")
        assert "frame-ancestors *" in answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers
        return answer.text

    def properties(self) -> list[str]:
        """Return what can be fetched of a record; OpenRefine puts `?type=` behind the address, whatever stands in it."""
        place = self.manifest["extend"]["propose_properties"]
        said = self._get(f"{place['service_url']}{place['service_path']}?type=Person")
        assert said["type"] == "Person"
        return [each["id"] for each in said["properties"]]

    def extend(self, ids: list[str], properties: list[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Fetch properties of records."""
        said = self._post({"extend": json.dumps({"ids": ids, "properties": [{"id": each} for each in properties]})})
        assert [each["id"] for each in said["meta"]] == properties
        assert said["rows"].keys() == set(ids)
        rows: dict[str, dict[str, list[dict[str, Any]]]] = said["rows"]
        assert all(each.keys() == set(properties) for each in rows.values())
        return rows

    @staticmethod
    def _get(url: str) -> Any:  # noqa: ANN401
        answer = httpx.get(url, headers={"origin": "http://127.0.0.1:3333"})
        answer.raise_for_status()
        assert answer.headers["access-control-allow-origin"] == "*"
        return answer.json()

    def _post(self, form: dict[str, str]) -> Any:  # noqa: ANN401
        answer = httpx.post(self._url, data=form)
        answer.raise_for_status()
        return answer.json()


class YenteClient:
    """A client of yente that is pointed at another address."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.Client(base_url=url, headers={"authorization": f"ApiKey {key}"})
        assert self._client.get("/healthz").json()["status"] == "ok"

    def catalog(self) -> list[str]:
        return [each["name"] for each in self._client.get("/catalog").json()["datasets"]]

    def match(self, dataset: str, queries: dict[str, Any], **params: Any) -> dict[str, Any]:  # noqa: ANN401
        """Send a batch; returns the answers by query."""
        answer = self._client.post(f"/match/{dataset}", json={"queries": queries}, params=params)
        answer.raise_for_status()
        said = answer.json()
        assert said["responses"].keys() == queries.keys()
        assert isinstance(said["limit"], int)
        for each in said["responses"].values():
            assert each["total"]["relation"] == "eq"
            for found in each["results"]:
                assert 0 <= found["score"] <= 1
                assert {"id", "caption", "schema", "properties", "datasets", "referents", "match", "features"} <= found.keys()
                assert set(found["features"]) <= set(said["matcher"])
                assert all(isinstance(values, list) for values in found["properties"].values())
        responses: dict[str, Any] = said["responses"]
        return responses

    def entity(self, entity_id: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401
        """Fetch one entity."""
        answer = self._client.get(f"/entities/{quote(entity_id, safe='')}", params=params)
        answer.raise_for_status()
        said: dict[str, Any] = answer.json()
        assert {"id", "caption", "schema", "properties", "datasets", "referents", "target"} <= said.keys()
        assert all(isinstance(values, list) for values in said["properties"].values())
        times = [datetime.fromisoformat(said[name]) for name in ("first_seen", "last_change", "last_seen")]
        assert times == sorted(times)
        return said

    def search(self, dataset: str, text: str) -> list[dict[str, Any]]:
        answer = self._client.get(f"/search/{dataset}", params={"q": text, "limit": 5, "schema": "Person"})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["results"]
        return found

    def close(self) -> None:
        self._client.close()
