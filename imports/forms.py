"""The forms of the steps from a file to a loaded list."""

from typing import Any, Final

from django import forms
from django.conf import settings
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from imports import drafting, moments, presets, words
from imports.answers import CHANGED, CONSTANT
from imports.files.dialects import DELIMITERS
from imports.files.encodings import ENCODINGS
from imports.mapping import FIELDS, TARGETS, Target
from imports.models import ColumnRule, ImportBatch, ImportKind
from imports.reading import FileShape
from imports.sources import require_source
from leadops.errors import LeadOpsError
from leads.normalise import COUNTRY_NAMES, country_code

ONLY_PURCHASED: Final = ("vendor", "purchased_on", "basis", "cost", "currency", "effort_hours", "terms")


class UploadForm(forms.ModelForm):
    """The file and what is to be said of it."""

    file = forms.FileField(
        label=words.FILE,
        widget=forms.ClearableFileInput(
            attrs={"class": "lo-input", "accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods,.xml,.html,.htm"}
        ),
    )

    class Meta:
        model = ImportBatch
        fields = [
            "kind",
            "source_name",
            "vendor",
            "purchased_on",
            "basis",
            "cost",
            "currency",
            "effort_hours",
            "terms",
            "country",
            "overwrite",
            "all_or_nothing",
        ]
        widgets = {
            "kind": UnfoldAdminSelectWidget,
            "source_name": UnfoldAdminTextInputWidget,
            "vendor": UnfoldAdminTextInputWidget,
            "purchased_on": UnfoldAdminTextInputWidget(attrs={"type": "date"}),
            "basis": UnfoldAdminTextInputWidget,
            "cost": UnfoldAdminDecimalFieldWidget,
            "effort_hours": UnfoldAdminDecimalFieldWidget,
            "terms": UnfoldAdminTextInputWidget,
            "currency": UnfoldAdminTextInputWidget(attrs={"size": 3}),
            "country": UnfoldAdminTextInputWidget(attrs={"size": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.LEADOPS["UPLOAD_MAX_BYTES"]
        self.fields["file"].help_text = f"CSV, TSV, XLSX, XLS or ODS, up to {most // (1024 * 1024):,} MB."
        self.fields["file"].widget.attrs["data-max-bytes"] = str(most)
        self.fields["country"].initial = settings.LEADOPS["DEFAULT_COUNTRY"]
        self.fields["currency"].initial = settings.LEADOPS["DEFAULT_CURRENCY"]

    @property
    def of_purchased(self) -> list[forms.BoundField]:
        return [self[name] for name in ONLY_PURCHASED]

    def clean_country(self) -> str:
        text = self.cleaned_data["country"]
        found = country_code(text)
        if text and found not in COUNTRY_NAMES:
            raise forms.ValidationError(f"“{text}” is no country. Write two letters, such as DE.")
        return found

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            require_source(self.instance)
        except LeadOpsError as refusal:
            self.add_error(None, str(refusal))


class ReadingForm(forms.Form):
    """How the file is to be read, where it was not found rightly."""

    encoding = forms.ChoiceField(label="Encoding", required=False, widget=UnfoldAdminSelectWidget)
    delimiter = forms.ChoiceField(
        label="Columns are divided by", required=False, widget=UnfoldAdminSelectWidget
    )
    sheet = forms.ChoiceField(label="Sheet", required=False, widget=UnfoldAdminSelectWidget)
    header_row = forms.IntegerField(
        label="Header in row",
        min_value=0,
        max_value=10_000,
        help_text="0 if the list has no header.",
        widget=UnfoldAdminTextInputWidget(attrs={"type": "number", "min": 0}),
    )

    def __init__(self, content: Any = None, *, shape: FileShape) -> None:
        initial = {
            "encoding": shape.encoding,
            "delimiter": shape.delimiter,
            "sheet": shape.sheet,
            "header_row": shape.header_row,
        }
        super().__init__(content, initial=initial)
        if shape.kind == "csv":
            del self.fields["sheet"]
            self._offer_delimiters(shape)
        else:
            del self.fields["delimiter"]
            self.fields["sheet"].choices = [(name, name) for name in shape.sheets]  # type: ignore[attr-defined]
            if len(shape.sheets) < 2:
                del self.fields["sheet"]
        if not shape.encoding:  # a workbook that knows its own
            del self.fields["encoding"]
            return
        first = [*shape.encoding_suggestions] if not shape.encoding_is_sure else []
        order = [shape.encoding, *first, *ENCODINGS]
        self.fields["encoding"].choices = [  # type: ignore[attr-defined]
            (codec, ENCODINGS.get(codec, codec)) for codec in dict.fromkeys(order)
        ]

    def _offer_delimiters(self, shape: FileShape) -> None:
        known = dict(DELIMITERS) | (
            {shape.delimiter: f"“{shape.delimiter}”"} if shape.delimiter not in DELIMITERS else {}
        )
        if shape.form:  # to choose a delimiter is to say that it is a table
            self.initial["delimiter"] = ""
            known = {"": "as it was found", **DELIMITERS}
        self.fields["delimiter"].choices = [(sign, name.capitalize()) for sign, name in known.items()]  # type: ignore[attr-defined]

    def reading(self) -> dict[str, Any]:
        """What the person says, as `reading.inspect` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class PresetForm(forms.Form):
    """From where the columns are taken, if not from what was found."""

    preset = forms.ChoiceField(
        label=words.TAKEN_FROM, required=False, widget=UnfoldAdminSelectWidget(attrs={"data-preset": ""})
    )

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", words.GUESSED_ANEW), *((name, name) for name in presets.names())]
        self.fields["preset"].choices = choices  # type: ignore[attr-defined]
        self.fields["preset"].initial = batch.preset_name


class ColumnsForm(forms.Form):
    """What each column is, what it may do to known values, and what holds for the whole file.

    The fields are named by place, since headers can be anything.
    """

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headers = batch.file_shape.headers
        self.default_rule = ColumnRule.OVERWRITE if batch.overwrite else ColumnRule.FILL
        allowed = drafting.targets_for(batch.kind)
        choices = [("", f"— {words.LEAVE_OUT} —")] + [
            (target.name, _offered(target)) for target in FIELDS if target.name in allowed
        ]
        for place, header in enumerate(self.headers):
            target = batch.mapping.get(header, "")
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header,
                required=False,
                choices=choices,
                initial=target,
                widget=UnfoldAdminSelectWidget(
                    attrs={"aria-label": f"What the column “{header}” is", "data-target": ""}
                ),
            )
            self.fields[f"rule_{place}"] = forms.ChoiceField(
                label=header,
                required=False,
                choices=ColumnRule.choices,
                initial=batch.rules.get(CHANGED.get(target, ("",))[0], self.default_rule),
                widget=UnfoldAdminSelectWidget(
                    attrs={"aria-label": f"What the column “{header}” does to known values", "data-rule": ""}
                ),
            )
        for name in self._constants(batch):
            self.fields[f"constant_{name}"] = self._constant_field(name, batch)
        if batch.date_question:
            self.fields["date_order"] = forms.ChoiceField(
                label="How are they meant?",
                required=False,  # the column may be left out with the same click; `require_dates` looks after the rest
                choices=list(self._orders(batch)),
                initial=batch.date_order,
                widget=forms.RadioSelect,
            )

    @staticmethod
    def _constant_field(name: str, batch: ImportBatch) -> forms.Field:
        about: dict[str, Any] = {
            "label": _capital(str(TARGETS[name].label)),
            "required": False,
            "initial": batch.constants.get(name, ""),
        }
        if name == "opted_out":
            choices = [("", "–"), ("yes", "Yes: nobody on it may be written to")]
            return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, **about)
        kind = "date" if name == "attended_at" else "text"
        return forms.CharField(widget=UnfoldAdminTextInputWidget(attrs={"type": kind}), **about)

    @staticmethod
    def _constants(batch: ImportBatch) -> list[str]:
        return [name for name in CONSTANT if name != "attended_at" or batch.kind == ImportKind.EVENT]

    @staticmethod
    def _orders(batch: ImportBatch) -> Any:
        """Both ways, with what the first of the dates means in each."""
        text = batch.date_question["examples"][0]
        usual = drafting.usual_order(batch.country)
        for order, name in (("dmy", "day first"), ("mdy", "month first")):
            meant = moments.told(text, is_day_first=order == "dmy")
            country = COUNTRY_NAMES.get(batch.country, "")
            hint = f", usual in {country}" if order == usual and country else ""
            yield order, f"“{text}” is {meant} ({name}{hint})"

    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{place}"] for place in range(len(self.headers))]

    @property
    def ruled(self) -> str:
        """The targets for which there are rules, for the script of the page."""
        return " ".join(CHANGED)

    def rule_fields(self) -> list[forms.BoundField]:
        return [self[f"rule_{place}"] for place in range(len(self.headers))]

    def constant_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("constant_")]

    def mapping(self) -> dict[str, str]:
        """Header to field."""
        return {header: self.cleaned_data[f"column_{place}"] for place, header in enumerate(self.headers)}

    def rules(self) -> dict[str, str]:
        """Field to `ColumnRule`, of the columns for which another one than the list's was chosen."""
        found = {}
        for place in range(len(self.headers)):
            target, rule = self.cleaned_data[f"column_{place}"], self.cleaned_data[f"rule_{place}"]
            if target in CHANGED and rule and rule != self.default_rule:
                found[target] = rule
        return found

    def constants(self) -> dict[str, str]:
        """Field to the text for the whole file, without blank ones."""
        texts = {name: self.cleaned_data[name] for name in self.fields if name.startswith("constant_")}
        return {name.removeprefix("constant_"): text for name, text in texts.items() if text}


class ConfirmForm(forms.Form):
    """The preview that the person has looked at, and that they mean it."""

    mark = forms.CharField(widget=forms.HiddenInput)
    accepts_many_bad = forms.BooleanField(label="Load the good rows anyway", required=False)


def _offered(target: Target) -> str:
    """The field as the page offers it for a column."""
    label = _capital(str(target.label))
    return f"{label} ({target.hint})" if target.hint else label


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
