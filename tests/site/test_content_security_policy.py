from django.http import HttpResponse
from django.test import RequestFactory

from steppingup.site.csp import ContentSecurityPolicyMiddleware


def policy_of(path: str, response: HttpResponse | None = None) -> dict[str, str]:
    middleware = ContentSecurityPolicyMiddleware(lambda request: response or HttpResponse())
    header = middleware(RequestFactory().get(path))["Content-Security-Policy"]
    return {name: rest for name, _, rest in (part.partition(" ") for part in header.split("; "))}


def test_a_public_page_runs_only_our_own_files():
    policy = policy_of("/")
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"


def test_the_admin_may_evaluate_but_not_run_inline_scripts_or_load_from_elsewhere():
    policy = policy_of("/admin/accounts/user/")
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["default-src"] == "'self'"


def test_a_form_may_end_only_here_and_at_the_named_hosts(settings):
    settings.CSP_FORM_HOSTS = ["https://login.example.gov.uk"]
    assert policy_of("/")["form-action"] == "'self' https://login.example.gov.uk"


def test_a_view_may_bring_a_policy_of_its_own():
    assert policy_of("/", HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})) == {
        "default-src": "'none'"
    }


def test_every_page_has_the_header(client, db):
    assert "default-src 'self'" in client.get("/healthz")["Content-Security-Policy"]
    assert "unsafe-eval" in client.get("/admin/login/")["Content-Security-Policy"]
