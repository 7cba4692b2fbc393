"""What can be agreed about leads: stages, catalogues, the checklist, definitions with their criteria."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from django.contrib.admin.utils import label_for_field
from django.core.exceptions import ValidationError
from django.db.models import Model

from leadops.errors import LeadOpsError
from leads import criteria
from leads.definitions import bring_into_force, next_version
from leads.enums import STAGE_MEANING, STAGE_ORDER, STAGE_SHORT, KpiMeasure, OwnerTeam, ReasonKind, Stage
from leads.models import (
    ActivityType,
    CriteriaSet,
    Definition,
    NurtureProgramme,
    QualificationQuestion,
    Reason,
    StageSetting,
)
from leads.words import LEADS
from terminology.labels import term
from terminology.sections import Contents, Item, Parts, Section, Stamp, arrow, register


class SectionRefused(LeadOpsError):
    """What was drafted can't be brought into force as it is; the sentence says what to mend."""


# --- Stages ---------------------------------------------------------------------------------------

_STAGE_DEFAULT: Final[dict[str, Any]] = {"in_use": True, "colour": "", "equivalent_to": ""}


def read_stages() -> Parts:
    rows = {row.stage: row for row in StageSetting.objects.all()}
    return {
        stage.value: {name: getattr(rows[stage.value], name) for name in _STAGE_DEFAULT}
        for stage in Stage
        if stage.value in rows
    }


def write_stages(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    StageSetting.objects.filter(stage__in=changed - set(parts)).delete()
    _upsert(
        StageSetting,
        [{"stage": stage, **value} for stage, value in parts.items() if stage in changed],
        unique=["stage"],
    )


def check_stages(parts: Parts, contents: Contents) -> None:
    for stage, value in parts.items():
        _refuse_unknown_stage(stage)
        _cleaned(StageSetting(stage=stage, **value), what=f"The stage “{Stage(stage).label}”")


def tell_stages(part: str, before: Any, after: Any) -> list[str]:
    name = str(Stage(part).label)
    was, will = before or _STAGE_DEFAULT, after or _STAGE_DEFAULT
    found = []
    if was["in_use"] != will["in_use"]:
        found.append(f"{name}: {'in use' if will['in_use'] else f'switched off; {LEADS} step over it'}")
    if was["equivalent_to"] != will["equivalent_to"]:
        found.append(f"{name}: equivalent to {_stage_name(will['equivalent_to']) or 'no other stage'}")
    if was["colour"] != will["colour"]:
        found.append(f"{name}: {arrow('colour', was['colour'] or 'default', will['colour'] or 'default')}")
    return found


def say_stages(part: str, value: Any) -> Item | None:
    if not value["in_use"]:
        return None
    equal = _stage_name(value["equivalent_to"])
    lines = (f"Equivalent to {equal}",) if equal else ()
    return Item(name=_full_name(Stage(part)), text=str(STAGE_MEANING[Stage(part)]), lines=lines)


def _full_name(stage: Stage) -> str:
    return f"{stage.label} ({STAGE_SHORT[stage]})"


def _stage_name(stage: str) -> str:
    return str(Stage(stage).label) if stage in Stage.values else ""


# --- Definitions ----------------------------------------------------------------------------------

_PLAIN: Final = ("text", "owner_team", "kpi", "kpi_measure", "incentive")


def read_definitions() -> Parts:
    rows = Definition.objects.filter(superseded_at=None).select_related("criteria")
    found = {row.stage: row for row in rows.prefetch_related("criteria__criteria")}
    return {
        stage.value: {
            **{name: getattr(found[stage.value], name) for name in _PLAIN},
            "criteria": criteria.as_content(agreed) if (agreed := found[stage.value].criteria) else None,
        }
        for stage in Stage
        if stage.value in found
    }


def write_definitions(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    """Each changed definition as a new version in force; the versions before are superseded, never changed."""
    Definition.objects.filter(superseded_at=None, stage__in=changed - set(parts)).update(
        superseded_at=stamp.now
    )
    for stage in (Stage(part) for part in parts if part in changed):
        value = parts[stage.value]
        content = value["criteria"]
        name = f"{STAGE_SHORT[stage]} v{next_version(stage)}"
        bring_into_force(
            stage=stage,
            criteria=criteria.create_set(name=name[:120], content=content) if content else None,
            agreement=stamp.agreement,
            by=stamp.by,
            now=stamp.now,
            **{key: value[key] for key in _PLAIN},
        )


def definitions_from_blueprint(section: list[Mapping[str, Any]]) -> Parts:
    return {
        row["stage"]: {
            **{name: row.get(name, "") for name in _PLAIN},
            "criteria": criteria.normal_content(row["criteria"]) if row.get("criteria") else None,
        }
        for row in section
    }


def check_definitions(parts: Parts, contents: Contents) -> None:
    types = contents("activity_types")
    for stage, value in parts.items():
        _refuse_unknown_stage(stage)
        what = f"The definition of “{Stage(stage).label}”"
        _cleaned(Definition(stage=stage, **{name: value[name] for name in _PLAIN}), what=what)
        if value["criteria"] is not None:
            check_criteria(value["criteria"], what=what, known_types=types)


def check_criteria(content: Mapping[str, Any], *, what: str, known_types: Collection[str]) -> None:
    """Refuse criteria that can't be asked, or that are none. Raises `SectionRefused`."""
    if content["match"] not in CriteriaSet.Match.values or not content["conditions"]:
        raise SectionRefused(f"{what} has no criteria, so nobody could meet it. Add one.")
    for condition in criteria.conditions_of(content):
        try:
            condition.clean_fields(exclude=["criteria"])
            condition.refuse_unaskable(known_types=known_types)
        except ValidationError as refusal:
            raise SectionRefused(f"{what} can't be used. {' '.join(refusal.messages)}") from refusal


def tell_definitions(part: str, before: Any, after: Any) -> list[str]:
    short = str(STAGE_SHORT[Stage(part)])
    if after is None:
        return [f"{short}: no definition any more"]
    if before is None:
        asked = tell_criteria(None, after["criteria"])
        return [f"{short}: “{after['text']}”", *(f"{short}: {sentence}" for sentence in asked)]
    found = [f"{short}: {sentence}" for sentence in tell_criteria(before["criteria"], after["criteria"])]
    if before["text"] != after["text"]:
        found.append(f"{short}: it now reads “{after['text']}” (before: “{before['text']}”)")
    for name, choices in (("owner_team", OwnerTeam), ("kpi_measure", KpiMeasure)):
        if before[name] != after[name]:
            shown = [str(choices(value[name]).label) if value[name] else "none" for value in (before, after)]
            found.append(f"{short}: {arrow(_label(Definition, name), *shown)}")
    found += [
        f"{short}: {arrow(_label(Definition, name), before[name] or 'none', after[name] or 'none')}"
        for name in ("kpi", "incentive")
        if before[name] != after[name]
    ]
    return found


def definable_stages() -> list[str]:
    """The stages that can have a definition: those in use."""
    off = set(StageSetting.objects.filter(in_use=False).values_list("stage", flat=True))
    return [stage.value for stage in STAGE_ORDER if stage.value not in off]


def say_definitions(part: str, value: Any) -> Item:
    lines = [f"{_label(Definition, 'owner_team')}: {OwnerTeam(value['owner_team']).label}"]
    if value["criteria"]:
        names = criteria.catalogue_names()
        asked = criteria.sentences(value["criteria"], names=names)
        lines += [f"{CriteriaSet.Match(value['criteria']['match']).label}:", *asked]
    if value["kpi"]:
        rewards = f" ({KpiMeasure(value['kpi_measure']).label})" if value["kpi_measure"] else ""
        lines.append(f"{_label(Definition, 'kpi')}: {value['kpi']}{rewards}")
    if value["incentive"]:
        lines.append(f"{_label(Definition, 'incentive')}: {value['incentive']}")
    return Item(name=_full_name(Stage(part)), text=value["text"], lines=tuple(lines))


def tell_criteria(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[str]:
    """What changes between two sets of criteria, in one sentence: "Score at least 60 → 70; new: Demo requested"."""
    if before == after:
        return []
    if after is None:
        return ["no criteria any more"]
    names = criteria.catalogue_names()
    will = criteria.sentences(after, names=names)
    join = {"all": "all of", "any": "any of"}
    if before is None:
        return [f"new: {join[after['match']]} {'; '.join(will)}" if len(will) > 1 else f"new: {will[0]}"]
    was = criteria.sentences(before, names=names)
    gone = [sentence for sentence in was if sentence not in will]
    come = [sentence for sentence in will if sentence not in was]
    said = [f"{join[before['match']]} → {join[after['match']]}"] if before["match"] != after["match"] else []
    for old in list(gone):
        if twin := next((new for new in come if _are_twins(old, new)), None):
            said.append(_moved(old, twin))
            gone.remove(old)
            come.remove(twin)
    if come:
        said.append(f"new: {'; '.join(come)}")
    if gone:
        said.append(f"no longer: {'; '.join(gone)}")
    return ["; ".join(said) or "the order of the criteria changes"]


def _are_twins(old: str, new: str) -> bool:
    """Whether two sentences differ in their numbers alone, so that one can be told as the change of the other."""
    return _head(old) == _head(new) and len(old.split()) == len(new.split())


def _head(sentence: str) -> str:
    """What two versions of one condition share: its words without numbers."""
    return " ".join(word for word in sentence.split() if not any(sign.isdigit() for sign in word))


def _moved(old: str, new: str) -> str:
    """Two versions of a condition that differ in their numbers: "Score at least 60 → 70"."""
    return " ".join(
        was if was == will else f"{was} → {will}" for was, will in zip(old.split(), new.split(), strict=True)
    )


# --- The checklist --------------------------------------------------------------------------------


def read_checklist() -> Parts:
    rows = QualificationQuestion.objects.filter(is_active=True)
    return {row.key: {"position": row.position, "question": row.question, "help": row.help} for row in rows}


def write_checklist(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    """Questions that are not asked any more are kept, for the sake of their answers."""
    QualificationQuestion.objects.filter(key__in=changed - set(parts)).update(is_active=False)
    rows = [{"key": key, "is_active": True, **value} for key, value in parts.items() if key in changed]
    _upsert(QualificationQuestion, rows, unique=["key"])


def check_checklist(parts: Parts, contents: Contents) -> None:
    for key, value in parts.items():
        _cleaned(QualificationQuestion(key=key, **value), what=f"The question “{value['question']}”")


def tell_checklist(part: str, before: Any, after: Any) -> list[str]:
    if after is None:
        return [f"Checklist: no longer “{before['question']}”"]
    if before is None:
        return [f"Checklist: new question “{after['question']}”"]
    found = []
    if before["question"] != after["question"]:
        found.append(f"Checklist: “{before['question']}” → “{after['question']}”")
    if before["help"] != after["help"]:
        found.append(f"Checklist: the hint of “{after['question']}” is now “{after['help']}”")
    if before["position"] != after["position"]:
        place = arrow("place", str(before["position"] + 1), str(after["position"] + 1))
        found.append(f"Checklist: “{after['question']}” moves, {place}")
    return found


# --- Catalogues -----------------------------------------------------------------------------------

# What a rep notes by hand beside conversations and appointments.
_REP_LOG: Final = ("call_attempt", "note", "email_reply")
_TYPE_FIELDS: Final = (
    "name",
    "channel",
    "call_to_action",
    "is_hand_raiser",
    "is_engagement",
    "is_two_way",
    "is_conversation",
    "is_appointment",
    "is_logged_by_reps",
)


def read_activity_types() -> Parts:
    rows = ActivityType.objects.filter(is_active=True).order_by("pk")
    return {row.key: {name: getattr(row, name) for name in _TYPE_FIELDS} for row in rows}


def write_activity_types(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    """Types that are gone stay, for the sake of their activities, but are no longer offered."""
    ActivityType.objects.filter(key__in=changed - set(parts)).update(is_active=False)
    rows = [{"key": key, "is_active": True, **value} for key, value in parts.items() if key in changed]
    _upsert(ActivityType, rows, unique=["key"])


def activity_types_from_blueprint(section: list[Mapping[str, Any]]) -> Parts:
    return {
        row["key"]: {name: row[name] for name in _TYPE_FIELDS if name != "is_logged_by_reps"}
        | {
            "is_logged_by_reps": row["is_conversation"] or row["is_appointment"] or row["key"] in _REP_LOG,
        }
        for row in section
    }


def check_activity_types(parts: Parts, contents: Contents) -> None:
    for key, value in parts.items():
        _cleaned(ActivityType(key=key, **value), what=f"The activity “{value['name']}”")


def read_reasons() -> Parts:
    rows = Reason.objects.filter(is_active=True).order_by("pk")
    return {f"{row.kind}.{row.key}": {"text": row.text, "needs_note": row.needs_note} for row in rows}


def write_reasons(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    """Reasons that are gone stay with the leads that have them, but can't be chosen any more."""
    gone = changed - set(parts)
    ids = [row.pk for row in Reason.objects.all() if f"{row.kind}.{row.key}" in gone]
    Reason.objects.filter(pk__in=ids).update(is_active=False)
    rows = []
    for part in (part for part in parts if part in changed):
        kind, key = part.split(".", 1)
        rows.append({"kind": kind, "key": key, "is_active": True, **parts[part]})
    _upsert(Reason, rows, unique=["kind", "key"])


def reasons_from_blueprint(section: list[Mapping[str, Any]]) -> Parts:
    return {
        f"{row['kind']}.{row['key']}": {"text": row["text"], "needs_note": row["needs_note"]}
        for row in section
    }


def check_reasons(parts: Parts, contents: Contents) -> None:
    for part, value in parts.items():
        kind, key = part.split(".", 1)
        _cleaned(Reason(kind=kind, key=key, **value), what=f"The reason “{value['text']}”")


def tell_reasons(part: str, before: Any, after: Any) -> list[str]:
    kind = str(ReasonKind(part.split(".", 1)[0]).label)
    return _tell_named(kind, "text", before, after)


def read_nurture_programmes() -> Parts:
    names = NurtureProgramme.objects.filter(is_active=True).order_by("pk").values_list("name", flat=True)
    return {name: {"name": name} for name in names}


def write_nurture_programmes(parts: Parts, *, changed: set[str], stamp: Stamp) -> None:
    NurtureProgramme.objects.filter(name__in=changed - set(parts)).update(is_active=False)
    rows = [{"name": name, "is_active": True} for name in parts if name in changed]
    _upsert(NurtureProgramme, rows, unique=["name"])


def check_nurture_programmes(parts: Parts, contents: Contents) -> None:
    for name in parts:
        _cleaned(NurtureProgramme(name=name), what=f"The programme “{name}”")


def say_activity_types(part: str, value: Any) -> Item:
    marks = [
        _label(ActivityType, name)
        for name in ("is_hand_raiser", "is_engagement", "is_two_way", "is_conversation", "is_appointment")
        if value[name]
    ]
    what = f"{value['call_to_action']}: " if value["call_to_action"] and marks else value["call_to_action"]
    return Item(name=value["name"], text=what + ", ".join(marks))


def _tell_named(what: str, name: str, before: Any, after: Any) -> list[str]:
    """A row of a catalogue: new, gone, renamed or changed."""
    if after is None:
        return [f"{what}: no longer “{before[name]}”"]
    if before is None:
        return [f"{what}: new “{after[name]}”"]
    if before[name] != after[name]:
        return [f"{what}: “{before[name]}” → “{after[name]}”"]
    return [f"{what}: “{after[name]}” is changed"] if before != after else []


def _tell_rows(model: type[Model]) -> Callable[[str, Any, Any], list[str]]:
    def tell(part: str, before: Any, after: Any) -> list[str]:
        return _tell_named(_label(model), "name", before, after)

    return tell


# --- Common ---------------------------------------------------------------------------------------


def register_sections() -> None:
    """Tell what can be agreed here; definitions come after the activity types that they name."""
    register(
        Section(
            "stages", term("section.stages", "Stages"), 10,
            read=read_stages, write=write_stages, check=check_stages, tell=tell_stages, say=say_stages,
            from_blueprint=lambda rows: {
                row["stage"]: {name: row[name] for name in _STAGE_DEFAULT} for row in rows
            },
            editor="leads:edit_stages", known_parts=lambda: Stage.values,
        )
    )  # fmt: skip
    register(
        Section(
            "activity_types", term("section.activity_types", "Activity types"), 20, reading_order=70,
            read=read_activity_types, write=write_activity_types, check=check_activity_types,
            tell=_tell_rows(ActivityType), say=say_activity_types,
            from_blueprint=activity_types_from_blueprint,
        )
    )  # fmt: skip
    register(
        Section(
            "reasons", term("section.reasons", "Reasons"), 21, reading_order=71,
            read=read_reasons, write=write_reasons, check=check_reasons, tell=tell_reasons,
            say=lambda part, value: Item(value["text"], str(ReasonKind(part.split(".", 1)[0]).label)),
            from_blueprint=reasons_from_blueprint,
        )
    )  # fmt: skip
    register(
        Section(
            "nurture_programmes", term("section.nurture_programmes", "Nurture programmes"), 22, reading_order=72,
            read=read_nurture_programmes, write=write_nurture_programmes, check=check_nurture_programmes,
            tell=_tell_rows(NurtureProgramme), say=lambda part, value: Item(part),
            from_blueprint=lambda names: {name: {"name": name} for name in names},
        )
    )  # fmt: skip
    register(
        Section(
            "definitions", term("section.definitions", "Definitions"), 30,
            read=read_definitions, write=write_definitions, check=check_definitions, tell=tell_definitions,
            say=say_definitions, from_blueprint=definitions_from_blueprint,
            editor="leads:edit_definition", edits_parts=True, known_parts=lambda: Stage.values,
            parts_to_edit=definable_stages, name_part=lambda part: _full_name(Stage(part)),
        )
    )  # fmt: skip
    register(
        Section(
            "checklist", term("section.checklist", "Qualification checklist"), 31,
            read=read_checklist, write=write_checklist, check=check_checklist, tell=tell_checklist,
            say=lambda part, value: Item(value["question"], value["help"]),
            from_blueprint=lambda rows: {
                row["key"]: {"position": place, "question": row["question"], "help": row.get("help", "")}
                for place, row in enumerate(rows)
            },
            editor="leads:edit_checklist",
        )
    )  # fmt: skip


def _label(model: type[Model], field: str = "") -> str:
    text = str(label_for_field(field, model) if field else model._meta.verbose_name)
    return text[:1].upper() + text[1:]


def _refuse_unknown_stage(stage: str) -> None:
    if stage not in Stage.values:
        raise SectionRefused(f"There is no stage “{stage[:40]}”. Choose one of the diagram.")


def _cleaned(row: Model, *, what: str) -> None:
    """Refuse a row that its own table would refuse. Whether it is there already is not asked: it is replaced."""
    try:
        row.clean_fields(exclude=["criteria", "created_by", "agreement"])
        row.clean()
        checks = [one for one in row._meta.constraints if not hasattr(one, "fields") or not one.fields]
        for check in checks:
            check.validate(type(row), row)
    except ValidationError as refusal:
        raise SectionRefused(f"{what} can't be used. {' '.join(refusal.messages)}") from refusal


def _upsert(model: type[Model], rows: Iterable[Mapping[str, Any]], *, unique: list[str]) -> None:
    """Write catalogue rows by their keys, in one statement."""
    rows = list(rows)
    if not rows:
        return
    changed = sorted({name for row in rows for name in row} - set(unique)) or unique
    model._default_manager.bulk_create(
        [model(**row) for row in rows], update_conflicts=True, unique_fields=unique, update_fields=changed
    )
