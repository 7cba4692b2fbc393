"""The catalogues that RevOps keeps: activity types, reasons, programmes, the qualification checklist."""

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from leadops.admin import ModelAdmin
from leads.models import (
    ActivityType,
    NurtureProgramme,
    OpportunityStageSetting,
    QualificationQuestion,
    Reason,
    SubStatus,
)


@admin.register(ActivityType)
class ActivityTypeAdmin(ModelAdmin):
    list_display = ["name", "key", "channel", "is_hand_raiser", "is_engagement", "is_two_way", "is_active"]
    list_filter = [("channel", ChoicesDropdownFilter), "is_hand_raiser", "is_active"]
    search_fields = ["name", "key"]


@admin.register(Reason)
class ReasonAdmin(ModelAdmin):
    list_display = ["text", "kind", "key", "needs_note", "is_active"]
    list_filter = [("kind", ChoicesDropdownFilter), "is_active"]
    search_fields = ["text", "key"]


@admin.register(NurtureProgramme)
class NurtureProgrammeAdmin(ModelAdmin):
    list_display = ["name", "is_active"]


@admin.register(QualificationQuestion)
class QualificationQuestionAdmin(ModelAdmin):
    list_display = ["question", "key", "position", "is_active"]


@admin.register(OpportunityStageSetting)
class OpportunityStageSettingAdmin(ModelAdmin):
    list_display = ["stage", "probability"]


@admin.register(SubStatus)
class SubStatusAdmin(ModelAdmin):
    list_display = ["name", "stage"]
    list_filter = [("stage", ChoicesDropdownFilter)]
