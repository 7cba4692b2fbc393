"""All countries and territories of ISO 3166-1: alpha-2, alpha-3, the usual English name, then other names they go by.

Other names are those in the country's own languages, those in German, French, Spanish, Italian or Dutch that lists
use, older names, abbreviations, and in Europe the letter on cars. Case, accents and punctuation do not matter. Kosovo
has the EU's user-assigned code.
An indented line goes on with the country above it.
"""

from typing import Final

TABLE: Final = """
AD AND Andorra
AE ARE United Arab Emirates; UAE; Emirates; الإمارات; Vereinigte Arabische Emirate; Émirats arabes unis; Emiratos Árabes
  Unidos; VAE; Dubai; Abu Dhabi; EAU; EAE; Ver. Arab. Emirate
AF AFG Afghanistan
AG ATG Antigua and Barbuda; Antigua
AI AIA Anguilla
AL ALB Albania; Albanien; Albanie; Shqipëria
AM ARM Armenia; Armenien; Arménie
AO AGO Angola
AQ ATA Antarctica
AR ARG Argentina; Argentine Republic; Argentinien; Argentine
AS ASM American Samoa; Samoa (American)
AT AUT Austria; Österreich; Oesterreich; Autriche; Oostenrijk; A; Österr.; Oesterr.; Rep. Österreich; Republik
  Österreich
AU AUS Australia; Australien; Australie
AW ABW Aruba
AX ALA Åland Islands; Åland; Ahvenanmaa
AZ AZE Azerbaijan; Aserbaidschan; Azerbaïdjan; Azərbaycan
BA BIH Bosnia and Herzegovina; Bosnia; Bosnien; Bosnien und Herzegowina; Bosnien-Herzegowina; Bosna i
  Hercegovina; BiH; Bosnia & Herz.; Bosnien u. Herzegowina; Bosnien & Herzegowina; Bosnie; Bosnia Herzegovina
BB BRB Barbados
BD BGD Bangladesh
BE BEL Belgium; België; Belgique; Belgien; Bélgica; Belgio; B; Belg.
BF BFA Burkina Faso
BG BGR Bulgaria; Bulgarien; Bulgarie; България; Rep. Bulgaria
BH BHR Bahrain; Bahreïn; Baréin
BI BDI Burundi
BJ BEN Benin; Bénin
BL BLM Saint Barthélemy; St Barts
BM BMU Bermuda
BN BRN Brunei; Brunei Darussalam
BO BOL Bolivia; Bolivia, Plurinational State of; Plurinational State of Bolivia; Bolivien; Bolivie
BQ BES Bonaire, Sint Eustatius and Saba; Bonaire; Caribbean Netherlands; Caribbean NL
BR BRA Brazil; Brasil; Brasilien; Brésil; Brasile
BS BHS Bahamas
BT BTN Bhutan
BV BVT Bouvet Island
BW BWA Botswana
BY BLR Belarus; Weißrussland; Biélorussie; Bielorrusia; Беларусь
BZ BLZ Belize
CA CAN Canada; Kanada; Canadá
CC CCK Cocos (Keeling) Islands; Cocos Islands
CD COD DR Congo; Democratic Republic of the Congo; Congo (Democratic Republic of the); Congo (Dem. Rep.);
  Congo-Kinshasa; DRC; Zaire
CF CAF Central African Republic; République centrafricaine; CAR
CG COG Congo; Republic of the Congo; Congo (Rep.); Congo-Brazzaville
CH CHE Switzerland; Swiss Confederation; Schweiz; Suisse; Svizzera; Suiza; Zwitserland; Swiss; Confoederatio
  Helvetica; Schweizerische Eidgenossenschaft; Confédération suisse; Schweizer Eidgenossenschaft; Die Schweiz;
  La Suisse
CI CIV Côte d'Ivoire; Ivory Coast; Elfenbeinküste
CK COK Cook Islands
CL CHL Chile; Chili
CM CMR Cameroon; Cameroun; Kamerun
CN CHN China; People's Republic of China; PRC; PR China; Mainland China; Chine; 中国; 中國; VR China; P.R. China;
  China PR; RP Chine; RP China; RPC; Rép. pop. de Chine; Volksrepublik China
CO COL Colombia; Kolumbien; Colombie
CR CRI Costa Rica
CU CUB Cuba; Kuba
CV CPV Cape Verde; Cabo Verde
CW CUW Curaçao
CX CXR Christmas Island
CY CYP Cyprus; Zypern; Chypre; Chipre; Κύπρος; Rep. of Cyprus
CZ CZE Czechia; Czech Republic; Česko; Česká republika; Tschechien; Tschechische Republik; Tchéquie;
  République tchèque; República Checa; Czech Rep.; Česká rep.; Tschech. Rep.; Tschechische Rep.;
  Tschechei; Rép. tchèque; Rep. Checa; Rep. Ceca; Repubblica Ceca; Rep. Czeska; Republika Czeska; Tsjechische
  Rep.
DE DEU Germany; Deutschland; Allemagne; Alemania; Germania; Duitsland; Alemanha; Niemcy; Federal Republic of
  Germany; Bundesrepublik Deutschland; BRD; GER; D; Dtl.; Dtld.; Deutschl.; BR Deutschland; Bundesrep.
  Deutschland; Bundesrepublik; RFA; RFN; SRN; NSR; Rep. Fed. Alemana; Rep. Fed. of Germany; Fed. Rep. of
  Germany; Fed. Rep. Germany; FRG; Német Szövetségi Köztársaság; Alemagne
DJ DJI Djibouti
DK DNK Denmark; Danmark; Dänemark; Danemark; Dinamarca; Danimarca; Denemarken; DEN; Kongeriget Danmark
DM DMA Dominica
DO DOM Dominican Republic; República Dominicana; Dominikanische Republik; Dom. Rep.; Rep. Dominicana; Rép.
  dominicaine; Dominican Rep.
DZ DZA Algeria; Algérie; Algerien; Argelia
EC ECU Ecuador; Équateur
EE EST Estonia; Eesti; Estland; Estonie
EG EGY Egypt; Ägypten; Égypte; Egipto; Egitto
EH ESH Western Sahara
ER ERI Eritrea
ES ESP Spain; España; Spanien; Espagne; Spagna; Spanje; Espanha; E
ET ETH Ethiopia; Äthiopien; Éthiopie
FI FIN Finland; Suomi; Finnland; Finlande; Finlandia
FJ FJI Fiji
FK FLK Falkland Islands; Falkland Islands (Malvinas); Malvinas
FM FSM Micronesia; Federated States of Micronesia; Micronesia (Federated States of)
FO FRO Faroe Islands; Føroyar; Faroes
FR FRA France; Frankreich; Francia; Frankrijk; França; République française; French Republic; F; Rép. française;
  Rép. fr.
GA GAB Gabon
GB GBR United Kingdom; UK; U.K.; Great Britain; Britain; England; Scotland; Wales; Northern Ireland; Cymru;
  Vereinigtes Königreich; Großbritannien; Royaume-Uni; Reino Unido; Regno Unito; Gran Bretaña; Verenigd
  Koninkrijk; Britain (UK); United Kingdom of Great Britain and Northern Ireland; Angleterre; Inglaterra; GB &
  NI; Gr. Britain; Gt. Britain; Gr. Brit.; U. Kingdom; Utd. Kingdom; Unit. Kingdom; Großbrit.; Großbritannien
  und Nordirland; Ver. Königreich; Vereinigtes Kgr.; V. Königreich; Groot-Brittannië; Grande-Bretagne; Gran
  Bretagna; Grã-Bretanha; Velká Británie; Veľká Británia; V. Británie; Spoj. království; N. Ireland; Schottland;
  Écosse; Escocia; Nordirland; Engeland; Anglia; Anglie
GD GRD Grenada
GE GEO Georgia; Georgien; Géorgie; საქართველო
GF GUF French Guiana; Guyane; Guyane française
GG GGY Guernsey
GH GHA Ghana
GI GIB Gibraltar
GL GRL Greenland; Grønland; Kalaallit Nunaat
GM GMB Gambia
GN GIN Guinea; Guinée
GP GLP Guadeloupe
GQ GNQ Equatorial Guinea
GR GRC Greece; EL; Griechenland; Grèce; Grecia; Hellas; Ελλάδα; Hellenic Republic; Hellenic Rep.
GS SGS South Georgia and the South Sandwich Islands; South Georgia
GT GTM Guatemala
GU GUM Guam
GW GNB Guinea-Bissau; Guiné-Bissau
GY GUY Guyana
HK HKG Hong Kong; Hongkong; Hong Kong SAR; Hong Kong SAR China; 香港
HM HMD Heard Island and McDonald Islands
HN HND Honduras
HR HRV Croatia; Hrvatska; Kroatien; Croatie; Croacia; Croazia; Rep. Hrvatska; Republika Hrvatska
HT HTI Haiti; Haïti
HU HUN Hungary; Magyarország; Ungarn; Hongrie; Hungría; Ungheria; H; Magyarorsz.
ID IDN Indonesia; Indonesien; Indonésie
IE IRL Ireland; Éire; Republic of Ireland; Irland; Irlande; Irlanda; Ierland; ROI; Rep. of Ireland; Rep.
  Ireland; Rep. Irland; Republik Irland; S. Ireland; Southern Ireland
IL ISR Israel; Israël; ישראל
IM IMN Isle of Man
IN IND India; Indien; Inde; Bharat; भारत
IO IOT British Indian Ocean Territory
IQ IRQ Iraq; Irak
IR IRN Iran; Iran (Islamic Republic of); Islamic Republic of Iran
IS ISL Iceland; Ísland; Island; Islande; Islandia
IT ITA Italy; Italian Republic; Italia; Italien; Italie; Itália; Italië; I; Rep. Italiana; Repubblica Italiana
JE JEY Jersey
JM JAM Jamaica; Jamaika
JO JOR Jordan; Jordanien; Jordanie
JP JPN Japan; Japon; Japón; Giappone; Nippon; 日本
KE KEN Kenya; Kenia
KG KGZ Kyrgyzstan; Kyrgyz Republic; Kirgisistan; Kirghizistan
KH KHM Cambodia; Kambodscha; Cambodge
KI KIR Kiribati
KM COM Comoros
KN KNA Saint Kitts and Nevis; St Kitts; St. Kitts & Nevis
KP PRK North Korea; Korea (North); Democratic People's Republic of Korea; Korea (Democratic People's Republic
  of); DPRK; Nordkorea; N. Korea
KR KOR South Korea; Korea; Republic of Korea; Korea (South); Korea (Republic of); Südkorea; Corée du Sud;
  Corea del Sur; 대한민국; 한국; S. Korea; Rep. of Korea; Rep. Korea; Korea Rep.; Corée
KW KWT Kuwait; Koweït
KY CYM Cayman Islands
KZ KAZ Kazakhstan; Kasachstan; Қазақстан; Казахстан
LA LAO Laos; Lao People's Democratic Republic; Lao PDR
LB LBN Lebanon; Libanon; Liban; Líbano
LC LCA Saint Lucia
LI LIE Liechtenstein; Lichtenstein; Fürstentum Liechtenstein
LK LKA Sri Lanka; Ceylon
LR LBR Liberia
LS LSO Lesotho
LT LTU Lithuania; Lietuva; Litauen; Lituanie; Lituania
LU LUX Luxembourg; Luxemburg; Lëtzebuerg; Luxemburgo; L; Luxbg.; Grand-Duché de Luxembourg; Großherzogtum
  Luxemburg; G.D. Luxembourg
LV LVA Latvia; Latvija; Lettland; Lettonie; Letonia
LY LBY Libya; Libyen; Libye; Libia
MA MAR Morocco; Maroc; Marokko; Marruecos; Marocco
MC MCO Monaco
MD MDA Moldova; Republic of Moldova; Moldova (Republic of); Moldawien; Moldavie
ME MNE Montenegro; Crna Gora
MF MAF Saint Martin; Saint Martin (French part); St Martin (French)
MG MDG Madagascar; Madagaskar
MH MHL Marshall Islands
MK MKD North Macedonia; Macedonia; FYROM; Nordmazedonien; Mazedonien; Северна Македонија; N. Macedonia;
  Macédoine; Rep. of Macedonia; Rep. North Macedonia
ML MLI Mali
MM MMR Myanmar; Burma; Birma; Myanmar (Burma)
MN MNG Mongolia; Mongolei
MO MAC Macao; Macau; Macao SAR
MP MNP Northern Mariana Islands
MQ MTQ Martinique
MR MRT Mauritania; Mauretanien; Mauritanie
MS MSR Montserrat
MT MLT Malta; Malte
MU MUS Mauritius; Maurice; Île Maurice
MV MDV Maldives; Malediven
MW MWI Malawi
MX MEX Mexico; United Mexican States; México; Mexiko; Mexique; Messico; Estados Unidos Mexicanos
MY MYS Malaysia; Malaisie; Malasia
MZ MOZ Mozambique; Moçambique; Mosambik
NA NAM Namibia
NC NCL New Caledonia; Nouvelle-Calédonie
NE NER Niger
NF NFK Norfolk Island
NG NGA Nigeria; Nigéria
NI NIC Nicaragua
NL NLD Netherlands; Nederland; Holland; Niederlande; Pays-Bas; Países Bajos; Paesi Bassi; Hollande; Holanda;
  Olanda; NED; Niederl.; Die Niederlande; Les Pays-Bas; Los Países Bajos; Neth.; Netherl.
NO NOR Norway; Norge; Noreg; Norwegen; Norvège; Noruega; Norvegia; Noorwegen; N
NP NPL Nepal; Népal
NR NRU Nauru
NU NIU Niue
NZ NZL New Zealand; Neuseeland; Nouvelle-Zélande; Nueva Zelanda; Aotearoa; N. Zealand
OM OMN Oman; Omán
PA PAN Panama; Panamá
PE PER Peru; Perú; Pérou
PF PYF French Polynesia; Polynésie française; Tahiti
PG PNG Papua New Guinea; Papua-Neuguinea
PH PHL Philippines; Philippinen; Pilipinas; Filipinas
PK PAK Pakistan
PL POL Poland; Polska; Polen; Pologne; Polonia; Rzeczpospolita Polska; RP Polska; Rep. Polen; Rep. of Poland
PM SPM Saint Pierre and Miquelon
PN PCN Pitcairn; Pitcairn Islands
PR PRI Puerto Rico
PS PSE Palestine; State of Palestine; Palestine, State of; Palestinian Territories; Palästina
PT PRT Portugal; Portuguese Republic; Portogallo; POR; P
PW PLW Palau
PY PRY Paraguay
QA QAT Qatar; Katar
RE REU Réunion; La Réunion
RO ROU Romania; România; Rumänien; Roumanie; Rumania; Rumunia; ROM
RS SRB Serbia; Србија; Srbija; Serbien; Serbie
RU RUS Russia; Russian Federation; Россия; Russland; Russie; Rusia; Российская Федерация; RF; Р.Ф.; Russ.
  Föderation; Russische Föderation; Fédération de Russie; Fed. Rusa; Russian Fed.
RW RWA Rwanda; Ruanda
SA SAU Saudi Arabia; Kingdom of Saudi Arabia; KSA; Saudi-Arabien; Arabie saoudite; Arabia Saudita; Arabia
  Saudí; السعودية; S. Arabia
SB SLB Solomon Islands
SC SYC Seychelles
SD SDN Sudan
SE SWE Sweden; Sverige; Schweden; Suède; Suecia; Svezia; Zweden; S; Konungariket Sverige
SG SGP Singapore; Singapur; Singapour
SH SHN Saint Helena, Ascension and Tristan da Cunha; Saint Helena
SI SVN Slovenia; Slovenija; Slowenien; Slovénie; Eslovenia; SLO; Rep. Slovenija; Republika Slovenija; Rep. of
  Slovenia
SJ SJM Svalbard and Jan Mayen; Svalbard
SK SVK Slovakia; Slovak Republic; Slovensko; Slowakei; Slovaquie; Eslovaquia; Slovak Rep.; Slovenská rep.;
  Slovenská republika; Slowak. Rep.; Slowakische Republik; Slowakische Rep.; Rép. slovaque; République slovaque;
  Rep. Eslovaca; Slovak; Slovensko (SR)
SL SLE Sierra Leone
SM SMR San Marino
SN SEN Senegal; Sénégal
SO SOM Somalia
SR SUR Suriname; Surinam
SS SSD South Sudan
ST STP São Tomé and Príncipe
SV SLV El Salvador
SX SXM Sint Maarten; Sint Maarten (Dutch part); St Maarten (Dutch)
SY SYR Syria; Syrian Arab Republic; Syrien; Syrie; Siria
SZ SWZ Eswatini; Swaziland; Eswatini (Swaziland)
TC TCA Turks and Caicos Islands; Turks & Caicos
TD TCD Chad; Tchad; Tschad
TF ATF French Southern Territories
TG TGO Togo
TH THA Thailand; Thaïlande; Tailandia; ประเทศไทย
TJ TJK Tajikistan; Tadschikistan
TK TKL Tokelau
TL TLS Timor-Leste; East Timor
TM TKM Turkmenistan
TN TUN Tunisia; Tunisie; Tunesien; Túnez
TO TON Tonga
TR TUR Türkiye; Turkey; Türkei; Turquie; Turquía; Turchia; Turkije
TT TTO Trinidad and Tobago; Trinidad
TV TUV Tuvalu
TW TWN Taiwan; Taiwan, Province of China; Taiwan (Province of China); Republic of China; Taïwan; Chinese
  Taipei; 台灣; 臺灣; 台湾
TZ TZA Tanzania; United Republic of Tanzania; Tanzania, United Republic of; Tansania
UA UKR Ukraine; Україна; Ukraina; Ucrania; Ucraina
UG UGA Uganda
UM UMI United States Minor Outlying Islands; US minor outlying islands
US USA United States; United States of America; U.S.A.; U.S.; America; Estados Unidos; EEUU; EE.UU.;
  États-Unis; Vereinigte Staaten; Vereinigte Staaten von Amerika; Stati Uniti; Verenigde Staten; Amerika;
  Etats Unis d'Amérique; Estados Unidos de América; The States; EUA; U. States; Unit. States; Ver. Staaten;
  Verein. Staaten; Ver. Staaten von Amerika; Ver. St. v. Amerika; Stati Uniti d'America; Verenigde Staten van
  Amerika; Estados Unidos da América; Spoj. státy; США; СЩА; ABD; VS; Förenta staterna; Amerikas Förenta Stater
UY URY Uruguay
UZ UZB Uzbekistan; Usbekistan; Ouzbékistan; Oʻzbekiston
VA VAT Vatican City; Holy See; Vatican; Vatikan; Holy See (Vatican City State); Città del Vaticano
VC VCT Saint Vincent and the Grenadines; Saint Vincent
VE VEN Venezuela; Bolivarian Republic of Venezuela; Venezuela (Bolivarian Republic of)
VG VGB British Virgin Islands; Virgin Islands (British); Virgin Islands (UK); BVI
VI VIR U.S. Virgin Islands; Virgin Islands (U.S.); US Virgin Islands; Virgin Islands; USVI
VN VNM Vietnam; Viet Nam; Việt Nam
VU VUT Vanuatu
WF WLF Wallis and Futuna
WS WSM Samoa; Western Samoa; Samoa (western)
XK XKX Kosovo; Kosova
YE YEM Yemen; Jemen; Yémen
YT MYT Mayotte
ZA ZAF South Africa; Republic of South Africa; Südafrika; Afrique du Sud; Sudáfrica; Suid-Afrika; RSA;
  Sudafrica; Zuid-Afrika; S. Africa; Rep. of South Africa; Rep. Südafrika
ZM ZMB Zambia; Sambia
ZW ZWE Zimbabwe; Simbabwe
"""
