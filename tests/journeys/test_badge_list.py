"""A list of scanned badges, from the file as the scanner gives it to clean people, and back out again."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import PASSWORD, Desk, Product

pytestmark = pytest.mark.browser

SCANNED = 16_000  # people: long enough to see the bar move, short enough to wait for
KNOWN = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone
from leads.models import ActivityType, Source
from leads.people import clean, receive_many
milan = get_user_model().objects.create_user(
    "mira", "mira@leadops.example", {password!r}, first_name="Mira", last_name="Kovac", is_staff=True)
milan.groups.add(Group.objects.get(name="marketing"))
ActivityType.objects.get_or_create(key="event_badge_scan", defaults=dict(name="Badge scan"))
receive_many(
    people=[clean(dict(zip(("first_name", "last_name", "email", "phone", "title", "company"), row)), country="DE")
            for row in {people!r}],
    source=Source.objects.create(name="Sign-ups of last year", kind="website"), by=None, now=timezone.now())
"""
PEOPLE = [
    ("Ines", "Rothenburg", "ines.rothenburg@kieselwerke.example", "030 2312 5001", "COO", "Kieselwerke GmbH"),
    (
        "Jonas",
        "Weberling",
        "jonas.weberling@aurora-mills.example",
        "030 2312 5002",
        "Head of IT",
        "Aurora Mills AG",
    ),
]
FIRST = [
    "Ada", "Ben", "Cleo", "Dora", "Emil", "Frida", "Gustav", "Hanna", "Ivo", "Jana",
    "Karl", "Lena", "Maja", "Nils", "Olga", "Paul", "Rita", "Sven", "Tilda", "Uwe",
]  # fmt: skip
LAST = [
    "Bäcker", "Özdemir", "Schröder", "Müller", "Krüger", "Jäger", "König", "Böhm",
    "Groß", "Weiß", "Lange", "Vogt", "Busch", "Kühn", "Sommer",
]  # fmt: skip


def badge_list(folder: Path) -> Path:
    """As the scanners at a fair write it: notes above the header, semicolons, a code page of Windows."""
    lines = [
        "Hannover Plant Fair 2026",
        "Gerät 14; Halle 7; exportiert 12.03.2026",
        "",
        "Vorname;Nachname;E-Mail;Telefon;Position;Firma;Gescannt am;Wer sprach;Sonstiges",
        # Those who are known, written otherwise by whoever typed the badge, and one who is nobody.
        "Ines;Rothenburg;;0171 231 2777;COO;Kiesel-Werke;12.03.2026 09:12;Sven;will ein Angebot",
        "Jonas;Weberlng;j.weberling@aurora-mills.example;030 2312 5002;Head of IT;Aurora Mills;12.03.2026 09:20;Sven;",
        "Mickey;Mouse;mickey@castellan.example;;CEO;Castellan Paper;12.03.2026 09:30;Sven;",
    ]
    for place in range(SCANNED):
        first, last = FIRST[place * 7 % len(FIRST)], LAST[place % len(LAST)]
        mailbox = f"{first}.{last}".casefold().translate(str.maketrans("äöü", "aou"))
        firm = place // 7  # where each has a last name of their own
        lines.append(
            f"{first};{last};{mailbox}@werk-{firm}.example;;Einkauf;Werk {firm} GmbH;"
            f"12.03.2026 10:{place % 60:02};Sven;"
        )
    lines += lines[7:57]  # scanned twice
    lines.append("Kurt;Falsch;kurt.falsch;;Lager;Werk 3 GmbH;12.03.2026 17:00;Sven;")
    path = folder / "badges.csv"
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    return path


def facts(product: Product) -> dict[str, Any]:
    """What stands in the database of the people of the fair."""
    found: dict[str, Any] = json.loads(
        product.run(
            "import json; from imports.models import ImportBatch; from leads.models import Activity, Contact, Lead\n"
            "batch = ImportBatch.objects.get(source_name='Plant Fair 2026')\n"
            "fair = Lead.objects.filter(source__name='Plant Fair 2026')\n"
            "print(json.dumps({'counts': batch.counts, 'batch': batch.pk, 'total': batch.rows_total, "
            "'undo': batch.undo_counts, "
            "'leads': fair.count(), "
            "'known': Contact.objects.filter(leads__source__name='Sign-ups of last year').count(), "
            "'scans': Activity.objects.filter(source__name='Plant Fair 2026').count(), "
            "'umlauts': Contact.objects.filter(last_name='Müller').exists(), "
            "'mouse': Contact.objects.filter(last_name='Mouse').count(), "
            "'ines': list(Contact.objects.filter(last_name='Rothenburg').values_list('email', flat=True))}))"
        )
    )
    return found


def test_badges_become_people_and_go_again(product: Product, chromium: Browser, tmp_path: Path) -> None:
    product.run(KNOWN.format(password=PASSWORD, people=PEOPLE))
    desk = Desk(chromium, product, "mira")
    page = desk.page

    page.goto("/admin/imports/list/")
    page.set_input_files("input[type=file]", badge_list(tmp_path))
    page.select_option("#id_kind", "event")
    page.fill("#id_source_name", "Plant Fair 2026")
    page.get_by_role("button", name="Upload and look at the columns").click()

    corrects_a_column(desk)
    looks_ahead(desk)
    loads(desk)
    loaded = facts(product)
    assert loaded["total"] == SCANNED + 3 + 50 + 1 == sum(loaded["counts"].values())
    assert loaded["counts"] == {
        "created": SCANNED + 2, "updated": 0, "unchanged": 0, "merged": 50, "suppressed": 0, "rejected": 2,
    }  # fmt: skip
    assert (loaded["umlauts"], loaded["mouse"], loaded["scans"]) == (True, 0, SCANNED + 2)

    lets_the_mouse_in(desk)
    assert facts(product)["mouse"] == 1
    decides_by_keyboard(desk)
    assert facts(product)["ines"] == ["ines.rothenburg@kieselwerke.example"]
    page.goto("/admin/imports/importbatch/")
    page.get_by_role("link", name="Plant Fair 2026").first.click()
    page.get_by_role("link", name="Page of the list").click()
    expect(page.get_by_text("Plant Fair 2026").first).to_be_visible()
    desk.picture("26-badges-list", full=True)
    assert desk.serious_faults() == []
    reads_on_a_phone(chromium, product, at=page.url, batch=loaded["batch"])

    takes_the_list_back(desk)
    after = facts(product)
    # Of the two who were merged into those who were known before, nothing goes that is theirs by now.
    taken_back = {result: after["undo"][result] for result in ("deleted", "restored", "kept")}
    assert taken_back == {"deleted": SCANNED + 1, "restored": 0, "kept": 2}
    assert (after["leads"], after["known"], after["scans"]) == (0, len(PEOPLE), 2)
    assert desk.complaints == []
    desk.close()


def corrects_a_column(desk: Desk) -> None:
    """Who talked to the person at the stand is no field of theirs, and its header is nobody's fault."""
    page = desk.page
    expect(page.get_by_role("heading", name="What is in which column?")).to_be_visible()
    expect(page.get_by_text("The header stands in row 4.")).to_be_visible()
    expect(page.get_by_text("Columns are divided by semicolon")).to_be_visible()

    def chosen(header: str) -> Any:
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=header, exact=True))
        return row.locator("select[data-target]")

    guessed = {
        "Vorname": "first_name", "Nachname": "last_name", "E-Mail": "email", "Telefon": "phone",
        "Position": "title", "Firma": "company", "Gescannt am": "attended_at", "Wer sprach": "", "Sonstiges": "",
    }  # fmt: skip
    for header, field in guessed.items():
        expect(chosen(header)).to_have_value(field)
    chosen("Sonstiges").select_option("note")
    desk.picture("20-badges-columns", full=True)
    assert desk.serious_faults() == []
    page.get_by_role("button", name="Preview").click()


def looks_ahead(desk: Desk) -> None:
    """Of so many rows in the background, with a bar; the page shows the end by itself."""
    page = desk.page
    expect(page.get_by_role("heading", name=re.compile("What will become of"))).to_be_visible(timeout=90_000)
    expect(page.get_by_text("Mickey", exact=False).first).to_be_attached()
    desk.picture("21-badges-preview", full=True)
    assert desk.serious_faults() == []


def loads(desk: Desk) -> None:
    page = desk.page
    page.add_init_script(
        "const note = () => { const bar = document.querySelector('progress'); if (!bar) return;"
        " const seen = JSON.parse(sessionStorage.getItem('seen') || '[]');"
        " if (seen.at(-1) !== bar.value) sessionStorage.setItem('seen', JSON.stringify([...seen, bar.value])); };"
        " setInterval(note, 50);"
    )
    page.evaluate("sessionStorage.removeItem('seen')")
    page.get_by_role("button", name="Load the list").click()
    expect(page.get_by_role("link", name="See its leads")).to_have_class(
        re.compile("lo-primary"), timeout=120_000
    )
    moved = page.evaluate("JSON.parse(sessionStorage.getItem('seen'))")
    assert moved == sorted(moved)
    assert len([value for value in moved if 0 < value < 100]) >= 1, moved
    desk.picture("22-badges-loaded", full=True)
    assert desk.serious_faults() == []


def lets_the_mouse_in(desk: Desk) -> None:
    page = desk.page
    page.goto("/admin/imports/review/")
    expect(page.get_by_text("Mickey Mouse", exact=True)).to_be_visible()
    desk.picture("23-badges-review")
    assert desk.serious_faults() == []
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("d")
    expect(page.get_by_text("Mickey Mouse", exact=True)).to_have_count(0)
    # It was a person after all: in again, with the keyboard alone.
    page.get_by_role("link", name="Left out").press("Enter")
    expect(page.get_by_text("Mickey Mouse", exact=True)).to_be_visible()
    desk.picture("23-badges-left-out")
    assert desk.serious_faults() == []
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("No row was left out here.", exact=False)).to_be_visible()


def decides_by_keyboard(desk: Desk) -> None:
    """The badge office's spelling of somebody who is known: merged with one key."""
    page = desk.page
    page.goto("/admin/imports/duplicates/")
    expect(page.get_by_text("Rothenb", exact=False).first).to_be_visible(timeout=90_000)
    desk.picture("24-badges-duplicates")
    assert desk.serious_faults() == []
    page.keyboard.press("o")
    expect(page.locator("#pair-title")).to_contain_text("Rothenburg")
    desk.picture("25-badges-pair", full=True)
    assert desk.serious_faults() == []
    page.keyboard.press("s")
    expect(page.locator("#pair-title").filter(has_text="Rothenb")).to_have_count(0)


def reads_on_a_phone(chromium: Browser, product: Product, *, at: str, batch: int) -> None:
    faults = []
    for dark in (False, True):
        desk = Desk(chromium, product, "mira", phone=True, dark=dark)
        for name, address in {
            "list": at,
            "loaded": f"/admin/imports/list/{batch}/",
            "undo": f"/admin/imports/list/{batch}/take-back/",
            "review": "/admin/imports/review/",
            "duplicates": "/admin/imports/duplicates/",
            "merges": "/admin/imports/merges/",
            "presets": "/admin/imports/mappingpreset/",
        }.items():
            desk.page.goto(address)
            desk.picture(f"28-badges-{name}", full=True)
            faults += [f"{name}: {fault}" for fault in desk.serious_faults()]
            if desk.is_too_wide():
                faults.append(f"{name}: wider than the screen")
        faults += desk.complaints
        desk.close()

    assert faults == []


def takes_the_list_back(desk: Desk) -> None:
    page = desk.page
    page.goto("/admin/imports/importbatch/")
    page.get_by_role("link", name="Plant Fair 2026").first.click()
    page.get_by_role("link", name="Take the list back").click()
    expect(page.get_by_role("heading", name="Take the list back?")).to_be_visible()
    desk.picture("29-badges-undo", full=True)
    assert desk.serious_faults() == []
    page.get_by_role("button", name="Take the list back").click()
    expect(page.locator("#taken-back-title")).to_be_visible(timeout=120_000)
    expect(page.locator("progress[value='100']")).to_be_visible(timeout=120_000)
    desk.picture("30-badges-taken-back", full=True)
    assert desk.serious_faults() == []
