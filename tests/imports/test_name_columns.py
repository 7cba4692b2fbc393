import pytest

from imports.mapping import current_labels, match_columns, missing, to_raw


def targets(header_line: str, *rows: str) -> dict[str, str | None]:
    headers = header_line.split(";")
    sample = [dict(zip(headers, row.split(";"), strict=True)) for row in rows]
    found = match_columns(headers, sample=sample, labels=current_labels())
    return {header: match.target for header, match in found.items()}


@pytest.mark.parametrize(
    "header", ["Nazwisko i imię", "Příjmení a jméno", "Cognome e nome", "Nachname Vorname"]
)
def test_a_header_may_say_that_the_family_name_stands_in_front(header: str) -> None:
    assert targets(header) == {header: "family_first"}
    assert missing({header: "family_first"}) == []


@pytest.mark.parametrize(
    ("header", "names", "target"),
    [
        ("Név", ["Nagy Péter"], "family_first"),
        ("Név", ["John Smith", "Ann Lee"], "full_name"),
        ("Name", ["Nagy Péter", "Toth Zoltan"], "family_first"),
        ("Name", ["Nagy Péter"], "full_name"),
        ("ФИО", ["Петрова Анна", "Сидоров Павел"], "family_first"),
        ("Nachname Vorname", ["Anna Müller", "Jan Groß"], "full_name"),
        ("Surname, First name", ["Lee, Ann"], "full_name"),
    ],
)  # fmt: skip
def test_the_names_tell_in_which_order_they_stand(header: str, names: list[str], target: str) -> None:
    assert targets(header, *names) == {header: target}


def test_such_a_name_becomes_two() -> None:
    mapping = {"Név": "family_first", "Keresztnév": "first_name", "Vezetéknév": "last_name"}

    assert to_raw({"Név": "Kiss Anna Mária"}, mapping) == {"first_name": "Anna Mária", "last_name": "Kiss"}
    assert to_raw({"Név": "Kiss Anna", "Keresztnév": "Anna", "Vezetéknév": "Nagy"}, mapping) == {
        "first_name": "Anna",
        "last_name": "Nagy",
    }


def test_the_second_family_name_of_spanish_lists_stands_behind_the_first() -> None:
    found = targets("Nombre;Primer apellido;Segundo apellido", "María José;García;López", "Íñigo;Núñez;Vega")

    assert list(found.values()) == ["first_name", "last_name", "last_name"]
    values = {"Nombre": "María José", "Primer apellido": "García", "Segundo apellido": "López"}
    assert to_raw(values, found) == {"first_name": "María José", "last_name": "García López"}


def test_a_korean_first_name_is_the_whole_one_where_no_column_has_family_names() -> None:
    assert targets("이름;이메일", "김민수;a@kiesel.example", "박지훈;b@kiesel.example")["이름"] == "full_name"
    assert targets("성;이름", "김;민수", "박;지훈")["이름"] == "first_name"


def test_a_remark_in_full_width_brackets_does_not_hide_the_field() -> None:
    assert targets("お名前（漢字）")["お名前（漢字）"] == "full_name"


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("E-postadress", "email"), ("E-mail cím", "email"), ("이메일 주소", "email"), ("Correio eletrónico", "email"),
        ("Företagsnamn", "company"), ("Organisatie", "company"), ("御社名", "company"),
        ("Επωνυμία εταιρείας", "company"),
        ("Tehtävänimike", "title"), ("Função", "title"), ("役職名", "title"), ("직위", "title"), ("Munkakör", "title"),
        ("携帯電話番号", "mobile"), ("Telefon kom.", "mobile"), ("Puhelinnumero", "phone"), ("연락처", "phone"),
        ("Referente", "full_name"), ("Kontaktperson", "full_name"), ("Kontakt", "full_name"),
        ("Asker Name", "full_name"),
        ("Apelido", "last_name"), ("Voorletters", "first_name"), ("RecipientEmail", "email"),
    ],
)  # fmt: skip
def test_headers_of_yet_more_languages_are_known(header: str, target: str) -> None:
    assert targets(header) == {header: target}


# --- Without headers ----------------------------------------------------------------------------------------------


def by_place(*rows: str) -> list[str | None]:
    count = rows[0].count(";") + 1
    return list(targets(";".join(f"Column {place}" for place in range(1, count + 1)), *rows).values())


def test_a_single_address_without_a_header_is_one() -> None:
    assert by_place("ann@kiesel.example") == ["email"]


def test_what_is_a_nickname_in_brazil_gives_way_to_the_family_name() -> None:
    assert (
        targets("Nome;Apelido;Sobrenome", "João;Jo;da Silva", "Ana;Aninha;Souza")["Sobrenome"] == "last_name"
    )
