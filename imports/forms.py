"""The forms of the steps from a file to a loaded list."""

from typing import Any, Final

from django import forms
from django.conf import settings
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from imports import drafting, words
from imports.mapping import FIELDS
from imports.models import ImportBatch
from imports.reading import FileShape
from imports.sources import require_source
from imports.textfiles import DELIMITERS, ENCODINGS
from leadops.errors import LeadOpsError
from leads.normalise import COUNTRY_NAMES, country_code

ONLY_PURCHASED: Final = ("vendor", "purchased_on", "basis", "cost", "currency")


class UploadForm(forms.ModelForm):
    """The file and what is to be said of it."""

    file = forms.FileField(
        label=words.FILE,
        widget=forms.ClearableFileInput(attrs={"class": "lo-input", "accept": ".csv,.tsv,.txt,.xlsx"}),
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
            "currency": UnfoldAdminTextInputWidget(attrs={"size": 3}),
            "country": UnfoldAdminTextInputWidget(attrs={"size": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.LEADOPS["UPLOAD_MAX_BYTES"]
        self.fields["file"].help_text = f"CSV, TSV or XLSX, up to {most // (1024 * 1024):,} MB."
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
        if shape.kind == "xlsx":
            self.fields["sheet"].choices = [(name, name) for name in shape.sheets]  # type: ignore[attr-defined]
            del self.fields["encoding"], self.fields["delimiter"]
            if len(shape.sheets) < 2:
                del self.fields["sheet"]
            return
        del self.fields["sheet"]
        first = [*shape.encoding_suggestions] if not shape.encoding_is_sure else []
        order = [shape.encoding, *first, *ENCODINGS]
        self.fields["encoding"].choices = [  # type: ignore[attr-defined]
            (codec, ENCODINGS.get(codec, codec)) for codec in dict.fromkeys(order)
        ]
        known = dict(DELIMITERS) | (
            {shape.delimiter: f"“{shape.delimiter}”"} if shape.delimiter not in DELIMITERS else {}
        )
        self.fields["delimiter"].choices = [(sign, name.capitalize()) for sign, name in known.items()]  # type: ignore[attr-defined]

    def reading(self) -> dict[str, Any]:
        """What the person says, as `reading.inspect` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class ColumnsForm(forms.Form):
    """What each column is. The fields are named by place, since headers can be anything."""

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headers = batch.file_shape.headers
        allowed = drafting.targets_for(batch.kind)
        choices = [("", f"— {words.LEAVE_OUT} —")] + [
            (target.name, _capital(str(target.label))) for target in FIELDS if target.name in allowed
        ]
        for place, header in enumerate(self.headers):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header,
                required=False,
                choices=choices,
                initial=batch.mapping.get(header, ""),
                widget=UnfoldAdminSelectWidget(attrs={"aria-label": f"What the column “{header}” is"}),
            )
        if drafting.ambiguous_dates(batch):
            self.fields["date_order"] = forms.ChoiceField(
                label="Order of dates",
                choices=list(drafting.DATE_ORDERS.items()),
                initial=batch.date_order,
                widget=UnfoldAdminSelectWidget,
            )

    def columns(self) -> list[forms.BoundField]:
        return [self[f"column_{place}"] for place in range(len(self.headers))]

    def mapping(self) -> dict[str, str]:
        """Header to field."""
        return {header: self.cleaned_data[f"column_{place}"] for place, header in enumerate(self.headers)}


class ConfirmForm(forms.Form):
    """The preview that the person has looked at, and that they mean it."""

    mark = forms.CharField(widget=forms.HiddenInput)
    accepts_many_bad = forms.BooleanField(label="Load the good rows anyway", required=False)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
