"""One condition about a lead, as a row: what may be asked, how it is checked when saved, how it reads.

The compiler that turns conditions into queries is `leads.criteria`. Upper apps inherit `Condition` (a scoring rule has
one) and add fields (`register_field`), such as the score.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Self

from django.core.exceptions import ValidationError
from django.db import models

from leads.enums import EmailKind, JobFunction, Seniority, SourceKind
from terminology.labels import term


class Kind(models.TextChoices):
    FIELD = "field", term("condition_kind.field", "Something we know")
    ACTIVITY = "activity", term("condition_kind.activity", "Something they did")
    SCORE = "score", term("condition_kind.score", "The score")


class Operator(models.TextChoices):
    IS = "is", term("operator.is", "is")
    IS_NOT = "is_not", term("operator.is_not", "is not")
    IN = "in", term("operator.in", "is one of")
    NOT_IN = "not_in", term("operator.not_in", "is none of")
    CONTAINS = "contains", term("operator.contains", "contains")
    GTE = "gte", term("operator.gte", "is at least")
    LTE = "lte", term("operator.lte", "is at most")
    IS_SET = "is_set", term("operator.is_set", "is known")
    IS_EMPTY = "is_empty", term("operator.is_empty", "is not known")


class Count(models.TextChoices):
    TIMES = "times", term("condition_count.times", "times")
    DISTINCT = "distinct", term("condition_count.distinct", "different kinds")


class Shape(models.TextChoices):
    """What a field's values are, which decides its operators."""

    TEXT = "text", "text"
    NUMBER = "number", "number"
    CHOICE = "choice", "choice"
    YES_NO = "yes_no", "yes or no"


_NO_VALUE: Final = (Operator.IS_SET, Operator.IS_EMPTY)
_OPERATORS: Final[dict[Shape, tuple[Operator, ...]]] = {
    Shape.TEXT: (Operator.IS, Operator.IS_NOT, Operator.IN, Operator.NOT_IN, Operator.CONTAINS, *_NO_VALUE),
    Shape.NUMBER: (Operator.IS, Operator.IS_NOT, Operator.GTE, Operator.LTE, *_NO_VALUE),
    Shape.CHOICE: (Operator.IS, Operator.IS_NOT, Operator.IN, Operator.NOT_IN, *_NO_VALUE),
    Shape.YES_NO: (Operator.IS, Operator.IS_SET, Operator.IS_EMPTY),
}


@dataclass(frozen=True, slots=True)
class AskableField:
    """A field that a condition may ask about. `path` leads from Lead in ORM notation."""

    name: str
    path: str
    label: Any
    shape: Shape
    choices: type[models.TextChoices] | None = None
    # Values that mean "not known", beside NULL and the empty text.
    unknown: Sequence[str] = field(default=())


FIELDS: Final[dict[str, AskableField]] = {}


def operators_for(shape: Shape) -> tuple[Operator, ...]:
    """How fields of this shape may be asked about."""
    return _OPERATORS[shape]


def register_field(
    name: str,
    *,
    path: str,
    label: Any,
    shape: Shape,
    choices: type[models.TextChoices] | None = None,
    unknown: Sequence[str] = (),
) -> None:
    """Let conditions ask about `name`. Called when an app starts."""
    FIELDS[name] = AskableField(name, path, label, shape, choices, unknown)


def _askable(name: str, path: str, label: str, shape: Shape, **more: Any) -> None:
    register_field(name, path=path, label=term(f"condition_field.{name}", label), shape=shape, **more)


_askable(
    "contact.seniority",
    "contact__seniority",
    "Seniority",
    Shape.CHOICE,
    choices=Seniority,
    unknown=("unknown",),
)
_askable(
    "contact.function",
    "contact__function",
    "Function",
    Shape.CHOICE,
    choices=JobFunction,
    unknown=("unknown",),
)
_askable("contact.title", "contact__title", "Job title", Shape.TEXT)
_askable("contact.country", "contact__country", "Country of the person", Shape.TEXT)
_askable(
    "contact.email_kind",
    "contact__email_kind",
    "Kind of e-mail",
    Shape.CHOICE,
    choices=EmailKind,
    unknown=("none",),
)
_askable("contact.has_phone", "contact__phone", "Telephone number", Shape.YES_NO)
_askable("account.employees", "contact__account__employees", "Employees", Shape.NUMBER)
_askable("account.industry", "contact__account__industry", "Industry", Shape.TEXT)
_askable("account.country", "contact__account__country", "Country of the company", Shape.TEXT)
_askable("account.domain", "contact__account__domain", "Web domain", Shape.TEXT)
_askable("source.kind", "source__kind", "Kind of source", Shape.CHOICE, choices=SourceKind)
_askable("source.name", "source__name", "Source", Shape.TEXT)

# Groups of activity types that a condition may name instead of single ones.
HAND_RAISER: Final = "hand_raiser"
ENGAGEMENT: Final = "engagement"
ANY_ACTIVITY: Final = "any"
ACTIVITY_GROUPS: Final = {
    HAND_RAISER: term("activity_group.hand_raiser", "any hand-raiser"),
    ENGAGEMENT: term("activity_group.engagement", "any engagement"),
    ANY_ACTIVITY: term("activity_group.any", "any activity"),
}


MAX_DIGITS: Final = 100  # of a number that a condition asks for: computed at once, and no database minds


def split_values(text: str) -> list[str]:
    """The values of a list typed with commas, without blanks."""
    return [part for value in text.split(",") if (part := value.strip())]


class Condition(models.Model):
    """*field operator value*, or *at least N of these activities within so many days*."""

    kind = models.CharField("about", max_length=8, choices=Kind.choices, default=Kind.FIELD)
    field = models.CharField("field", max_length=60, blank=True)
    operator = models.CharField("operator", max_length=8, choices=Operator.choices, blank=True)
    value = models.CharField(
        "value", max_length=500, blank=True, help_text="Several values are typed with commas between them."
    )
    activity_types = models.CharField(
        "activities",
        max_length=500,
        blank=True,
        help_text="Keys of activity types with commas between them, or: hand_raiser, engagement, any.",
    )
    count = models.CharField("counted as", max_length=8, choices=Count.choices, default=Count.TIMES)
    at_least = models.PositiveSmallIntegerField("at least", default=1)
    within_days = models.PositiveSmallIntegerField(
        "within days", null=True, blank=True, help_text="Empty: ever."
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return describe(self)

    def clean(self) -> None:
        """Refuse a condition that could not be asked, with a sentence for the field at fault."""
        super().clean()
        self.refuse_unaskable()

    def refuse_unaskable(self, *, known_types: Collection[str] | None = None) -> None:
        """Raise ValidationError for a condition that can't be asked.

        `known_types` are the keys of the activity types that there will be; None: those that there are.
        """
        errors = self._activity_errors(known_types) if self.kind == Kind.ACTIVITY else self._field_errors()
        if errors:
            raise ValidationError(errors)

    def _activity_errors(self, known_types: Collection[str] | None) -> dict[str, str]:
        from leads.models import ActivityType

        keys = split_values(self.activity_types)
        if not keys:
            return {"activity_types": "Name at least one activity, or hand_raiser, engagement or any."}
        if any(key in ACTIVITY_GROUPS for key in keys) and len(keys) > 1:
            return {"activity_types": "A group such as hand_raiser stands alone; remove the other names."}
        single = [key for key in keys if key not in ACTIVITY_GROUPS]
        if known_types is None:
            known_types = set(ActivityType.objects.filter(key__in=single).values_list("key", flat=True))
        if missing := [key for key in single if key not in known_types]:
            return {
                "activity_types": f"There is no activity type “{missing[0]}”. Add it to the catalogue or correct it."
            }
        if self.at_least < 1:
            return {"at_least": "Ask for at least 1."}
        if self.count == Count.DISTINCT and len(single) and self.at_least > len(single):
            return {
                "at_least": f"Only {len(single)} different activities are named, so {self.at_least} can't be met."
            }
        return {}

    def _field_errors(self) -> dict[str, str]:
        known = FIELDS.get(self.field)
        if known is None:
            return {"field": f"There is no field “{self.field}”. Choose one of: {', '.join(sorted(FIELDS))}."}
        if self.operator not in _OPERATORS[known.shape]:
            names = ", ".join(str(operator.label) for operator in _OPERATORS[known.shape])
            return {"operator": f"“{known.label}” can be asked with: {names}."}
        if self.operator in _NO_VALUE:
            return {}
        values = (
            split_values(self.value)
            if self.operator in (Operator.IN, Operator.NOT_IN)
            else [self.value.strip()]
        )
        if not values or not all(values):
            return {"value": "Type a value."}
        if known.shape == Shape.NUMBER:
            return {} if as_number(values[0]) is not None else {"value": f"“{values[0]}” is not a number."}
        if known.shape == Shape.YES_NO:
            return {} if values[0] in ("yes", "no") else {"value": "Type yes or no."}
        if known.choices is not None and (
            wrong := [value for value in values if value not in known.choices.values]
        ):
            choices = ", ".join(known.choices.values)
            return {"value": f"“{wrong[0]}” is not a value of “{known.label}”. Choose from: {choices}."}
        return {}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], **more: Any) -> Self:
        """An unsaved, validated condition from its form in a blueprint. Raises ValidationError."""
        condition = cls.unchecked(content, **more)
        condition.clean()
        return condition

    @classmethod
    def unchecked(cls, content: Mapping[str, Any], **more: Any) -> Self:
        """As `from_dict`, without asking whether what it names exists."""
        types = content.get("activity_types", "")
        return cls(
            kind=content["kind"],
            field=content.get("field", ""),
            operator=content.get("operator", ""),
            value=str(content.get("value", "")),
            activity_types=types if isinstance(types, str) else ", ".join(types),
            count=content.get("count", Count.TIMES),
            at_least=content.get("at_least", 1),
            within_days=content.get("within_days"),
            **more,
        )

    def to_dict(self) -> dict[str, Any]:
        """The condition as `from_dict` reads it; two that ask the same thing give the same."""
        if self.kind == Kind.ACTIVITY:
            return {
                "kind": Kind.ACTIVITY.value,
                "activity_types": ", ".join(sorted(set(split_values(self.activity_types)))),
                "count": str(self.count),
                "at_least": self.at_least,
                "within_days": self.within_days,
            }
        found = {"kind": str(self.kind), "field": self.field, "operator": str(self.operator)}
        if self.operator in _NO_VALUE:
            return found
        several = self.operator in (Operator.IN, Operator.NOT_IN)
        return found | {"value": ", ".join(split_values(self.value)) if several else self.value.strip()}


def as_number(text: str) -> Decimal | None:
    """The number that `text` writes, or None. Huge ones are none."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    # Asked before anything is computed: 1e1000000 is quickly written and slowly counted.
    return number if number.is_finite() and number.adjusted() < MAX_DIGITS else None


def describe(condition: Condition, *, names: dict[str, str] | None = None) -> str:
    """The condition as a phrase in today's words; `names` gives activity types their names by key."""
    if condition.kind == Kind.ACTIVITY:
        return _describe_activity(condition, names or {})
    known = FIELDS.get(condition.field)
    if known is None:
        return condition.field
    phrase = f"{known.label} {Operator(condition.operator).label}" if condition.operator else str(known.label)
    if condition.operator in _NO_VALUE:
        return phrase
    return f"{phrase} {_join(_shown_values(condition, known))}"


def _shown_values(condition: Condition, known: AskableField) -> list[str]:
    values = (
        split_values(condition.value)
        if condition.operator in (Operator.IN, Operator.NOT_IN)
        else [condition.value]
    )
    if known.choices is None:
        return values
    return [str(known.choices(value).label) if value in known.choices.values else value for value in values]


def _describe_activity(condition: Condition, names: dict[str, str]) -> str:
    keys = split_values(condition.activity_types)
    what = _join([str(ACTIVITY_GROUPS.get(key) or names.get(key) or key.replace("_", " ")) for key in keys])
    phrase = what[:1].upper() + what[1:]
    if condition.at_least > 1:
        phrase = f"At least {condition.at_least} {Count(condition.count).label} of {what}"
    if condition.within_days:
        phrase += f" within {condition.within_days} days" if condition.within_days > 1 else " within a day"
    return phrase


def _join(words: Iterable[str]) -> str:
    *most, last = list(words) or [""]
    return f"{', '.join(most)} or {last}" if most else last
