"""Sign-in by an employer's own accounts is set up by one environment variable."""

import json

import pytest

from steppingup.runtime.environment import Environment

ENTRY = {
    "id": "bristol",
    "name": "Bristol City Council",
    "server_url": "https://id.example",
    "client_id": "a",
    "secret": "b",
}


def providers(value: str) -> tuple[list, list[str]]:
    env = Environment({"MODE": "test", "OIDC_PROVIDERS": value})
    return env.oidc_providers(), env.problems


def test_without_the_variable_there_is_no_button():
    assert providers("") == ([], [])


def test_a_providers_word_is_believed_in_its_own_domains_only():
    found, problems = providers(json.dumps([ENTRY | {"trusted_domains": ["bristol.gov.uk"]}, ENTRY | {"id": "b"}]))
    assert not problems
    assert [entry["settings"]["verified_email"] for entry in found] == [["bristol.gov.uk"], []]


@pytest.mark.parametrize("value", ["nonsense", "{}", '[{"id": "bristol"}]', '["bristol"]'])
def test_what_cannot_be_understood_is_a_sentence(value):
    found, problems = providers(value)
    assert found == []
    assert "OIDC_PROVIDERS" in problems[0]
