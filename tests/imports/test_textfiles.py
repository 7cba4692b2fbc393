import csv
import io

import pytest

from imports.reading import inspect
from imports.textfiles import ENCODINGS, UnreadableFile, codec_name
from tests.imports.hostile import never_closed_quote_in_a_long_list
from tests.imports.listing import read, table

LISTS = {
    "western": "Name,Company\nJürgen Müller,Größe & Söhne\nRené Lefèvre,Crème Brûlée SA\nJosé Núñez,España\n",
    "german": "Name,Ort\nJürgen Müller,Köln\nÄnne Groß,Würzburg\n",
    "french": "Nom,Ville\nHélène Lefèvre,Nîmes\nFrançois Côté,Besançon\n",
    "spanish": "Nombre,Ciudad\nJosé Núñez,Málaga\nMaría Peña,A Coruña\n",
    "portuguese": "Nome,Cidade\nJoão Simões,São Paulo\nConceição Araújo,Évora\n",
    "norwegian": "Navn,By\nBjørn Ødegård,Tromsø\nKåre Sæther,Ålesund\n",
    "czech": "Jméno,Město\nJiří Dvořák,Plzeň\nŽaneta Černá,Děčín\n",
    "polish": "Imię,Miasto\nŁukasz Wójcik,Łódź\nMałgorzata Zając,Kraków\n",
    "hungarian": "Név,Város\nGyörgy Erdős,Győr\nÁkos Szűcs,Pécs\n",
    "russian": "Имя,Город\nИван Петров,Москва\nОльга Сидорова,Казань\n",
    "greek": "Όνομα,Πόλη\nΛεωνίδας Παπαδόπουλος,Αθήνα\nΑλέξανδρος Νικολάου,Πάτρα\n",
    "turkish": "Ad,Şehir\nŞükrü Yıldız,Iğdır\nGülşen Çağlar,Muğla\n",
    "japanese": "氏名,会社\n山田太郎,株式会社アクメ\n佐藤花子,ベータ商事\n",
    "chinese": "姓名,公司\n王小明,北京\n李华,上海\n",
    "korean": "이름,도시\n김철수,서울\n이영희,부산\n",
}


def cells_of(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.splitlines()]


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-32-be",
        "cp1252",
        "latin-1",
    ],
)
@pytest.mark.parametrize("list_", ["western", "german", "french", "spanish", "portuguese", "norwegian"])
def test_reads_western_names_surely(list_: str, encoding: str) -> None:
    shape, _ = read(LISTS[list_].encode(encoding))

    assert table(LISTS[list_].encode(encoding)) == cells_of(LISTS[list_])
    assert shape.encoding_is_sure


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("list_", ["czech", "russian", "greek", "japanese", "chinese", "korean"])
def test_reads_unicode_in_every_script_surely(list_: str, encoding: str) -> None:
    shape, _ = read(LISTS[list_].encode(encoding))

    assert table(LISTS[list_].encode(encoding)) == cells_of(LISTS[list_])
    assert shape.encoding_is_sure


@pytest.mark.parametrize(
    ("list_", "encoding"),
    [
        ("french", "mac-roman"),
        ("norwegian", "mac-roman"),
        ("german", "mac-roman"),
        ("czech", "cp1250"),
        ("czech", "iso8859-2"),
        ("polish", "cp1250"),
        ("hungarian", "cp1250"),
        ("russian", "cp1251"),
        ("russian", "koi8-r"),
        ("greek", "cp1253"),
        ("greek", "iso8859-7"),
        ("turkish", "cp1254"),
        ("japanese", "cp932"),
        ("japanese", "euc_jp"),
        ("chinese", "gb18030"),
        ("korean", "cp949"),
        ("german", "cp850"),
    ],
)
def test_asks_about_other_code_pages_and_offers_the_right_one(list_: str, encoding: str) -> None:
    shape, _ = read(LISTS[list_].encode(encoding))

    readings = [
        table(LISTS[list_].encode(encoding), encoding=codec)
        for codec in (shape.encoding, *shape.encoding_suggestions)
    ]
    assert not shape.encoding_is_sure
    assert "look at the preview, and choose another encoding if names look wrong" in shape.encoding_evidence
    assert cells_of(LISTS[list_]) in readings


def test_says_how_it_knows_the_encoding() -> None:
    evidence = {
        encoding: read(LISTS["german"].encode(encoding))[0].encoding_evidence
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252")
    }

    assert evidence == {
        "utf-8": "Every character of the file is valid UTF-8.",
        "utf-8-sig": "The file begins with the byte order mark of Unicode (UTF-8).",
        "utf-16": "The file begins with the byte order mark of Unicode (UTF-16).",
        "utf-16-le": "The zeros between the letters show Unicode (UTF-16, little-endian).",
        "cp1252": (
            "Line 2 is not valid UTF-8; read as Western European (Windows-1252) its accented letters make sense."
        ),
    }


def test_finds_an_accent_at_the_very_end_of_a_long_file() -> None:
    content = b"Name,City\n" + b"Ann,Rome\n" * 20_000 + "Jürgen,Köln\n".encode("cp1252")

    shape, found = read(content)

    assert (shape.encoding, found[-1].values["City"]) == ("cp1252", "Köln")


def test_mends_quotes_that_a_program_took_for_control_characters() -> None:
    _, found = read("Name,City\nSean O\x92Neill,Val d\x92Or\n".encode())

    assert list(found[0].values.values()) == ["Sean O’Neill", "Val d’Or"]


def test_obeys_the_encoding_that_a_person_chose() -> None:
    content = LISTS["czech"].encode("cp1250")

    shape, _ = read(content, encoding="windows-1250")

    assert (shape.encoding, shape.encoding_evidence) == ("cp1250", "You chose it.")
    assert table(content, encoding="cp1250") == cells_of(LISTS["czech"])


def test_refuses_a_chosen_encoding_that_does_not_fit() -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(b"Name,City\nAnn,Rome\nJ\xfcrgen,K\xf6ln\n", encoding="utf-8")

    assert str(refused.value) == (
        "The file is not in Unicode (UTF-8): line 3 cannot be read so. "
        "Choose another encoding, or leave the choice to us."
    )


@pytest.mark.parametrize("name", ["rot13", "unicode_escape", "utf-7", "idna", "base64", "no such thing", ""])
def test_refuses_what_is_no_encoding_of_text(name: str) -> None:
    with pytest.raises(UnreadableFile, match="is not an encoding we read"):
        codec_name(name)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("Shift_JIS", "cp932"), ("latin1", "iso8859-1"), ("UTF8", "utf-8"), ("GBK", "gb18030")],
)
def test_knows_an_encoding_by_its_other_names(name: str, codec: str) -> None:
    assert codec_name(name) == codec
    assert codec in ENCODINGS


@pytest.mark.parametrize(("sign", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
def test_finds_the_delimiter(sign: str, name: str) -> None:
    lines = [["Name", "Email", "Sum"], ["Ann", "ann@example.com", "1.5"], ["Bob", "bob@example.com", "22"]]

    shape, _ = read("\n".join(sign.join(cells) for cells in lines))

    assert (shape.delimiter, shape.delimiter_name) == (sign, name)


def test_commas_in_numbers_and_names_do_not_win_over_semicolons() -> None:
    shape, found = read("Name;Revenue\nDoe, John;1.234,50\nRoe, Jane;99,00\nPoe, Ed;7,10\n")

    assert shape.delimiter == ";"
    assert found[0].values == {"Name": "Doe, John", "Revenue": "1.234,50"}


def test_a_single_column_stays_one_whatever_its_values_hold() -> None:
    shape, found = read("Company\nAcme, Inc.\nBeta GmbH\nLee, Fox, Poe\n")

    assert shape.headers == ("Company",)
    assert [row.values["Company"] for row in found] == ["Acme, Inc.", "Beta GmbH", "Lee, Fox, Poe"]


def test_obeys_the_delimiter_that_a_person_chose() -> None:
    shape, _ = read("a b,c\n1 2,3\n", delimiter=" ")

    assert shape.headers == ("a", "b,c")


def test_reads_cells_in_single_quotes() -> None:
    content = "Name,Company,Note\nAnn,'Lee, Fox','don't call, write'\nBob,Fox's,'a, b'\n"

    shape, found = read(content)

    assert shape.quote == "'"
    assert [list(row.values.values()) for row in found] == [
        ["Ann", "Lee, Fox", "don't call, write"],
        ["Bob", "Fox's", "a, b"],
    ]


def test_reads_quotes_written_with_a_backslash() -> None:
    _, found = read('Name,Note\nAnn,"the \\"best\\" one"\nBob,"x, y"\n')

    assert found[0].values["Note"] == 'the "best" one'


def test_a_limit_that_others_raised_changes_nothing_and_stays() -> None:
    before = csv.field_size_limit(10**9)
    try:
        with pytest.raises(UnreadableFile) as refused:
            inspect(io.BytesIO(never_closed_quote_in_a_long_list()), name="list")
        assert csv.field_size_limit() == 10**9
    finally:
        csv.field_size_limit(before)

    assert str(refused.value).startswith("The quote opened in line 3 is never closed.")
