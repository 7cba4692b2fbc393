"""What a person expects of every file in the shared folders of lists: how it is read and how much, or why it is not.

The files are made by others and are not kept here, nor are their rows: `cells` is a fingerprint of all good rows with
their numbers, looked at by eye when it was written down. Where a folder has the wanted table beside a file
(`.clean.csv`, JSON), `test_acid_files.py` holds the two beside each other.
"""

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from imports.files.dialects import DELIMITERS, find_dialect
from imports.files.textfiles import read_records
from imports.reading import UnreadableFile, inspect, rows

FOLDERS = ("import_files", "csv_acid")


@dataclass(frozen=True)
class Read:
    """A file that is read: kind; encoding and delimiter, or sheet; header row; columns; rows with and without fault."""

    kind: str
    how: str
    header: int
    columns: int
    first: str  # header
    rows: int
    bad: int
    cells: str


EXPECTED: dict[str, Read | str] = {
    "import_files/b2b_contact_list_dev.csv": Read(
        "csv", "utf-8 ,", header=1, columns=16, first="Number", rows=3000, bad=0, cells="f66cd6da"
    ),
    "import_files/mautic_10contacts_leading_spaces.csv": Read(
        "csv", "utf-8 ,", header=1, columns=5, first="firstname", rows=10, bad=0, cells="cb0a3944"
    ),
    "import_files/mautic_leads.csv": Read(
        "csv", "utf-8 ,", header=1, columns=16, first="title", rows=54, bad=0, cells="bedc28d8"
    ),
    "import_files/messy_lead_lists/02-facebook-leads-messy-headers.csv": Read(
        "csv", "utf-8 ,", header=1, columns=7, first="Created Time", rows=3, bad=0, cells="78889ec4"
    ),
    "import_files/messy_lead_lists/05-excel-export.csv": Read(
        "csv", "utf-8 ,", header=1, columns=7, first="First Name", rows=3, bad=0, cells="d81a2172"
    ),
    "import_files/messy_lead_lists/06-agency-crm-export.csv": Read(
        "csv", "utf-8 ,", header=1, columns=9, first="Lead ID", rows=4, bad=0, cells="a679afa9"
    ),
    "import_files/messy_lead_lists/08-broken-headers-typos.csv": Read(
        "csv", "utf-8 ,", header=1, columns=5, first="Nmae", rows=3, bad=0, cells="04eab636"
    ),
    "import_files/messy_lead_lists/09-duplicate-headers.csv": Read(
        "csv", "utf-8 ,", header=1, columns=6, first="Name", rows=2, bad=0, cells="28ea8057"
    ),
    "import_files/messy_lead_lists/10-mixed-date-formats.csv": Read(
        "csv", "utf-8 ,", header=1, columns=5, first="Name", rows=3, bad=0, cells="6046afda"
    ),
    "import_files/messy_lead_lists/12-unicode-emoji.csv": Read(
        "csv", "utf-8 ,", header=1, columns=5, first="Name", rows=3, bad=0, cells="b7864a46"
    ),
    "import_files/messy_lead_lists/14-blank-rows.csv": Read(
        "csv", "utf-8 ,", header=1, columns=4, first="Name", rows=2, bad=0, cells="184160ef"
    ),
    "import_files/messy_lead_lists/19-empty-columns.csv": Read(
        "csv", "utf-8 ,", header=1, columns=7, first="Name", rows=3, bad=0, cells="0294df93"
    ),
    "import_files/messy_lead_lists/22-trailing-commas.csv": Read(
        "csv", "utf-8 ,", header=1, columns=4, first="Name", rows=2, bad=0, cells="c509f191"
    ),
    "import_files/messy_lead_lists/25-hubspot-export.csv": Read(
        "csv", "utf-8 ,", header=1, columns=8, first="Record ID", rows=3, bad=0, cells="7fa7b444"
    ),
    "import_files/messy_lead_lists/agency-chaos.csv": Read(
        "csv", "utf-8 ,", header=2, columns=6, first="Lead ID", rows=4, bad=0, cells="bcc6e17a"
    ),
    "import_files/messy_lead_lists/excel-messy-export.csv": Read(
        "csv", "utf-8 ,", header=1, columns=6, first="Lead Name", rows=3, bad=0, cells="976cc2e1"
    ),
    "import_files/messy_lead_lists/facebook-leads-realistic.csv": Read(
        "csv", "utf-8 ,", header=1, columns=14, first="id", rows=3, bad=0, cells="f25ca09f"
    ),
    "import_files/messy_lead_lists/rtl-arabic-headers.csv": Read(
        "csv", "utf-8 ,", header=1, columns=5, first="الاسم", rows=2, bad=0, cells="bf2bd448"
    ),
    "import_files/messy_lead_lists/salesforce-leads.csv": Read(
        "csv", "utf-8 ,", header=1, columns=9, first="Lead ID", rows=3, bad=0, cells="b7f0a689"
    ),
    "import_files/messy_lead_lists/zoho-crm-export.csv": Read(
        "csv", "utf-8 ,", header=1, columns=7, first="Lead Name", rows=3, bad=0, cells="39fe6e8e"
    ),
    "import_files/orocrm_lead_export.csv": Read(
        "csv", "utf-8 ,", header=1, columns=69, first="Lead name", rows=3, bad=0, cells="8eb32aa1"
    ),
    "import_files/orocrm_lead_import_same_phone_address.csv": Read(
        "csv", "utf-8 ,", header=1, columns=38, first="Id", rows=2, bad=0, cells="2d965063"
    ),
    "import_files/salesforce_dataloader_tests/acctsWithBinaryDataInRTF.csv": Read(
        "csv", "utf-8 ,", header=1, columns=2, first="Name", rows=1, bad=0, cells="6c1018be"
    ),
    "import_files/salesforce_dataloader_tests/constantMappingInCsv.csv": Read(
        "csv", "utf-8 ,", header=1, columns=2, first="Name", rows=2, bad=0, cells="58ee9b96"
    ),
    "import_files/salesforce_dataloader_tests/constantMappingInCsvClashing.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="name", rows=2, bad=0, cells="1e461313"
    ),
    "import_files/salesforce_dataloader_tests/csvEscapedQuotes.csv": Read(
        "csv", "utf-8 ,", header=1, columns=2, first="column1", rows=2, bad=0, cells="46b76cc8"
    ),
    "import_files/salesforce_dataloader_tests/csvSeparator.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="column1", rows=2, bad=0, cells="8ae8f877"
    ),
    "import_files/salesforce_dataloader_tests/csvtext_BOM_UTF16BE.csv": Read(
        "csv", "utf-16 ,", header=1, columns=3, first="column1", rows=2, bad=0, cells="1faa08a4"
    ),
    "import_files/salesforce_dataloader_tests/dateWithTimeZone.csv": Read(
        "csv", "utf-8 ,", header=1, columns=9, first="NAME", rows=2, bad=0, cells="943780c3"
    ),
    "import_files/salesforce_dataloader_tests/insertAccountCsv.csv": Read(
        "csv", "utf-8 ,", header=1, columns=7, first="NAME", rows=100, bad=0, cells="2ee2b6da"
    ),
    "import_files/salesforce_dataloader_tests/timeZoneFormatTestingWithErrors.csv": Read(
        "csv", "utf-8 ,", header=1, columns=2, first="Name", rows=6, bad=0, cells="73ba9b75"
    ),
    "import_files/salesforce_dataloader_tests/updateAccountWithExternalIdCsvTemplate.csv": Read(
        "csv", "utf-8 ,", header=1, columns=6, first="NAME", rows=5, bad=0, cells="2030068c"
    ),
    "import_files/salesforce_dataloader_tests/upsertAccountSmallTemplate.csv": Read(
        "csv", "utf-8 ,", header=1, columns=7, first="NAME", rows=10, bad=0, cells="8328127a"
    ),
    "import_files/salesforce_dataloader_tests/upsertFkAccountNewFormatCsvTemplate.csv": Read(
        "csv", "utf-8 ,", header=1, columns=8, first="NAME", rows=5, bad=0, cells="b55b5ab5"
    ),
    "import_files/salesforce_opportunities.csv": Read(
        "csv", "utf-8 ,", header=1, columns=31, first="ID", rows=38, bad=0, cells="0cb0b33b"
    ),
    "import_files/salesforce_result_error.csv": Read(
        "csv", "utf-8 ,", header=1, columns=32, first="ID", rows=11, bad=0, cells="9efae12c"
    ),
    "import_files/salesforce_result_success.csv": Read(
        "csv", "utf-8 ,", header=1, columns=32, first="ID", rows=9, bad=0, cells="8621e101"
    ),
    "import_files/smallcrm_leads.csv": Read(
        "csv", "utf-8 ,", header=1, columns=6, first="LeadID", rows=200, bad=0, cells="3ae0d485"
    ),
    "import_files/zoho_accounts.csv": Read(
        "csv", "utf-8 ,", header=1, columns=11, first="ACCOUNTID", rows=2229, bad=0, cells="3df7a7b9"
    ),
    "import_files/zoho_leads_dev.csv": Read(
        "csv", "utf-8 ,", header=1, columns=13, first="LEADID", rows=1950, bad=0, cells="ed572fef"
    ),
    "import_files/zoho_potentials_300.csv": Read(
        "csv", "utf-8 ,", header=1, columns=20, first="Potential Name", rows=300, bad=0, cells="4b854015"
    ),
    "csv_acid/csv_spectrum/comma_in_quotes.csv": Read(
        "csv", "utf-8 ,", header=1, columns=5, first="first", rows=1, bad=0, cells="9a12aed4"
    ),
    "csv_acid/csv_spectrum/location_coordinates.csv": Read(
        "csv", "utf-8 ,", header=1, columns=4, first="Contact Phone Number", rows=1, bad=0, cells="33fa8e39"
    ),
    "csv_acid/csv_spectrum/newlines.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="a", rows=3, bad=0, cells="bfca7824"
    ),
    "csv_acid/csv_spectrum/newlines_crlf.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="a", rows=3, bad=0, cells="c0eca75b"
    ),
    "csv_acid/csv_spectrum/quotes_and_newlines.csv": Read(
        "csv", "utf-8 ,", header=1, columns=2, first="a", rows=2, bad=0, cells="1d48880f"
    ),
    "csv_acid/csv_spectrum/utf8.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="a", rows=2, bad=0, cells="9733bb41"
    ),
    "csv_acid/frictionless/blank-cells.csv": Read(
        "csv", "utf-8 ,", header=1, columns=2, first="id", rows=5, bad=0, cells="b374ee52"
    ),
    "csv_acid/frictionless/blank-rows-multiple.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=2, bad=0, cells="c10c3c5d"
    ),
    "csv_acid/frictionless/blank-rows-no-fields.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=2, bad=0, cells="9a39fdde"
    ),
    "csv_acid/frictionless/blank-rows.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=2, bad=0, cells="c10c3c5d"
    ),
    "csv_acid/frictionless/capital-invalid.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=10, bad=1, cells="2e0ed8a9"
    ),
    "csv_acid/frictionless/cast-int-to-string-issue-1251.xlsx": Read(
        "xlsx", "Feuille1", header=1, columns=5, first="A", rows=2, bad=0, cells="71feebbf"
    ),
    "csv_acid/frictionless/defective-rows.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=2, bad=1, cells="821af896"
    ),
    "csv_acid/frictionless/delimiter.csv": Read(
        "csv", "utf-8 ;", header=1, columns=2, first="id", rows=2, bad=0, cells="6543af0b"
    ),
    "csv_acid/frictionless/doublequote.csv": Read(
        "csv", "utf-8 ,", header=1, columns=17, first="INCISO", rows=5, bad=0, cells="07e8e88f"
    ),
    "csv_acid/frictionless/duplicate-column.csv": Read(
        "csv", "utf-8 ,", header=1, columns=4, first="A", rows=1, bad=0, cells="5d6f7e61"
    ),
    "csv_acid/frictionless/empty.csv": "This file is empty.",
    "csv_acid/frictionless/escaping.csv": Read(
        "csv", "utf-8 ,", header=1, columns=2, first="ID", rows=3, bad=0, cells="3e63690c"
    ),
    "csv_acid/frictionless/floats.csv": Read(
        "csv", "utf-8 ,", header=1, columns=1, first="number", rows=5, bad=0, cells="7d8f9666"
    ),
    "csv_acid/frictionless/invalid.csv": Read(
        "csv", "utf-8 ,", header=1, columns=4, first="id", rows=3, bad=1, cells="54dc62d8"
    ),
    "csv_acid/frictionless/issue-1024.xlsx": Read(
        "xlsx", "IPC", header=12, columns=55, first="Country", rows=46, bad=0, cells="b2f4c0e1"
    ),
    "csv_acid/frictionless/issue-1100.csv": Read(
        "csv", "utf-8 ;", header=1, columns=2, first="id", rows=2, bad=0, cells="e999f483"
    ),
    "csv_acid/frictionless/issue-1232.csv": Read(
        "csv", "utf-8 ;", header=1, columns=7, first="comune", rows=5, bad=0, cells="7b0afd29"
    ),
    "csv_acid/frictionless/issue-277.csv": Read(
        "csv", "utf-8 ,", header=1, columns=71, first="Source", rows=75, bad=0, cells="b59c656f"
    ),
    "csv_acid/frictionless/issue-312.xlsx": Read(
        "xlsx", "invalid", header=1, columns=5, first="id", rows=4, bad=0, cells="ccfdfd1d"
    ),
    "csv_acid/frictionless/issue-313.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=5, first="Column_1", rows=2, bad=0, cells="be0fe88f"
    ),
    "csv_acid/frictionless/issue-833.csv": Read(
        "csv", "utf-8 ,", header=1, columns=2, first="id", rows=3, bad=0, cells="67471170"
    ),
    "csv_acid/frictionless/issue-844.csv": Read(
        "csv", "utf-8 ,", header=1, columns=2, first="nome", rows=2, bad=0, cells="d8464043"
    ),
    "csv_acid/frictionless/issue-870.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=8, first="0", rows=9, bad=0, cells="ed703a96"
    ),
    "csv_acid/frictionless/latin1.csv": Read(
        "csv", "cp1252 ,", header=1, columns=2, first="id", rows=2, bad=0, cells="a64b475b"
    ),
    "csv_acid/frictionless/leading-zeros.csv": Read(
        "csv", "utf-8 ,", header=1, columns=1, first="value", rows=3, bad=0, cells="f0de4168"
    ),
    "csv_acid/frictionless/number-format-multicode.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=1, first="col1", rows=3, bad=0, cells="cc7c7d72"
    ),
    "csv_acid/frictionless/numeric-labels.csv": Read(
        "csv", "utf-8 ,", header=1, columns=10, first="id", rows=3, bad=0, cells="5af10f7f"
    ),
    "csv_acid/frictionless/preserve-formatting-percentage.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=2, first="col1", rows=3, bad=0, cells="b4ccac2f"
    ),
    "csv_acid/frictionless/preserve-formatting.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=11, first="empty", rows=1, bad=0, cells="27af4e38"
    ),
    "csv_acid/frictionless/schema-errors.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=4, bad=1, cells="47631e89"
    ),
    "csv_acid/frictionless/sheet2.xls": Read(
        "xls", "Sheet2", header=1, columns=2, first="id", rows=2, bad=0, cells="6543af0b"
    ),
    "csv_acid/frictionless/sheet2.xlsx": Read(
        "xlsx", "Sheet2", header=1, columns=2, first="id", rows=2, bad=0, cells="6543af0b"
    ),
    "csv_acid/frictionless/sheets.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=2, first="id", rows=1, bad=0, cells="55e7a6c1"
    ),
    "csv_acid/frictionless/skip-rows.csv": Read(
        "csv", "utf-8 ,", header=2, columns=2, first="id", rows=3, bad=0, cells="24f937ba"
    ),
    "csv_acid/frictionless/skip-rows.xlsx": Read(
        "xlsx", "Sheet 1", header=2, columns=2, first="A", rows=2, bad=0, cells="bbe31d6e"
    ),
    "csv_acid/frictionless/table-infer-iso-8859-7.csv": Read(
        "csv", "iso8859-7 ,", header=1, columns=3, first="id", rows=4, bad=0, cells="0a9eb6eb"
    ),
    "csv_acid/frictionless/table-infer-utf8.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=5, bad=0, cells="e2e0d5d5"
    ),
    "csv_acid/frictionless/table-multiple-files.zip": "This file is a ZIP archive, not a list.",
    "csv_acid/frictionless/table.csv.zip": "This file is a ZIP archive, not a list.",
    "csv_acid/frictionless/table.xlsx": Read(
        "xlsx", "Лист1", header=1, columns=2, first="id", rows=2, bad=0, cells="6543af0b"
    ),
    "csv_acid/frictionless/template.xlsx": Read(
        "xlsx", "abc list", header=1, columns=1, first="A", rows=2, bad=0, cells="fdd7bc6c"
    ),
    "csv_acid/frictionless/wide.csv": "This list has 9,074 columns; up to 500 can be read.",
    "csv_acid/import_export_fixtures/books-ISO-8859-1.csv": Read(
        "csv", "cp1252 ,", header=1, columns=3, first="id", rows=1, bad=0, cells="dbb24279"
    ),
    "csv_acid/import_export_fixtures/books-dos.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=1, bad=0, cells="f0822e1f"
    ),
    "csv_acid/import_export_fixtures/books-empty-author-email.xlsx": Read(
        "xlsx", "books", header=1, columns=3, first="id", rows=2, bad=0, cells="3aa1b51e"
    ),
    "csv_acid/import_export_fixtures/books-for-delete.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=1, bad=0, cells="9654d446"
    ),
    "csv_acid/import_export_fixtures/books-invalid-date.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=2, bad=0, cells="a7084d2f"
    ),
    "csv_acid/import_export_fixtures/books-mac.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=1, bad=0, cells="f0822e1f"
    ),
    "csv_acid/import_export_fixtures/books-unicode.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="id", rows=1, bad=0, cells="43fb0e2e"
    ),
    "csv_acid/import_export_fixtures/books.xlsx": Read(
        "xlsx", "books", header=1, columns=4, first="id", rows=1, bad=0, cells="a0fd832e"
    ),
    "csv_acid/pollock_polluted/file_field_delimiter_0x20.csv": (
        "In 28 of 81 rows there are more cells than in the header, first in row 6."
    ),
    "csv_acid/pollock_polluted/file_field_delimiter_0x3B.csv": Read(
        "csv", "utf-8 ;", header=1, columns=9, first="DATE", rows=83, bad=0, cells="1f4e7739"
    ),
    "csv_acid/pollock_polluted/file_header_multirow_3.csv": Read(
        "csv", "utf-8 ,", header=1, columns=9, first="DATE", rows=83, bad=0, cells="e6627aed"
    ),
    "csv_acid/pollock_polluted/file_header_only.csv": "This file has only a header and no rows below it.",
    "csv_acid/pollock_polluted/file_no_header.csv": Read(
        "csv", "utf-8 ,", header=0, columns=8, first="Column 1", rows=83, bad=0, cells="c6d9d789"
    ),
    "csv_acid/pollock_polluted/file_no_payload.csv": "This file is empty.",
    "csv_acid/pollock_polluted/file_one_data_row.csv": Read(
        "csv", "utf-8 ,", header=1, columns=9, first="DATE", rows=1, bad=0, cells="1fdbb4c2"
    ),
    "csv_acid/pollock_polluted/file_preamble.csv": Read(
        "csv", "utf-8 ,", header=3, columns=9, first="DATE", rows=83, bad=0, cells="e6627aed"
    ),
    "csv_acid/pollock_polluted/file_quotation_char_0x27.csv": Read(
        "csv", "utf-8 ,", header=1, columns=9, first="DATE", rows=83, bad=10, cells="4eb9ca42"
    ),
    "csv_acid/pollock_polluted/file_record_delimiter_0xA.csv": Read(
        "csv", "utf-8 ,", header=1, columns=9, first="DATE", rows=83, bad=0, cells="1f4e7739"
    ),
    "csv_acid/pollock_polluted/row_field_delimiter_47_0x20.csv": Read(
        "csv", "utf-8 ,", header=1, columns=9, first="DATE", rows=83, bad=1, cells="956a64f4"
    ),
    "csv_acid/pollock_polluted/row_less_sep_row32_col3.csv": Read(
        "csv", "utf-8 ,", header=1, columns=9, first="DATE", rows=83, bad=1, cells="146dd991"
    ),
    "csv_acid/pollock_real_world/2004-2016.csv": Read(
        "csv", "utf-8 ,", header=1, columns=14, first="Diffusion tube", rows=965, bad=0, cells="6e701e19"
    ),
    "csv_acid/pollock_real_world/Feb-2016.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="Posted_Date", rows=23, bad=0, cells="4a13123c"
    ),
    "csv_acid/pollock_real_world/Kokad_pollen.csv": Read(
        "csv", "utf-8 ;", header=1, columns=211, first="Age", rows=69, bad=0, cells="91070855"
    ),
    "csv_acid/pollock_real_world/NBA_scores_out.csv": Read(
        "csv", "utf-8 ,", header=1, columns=19, first="Column 1", rows=18, bad=0, cells="247ef32a"
    ),
    "csv_acid/pollock_real_world/Oct_2013.csv": Read(
        "csv", "utf-8 ,", header=1, columns=67, first="Oct-13", rows=326, bad=0, cells="07f40524"
    ),
    "csv_acid/pollock_real_world/Wine_Cellar_Consumption_dataset_14-15.csv": Read(
        "csv", "utf-8 ,", header=1, columns=4, first="Country/Region", rows=223, bad=0, cells="fb124da1"
    ),
    "csv_acid/pollock_real_world/over25k-transparency.csv": Read(
        "csv", "utf-8 ,", header=1, columns=8, first="Department family", rows=188, bad=0, cells="6358382e"
    ),
    "csv_acid/pollock_real_world/tetranatrolite.csv": Read(
        "csv", "utf-8 ;", header=1, columns=4, first="T", rows=18, bad=0, cells="9816184c"
    ),
    "csv_acid/pollock_real_world/workforce-management-information-dft_201706.csv": Read(
        "csv", "utf-8 ,", header=3, columns=40, first="Organisation name", rows=10, bad=0, cells="29c18595"
    ),
    "csv_acid/rfc4180_small/all-empty.csv": "This file has no rows with content.",
    "csv_acid/rfc4180_small/bad-header-no-header.csv": "This file is empty.",
    "csv_acid/rfc4180_small/bad-header-wrong-header.csv": "This file has only a header and no rows below it.",
    "csv_acid/rfc4180_small/bad-unescaped-quote.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="foo", rows=1, bad=0, cells="ccd55125"
    ),
    "csv_acid/rfc4180_small/leading-space.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="foo", rows=1, bad=0, cells="d5e74071"
    ),
    "csv_acid/rfc4180_small/one-column.csv": Read(
        "csv", "utf-8 ,", header=1, columns=1, first="foo", rows=1, bad=0, cells="c6a839f1"
    ),
    "csv_acid/rfc4180_small/quotes-with-comma.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="foo", rows=1, bad=0, cells="5e8bfbc6"
    ),
    "csv_acid/rfc4180_small/quotes-with-escaped-quote.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="foo", rows=1, bad=0, cells="d6721037"
    ),
    "csv_acid/rfc4180_small/quotes-with-space.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="foo", rows=1, bad=0, cells="9d480201"
    ),
    "csv_acid/rfc4180_small/simple-crlf.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="foo", rows=1, bad=0, cells="56d92841"
    ),
    "csv_acid/rfc4180_small/trailing-newline-one-field.csv": Read(
        "csv", "utf-8 ,", header=1, columns=1, first="foo", rows=1, bad=0, cells="c6a839f1"
    ),
    "csv_acid/rfc4180_small/trailing-newline.csv": Read(
        "csv", "utf-8 ,", header=1, columns=3, first="foo", rows=1, bad=0, cells="56d92841"
    ),
    "csv_acid/tablib/book.ods": "This file has only a header and no rows below it.",
    "csv_acid/tablib/dates.xls": Read(
        "xls", "Tablib Dataset", header=1, columns=1, first="birth_date", rows=1, bad=0, cells="34dc1e36"
    ),
    "csv_acid/tablib/ragged.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=2, first="a", rows=1, bad=0, cells="310af46b"
    ),
    "csv_acid/tablib/unknown_value_type.ods": "This file has only a header and no rows below it.",
    "csv_acid/xlsx_sheetjs/1904.xlsx": Read(
        "xlsx", "Sheet1", header=0, columns=4, first="Column 1", rows=5, bad=0, cells="184993f9"
    ),
    "csv_acid/xlsx_sheetjs/AutoFilter.xlsx": Read(
        "xlsx", "No Filter", header=1, columns=5, first="Code", rows=21, bad=0, cells="41d6a429"
    ),
    "csv_acid/xlsx_sheetjs/DataTypesFormats.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=2, first="Date", rows=5, bad=0, cells="5330c0ef"
    ),
    "csv_acid/xlsx_sheetjs/ErrorTypes.xlsx": Read(
        "xlsx", "RawErrors", header=1, columns=10, first="Error", rows=13, bad=13, cells="4f53cda1"
    ),
    "csv_acid/xlsx_sheetjs/RkNumber.xlsx": Read(
        "xlsx", "RkNumber", header=1, columns=3, first="fX100", rows=4, bad=0, cells="52cd61aa"
    ),
    "csv_acid/xlsx_sheetjs/custom_properties.xlsx": "This file has no rows with content.",
    "csv_acid/xlsx_sheetjs/defined_names_unicode.xlsx": "This file has only a header and no rows below it.",
    "csv_acid/xlsx_sheetjs/formula_stress_test.xlsx": Read(
        "xlsx", "Statistical", header=0, columns=10, first="Column 1", rows=140, bad=0, cells="9d816cc8"
    ),
    "csv_acid/xlsx_sheetjs/hyperlink_no_rels.xlsx": "This file has only a header and no rows below it.",
    "csv_acid/xlsx_sheetjs/internal_link.xlsx": Read(
        "xlsx", "Sheet1", header=0, columns=5, first="Column 1", rows=7, bad=0, cells="82b2728a"
    ),
    "csv_acid/xlsx_sheetjs/merge_cells.xlsx": Read(
        "xlsx", "Merge", header=1, columns=4, first="A1:B2", rows=2, bad=0, cells="1b5d94be"
    ),
    "csv_acid/xlsx_sheetjs/mixed_sheets.xlsx": Read(
        "xlsx", "choices", header=1, columns=3, first="list_name", rows=2, bad=0, cells="31c0991f"
    ),
    "csv_acid/xlsx_sheetjs/phonetic_text.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=1, first="漢字", rows=1, bad=0, cells="ba6e1236"
    ),
    "csv_acid/xlsx_sheetjs/rich_text_stress.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=2, first="normal", rows=13, bad=0, cells="fd03cdf2"
    ),
    "csv_acid/xlsx_sheetjs/text_and_numbers.xlsx": Read(
        "xlsx", "Sheet1", header=1, columns=3, first="English", rows=2, bad=0, cells="db727fc8"
    ),
}


def files(shared_data: Path) -> dict[str, Path]:
    """The files that somebody might upload, by their path; what tells the wanted result is none of them."""
    return {
        path.relative_to(shared_data).as_posix(): path
        for folder in FOLDERS
        for path in sorted((shared_data / folder).rglob("*"))
        if path.is_file() and path.suffix != ".json" and not path.name.endswith(".clean.csv")
    }


def test_every_file_has_its_line(shared_data: Path) -> None:
    found = files(shared_data)
    if not found:
        pytest.skip("The shared folder has no lists.")

    assert found.keys() == EXPECTED.keys()


def read(path: Path) -> Read | str:
    with path.open("rb") as file:
        try:
            shape = inspect(file, name=path.name)
            found = list(rows(file, shape=shape))
        except UnreadableFile as refused:
            sentence, dot, _ = str(refused).partition(". ")
            return sentence + dot.strip()
    good = [[row.number, list(row.values.values())] for row in found if not row.problem]
    delimiter = "tab" if shape.delimiter == "\t" else shape.delimiter
    return Read(
        kind=shape.kind,
        how=f"{shape.encoding} {delimiter}" if shape.kind == "csv" else shape.sheet,
        header=shape.header_row,
        columns=len(shape.headers),
        first=shape.headers[0],
        rows=len(found),
        bad=sum(bool(row.problem) for row in found),
        cells=hashlib.sha256(json.dumps(good, ensure_ascii=False).encode()).hexdigest()[:8],
    )


@pytest.mark.parametrize("name", EXPECTED)
def test_reads_a_file_as_a_person_expects(shared_data: Path, name: str) -> None:
    path = shared_data / name
    if not path.is_file():
        pytest.skip(f"There is no file {name}.")

    assert read(path) == EXPECTED[name]


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["import_files", "csv_acid"])
def test_the_command_ends_with_an_object_or_a_sentence(shared_data: Path, folder: str) -> None:
    told: dict[str, dict[str, Any] | str] = {}
    for name, path in files(shared_data).items():
        if name.startswith(folder):
            told[name] = answer(path)
    if not told:
        pytest.skip(f"There is no folder {folder}.")

    for name, found in told.items():
        expected = EXPECTED[name]
        if isinstance(found, str):
            assert found[0].isupper(), name
            assert found.endswith("."), name
        else:
            outcomes = ("created", "updated", "unchanged", "merged", "suppressed", "rejected")
            assert isinstance(expected, Read), name
            assert sum(found[outcome] for outcome in outcomes) == found["rows"] == expected.rows, name
    if folder == "import_files":
        assert sum(isinstance(found, dict) for found in told.values()) >= 20


def answer(path: Path) -> dict[str, Any] | str:
    """What a dry run prints, or the sentence with which it refuses."""
    out = io.StringIO()
    try:
        call_command(
            "import_list",
            str(path),
            "--kind",
            "partner",
            "--source",
            "Files",
            "--dry-run",
            "--json",
            stdout=out,
        )
    except CommandError as refused:
        return str(refused) if refused.returncode == 1 else f"exit status {refused.returncode}"
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_takes_texts_apart_as_the_cases_of_a_parser_say(shared_data: Path) -> None:
    path = shared_data / "csv_acid" / "papaparse_cases_dev.json"
    if not path.is_file():
        pytest.skip(f"There is no file {path}.")
    count = 0

    for case in json.loads(path.read_text(encoding="utf-8")):
        settings = case.get("config") or {}
        chosen = settings.get("delimiter", "")
        # Cases of writing, and of settings that a list has not (comments, quotes of other signs), are not about files.
        if (
            case["suite"] == "UNPARSE_TESTS"
            or settings.keys() - {"delimiter"}
            or chosen not in ("", *DELIMITERS)
        ):
            continue
        file = io.BytesIO(case["input"].encode())
        dialect = find_dialect(file, codec="utf-8", delimiter=chosen)
        found = [
            record.cells for record in read_records(file, codec="utf-8", dialect=dialect) if any(record.cells)
        ]
        expected = [[cell.strip() for cell in line] for line in case["expected"]["data"]]
        assert found == [line for line in expected if any(line)], case["description"]
        count += 1
    assert count > 30
