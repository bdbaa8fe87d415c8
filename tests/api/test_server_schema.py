"""The published OpenAPI document, and generated requests held to it in process."""

from __future__ import annotations

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

API = "/api/v1"


@pytest.mark.parametrize(
    "label",
    [
        f"GET {API}/health",
        f"GET {API}/status",
        f"GET {API}/where",
        f"GET {API}/picture",
        f"GET {API}/objects",
        f"GET {API}/objects/{{norad_cat_id}}",
        f"GET {API}/objects/{{norad_cat_id}}/track",
        f"GET {API}/objects/{{norad_cat_id}}/range/{{other}}",
        f"GET {API}/geo",
        f"GET {API}/catalogue/health",
        f"GET {API}/runs",
        f"GET {API}/runs/{{run_id}}",
        f"GET {API}/conjunctions",
        f"POST {API}/screen",
        f"GET {API}/encounter",
        f"GET {API}/plots",
        f"GET {API}/plots/{{name}}.{{image}}",
        f"GET {API}/report.{{form}}",
        f"GET {API}/events",
        f"GET {API}/events/{{event_id}}",
        f"GET {API}/events/{{event_id}}/figures/{{name}}.{{image}}",
        f"POST {API}/avoidance",
        f"POST {API}/assessments",
        f"GET {API}/space-events",
        f"POST {API}/space-events",
        f"GET {API}/space-events/{{event_id}}",
        f"GET {API}/policy/brief",
        f"GET {API}/policy/assets",
        f"GET {API}/policy/protection",
        f"GET {API}/policy/instruments",
        f"GET {API}/releases",
        f"GET {API}/bulletin",
        f"GET {API}/releases/{{release_id}}",
        f"GET {API}/releases/{{release_id}}/document.{{form}}",
        f"POST {API}/exchange/bundles",
        f"POST {API}/exchange/pull",
        f"GET {API}/exchange",
        f"GET {API}/exchange/requests",
        f"GET {API}/audit",
        f"GET {API}/audit/entries",
        f"GET {API}/audit/entries/{{index}}/proof",
        f"GET {API}/audit/who-knew",
        f"POST {API}/messages/check",
        f"GET {API}/profiles",
        f"GET {API}/ephemeris/latest.json",
        f"GET {API}/ephemeris/{{catalogue_version}}.json",
        f"GET {API}/ephemeris/{{catalogue_version}}/{{k}}.f32",
    ],
)
def test_generated_requests_get_documented_answers(client: TestClient, label: str) -> None:
    schema = schemathesis.openapi.from_asgi(f"{API}/openapi.json", client.app)
    operations = {operation.label: operation for operation in (each.ok() for each in schema.get_all_operations())}

    @settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operations[label].as_strategy())
    def check(case: schemathesis.Case) -> None:
        # A form cannot say that there is no 31 February and no object of that name: such a 400 is as it should be.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    check()


def test_every_published_operation_is_tried(client: TestClient) -> None:
    document = client.get(f"{API}/openapi.json").json()
    published = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    marks = test_generated_requests_get_documented_answers.pytestmark
    assert published == set(marks[0].args[1])


def test_document_is_openapi_3_1_and_every_error_a_problem(client: TestClient) -> None:
    document = client.get(f"{API}/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) >= {f"{API}/{verb}" for verb in ("where", "picture", "screen", "status", "runs")}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["description"], path
            errors = {code: answer for code, answer in operation["responses"].items() if int(code) >= 400}
            assert {"400", "404", "422", "500"} <= set(errors), path
            for answer in errors.values():
                assert list(answer["content"]) == ["application/problem+json"]
    assert "Problem" in document["components"]["schemas"]
    assert "HTTPValidationError" not in document["components"]["schemas"]
