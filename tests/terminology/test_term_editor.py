from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from terminology import agreements, labels, term_rows
from terminology.editing import rename_terms
from terminology.models import Agreement, TermOverride, TermWord
from terminology.saving import put_into_draft
from terminology.term_rows import main_key
from terminology.words import set_words
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

EDITOR = "admin:terminology_termoverride_changelist"


@pytest.fixture
def revops(client: Any) -> Any:
    user = factories.UserFactory(role="revops")
    client.force_login(user)
    return user


def test_renames_what_was_typed_and_leaves_the_rest(client: Any, revops: Any) -> None:
    answer = client.post(
        reverse(EDITOR) + "?group=stage",
        {"term:stage.suspect": "Cold name", "term:stage.customer": "", "csrfmiddlewaretoken": "x"},
        follow=True,
    )

    assert "1 label is in force on every page from now on." in answer.content.decode()
    assert TermOverride.objects.get().changed_by == revops
    assert 'value="Cold name"' in answer.content.decode()


def test_shows_why_a_label_is_refused_and_keeps_what_was_typed(client: Any, revops: Any) -> None:
    answer = client.post(reverse(EDITOR) + "?group=stage", {"term:stage.suspect": "Customer"})

    page = answer.content.decode()
    assert "“Customer” is already the label of “Customer”" in page
    assert 'name="term:stage.suspect" value="Customer"' in page
    assert not TermOverride.objects.exists()


def test_finds_a_term_by_its_word(client: Any, revops: Any) -> None:
    page = client.get(reverse(EDITOR), {"q": "job title"}).content.decode()

    assert "term:leads.contact.title" in page
    assert "term:leads.contact.city" not in page


def test_a_rep_may_not_change_words(client: Any) -> None:
    client.force_login(factories.UserFactory(role="sales_rep"))

    assert client.post(reverse(EDITOR), {"term:stage.suspect": "Mine"}).status_code == 403
    assert client.post(reverse("admin:terminology_use_blueprint"), {"name": "c-suite"}).status_code == 403
    assert client.get(reverse("admin:terminology_blueprints")).status_code == 403
    assert not TermOverride.objects.exists()


def test_a_blueprint_is_loaded_by_post_only(client: Any, revops: Any) -> None:
    assert client.get(reverse("admin:terminology_use_blueprint")).status_code == 405

    answer = client.post(
        reverse("admin:terminology_use_blueprint"), {"name": "../../etc/passwd"}, follow=True
    )

    assert "There is no blueprint" in answer.content.decode()


# --- Bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x" * 10_000, "has 10,000 characters; 80 is the most"),
        ("   ", "shows nothing but blanks"),
        ("\u3164\u3164", "shows nothing but blanks"),
        ("\u202eelppA", "holds a character that can&#x27;t be seen"),
        ("Role\x00", "holds a character that can&#x27;t be seen"),
        ("City", "“City” is already the label of “city”"),
    ],
)
def test_refuses_a_label_with_a_sentence_and_keeps_it_in_its_box(
    client: Any, revops: Any, text: str, sentence: str
) -> None:
    answer = client.post(reverse(EDITOR) + "?group=leads.contact", {"term:leads.contact.title": text})

    assert answer.status_code == 200
    assert answer.content.decode().count(sentence) >= 2  # above the page and under the box
    assert not TermOverride.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7|add:7 }}{% now %}",
        "🦄 Einhorn 👩‍💻",
        "المسمى الوظيفي",
        "javascript:alert(1)",
    ],
)
def test_shows_any_other_text_as_it_is(client: Any, revops: Any, text: str) -> None:
    client.post(reverse(EDITOR) + "?group=leads.contact", {"term:leads.contact.title": text})
    page = client.get(reverse(EDITOR) + "?group=leads.contact").content.decode()

    assert TermOverride.objects.get().text == text
    assert f'value="{escape(text)}"' in page
    assert "<img src=x" not in page
    assert "<script>alert" not in page


def test_a_key_that_does_not_exist_is_refused(client: Any, revops: Any) -> None:
    answer = client.post(reverse(EDITOR), {"term:leads.contact.shoe_size": "Shoe size", "was:x": "y"})

    assert "There is no term “leads.contact.shoe_size”" in answer.content.decode()


# --- Many at once, and several people -----------------------------------------------------------------------------


def test_saves_nothing_when_one_of_many_is_refused(client: Any, revops: Any) -> None:
    client.post(
        reverse(EDITOR),
        {
            "term:stage.suspect": "Cold name",
            "term:stage.customer": "x" * 81,
            "word:crm:stage.suspect": "Raw lead",
        },
    )

    assert not TermOverride.objects.exists()
    assert not TermWord.objects.exists()


def test_says_who_changed_a_label_meanwhile_and_saves_it_when_asked_again(
    client: Any, revops: Any, now: datetime
) -> None:
    ann = factories.UserFactory(first_name="Ann", last_name="Other")
    rename_terms(texts={"stage.suspect": "Cold name"}, by=ann, now=now)
    typed = {"term:stage.suspect": "Raw name", "was:stage.suspect": ""}

    first = client.post(reverse(EDITOR), typed).content.decode()
    client.post(reverse(EDITOR), typed | {"was:stage.suspect": "Cold name"})

    assert "was changed by Ann Other to “Cold name” while you typed" in first
    assert 'name="term:stage.suspect" value="Raw name"' in first
    assert 'name="was:stage.suspect" value="Cold name"' in first
    assert TermOverride.objects.get().text == "Raw name"


def test_an_untouched_box_does_not_take_back_what_somebody_else_saved(
    client: Any, revops: Any, now: datetime
) -> None:
    rename_terms(texts={"stage.suspect": "Cold name"}, by=None, now=now)

    client.post(
        reverse(EDITOR),
        {
            "term:stage.suspect": "",
            "was:stage.suspect": "",
            "term:stage.customer": "Client",
            "was:stage.customer": "",
        },
    )

    assert dict(TermOverride.objects.values_list("key", "text")) == {
        "stage.suspect": "Cold name",
        "stage.customer": "Client",
    }


def test_resets_a_row_with_all_that_stands_beside_it(client: Any, revops: Any, now: datetime) -> None:
    rename_terms(texts={"leads.lead": "enquiry", "leads.lead.plural": "enquiries"}, by=None, now=now)

    client.post(
        reverse(EDITOR) + "?group=leads.lead",
        {"term:leads.lead": "enquiry", "term:leads.lead.plural": "enquiries", "reset": "leads.lead"},
    )

    assert not TermOverride.objects.exists()


# --- Groups and search --------------------------------------------------------------------------------------------


def test_every_term_is_in_one_group_and_every_group_opens(client: Any, revops: Any) -> None:
    listed = [group for _, groups in term_rows.groups(labels.REGISTRY) for group in groups]
    mains = [key for key in labels.REGISTRY if main_key(key) == key]

    assert sum(group.count for group in listed) == len(mains)
    assert len({group.key for group in listed}) == len(listed)
    for group in listed:
        page = client.get(reverse(EDITOR), {"group": group.key}).content.decode()
        assert page.count("data-where") == group.count, group


def test_a_text_stands_beside_its_term(client: Any, revops: Any) -> None:
    stages = client.get(reverse(EDITOR), {"group": "stage"}).content.decode()

    for key in ("stage.suspect", "stage.suspect.short", "stage.suspect.definition"):
        assert f'name="term:{key}"' in stages
    assert stages.count("data-key=") == 9


@pytest.mark.parametrize(
    "words", ["Rang", "leads.contact.title", "JOB TITLE", "Kundenrolle", "Position held"]
)
def test_finds_a_term_by_key_default_label_former_label_and_other_words(
    client: Any, revops: Any, now: datetime, words: str
) -> None:
    rename_terms(texts={"leads.contact.title": "Rang"}, by=None, now=now)
    rename_terms(texts={"leads.contact.title": "Position held"}, by=None, now=now)
    set_words(texts={("leads.contact.title", "crm"): "Kundenrolle"})

    page = client.get(reverse(EDITOR), {"q": words}).content.decode()

    assert 'name="term:leads.contact.title"' in page
    assert "Formerly “Rang”, “job title”" in page


def test_the_page_asks_the_same_few_questions_however_many_terms_it_shows(
    client: Any, revops: Any, now: datetime
) -> None:
    def queries(**query: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(EDITOR), query).status_code == 200
        return len(asked)

    queries()
    few, many = queries(group="grade"), queries(q="a")
    rename_terms(texts={key: f"Our {place}" for place, key in enumerate(labels.REGISTRY)}, by=revops, now=now)

    assert few <= 12
    assert many <= 20  # one for each catalogue, too
    assert queries(q="a") <= many + 1  # the labels are read again once


# --- Other words --------------------------------------------------------------------------------------------------


def test_saves_what_the_crm_and_each_team_call_it(client: Any, revops: Any) -> None:
    answer = client.post(
        reverse(EDITOR),
        {
            "word:crm:stage.suspect": " Raw  lead ",
            "word:marketing:stage.suspect": "Side pocket",
            "word:sales:stage.suspect": "",
        },
        follow=True,
    )

    page = answer.content.decode()
    assert "2 other words are saved." in page
    assert 'value="Raw lead"' in page
    assert "In the CRM “Raw lead”, Marketing says “Side pocket”" in page


@pytest.mark.parametrize("text", ["x" * 81, "a\u202eb", "\u2800"])
def test_refuses_another_word_as_it_refuses_a_label(client: Any, revops: Any, text: str) -> None:
    answer = client.post(reverse(EDITOR), {"word:crm:stage.suspect": text})

    assert "“In the CRM” of “Suspect”" in answer.content.decode()
    assert not TermWord.objects.exists()


def test_a_place_for_a_word_that_does_not_exist_is_refused(client: Any, revops: Any) -> None:
    answer = client.post(reverse(EDITOR), {"word:abacus:stage.suspect": "x"})

    assert "There is no term" in answer.content.decode()
    assert not TermWord.objects.exists()


# --- What waits for signatures ------------------------------------------------------------------------------------


def test_a_label_is_in_force_and_a_definition_waits_in_a_draft(client: Any, revops: Any) -> None:
    answer = client.post(
        reverse(EDITOR),
        {
            "term:stage.suspect": "Cold name",
            "term:stage.suspect.short": "Cold",
            "term:stage.suspect.definition": "A name we bought.",
        },
        follow=True,
    )

    draft = Agreement.objects.get()
    page = answer.content.decode()
    assert "2 labels are in force on every page from now on. 1 definition stands in the draft" in page
    assert reverse("admin:terminology_agreement_change", args=[draft.pk]) in page
    assert "which both teams sign" in page
    assert set(TermOverride.objects.values_list("key", flat=True)) == {"stage.suspect", "stage.suspect.short"}
    assert agreements.content(draft, "terms")["stage.suspect.definition"] == "A name we bought."


def test_a_definition_goes_into_the_draft_that_was_chosen(client: Any, revops: Any, now: datetime) -> None:
    draft = agreements.draft(title="Words of spring", by=revops, now=now)

    page = client.get(reverse(EDITOR)).content.decode()
    client.post(reverse(EDITOR), {"term:stage.suspect.definition": "A name we bought.", "draft": draft.pk})

    assert f'<option value="{draft.pk}">Words of spring</option>' in page
    assert Agreement.objects.count() == 1
    assert agreements.content(Agreement.objects.get(), "terms") == {
        "stage.suspect.definition": "A name we bought."
    }


def test_every_label_waits_where_the_company_says_so(client: Any, revops: Any) -> None:
    answer = client.post(
        reverse("admin:terminology_signing_policy"), {"labels_need_signatures": "1"}, follow=True
    )
    client.post(reverse(EDITOR), {"term:stage.suspect": "Cold name"})

    assert "From now on labels need the signatures of both teams" in answer.content.decode()
    assert not TermOverride.objects.exists()
    assert agreements.content(Agreement.objects.get(), "terms") == {"stage.suspect": "Cold name"}


def test_whoever_may_only_propose_drafts_and_changes_nothing(client: Any) -> None:
    client.force_login(factories.UserFactory(role="marketing"))

    client.post(reverse(EDITOR), {"term:stage.suspect": "Cold name"})
    words = client.post(reverse(EDITOR), {"word:crm:stage.suspect": "Raw lead"})

    assert not TermOverride.objects.exists()
    assert agreements.content(Agreement.objects.get(), "terms") == {"stage.suspect": "Cold name"}
    assert "You may not change the other words" in words.content.decode()
    assert client.post(reverse("admin:terminology_signing_policy")).status_code == 403


def test_within_a_draft_the_page_shows_and_saves_the_words_of_the_draft(
    client: Any, revops: Any, now: datetime
) -> None:
    draft = agreements.draft(title="Words of spring", by=revops, now=now)
    address = reverse("admin:terminology_draft_terms", args=[draft.pk])

    client.post(address, {"term:stage.suspect": "Cold name", "revision": draft.revision})
    page = client.get(address).content.decode()
    second = client.post(
        address, {"term:stage.customer": "Client", "revision": draft.revision}
    ).content.decode()

    assert "You are editing the draft" in page
    assert 'name="term:stage.suspect" value="Cold name"' in page
    assert "In force: “Suspect”" in page
    assert not TermOverride.objects.exists()
    assert "It was changed since you opened the page" in second
    assert 'name="term:stage.customer" value="Client"' in second
    assert agreements.content(Agreement.objects.get(), "terms") == {"stage.suspect": "Cold name"}


def test_ctrl_k_finds_a_term_by_its_former_label_and_other_words(
    client: Any, revops: Any, now: datetime
) -> None:
    rename_terms(texts={"leads.contact.title": "Rang <b>"}, by=None, now=now)
    set_words(texts={("leads.contact.title", "sales"): "Kundenrolle"})
    address = reverse("admin:terminology_term", args=["leads.contact.title"])

    for words in ("rang", "job tit", "kundenr"):
        page = client.get("/admin/search/", {"s": words, "extended": "1"}).content.decode()
        assert address in page, words
        assert "<b>" not in page
    assert address not in client.get("/admin/search/", {"s": "undenrolle", "extended": "1"}).content.decode()


def test_an_agreement_that_is_decided_is_not_edited(client: Any, revops: Any, now: datetime) -> None:
    gone = agreements.draft(title="Words of spring", by=revops, now=now)
    agreements.withdraw(agreement=gone, by=revops, now=now)
    address = reverse("admin:terminology_draft_terms", args=[gone.pk])

    shown = client.get(address, follow=True).content.decode()
    saved = client.post(
        address, {"term:stage.suspect": "Cold name", "revision": gone.revision}
    ).content.decode()

    assert "It stands as it is. Open a new draft to change words." in shown
    assert "and stands as it is. Open a new draft to change something." in saved
    assert client.get(reverse("admin:terminology_draft_terms", args=[999_999])).status_code == 404


@pytest.mark.parametrize("in_draft", [False, True])
def test_a_box_that_nobody_touched_shows_what_is_there_now_after_a_refused_save(
    client: Any, revops: Any, now: datetime, in_draft: bool
) -> None:
    ann = factories.UserFactory(role="revops")
    draft = agreements.draft(title="Words of spring", by=revops, now=now)
    address = reverse("admin:terminology_draft_terms", args=[draft.pk]) if in_draft else reverse(EDITOR)
    posted = {"term:stage.suspect": "", "was:stage.suspect": "", "revision": draft.revision}
    if in_draft:
        put_into_draft(texts={"stage.suspect": "Cold name"}, into=draft, by=ann, now=now)
    else:
        rename_terms(texts={"stage.suspect": "Cold name"}, by=ann, now=now)

    page = client.post(
        address, posted | {"term:stage.customer": "x" * 81, "was:stage.customer": ""}
    ).content.decode()

    assert 'name="term:stage.suspect" value="Cold name"' in page
    assert 'name="was:stage.suspect" value="Cold name"' in page
    assert f'name="term:stage.customer" value="{"x" * 81}"' in page


def test_another_word_that_nobody_touched_is_not_taken_back_after_a_refused_save(
    client: Any, revops: Any
) -> None:
    set_words(texts={("stage.suspect", "crm"): "Raw lead"})

    page = client.post(
        reverse(EDITOR),
        {"word:crm:stage.suspect": "", "was:word:crm:stage.suspect": "", "term:stage.customer": "x" * 81},
    ).content.decode()

    assert 'name="word:crm:stage.suspect" value="Raw lead"' in page


@pytest.mark.parametrize("pk", [None, "9" * 18, "9" * 30, "²", "x"])
def test_a_chosen_draft_that_was_decided_meanwhile_is_said_and_replaced_by_no_other(
    client: Any, revops: Any, now: datetime, pk: str | None
) -> None:
    gone = agreements.draft(title="Words of spring", by=revops, now=now)
    agreements.withdraw(agreement=gone, by=revops, now=now)
    typed = {"term:stage.suspect.definition": "A name we bought.", "draft": pk or gone.pk}

    page = client.post(reverse(EDITOR), typed).content.decode()

    assert "The chosen draft was decided meanwhile, so nothing was saved." in page
    assert "A name we bought." in page
    assert Agreement.objects.count() == 1


def test_the_chosen_draft_stays_chosen_after_a_refused_save(client: Any, revops: Any, now: datetime) -> None:
    draft = agreements.draft(title="Words of spring", by=revops, now=now)

    page = client.post(reverse(EDITOR), {"term:stage.suspect": "x" * 81, "draft": draft.pk}).content.decode()

    assert f'<option value="{draft.pk}" selected>Words of spring</option>' in page


def test_searches_without_the_sign_that_no_database_takes(client: Any, revops: Any) -> None:
    answer = client.get(reverse(EDITOR), {"q": "job\x00 title"})

    assert answer.context["words"] == "job title"
    assert "term:leads.contact.title" in answer.content.decode()
