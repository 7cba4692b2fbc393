"""Who hears of an agreement, and when."""

from datetime import datetime

import pytest

from handoff import notices
from handoff.models import Notice, NoticeKind
from leads.enums import Stage
from terminology import agreements, blueprints
from terminology.models import Agreement, Side
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MQL = Stage.MARKETING_QUALIFIED.value


def proposed(now: datetime) -> Agreement:
    revops = UserFactory(role="revops")
    made = agreements.draft(title="Faster", by=revops, now=now)
    made = agreements.put(
        agreement=made,
        section="sla",
        parts={MQL: {"first_response_hours": 4}},
        by=revops,
        revision=made.revision,
        now=now,
    )
    return agreements.propose(agreement=made, by=revops, revision=made.revision, now=now)


def test_asks_the_signatories_of_both_sides_and_nobody_else(now: datetime) -> None:
    marketer = UserFactory(role="marketing", also="marketing_signatory")
    seller = UserFactory(role="sales_manager", also="sales_signatory")
    UserFactory(role="marketing")

    made = proposed(now)

    found = Notice.objects.filter(kind=NoticeKind.TO_SIGN)
    (shown,) = notices.in_words(found.filter(user=seller).with_subjects(), now=now)
    assert set(found.values_list("user", flat=True)) == {marketer.pk, seller.pk}
    assert shown.text.startswith("“Faster” is proposed.")
    assert shown.url == f"/admin/terminology/agreement/{made.pk}/change/"


def test_tells_everybody_who_works_by_it_once_it_is_in_force(now: datetime) -> None:
    marketer = UserFactory(role="marketing", also="marketing_signatory")
    seller = UserFactory(role="sales_manager", also="sales_signatory")
    rep = UserFactory(role="sales_rep")
    made = proposed(now)

    for side, user in ((Side.MARKETING, marketer), (Side.SALES, seller)):
        agreements.sign(agreement=made, side=side, by=user, content_hash=agreements.hash_of(made), now=now)

    found = Notice.objects.filter(kind=NoticeKind.IN_FORCE)
    (shown,) = notices.in_words(found.filter(user=rep).with_subjects(), now=now)
    assert "“Faster” is in force as version 1." in shown.text
    assert not found.filter(user=seller).exists()  # who signed last knows


def test_a_starting_point_is_no_news(now: datetime) -> None:
    UserFactory(role="sales_rep")

    blueprints.use_blueprint(name="mal-to-sql", by=None, now=now)

    assert not Notice.objects.exists()
