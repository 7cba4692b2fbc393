import csv
import io
import json
from collections.abc import Iterator
from random import Random

import pytest

from imports.files import decoding, dialects
from imports.files.decoding import find_encoding, read_lines
from imports.files.encodings import ENCODINGS, codec_name
from imports.files.limits import UnreadableFile
from imports.reading import FileShape, inspect
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


# --- Text decoded twice -------------------------------------------------------------------------------------------


def decoded_twice(text: str, codec: str = "cp1252") -> str:
    """The text as it is once its bytes were taken for another encoding; what that leaves open stays a byte."""
    out = []
    for byte in text.encode():
        try:
            out.append(bytes([byte]).decode(codec))
        except UnicodeDecodeError:
            out.append(chr(byte))
    return "".join(out)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
@pytest.mark.parametrize("list_", [name for name in LISTS if name != "western"])
def test_mends_a_list_that_was_decoded_twice_and_shows_it(list_: str, codec: str, mark: str) -> None:
    text = LISTS[list_]

    shape, _ = read(mark + decoded_twice(text, codec))

    assert shape.encoding == "utf-8-twice"
    assert table(mark + decoded_twice(text, codec)) == cells_of(text)
    assert not shape.encoding_is_sure
    assert not shape.encoding_needs_choice
    assert [codec for codec, _ in shape.encoding_readings] == ["utf-8-twice", "utf-8"]
    assert shape.encoding_suggestions == ("utf-8",)


def test_says_what_was_mended() -> None:
    shape, _ = read(decoded_twice("Name,Firm\nZoë Müller,Größe & Söhne\n"))

    assert shape.encoding_evidence == (
        "The file is valid UTF-8, but its text was decoded twice before: “ZoÃ« MÃ¼ller,GrÃ¶ÃŸe & SÃ¶hne” is mended to "
        "“Zoë Müller,Größe & Söhne”. Choose Unicode (UTF-8) if it is meant as it stands."
    )
    assert shape.named_readings[0] == (
        "Unicode (UTF-8), decoded twice (“Ã¼” for “ü”)",
        "Zoë Müller,Größe & Söhne",
    )


def test_mends_quotes_and_signs_too() -> None:
    text = "Name,Note\nSean O’Neill,“10 €” – yes…\nNoël Ångström,½ ©\n"

    assert table(decoded_twice(text)) == cells_of(text)


def test_a_person_may_say_that_it_is_meant_so_or_that_it_is_not() -> None:
    spoilt = decoded_twice(LISTS["german"])
    mixed = "Name,City\nJosé Núñez,Málaga\nÁngel Ibáñez,León\nJÃ¼rgen,Köln\n"

    assert table(spoilt, encoding="utf-8") == cells_of(spoilt)
    assert table(mixed, encoding="UTF-8-twice")[-1] == ["Jürgen", "Köln"]
    assert table(mixed, encoding="utf-8-twice")[1:3] == cells_of(mixed)[1:3]


def test_tells_of_some_spoilt_rows_among_good_ones() -> None:
    mixed = "Name,City\nJosé Núñez,Málaga\nÁngel Ibáñez,León\nJÃ¼rgen,Köln\n"

    shape, found = read(mixed)

    assert (shape.encoding, shape.encoding_is_sure, shape.encoding_suggestions) == ("utf-8", True, ())
    assert found[-1].values["Name"] == "JÃ¼rgen"  # made whole with the other cells that a program has spoilt
    assert "“JÃ¼rgen,Köln” is read as “Jürgen,Köln”" in shape.encoding_evidence


def test_mends_also_where_bytes_got_lost() -> None:
    people = decoded_twice("Müller,Köln\nÁgnes,Győr\nJürgen,Höxter\nLászló,Pécs\n").replace("\x81", "\ufffd")

    shape, found = read(f"Name,City\n{people}")

    assert shape.encoding == "utf-8-twice"
    assert [row.values["Name"] for row in found] == ["Müller", "Ã\ufffdgnes", "Jürgen", "László"]


@pytest.mark.parametrize(
    "cells",
    [
        "JOÃO,SÃO PAULO", "IRMÃ,AMANHÃ", "“Ö”,Straße „Weiß“", "« JOSÉ »,CAFÉ™", "voilà…,Å", "Ärzte®,Ö–Ä", "NESTLÉ’S,É’",
        "ÂME,RÂLE", "Ðorður,Ñandú", "Málaga – España,¿Qué?", "Ø 5,2 µm,±3°", "Łódź,Żółć", "Đặng Văn Ánh,Hà Nội",
        "Ümit Özgür,Çınar", "Ångström,Ægir", "Ê·,Í®", "20 €,½", "«IRMÃ»,Rome",
    ],
)  # fmt: skip
def test_real_letters_beside_signs_are_no_false_alarm(cells: str) -> None:
    shape, _ = read(f"Name,City\n{cells}\nAnn,Rome\n")

    assert (shape.encoding, shape.encoding_is_sure) == ("utf-8", True)


@pytest.mark.parametrize("size", range(7))
def test_mends_a_letter_that_a_block_cuts_in_two(size: int) -> None:
    name = "x" * size + "Jürgen 😀 “Größe” 山田"
    text = "Name,City\n" + f"{name},Köln\n" * 6_000
    content = decoded_twice(text).encode()
    assert len(content) > 4 * decoding.BLOCK

    assert "".join(read_lines(io.BytesIO(content), codec="utf-8-twice")) == text


def test_a_file_decoded_twice_that_is_damaged_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="line 3 cannot be read so"):
        read(b"Name\nM\xc3\x83\xc2\xbcller\nB\xff\n", encoding="utf-8-twice")


# --- Delimiters ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        (",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "pipe"), ("，", "full-width comma"),
        ("；", "full-width semicolon"),
    ],
)  # fmt: skip
def test_finds_the_delimiter(sign: str, name: str) -> None:
    lines = [["Name", "Email", "Sum"], ["Ann", "ann@example.com", "1.5"], ["Bob", "bob@example.com", "22"]]

    shape, _ = read("\n".join(sign.join(cells) for cells in lines))

    assert (shape.delimiter, shape.delimiter_name) == (sign, name)


def test_commas_in_numbers_and_names_do_not_win_over_semicolons() -> None:
    shape, found = read("Name;Revenue\nDoe, John;1.234,50\nRoe, Jane;99,00\nPoe, Ed;7,10\n")

    assert shape.delimiter == ";"
    assert found[0].values == {"Name": "Doe, John", "Revenue": "1.234,50"}


@pytest.mark.parametrize("sign", ["，", "；"])
def test_divides_a_list_by_full_width_signs(sign: str) -> None:
    lines = ["姓名|公司|邮箱", "王小明|北京、上海科技|wang@example.com", "李华|Acme, Inc.|li@example.com"]

    assert table("\n".join(lines).replace("|", sign)) == [line.split("|") for line in lines]


def test_full_width_signs_inside_of_texts_divide_nothing() -> None:
    one = "地址\n北京，海淀区\n上海，浦东\n广州，天河\n"
    many = "姓名,备注\n王小明,电话，邮件\n李华,展会；报价\n张敏,你好，再见\n"

    assert table(one)[1:] == [["北京，海淀区"], ["上海，浦东"], ["广州，天河"]]
    assert table(many) == cells_of(many)


def test_the_delimiter_of_all_rows_goes_before_one_of_some() -> None:
    people = "".join(
        f"{name}|{mail}\n" for name in ("Roth, Bo", "Poe, Cy", "Ada Low", "") for mail in ("a@x.example", "")
    )

    shape, _ = read(f"Name|Email\n{people}")

    assert (shape.delimiter, shape.headers) == ("|", ("Name", "Email"))


@pytest.mark.parametrize(
    "text", ["Amount\n3\n4\n1,5\n2,5\n6\n7\n8\n", "Company\nAcme\nFoo,Bar\nBaz,Qux\nBeta\nLee\n"]
)
def test_commas_in_some_values_of_a_single_column_divide_nothing(text: str) -> None:
    assert table(text) == [[line] for line in text.splitlines()]


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


# --- Names in every script, in every encoding that writes them ----------------------------------------------------

NAMES = {
    "cp1252 iso8859-1 mac-roman cp850": (
        "Jürgen Müller|Günther Größe|Anja Schäfer|Käthe Weiß|Ursula Bäcker|Hans Schröder",
        "François Lefèvre|Hélène Dupré|Benoît Gérard|Gaëlle Noël|Jérôme Façade|Élodie Perrin",
        "José Núñez|María Peña|Iñigo Gómez|Raúl Martínez|Begoña Ibáñez|Andrés Güell",
        "Søren Ågård|Bjørn Ødegård|Jørgen Kjær|Märta Sjöberg|Östen Åström|Pål Røed",
    ),
    "cp1250 iso8859-2": (
        "Łukasz Wójcik|Małgorzata Żółkiewska|Paweł Dąbrowski|Józef Ćwik|Bożena Źrebiec|Mirosław Łęcki",
        "Jiří Dvořák|Věra Čapková|Růžena Žáková|Ondřej Šťastný|Luděk Řehoř|Božena Němcová",
        "László Kővári|Győző Szűcs|Mária Tóth|Jenő Szőke|Péter Erdős|Lőrinc Fűzi",
    ),
    "cp1251 koi8-r cp866": ("Иван Петров|Мария Кузнецова|Сергей Щербаков|Юрий Жуков|Ольга Цветкова|Дмитрий Фомин",),
    "cp1253 iso8859-7": ("Γιώργος Παπαδόπουλος|Μαρία Οικονόμου|Νίκος Ζαχαρίου|Ελένη Ψαρρά|Κώστας Θεοδώρου",),
    "cp1254 iso8859-9": ("Çağrı Öztürk|Şule Yıldız|İbrahim Işık|Ayşe Şahin|Uğur Gümüş|Işıl Kılıç",),
    "cp1255": ("דוד כהן|שרה לוי|משה פרידמן|רחל אברהם|יוסף מזרחי|לאה ביטון",),
    "cp1256": ("محمد العلي|فاطمة الزهراء|أحمد حسن|خالد منصور|ليلى إبراهيم|يوسف خليل",),
    "cp1257": ("Jānis Bērziņš|Līga Ozoliņa|Šarūnas Žukauskas|Gediminas Čiurlionis|Rūta Šimkutė|Kārlis Ķīlis",),
    "cp932 euc_jp": ("田中太郎|鈴木花子|佐藤健一|高橋美咲|渡辺さくら|山本タケシ|中村ゆう子",),
    "cp949": ("김민수|이서연|박지훈|최유진|강민호|조은비|윤성현",),
    "gb18030": ("王伟|李娜|张敏|刘洋|陈静|杨磊|赵丽|黄强",),
    "big5": ("陳志明|林淑芬|黃建宏|張雅婷|李俊傑|王美玲|吳宗翰",),
}  # fmt: skip
UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
SCRIPTS = [(codec, names) for codecs, lists in NAMES.items() for names in lists for codec in codecs.split()]


def lists_of(names: str) -> Iterator[str]:
    """Lists of one to thirty of these people, some among others whose names have no accent."""
    for seed, count in enumerate((1, 2, 3, 4, 6, 9, 14, 30)):
        rng = Random(seed)
        people = [rng.choice(names.split("|")) for _ in range(count)]
        people += ["Ann Smith", "Bob Jones"] * rng.choice([0, 0, 10])
        rng.shuffle(people)
        sign = rng.choice([",", ";", "\t", "|"])
        lines = [
            f"{name}{sign}p{place}@example.com{sign}Company {place}" for place, name in enumerate(people)
        ]
        yield rng.choice(["\n", "\r\n"]).join([f"Name{sign}Email{sign}Company", *lines, ""])


@pytest.mark.parametrize(("codec", "names"), SCRIPTS)
def test_no_name_is_spoilt_without_a_question(codec: str, names: str) -> None:
    asked = read_rightly = 0

    for text in lists_of(names):
        found = find_encoding(io.BytesIO(text.encode(codec)))
        if found.needs_choice:
            asked += 1
            assert text in [text.encode(codec).decode(other, "replace") for other, _ in found.readings]
        else:
            assert text.encode(codec).decode(found.codec) == text
            read_rightly += 1

    assert read_rightly >= asked


@pytest.mark.parametrize("codec", UNICODE)
def test_unicode_is_never_asked_about(codec: str) -> None:
    for _, names in SCRIPTS:
        for text in lists_of(names):
            content = text.encode(codec)

            found = find_encoding(io.BytesIO(content))

            assert found.is_sure
            assert "".join(read_lines(io.BytesIO(content), codec=found.codec)) == text


@pytest.mark.parametrize(("codec", "names"), SCRIPTS)
def test_the_encoding_that_a_person_chooses_is_obeyed(codec: str, names: str) -> None:
    text = next(lists_of(names))

    shape, _ = read(text.encode(codec), encoding=codec)

    assert (shape.encoding, shape.encoding_needs_choice) == (codec_name(codec), False)
    people = [*names.split("|"), "Ann Smith", "Bob Jones"]
    assert table(text.encode(codec), encoding=codec)[1][0] in people


def test_a_question_shows_how_each_encoding_reads_a_name() -> None:
    shape, _ = read("Name,Email\nMöller,m@example.com\n".encode("mac-roman"))

    assert shape.encoding_needs_choice
    assert shape.encoding_question.startswith(
        "The encoding of the file is not certain, and names must not be spoilt. "
    )
    assert "mac-roman reads “Möller,m@example.com”" in shape.encoding_question
    assert FileShape.from_json(json.loads(json.dumps(shape.to_json()))) == shape


# --- Lines in one quoted cell -------------------------------------------------------------------------------------


def wrapped(text: str, *, end: str = "\n") -> str:
    """Each line as a spreadsheet writes it that took it for one cell."""
    return "".join('"' + line.replace('"', '""') + f'"{end}' for line in text.splitlines())


NOTE = "Lines of the file stand wholly in one quoted cell; the list inside is read."


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_reads_the_list_inside_of_lines_in_one_cell(sign: str, end: str) -> None:
    lines = [
        ["Name", "Firm", "Email"],
        ["Ada", f"Keller{sign} Roth", "ada@x.example"],
        ["Bo", 'the "Inn"', ""],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(lines)

    shape, found = read(wrapped(out.getvalue(), end=end))

    assert [list(shape.headers), *(list(row.values.values()) for row in found)] == lines
    assert (shape.delimiter, shape.notes) == (sign, (NOTE,))
    assert [row.number for row in found] == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        wrapped("Leads of the fair\nName;Firm;Email\nAda;Keller;ada@x.example\n"),
        wrapped("Name;Firm;Email\nAda;Keller;ada@x.example\n\nCopyright 2026 Acme\n"),
        wrapped("Name;Firm;Email\nAda;Keller;ada@x.example\n").replace("\n", " \n"),
        "sep=;\n" + wrapped("Name;Firm;Email\nAda;Keller;ada@x.example\n"),
        "\ufeff\n" + wrapped("Name;Firm;Email\nAda;Keller;ada@x.example\n"),
    ],
)
def test_finds_the_list_inside_among_other_lines(text: str) -> None:
    assert table(text) == [["Name", "Firm", "Email"], ["Ada", "Keller", "ada@x.example"]]


def test_reads_lines_in_one_cell_without_a_quote_inside() -> None:
    assert table(wrapped("Name,Firm,Email\nAda,Keller,ada@x.example\n")) == [
        ["Name", "Firm", "Email"],
        ["Ada", "Keller", "ada@x.example"],
    ]


def test_reads_lines_of_which_only_those_with_quotes_are_in_one_cell() -> None:
    plain = "Name,Firm,Email\n" + "".join(f"P{n},Acme,p{n}@x.example\n" for n in range(9))

    shape, found = read(plain + wrapped('Ada,"Lee, Fox",ada@x.example\nBo,"Poe, Ltd",bo@x.example\n'))

    assert shape.notes == (NOTE,)
    assert [list(row.values.values()) for row in found[-2:]] == [
        ["Ada", "Lee, Fox", "ada@x.example"],
        ["Bo", "Poe, Ltd", "bo@x.example"],
    ]
    assert not any(row.problem for row in found)


def test_leaves_out_the_delimiters_of_blank_columns_behind_the_cell() -> None:
    text = wrapped('Name,"Firm",Email\nAda,"Lee, Fox",ada@x.example\n').replace("\n", ";;\n")

    assert table(text) == [["Name", "Firm", "Email"], ["Ada", "Lee, Fox", "ada@x.example"]]


def test_a_cell_of_several_lines_inside_stays_one_row() -> None:
    text = (
        '"Name;Note;Email"\n"Ada;""first\nsecond"";ada@x.example"\n"Bo;""third"";bo@x.example"\n'
        '"Cy;;cy@x.example"\n'
    )

    _, found = read(text)

    assert [(row.number, row.values["Note"]) for row in found] == [
        (2, "first\nsecond"),
        (3, "third"),
        (4, ""),
    ]


def test_a_fault_inside_is_told_with_its_line() -> None:
    lines = ["Name;Firm;Email", *(f'P{n};"Acme";p{n}@x.example' for n in range(9)), 'Bo;"Inn" x;bo@x.example']

    _, found = read(wrapped("\n".join(lines)))

    assert [row.number for row in found if row.problem] == [11]
    assert found[-1].problem.startswith("A quote in line 11 stands in the wrong place")


@pytest.mark.parametrize(
    "text",
    [
        '"Company"\n"Acme, Inc."\n"Lee, Fox"\n"Roe, Ltd."\n',
        'Company\n"Acme, Inc."\n"Lee, Fox"\n"Roe, Ltd."\n',
        '"Last, First"\n"Doe, John"\n"Roe, Jane"\n',
        'Amount\n"1,5"\n"2,5"\n',
        '"1,5"\n"2,5"\n"3,5"\n',
        '"Name","Email"\n"Ada","ada@x.example"\n"Copyright 2026, Acme"\n',
        '"Name";"Email"\n"Ada";"ada@x.example"\n',
        '"";""\n"";"x"\n',
        'Name,Email\n"Doe, John",j@x.example\n"Poe, Cy",c@x.example\n"Roe, Jane",\n"Fox, Di",\n',
        'Name,Email\n"Doe, John",j@x.example\n"Poe, Cy",c@x.example\n"Roe, Jane"\n"Fox, Di ""D"""\n',
        '"Name"\n"Lau, Cy"\n"Jürgen Roth"\n""\n"Fox, Fi"\n',
    ],
)
def test_a_list_with_quoted_cells_is_no_list_inside_of_cells(text: str) -> None:
    dialect = dialects.find_dialect(io.BytesIO(text.encode()), codec="utf-8")

    assert not dialect.is_wrapped


# --- Quotes amid a cell, rows divided otherwise -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ('Ann,"The "Gear" Company",Berlin', ["Ann", 'The "Gear" Company', "Berlin"]),
        (
            '"Ann "Annie" Lee","Kiesel, 5" Screens AG",Berlin',
            ['Ann "Annie" Lee', 'Kiesel, 5" Screens AG', "Berlin"],
        ),
    ],
)
def test_a_quote_that_stands_beside_no_delimiter_is_part_of_its_cell(row: str, cells: list[str]) -> None:
    shape, found = read(f"Name,Company,City\nBob,Roth,Bonn\n{row}\nCid,Oz,Ulm\n")

    assert [list(one.values.values()) for one in found][1] == cells
    assert not any(one.problem for one in found)
    assert shape.row_count == 3


def test_where_quotes_leave_doubt_the_row_is_told() -> None:
    _, found = read('Name,Company,City\nBob,Roth,Bonn\nAnn,"Doe, "Jack", John",Berlin\nCid,Oz,Ulm\n')

    assert [bool(one.problem) for one in found] == [False, True, False]


def test_a_row_or_a_header_with_another_delimiter_is_divided_by_that() -> None:
    rows = ["Ann Lee;Kiesel AG;ann@kiesel.example", "Cid Oz;Oz GmbH;cid@oz.example"]

    other = "\n".join(["Name;Company;Email", *rows, "Bob Ray\tRoth, Inc\tbob@roth.example"])
    assert [list(one.values.values()) for one in read(other)[1]][2] == [
        "Bob Ray",
        "Roth, Inc",
        "bob@roth.example",
    ]
    header = "\n".join(["Name,Company,Email", *rows])
    assert (read(header)[0].headers, read(header)[0].header_row) == (("Name", "Company", "Email"), 1)
    note = "\n".join(["Name;Company;Email", *rows, "Berlin, Bonn, Ulm"])
    assert read(note)[1][-1].values["Name"] == "Berlin, Bonn, Ulm"
