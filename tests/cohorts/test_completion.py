"""Who has completed, and what certificates are worth."""

import io
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from cohorts.actions import certificates, completion
from cohorts.actions.lettering import size_of_name
from cohorts.models import Certificate, CompletionRule
from cohorts.pages import certificates as pages
from cohorts.progress.completion import standing_of, standings
from cohorts.serials import SIGNS, new_serial, normalise, number_of
from cohorts.states import CertificateStatus, EnrolmentStatus
from steppingup.accounts.actors import NotAllowed
from steppingup.files.models import StoredFile
from steppingup.formats import prefixes
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.jobs.states import JobStatus
from steppingup.messaging.models import Message
from steppingup.steps.taking import look_ahead, take, take_for_all
from tests.factories.accounts import staff
from tests.factories.agreements import signed
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete, do_days

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    """At least two days of modules (of two), and five in all (of eight)."""
    cohort = RunningCohortFactory()
    modules = cohort.plan.components.get(key="modules")
    CompletionRule.objects.create(cohort=cohort, component=modules, minimum=2)
    CompletionRule.objects.create(cohort=cohort, component=None, minimum=5)
    return cohort


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider)


def do(enrolment, **by_key) -> None:
    for key, amount in by_key.items():
        do_days(enrolment, key, amount)


@pytest.mark.parametrize(
    ("done", "modules_met", "all_met"),
    [
        ({}, False, False),
        ({"modules": 2}, True, False),
        ({"modules": 2, "stretch": 3}, True, True),
        ({"modules": 1.5, "stretch": 3, "mentoring": 1}, False, True),
        ({"modules": 2, "stretch": 2.75}, True, False),
        ({"modules": 9}, True, False),  # what goes beyond the plan of one part does not fill another
    ],
)
def test_the_rules_are_rows_and_each_is_met_or_not(cohort, done, modules_met, all_met):
    person = ParticipantFactory(cohort=cohort)
    do(person, **done)
    by_component, in_all = standing_of(person).checks
    assert (by_component.met, in_all.met) == (modules_met, all_met)
    assert standing_of(person).can_complete == (modules_met and all_met)


def test_whoever_misses_a_rule_cannot_complete_until_it_is_waived_with_a_reason(cohort, coordinator):
    person = ParticipantFactory(cohort=cohort)
    do(person, modules=1, stretch=3, mentoring=1)
    with pytest.raises(NotPossible, match="1 of at least 2 days of Modules"):
        completion.complete(enrolment=person, by=coordinator)
    rule = CompletionRule.objects.get(component__key="modules")
    with pytest.raises(NotPossible, match="Say why"):
        completion.waive(enrolment=person, rule=rule, reason=" ", by=coordinator)
    with pytest.raises(NotAllowed):
        completion.waive(enrolment=person, rule=rule, reason="Ill", by=staff())
    completion.waive(enrolment=person, rule=rule, reason="Was in the wrong list", by=coordinator)
    with pytest.raises(NotAllowed):
        completion.take_back_waiver(enrolment=person, rule=rule, by=staff())
    completion.take_back_waiver(enrolment=person, rule=rule, by=coordinator)
    assert not standing_of(person).meets_the_rule
    with pytest.raises(NotPossible, match="has not been waived"):
        completion.take_back_waiver(enrolment=person, rule=rule, by=coordinator)
    completion.waive(enrolment=person, rule=rule, reason="Was in hospital", by=coordinator)
    completion.complete(enrolment=person, by=coordinator)
    assert person.completed_at
    told = set(Message.objects.values_list("kind", flat=True))
    assert told == {"cohorts.completed", "cohorts.manager_completed"}


def test_a_rule_that_is_met_is_not_waived_and_without_rules_nobody_completes(cohort, coordinator):
    person = ParticipantFactory(cohort=cohort)
    do(person, modules=2)
    with pytest.raises(NotPossible, match="nothing to waive"):
        completion.waive(
            enrolment=person, rule=CompletionRule.objects.get(component__key="modules"), reason="x", by=coordinator
        )
    other = ParticipantFactory()
    with pytest.raises(NotPossible, match="no completion rules"):
        completion.complete(enrolment=other, by=staff(provider=other.cohort.programme.provider))


def test_all_who_meet_the_rule_are_completed_and_the_others_are_not(cohort, coordinator):
    ready, not_ready = ParticipantFactory(cohort=cohort), ParticipantFactory(cohort=cohort)
    do(ready, modules=2, stretch=3)
    assert completion.ready_in(cohort) == [ready]
    taken = take_for_all(completion.complete, [ready, not_ready], by=coordinator, values=lambda person: {})
    assert [(one.state, one.code) for one in taken] == [("done", ""), ("refused", "not_met")]
    not_ready.refresh_from_db()
    assert not_ready.status == EnrolmentStatus.ENROLLED
    assert completion.ready_in(cohort) == []


def test_people_of_another_cohort_of_the_programme_do_not_stand_against_its_rules(cohort):
    here = ParticipantFactory(cohort=cohort)
    elsewhere = RunningCohortFactory(programme=cohort.programme, plan=cohort.plan)
    do(ParticipantFactory(cohort=elsewhere), modules=2, stretch=3)
    assert [standing.enrolment for standing in standings(cohort)] == [here]
    assert completion.ready_in(cohort) == []


# -- certificates --------------------------------------------------------------------------------


@pytest.fixture
def graduate(cohort, coordinator):
    person = ParticipantFactory(cohort=cohort, participant__full_name="Zoë Adébáyò-Ní Dhomhnaill")
    return complete(person, by=coordinator)


@pytest.fixture
def certificate(graduate, coordinator):
    return certificates.make(enrolment=graduate, by=coordinator)


def test_the_job_makes_each_certificate_once_and_tells_its_owner(cohort, graduate, coordinator):
    ParticipantFactory(cohort=cohort)  # has not completed
    job = certificates.issue(cohort=cohort, by=coordinator)
    assert certificates.issue(cohort=cohort, by=coordinator) == job
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done, job.total) == (JobStatus.DONE, 1, 1)
    certificate = Certificate.objects.get()
    assert certificate.enrolment == graduate
    message = Message.objects.get(kind="cohorts.certificate_ready")
    assert message.to == graduate.participant
    assert certificate.serial in message.text
    with pytest.raises(NotPossible, match="already has a certificate"):
        certificates.issue(cohort=cohort, by=coordinator)
    assert certificates.make(enrolment=graduate, by=coordinator) is None


def test_a_look_ahead_at_certificates_shows_every_letter_and_leaves_nothing_behind(cohort, graduate, coordinator):
    files = StoredFile.objects.count()
    ahead = look_ahead(certificates.issue, [cohort], by=coordinator, values=lambda cohort: {})
    (letter,) = ahead.letters
    assert letter.to_email == graduate.participant.email
    assert "Its number is (its number)" in letter.text
    assert letter.when
    assert graduate.participant.full_name in ahead.outlooks[0].meaning
    assert not Certificate.objects.exists()
    assert not Job.objects.exists()
    assert StoredFile.objects.count() == files
    # The letters are a worker's, so the step itself tells nobody, and the digest that was read still holds.
    assert take(certificates.issue, cohort, by=coordinator, values={}, digest=ahead.outlooks[0].digest).sentence == ""


@pytest.mark.parametrize(
    ("letters", "size"),
    [(1, "xl"), (20, "xl"), (21, "l"), (27, "l"), (28, "m"), (33, "m"), (34, "s"), (46, "s"), (47, "xs"), (150, "xxs")],
)
def test_the_longer_a_name_the_smaller_it_is_set(letters, size):
    assert size_of_name("n" * letters) == size


def test_a_certificate_bears_the_name_of_the_account_or_else_the_one_that_was_signed_with(graduate, coordinator):
    signed(graduate, "Zoë Adébáyò")
    assert certificates.name_on_it(graduate) == "Zoë Adébáyò-Ní Dhomhnaill"
    graduate.participant.full_name = ""
    graduate.participant.save()
    assert certificates.make(enrolment=graduate, by=coordinator).name == "Zoë Adébáyò"


def test_whoever_never_gave_a_name_is_certified_by_their_address():
    person = ParticipantFactory(participant__full_name="")
    assert certificates.name_on_it(person) == person.participant.email


def test_the_longest_name_has_a_certificate_too(cohort, coordinator):
    person = ParticipantFactory(cohort=cohort, participant__full_name="n" * 150)
    certificate = certificates.make(enrolment=complete(person, by=coordinator), by=coordinator)
    assert certificate.name == "n" * 150
    assert certificate.file.name == f"Certificate {'n' * 104}.pdf"


def test_the_certificate_is_one_tagged_a4_landscape_page_with_its_fonts(certificate):
    with certificate.file.file.open("rb") as file:
        reader = PdfReader(io.BytesIO(file.read()))
    assert len(reader.pages) == 1
    page = reader.pages[0]
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (297, 210)
    text = " ".join(page.extract_text().split())
    for words in (
        "Zoë Adébáyò-Ní Dhomhnaill",
        certificate.programme_name,
        certificate.serial,
        certificate.enrolment.cohort.programme.provider.name,
        "a programme of 8 days",
    ):
        assert words in text
    assert bool(reader.trailer["/Root"]["/MarkInfo"]["/Marked"])
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert "pdfuaid" in reader.xmp_metadata.stream.get_data().decode()
    fonts = page["/Resources"]["/Font"].values()
    for font in fonts:
        assert "Source" in font.get_object()["/BaseFont"]
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"].get_object())


def test_what_a_certificate_says_cannot_be_changed_in_the_database(certificate):
    for change in ({"name": "Somebody Else"}, {"serial": new_serial("QA")}, {"completed_on": timezone.localdate()}):
        if change.get("completed_on") == certificate.completed_on:
            change = {"completed_on": timezone.localdate() - timedelta(days=9)}
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            Certificate.objects.update(**change)


def test_a_revoked_certificate_makes_room_for_a_right_one(certificate, graduate, coordinator):
    with pytest.raises(NotPossible, match="Revoke it first"):
        completion.undo(enrolment=graduate, by=coordinator)
    with pytest.raises(NotPossible, match="Say why"):
        certificates.revoke(certificate=certificate, reason="", by=coordinator)
    certificates.revoke(certificate=certificate, reason="The name was wrong", by=coordinator)
    assert "The name was wrong" in Message.objects.get(kind="cohorts.certificate_revoked").text
    new = certificates.make(enrolment=graduate, by=coordinator)
    assert new is not None
    assert new.serial != certificate.serial
    with pytest.raises(IntegrityError, match="one_valid"), transaction.atomic():
        Certificate.objects.create(
            enrolment=graduate, serial=new_serial("QA"), name="A", programme_name="B", completed_on=timezone.localdate()
        )


# -- anybody may ask -----------------------------------------------------------------------------


@given(
    st.one_of(st.just(""), st.from_regex(prefixes.PATTERN, fullmatch=True)),
    st.lists(st.sampled_from(SIGNS), min_size=12, max_size=12).map("".join),
    st.sampled_from(["", " ", "-", "–", " - ", ".", "\u00a0", "_"]),
    st.sampled_from([str, str.lower]),
    st.sampled_from(["01", "OI", "ol"]),
)
def test_a_number_is_understood_with_any_prefix_or_none_however_it_is_typed(prefix, signs, between, case, seen_as):
    groups = [signs[:4], signs[4:8], signs[8:]]
    looking = [group.translate(str.maketrans("01", seen_as)) for group in groups]
    typed = between.join([*([prefix] if prefix else []), *looking])
    meant = "-".join([*([prefix] if prefix else []), *groups])
    assert normalise(f" {case(typed)} ") == meant
    assert number_of(meant) == "-".join(groups)


@pytest.mark.parametrize(
    "typed", ["SU-7KQ2-9XMD-4T81", "su7kq29xmd4t81", " su 7kq2 9xmd 4t8l ", "SU–7KQ2–9XMD–4T81", "Su 7KQ2 9XMD 4T8i"]
)
def test_one_number_typed_in_some_ways(typed):
    assert normalise(typed) == "SU-7KQ2-9XMD-4T81"


def test_what_is_no_number_is_not_taken_for_one():
    none = ("", "SU", "SU-7KQ2-9XMD", "SU-7KQ2-9XMD-4T8U", "a" * 500, "S-7KQ2-9XMD-4T81", "LONGER-7KQ2-9XMD-4T81")
    assert [normalise(typed) for typed in none] == [""] * len(none)


def test_serials_hold_sixty_bits_and_do_not_repeat():
    assert len(SIGNS) ** 12 == 2**60
    serials = {new_serial("SU") for _ in range(2000)}
    assert len(serials) == 2000
    assert all(normalise(serial) == serial for serial in serials)


def test_the_public_page_says_genuine_revoked_without_the_reason_or_unknown(client, certificate, coordinator):
    address = reverse("cohorts:certificate", args=[certificate.serial.lower().replace("-", "").replace("0", "o")])
    page = client.get(address)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    for words in ("genuine", certificate.name, certificate.programme_name):
        assert words in page.text
    assert certificate.enrolment.participant.email not in page.text
    certificates.revoke(certificate=certificate, reason="Found out about it", by=coordinator)
    page = client.get(address)
    assert "revoked" in page.text
    assert "Found out" not in page.text
    assert certificate.name not in page.text
    assert certificate.status == CertificateStatus.REVOKED
    unknown = client.get(reverse("cohorts:certificate", args=[new_serial("QA")]))
    assert unknown.status_code == 404
    assert "no certificate with this number" in unknown.text


def test_the_form_leads_to_the_certificate_and_says_when_a_number_is_none(client, certificate):
    form = reverse("cohorts:check_certificate")
    answer = client.get(form, {"serial": f" {certificate.serial.lower()} "})
    assert answer.url == reverse("cohorts:certificate", args=[certificate.serial])
    assert "twelve letters and digits" in client.get(form, {"serial": certificate.name}).text


def test_a_certificate_is_found_by_its_number_whatever_stands_before_it_and_shows_its_own(client, certificate):
    number = number_of(certificate.serial)
    for typed in (number, f"SU-{number}", f"0th3r {number.replace('-', '')}"):
        page = client.get(reverse("cohorts:check_certificate"), {"serial": typed}, follow=True)
        assert "is genuine" in page.text
        assert certificate.serial in page.text


def test_what_certificates_begin_with_is_the_programmes_own_and_stays_on_those_that_were_made(
    certificate, graduate, coordinator
):
    programme = certificate.enrolment.cohort.programme
    assert certificate.serial.startswith(f"{programme.reference_prefix}-")
    programme.reference_prefix = "NEW22"
    programme.save()
    certificates.revoke(certificate=certificate, reason="The name was wrong.", by=coordinator)
    assert (
        again := certificates.make(enrolment=type(graduate).objects.get(pk=graduate.pk), by=coordinator)
    ) is not None
    assert re.fullmatch(r"NEW22(-[0-9A-Z]{4}){3}", again.serial)
    certificate.refresh_from_db()
    assert certificate.serial.startswith("TRY7-")


def test_no_two_certificates_have_one_number_with_another_prefix(certificate):
    with pytest.raises(IntegrityError, match="certificate_number_once"), transaction.atomic():
        Certificate.objects.create(
            enrolment=ParticipantFactory(),
            serial=f"QA-{number_of(certificate.serial)}",
            name="A",
            programme_name="B",
            completed_on=timezone.localdate(),
        )


def test_nobody_can_list_certificates_by_asking_again_and_again(client, certificate, monkeypatch):
    monkeypatch.setattr(pages, "LOOK_UPS", 5)
    answers = [client.get(reverse("cohorts:certificate", args=[new_serial("QA")])).status_code for _ in range(6)]
    assert answers == [404] * 5 + [429]
    assert client.get(reverse("cohorts:certificate", args=[certificate.serial])).status_code == 429
    page = client.get(reverse("cohorts:check_certificate"))
    assert certificate.name not in page.text


def test_only_its_owner_downloads_a_certificate_and_only_while_it_is_valid(client, certificate, graduate, coordinator):
    address = reverse("cohorts:certificate_file", args=[graduate.pk])
    assert client.get(address).status_code == 302
    client.force_login(graduate.line_manager)
    assert client.get(address).status_code == 404
    client.force_login(graduate.participant)
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    certificates.revoke(certificate=certificate, reason="Wrong", by=coordinator)
    assert client.get(address).status_code == 404
