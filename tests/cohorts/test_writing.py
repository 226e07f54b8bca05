"""Writing to people of a cohort: to whom, in which words, with what, and what became of each."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from cohorts.actions import writing
from cohorts.models import Addressee, Announcement, Cohort, PeerGroup
from cohorts.states.writing import Reader
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.formats.by_post import new_address
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.delivery import deliver_due
from steppingup.messaging.models import Message, MessageTemplate
from steppingup.messaging.states import MessageStatus
from tests.factories import mentoring
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, SessionFactory, do_days
from tests.files.uploads import pdf, upload
from tests.staff import choices, take_step, with_second_factor

pytestmark = pytest.mark.django_db
EVERYBODY, CHOSEN = writing.EVERYBODY, writing.CHOSEN


@pytest.fixture
def cohort() -> Cohort:
    return RunningCohortFactory(programme__contact_email="team@example.org")


@pytest.fixture
def people(cohort):
    names = ("Amara Okafor", "Ben Okri", "Chidi Eze")
    return [ParticipantFactory(cohort=cohort, participant__full_name=name) for name in names]


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider)


@pytest.fixture
def browser(client, coordinator):
    return with_second_factor(client, coordinator)


def page(cohort: Cohort) -> str:
    return reverse("admin:cohorts_cohort_step", args=[cohort.pk, "write"])


def write(cohort, by, **more):
    given = {"whom": EVERYBODY, "readers": [Reader.PARTICIPANT], "subject": "The room", "text": "Library, {{ name }}."}
    return writing.write(cohort=cohort, by=by, **{**given, **more})


def test_each_reads_their_own_words_and_nobody_anothers_address(cohort, people, coordinator):
    do_days(people[0], "modules", 1)
    text = "Dear all,\n\n**{{ participant }}** of {{ programme }}: {{ days_done }}. Next: {{ next_session }}. [Yours]({{ link }})"
    SessionFactory(cohort=cohort, title="Leading change")
    found = write(cohort, coordinator, text=text, subject="For {{ name }}")
    rows = {one.to: one for one in Message.objects.all()}
    assert set(rows) == {one.participant for one in people}
    one = rows[people[0].participant]
    assert one.subject == "For Amara Okafor"
    assert "Amara Okafor of" in one.text
    assert "1 of 8 days" in one.text
    assert "Leading change: " in one.text
    assert reverse("cohorts:participant", args=[people[0].pk]) in one.text
    assert "<strong>Amara Okafor</strong>" in one.html
    assert one.reply_to == "team@example.org"
    assert not [other for other in ("Ben Okri", rows[people[1].participant].to_email) if other in one.text + one.html]
    assert set(Message.objects.about(found)) == set(rows.values())
    assert one in Message.objects.about(people[0])


def test_what_somebody_is_called_is_no_markup(cohort, coordinator):
    ParticipantFactory(cohort=cohort, participant__full_name="<b>[Eve](https://evil.example)</b>")
    write(cohort, coordinator, text="Hello {{ name }}")
    html = Message.objects.get().html
    assert "<b>" not in html
    assert "https://evil.example</a>" not in html
    assert 'href="https://evil.example"' not in html


def test_to_a_peer_group_or_to_those_who_were_ticked(cohort, people, coordinator):
    group = PeerGroup.objects.create(cohort=cohort, name="Blue")
    people[1].peer_group = group
    people[1].save()
    found = write(cohort, coordinator, whom=f"{writing.GROUP}{group.pk}")
    assert [one.to for one in Message.objects.all()] == [people[1].participant]
    assert found.whom == "Peer group Blue"
    found = write(cohort, coordinator, whom=CHOSEN, people=[people[0].pk, people[2].pk])
    assert found.whom == "2 people"
    assert {one.enrolment for one in found.addressees.all()} == {people[0], people[2]}
    elsewhere = ParticipantFactory()
    with pytest.raises(NotPossible, match="Tick at least one"):
        write(cohort, coordinator, whom=CHOSEN, people=[elsewhere.pk])
    with pytest.raises(NotPossible, match="not of the cohort any more"):
        write(cohort, coordinator, whom=f"{writing.GROUP}{group.pk + 1}")


def test_whoever_has_left_is_written_to_only_by_name(cohort, people, coordinator):
    from cohorts.actions import enrolments

    enrolments.withdraw(enrolment=people[2], reason="A new job", by=coordinator)
    before = Message.objects.count()
    write(cohort, coordinator)
    assert Message.objects.count() == before + 2
    write(cohort, coordinator, whom=CHOSEN, people=[people[2].pk], text="Goodbye.")
    assert Message.objects.order_by("-pk").first().to == people[2].participant


def test_line_managers_read_once_what_is_the_same_and_for_each_what_is_not(cohort, people, coordinator):
    manager = people[0].line_manager
    people[1].line_manager = manager
    people[1].save()
    people[2].line_manager = None
    people[2].save()
    found = write(cohort, coordinator, readers=[Reader.MANAGER], text="A date for managers.")
    assert [one.to for one in Message.objects.about(found)] == [manager]
    assert found.addressees.not_written_to().get().why_not == "Chidi Eze has no line manager here"
    found = write(cohort, coordinator, readers=[Reader.MANAGER], text="{{ participant }}: {{ days_done }}.")
    texts = sorted(one.text.splitlines()[2] for one in Message.objects.about(found))
    assert texts == ["Amara Okafor: 0 of 8 days.", "Ben Okri: 0 of 8 days."]


def test_mentors_are_written_to_once_their_pair_is_confirmed(coordinator):
    pair = mentoring.confirmed_pair()
    cohort = pair.enrolment.cohort
    without = ParticipantFactory(cohort=cohort)
    by = staff(provider=cohort.programme.provider)
    found = write(cohort, by, readers=[Reader.MENTOR], text="How is it going?")
    assert [one.to for one in Message.objects.about(found)] == [pair.mentor.user]
    assert found.addressees.not_written_to().get().why_not == f"{without.participant} has no mentor"


def test_who_has_no_address_gets_a_letter_and_a_closed_account_nothing(cohort, people, coordinator):
    on_paper, closed = people[0].participant, people[1].participant
    on_paper.email = new_address()
    on_paper.postal_address = "1 High Street"
    on_paper.save()
    closed.is_active = False
    closed.save()
    file = write_file(coordinator)
    found = write(cohort, coordinator, files=[file])
    by_who = {one.name: one for one in found.addressees.select_related("message")}
    assert by_who["Amara Okafor"].message.status == MessageStatus.TO_POST
    assert by_who["Amara Okafor"].became == "To be printed and posted"
    assert by_who["Ben Okri"].became == "The account of Ben Okri is closed"
    assert by_who["Chidi Eze"].message.status == MessageStatus.QUEUED


def write_file(by):
    from steppingup.files.actions.files import store

    return store(upload=upload(pdf(1), "Plan.pdf"), rule=writing.ENCLOSED, by=by)


def test_files_go_with_each_email_and_are_named_in_a_letter(browser, cohort, people, coordinator):
    on_paper = people[0].participant
    on_paper.email, on_paper.postal_address = new_address(), "1 High Street"
    on_paper.save()
    file = write_file(coordinator)
    found = write(cohort, coordinator, files=[file])
    deliver_due()
    assert [[(name, kind) for name, _, kind in one.attachments] for one in mail.outbox] == [
        [("Plan.pdf", "application/pdf")]
    ] * 2
    message = Message.objects.about(found).filter(to=people[1].participant).get()
    assert "Plan.pdf" in browser.get(reverse("admin:messaging_message_change", args=[message.pk])).text
    answer = browser.get(reverse("admin:messaging_message_file", args=[message.pk, file.pk]))
    assert b"".join(answer.streaming_content)[:5] == b"%PDF-"
    assert browser.get(reverse("admin:messaging_message_file", args=[message.pk, file.pk + 1])).status_code == 404
    assert "Plan.pdf" in browser.get(reverse("admin:cohorts_announcement_change", args=[found.pk])).text
    letter = Message.objects.about(found).get(to=on_paper)
    assert browser.get(reverse("admin:messaging_message_letter", args=[letter.pk])).content[:5] == b"%PDF-"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"subject": " "}, "Write a subject"),
        ({"text": " "}, "Write your message"),
        ({"text": "{{ salary }}"}, "is not available"),
        ({"text": "{{ message }}"}, "is not available"),
        ({"readers": []}, "Choose who of them"),
        ({"readers": [Reader.MENTOR]}, "None of them can be written to"),
    ],
)
def test_what_cannot_be_written_is_said_and_nobody_is_told(cohort, people, coordinator, given, sentence):
    with pytest.raises(NotPossible, match=sentence):
        write(cohort, coordinator, **given)
    assert not Message.objects.exists()
    assert not Announcement.objects.exists()


def test_a_second_press_sends_nothing_and_later_the_same_may_be_written_again(
    cohort, people, coordinator, time_machine
):
    write(cohort, coordinator)
    with pytest.raises(NotPossible, match="a moment ago"):
        write(cohort, coordinator)
    assert Message.objects.count() == 3
    time_machine.move_to(clock.now() + timedelta(minutes=11))
    write(cohort, coordinator)
    assert Message.objects.count() == 6


def test_the_same_words_to_as_many_other_people_are_no_second_press(cohort, people, coordinator):
    more = ParticipantFactory(cohort=cohort)
    for pair in (people[:2], [people[2], more]):
        write(cohort, coordinator, whom=CHOSEN, people=[one.pk for one in pair])
    assert {one.to for one in Message.objects.all()} == {one.participant for one in (*people, more)}
    with pytest.raises(NotPossible, match="to the same people a moment ago"):
        write(cohort, coordinator, whom=CHOSEN, people=[one.pk for one in people[:2]])
    assert Message.objects.count() == 4


def test_only_those_who_run_the_cohort_write_to_it(cohort, people):
    for other in (staff(), UserFactory(), people[0].line_manager):
        with pytest.raises(NotAllowed):
            write(cohort, other)


def test_an_empty_cohort_has_nobody_to_write_to(browser, cohort):
    assert "Nobody is on this cohort yet" in browser.get(page(cohort)).text


def test_the_provider_s_own_frame_stands_around_the_words(cohort, people, coordinator):
    row = MessageTemplate.from_file("cohorts.written")
    row.body = "{{ message }}\n\nYours, {{ programme }}"
    row.scope, row.provider = cohort.programme, cohort.programme.provider
    row.save()
    write(cohort, coordinator, text="Come, {{ name }}.")
    assert Message.objects.get(to=people[0].participant).text.startswith(
        f"Come, Amara Okafor.\n\nYours, {cohort.programme}"
    )


def test_the_page_shows_what_each_will_read_and_one_press_sends_it(browser, cohort, people):
    shown = browser.get(page(cohort)).text
    assert "Everybody on the cohort (3)" in shown
    assert choices(shown, "readers") == set(Reader.values)
    data = {"whom": EVERYBODY, "readers": ["participant"], "subject": "Room", "text": "In {{ cohort }}, {{ name }}."}
    ahead = browser.post(page(cohort), {**data, "filled": "yes"})
    for one in people:
        assert f"In {cohort.name}, {one.participant}." in ahead.text
    assert not Announcement.objects.exists()
    done = take_step(browser, page(cohort), **data)
    found = Announcement.objects.get()
    assert done.url == reverse("admin:cohorts_announcement_change", args=[found.pk])
    again = take_step(browser, page(cohort), **data)
    assert "a moment ago" in again.text
    assert Announcement.objects.count() == 1
    assert "Everybody to whom it was to go: 3" in browser.get(done.url).text
    people_page = reverse("admin:cohorts_addressee_changelist")
    assert "Amara Okafor" in browser.get(f"{people_page}?announcement={found.pk}").text
    assert "Amara Okafor" in browser.get(f"{people_page}?announcement={found.pk}&export=csv").getvalue().decode()
    assert "Room" in browser.get(reverse("admin:cohorts_announcement_changelist"), {"q": "room"}).text
    assert (
        "Written to: Room" in browser.get(reverse("admin:accounts_user_change", args=[people[0].participant_id])).text
    )


def test_what_is_wrong_stands_beside_its_field(browser, cohort, people):
    data = {"whom": CHOSEN, "readers": ["participant"], "subject": "{{ x }}", "text": "Hello", "filled": "yes"}
    shown = browser.post(page(cohort), data).text
    assert "Tick at least one person." in shown
    assert "“{{ x }}” is not available" in shown
    assert "Hello" in shown
    # Somebody is ticked, and “Everybody”, with which the page begins, is left as it was.
    ticked = {**data, "whom": EVERYBODY, "people": [people[0].pk], "subject": "For you alone"}
    assert "You ticked people below. Choose “Only the people ticked below”" in browser.post(page(cohort), ticked).text
    assert not Message.objects.exists()


def test_those_ticked_in_the_list_of_one_cohort_are_written_to(browser, cohort, people):
    where = reverse("admin:cohorts_enrolment_changelist")
    ticked = {"action": "write_to_them", "_selected_action": [people[0].pk, people[2].pk]}
    shown = browser.post(where, ticked).text
    assert f'value="{people[0].pk}" id="id_people_0" checked' in shown or "checked" in shown
    assert page(cohort) in shown
    other = ParticipantFactory(cohort__programme=cohort.programme, cohort__plan=cohort.plan)
    ticked["_selected_action"] = [people[0].pk, other.pk]
    assert "Choose people of one cohort" in browser.post(where, ticked, follow=True).text
    one = browser.get(reverse("admin:cohorts_enrolment_write", args=[people[1].pk]))
    assert page(cohort) in one.text
    assert "Write to them" in browser.get(reverse("admin:cohorts_enrolment_change", args=[people[1].pk])).text
    assert browser.get(reverse("admin:cohorts_enrolment_write", args=[people[1].pk + 999])).status_code == 404


def test_those_whom_it_did_not_reach_get_it_again(browser, cohort, people, coordinator):
    found = write(cohort, coordinator)
    with pytest.raises(NotPossible, match="None of these emails has failed"):
        writing.send_again_to_failed(announcement=found, by=coordinator)
    one = Addressee.objects.get(enrolment=people[0]).message
    Message.objects.filter(pk=one.pk).update(status=MessageStatus.SENDING)
    Message.objects.filter(pk=one.pk).update(status=MessageStatus.FAILED)
    listed = reverse("admin:cohorts_announcement_changelist")
    assert found.subject in browser.get(f"{listed}?failed=yes").text
    url = reverse("admin:cohorts_announcement_step", args=[found.pk, "send_again_to_failed"])
    assert take_step(browser, url).status_code == 302
    assert set(Message.objects.values_list("status", flat=True)) == {MessageStatus.QUEUED}
