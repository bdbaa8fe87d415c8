"""The page over HTTP: its policy, its files, and nothing beside them."""

from __future__ import annotations

import base64
import hashlib
import re

from fastapi.testclient import TestClient


def test_the_page_comes_with_a_policy_that_lets_in_its_own_origin_alone(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'; ")
    assert "unsafe" not in policy
    (import_map,) = re.findall(r'<script type="importmap">(.*?)</script>', answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    # Every other script and style comes from a file of the page.
    assert len(re.findall("<script", answer.text)) == 2
    assert "<style" not in answer.text
    for address in re.findall(r'(?:src|href)="([^"]+)"', answer.text):
        assert address.startswith("/web/")
        assert client.get(address).status_code == 200, address


def test_every_file_of_the_import_map_is_there(client: TestClient) -> None:
    for address in re.findall(r'"(/web/vendor/[^"]+)"', client.get("/").text):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_that_is_known_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/web/app/main.js")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    again = client.get("/web/app/main.js", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_nothing_beside_the_page_is_served(client: TestClient) -> None:
    for path in ("__init__.py", "../errors.py", "..%2Ferrors.py", "app", "nothing.js", "%00", "vendor/../../errors.py"):
        answer = client.get(f"/web/{path}")
        assert answer.status_code == 404, path
        assert "def " not in answer.text
