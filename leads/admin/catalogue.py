"""The catalogues that RevOps keeps: activity types, reasons, programmes, the qualification checklist."""

from django.contrib import admin
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from leadops.admin import ModelAdmin, badge
from leads import calls_to_action
from leads.admin.challenge import CallToActionInline
from leads.models import (
    ActivityType,
    NurtureProgramme,
    OpportunityStageSetting,
    QualificationQuestion,
    Reason,
    SubStatus,
)
from leads.review_words import LIVE_CALLS, NO_CALL, VOLUME
from terminology.draft_editing import ChangedByAgreement


@admin.register(ActivityType)
class ActivityTypeAdmin(ModelAdmin):
    list_display = [
        "name",
        "key",
        "channel",
        "is_hand_raiser",
        "is_engagement",
        "is_two_way",
        "is_active",
        "shown_calls",
        "shown_volume",
    ]
    list_filter = [("channel", ChoicesDropdownFilter), "is_hand_raiser", "is_active"]
    search_fields = ["name", "key"]
    inlines = [CallToActionInline]

    @display(description=LIVE_CALLS)
    def shown_calls(self, kind: ActivityType) -> SafeString | str:
        """How many calls to action carry it; a warning where something agreed counts on it and none does."""
        known = {row.type.pk: row for row in calls_to_action.carried(now=timezone.now())}.get(kind.pk)
        if known is None:
            return "–"
        if known.is_gap:
            return badge(NO_CALL, "red", title=", ".join(known.named_by))
        return str(len(known.live))

    @display(description=VOLUME)
    def shown_volume(self, kind: ActivityType) -> int:
        return calls_to_action.volumes(now=timezone.now()).get(kind.pk, 0)


@admin.register(Reason)
class ReasonAdmin(ModelAdmin):
    list_display = ["text", "kind", "key", "needs_note", "is_active"]
    list_filter = [("kind", ChoicesDropdownFilter), "is_active"]
    search_fields = ["text", "key"]


@admin.register(NurtureProgramme)
class NurtureProgrammeAdmin(ModelAdmin):
    list_display = ["name", "is_active"]


@admin.register(QualificationQuestion)
class QualificationQuestionAdmin(ChangedByAgreement, ModelAdmin):
    """The checklist; it changes by agreement."""

    section = "checklist"
    list_display = ["question", "key", "position", "is_active"]


@admin.register(OpportunityStageSetting)
class OpportunityStageSettingAdmin(ModelAdmin):
    list_display = ["stage", "probability"]


@admin.register(SubStatus)
class SubStatusAdmin(ModelAdmin):
    list_display = ["name", "stage"]
    list_filter = [("stage", ChoicesDropdownFilter)]
