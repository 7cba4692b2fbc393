from leads.models.activity import Activity, ActivityType
from leads.models.agreement import (
    CriteriaSet,
    Criterion,
    Definition,
    OpportunityStageSetting,
    QualificationQuestion,
    StageSetting,
    SubStatus,
)
from leads.models.challenge import CallToAction, Challenge, DefinitionExample
from leads.models.lead import Lead, Source
from leads.models.merging import FormerKey, Merge
from leads.models.opportunity import Opportunity
from leads.models.people import Account, Contact, LiftedEntry, Suppression, Team, TeamMember
from leads.models.record import (
    Milestone,
    NurtureEnrolment,
    NurtureProgramme,
    QualificationAnswer,
    Reason,
    StageChange,
)

__all__ = [
    "Account",
    "Activity",
    "ActivityType",
    "CallToAction",
    "Challenge",
    "Contact",
    "CriteriaSet",
    "Criterion",
    "Definition",
    "DefinitionExample",
    "FormerKey",
    "Lead",
    "LiftedEntry",
    "Merge",
    "Milestone",
    "NurtureEnrolment",
    "NurtureProgramme",
    "Opportunity",
    "OpportunityStageSetting",
    "QualificationAnswer",
    "QualificationQuestion",
    "Reason",
    "Source",
    "StageChange",
    "StageSetting",
    "SubStatus",
    "Suppression",
    "Team",
    "TeamMember",
]
