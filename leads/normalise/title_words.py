"""The words of job titles, folded (no accents, small letters), in English and the commonest of a dozen languages.

Chinese, Japanese and Korean write a title as one word: the level at its end, what it is about before that.
"""

import re
from typing import Final

from leads.normalise.vocabulary import Vocabulary, phrases_of, words_of

VOCABULARY: Final = Vocabulary()

# What stands in the column instead of a title.
NO_TITLE: Final = phrases_of(
    """
    contact us; contact us form; example job title; job title; n a; na; nicht angegeben; nil; no title;
    none; not applicable; not available; not provided; not specified; null; position; prefer not to answer;
    role; tba; tbd; test; title; unbekannt; unknown; xx; xxx
    """
)

# Who works for a chief is none: "Assistant to the CEO", "Referentin der Geschäftsführung".
ON_BEHALF: Final = re.compile(
    r"\b(?:\w*assist[ae]n[tz]\w*|adjoint\w*|advis[eo]rs?|aide|asistente|assessor\w*|buro|ea|liaison|office|pa|referent\w*|"
    r"report(?:s|ing)?|\w*secretar\w*|\w*sekretar\w*|support)\s+"
    r"(?:to|of|for|der|des|du|de|del|della|di|do|da|dos|al|au|a la|an|vom|von|van)\b.*"
)
# "CFO Office", "CEO's Executive Assistant".
OFFICE_OF: Final = re.compile(
    r"\b(?:c[a-z]{1,2}o|chairman|director|executive|president|vp)s? (?:executive |personal |senior )*"
    r"(?:assistant|group|office|org|secretary|staff|team)\b"
)
# Whoever is something to a chief is none: "Chief of Staff to the CEO", "Communications, reporting to the board".
TO_A_CHIEF: Final = re.compile(
    r"\bto (?:the |our )?(?:c[a-z]{1,2}o|chief|(?:vice )?president|chair\w*|board|directors?|founders?|head|md|"
    r"managing|owners?|[es]?vp)\b.*"
)
# Without one of these words they cannot be found.
BEHALF: Final = words_of("to of for der des du de del della di do da dos al au a an vom von van")
OFFICES: Final = words_of("assistant group office org secretary staff team")
# Who learns the trade has no level yet, whatever the title says beside it.
LEARNING: Final = VOCABULARY.any_of(
    r"""
    interns?; internship; trainee; apprentice; students?; praktikant\w*; werkstudent\w*; stagiaire;
    becari[oa]; tirocinante; stagista; azubi; auszubildende\w*; alternante?
    """
)

FOUNDER: Final = VOCABULARY.any_of(
    r"""
    (?:co ?)?founders?; co founding; cofounding;
    founding (?:ceo|chairman|editor|father|member|partner|president); (?:mit|co)?grunder(?:in)?;
    (?:co ?)?fondat(?:eur|rice|ore); (?:co ?)?fundadora?; (?:co)?oprichter; socio fundador
    """
)

# But for those of NOT_OWNER.
OWNER: Final = VOCABULARY.any_of(
    r"""
    (?:co ?)?owners?;
    proprietor; inhaber(?:in)?; proprietaire; propriet?ari[oa]; propietari[oa]; duen[oa]; titolare;
    eigenaar; eigenaresse; don[oa] da empresa; unternehmer(?:in)?;
    wlasciciel(?:ka)?; agare; ejer; omistaja; владелец; владелица; собственник; учредитель; основатель
    """
)

NOT_OWNER: Final = re.compile(
    r"\b(?:account|application|budget|data|platform|process|product|project|risk|service|system)s? owners?\b"
)

# But for those of NOT_CHIEF.
CHIEF: Final = VOCABULARY.any_of(
    r"""
    c,? level; c,? suite; ceo; cfo; coo; cto; cio; cmo; cro; cpo; cso; cco; chro; ciso; cdo; cao; clo; cxo;
    cbo; cgo; cko; cvo; cino; cdao; cpto; ctpo; cmto; cito; caio; cdio; cdto; pdg; dg;
    chief;
    gesch(?:a|ae)ftsf(?:u|ue)hr(?:er|erin|ende|ender|enden)(?: \w*gesellschafter\w*| direktor\w*)?;
    gesch(?:a|ae)ftsf(?:u|ue)hrerin?; mitglied der gesch(?:a|ae)fts(?:f(?:u|ue)hrung|leitung);
    vorst(?:a|ae)nd(?:in|svorsitzende[rn]?|smitglied|ssprecher(?:in)?)?; mitglied des vorstands?;
    generaldirektor(?:in)?; gesellschafter(?:in)?; directeu?r general; directrice generale;
    directora? general; general director; director generale; gerante?; dirigeante?;
    gerente general; consejer[oa] delegad[oa]; amministrat(?:ore|rice) (?:delegat[oa]|unic[oa]);
    direttore generale; direttrice generale; algemeen directeur; bestuurder; bestuursvoorzitter;
    diretora? (?:geral|presidente|executiv[oa]); soci[oa] (?:directora?|gerente); managing partner;
    country chief; executive committee member; member of the executive (?:committee|board);
    prasident(?:in)?;
    verkstallande direktor; vd; administrerende direktor; adm direktor; daglig leder; toimitusjohtaja;
    prezes\w*; czlonek zarzadu; genel mudur\w*; генеральн\w+ директор; исполнительн\w+ директор; президент;
    \w*代表取締役\w*; \w*社長; 会長; \w*最高\w*責任者; \w*总经理; \w*總經理; \w*董事长; \w*董事長; 总裁; 首席\w+官;
    대표이사; 대표; 사장; 회장
    """
)

NOT_CHIEF: Final = re.compile(
    r"\bchief (?:of (?:staff|party)|(?:\w+ ){0,2}(?:accountant|analyst|architect|buyer|clerk|consultant|designer|"
    r"developer|economist|editor|engineer|estimator|inspector|nurse|pilot|representative|strategist|surveyor|technician|"
    r"underwriter|warden))\b|\b(?:editor|redact\w+|redakt\w+) (?:in|en) chef?\b|\beditor in chief\b"
)

BOARD: Final = VOCABULARY.any_of(
    r"""
    chair(?:man|woman|person)?; co chair;
    board (?:and )?(?:member|director|chair|observer|non exec|advisor|trustee|of directors?|of trustees)\w*;
    board(?: of)? direct\w*; member of (?:the )?[^,]{0,60}\bboard; aufsichtsrat(?:smitglied)?; verwaltungsrat;
    consejer[oa]; trustee
    """
)

VP: Final = VOCABULARY.any_of("[aderfgs]?vp; vps; vpe")

DIRECTOR: Final = VOCABULARY.any_of(
    r"""
    directors?; dir; direktor(?:in)?; directeur; directrice; director[ae]s?;
    direttore; direttrice; diretora?; head of;
    (?:global|regional|group|country|department|division|practice|associate|deputy) head;
    (?:assistant|national|area|business|unit|corporate) head;
    leit(?:er|erin|ung); prokurist(?:in)?; hoofd;
    dsi; drh; daf; dga; (?:avdelings|afdelings)direktor; dyrektor(?:ka)?; johtaja; директор; руководитель;
    \w*取締役; \w*本部長; \w*部長; \w*总监; \w*總監; \w*副总; 董事; \w*이사; \w*본부장;
    chief of staff; editor in chief; chefredakteur(?:in)?; redacteur en chef;
    redactora? jefe; chief
    """
)

MANAGER: Final = VOCABULARY.any_of(
    r"""
    \w*managers?; mgrs?; manageress; managing (?:editor|consultant|principal|producer|supervisor);
    supervisors?; superintendent; foreman;
    gerente; jef[ea];
    responsabil[ei]; responsables?; chef (?:de|d|des); capo; leaders?;
    lead(?! gen| generation| magnet| management); team lead; gm; encarregad[oa]; capoarea; management$;
    bedrijfsleider; teamleider; projectleider;
    (?:it|hr|\w*(?:avdelnings|afdelings|butiks|drifts?|ekonomi|forsaljnings|indkobs|inkops|marknads|marketing|markeds|
    okonomi|personal|produkt|produktions|projekt|salgs))chef; \w+leder; \w*paallikko;
    mudur\w*; kierowni[kc]\w*; менеджер; начальник; заведующ\w+;
    \w*課長; \w*课长; \w*係長; \w*マネージャー; \w*マネジャー; \w*经理; \w*經理; \w*主管; \w*부장;
    \w*과장; \w*팀장; \w*매니저
    """
)

# In English the word is not about the personnel.
PERSONAL: Final = re.compile(r"\bpersonal (?=assist|banker|lines|secretar|shopper|trainer)")

# Leads the whole house.
EXECUTIVE: Final = VOCABULARY.any_of(
    r"""
    ceo; chief executive(?: officer)?; founder; cofounder; co ?founder; (?:mit)?grunder(?:in)?;
    fondateur; fondatrice; fundadora?; fondatore; managing director; general manager; gm;
    managing partner; president[ea]?; c,? level; c,? suite; cxo; gesch(?:a|ae)ftsf(?:u|ue)hr\w*; vorstand\w*;
    inhaber(?:in)?; pdg; directeur general;
    directrice generale; directora? general; gerente general; gerante?;
    amministrat(?:ore|rice) delegat[oa]; direttore generale; titolare; proprietor; eigenaar;
    propietari[oa]; consejer[oa] delegad[oa]; chief of staff; general director; executive director;
    generaldirektor(?:in)?; algemeen directeur; bestuurder; bestuursvoorzitter; soci[oa] (?:directora?|gerente);
    dg; verkstallande direktor; vd; administrerende direktor; daglig leder; toimitusjohtaja; prezes\w*;
    генеральн\w+ директор; президент; \w*代表取締役\w*; \w*社長; 会長; \w*总经理; \w*總經理; \w*董事长; \w*董事長;
    总裁; 대표이사; 대표; 사장; 회장
    """
)

# From the most telling to the least: an "HR IT Manager" is HR, "Sales Operations" sells; operations says little beside
# another word. Some functions stand twice, with phrases that go before everything else.
FUNCTIONS: Final = (
    (
        "marketing",
        VOCABULARY.any_of(
            r"""
            product marketing; technical marketing; marketing (?:technology|engineer|it);
            sales and marketing; marketing and sales
            """
        ),
    ),
    (
        "sales",
        VOCABULARY.any_of(
            r"""
            sales engineer; sales engineering; pre ?sales; solutions? engineer(?:ing)?; business development;
            technical sales
            """
        ),
    ),
    (
        "engineering",
        VOCABULARY.any_of(
            r"""
            (?:software|product|data|platform|mobile|web|cloud|systems?|security|reliability) (?:\w+ )?engineer\w*;
            (?:test|qa|process|quality|design|manufacturing|research|ml|learning|ai) (?:\w+ )?engineer\w*;
            (?:software|mobile|web|cloud|database|front ?end|back ?end|full ?stack) (?:\w+ )?developers?
            """
        ),
    ),
    (
        "legal",
        VOCABULARY.any_of(
            r"""
            legal; counsel; lawyer; attorney; solicitor; barrister; paralegal; notary; compliance; clo;
            privacy; dpo; data protection; jurist(?:in)?; recht\w*; justiziar(?:in)?; juridi\w+;
            avocate?; abogad[oa]; avvocat[oa]; legale; advogad[oa]; datenschutz\w*;
            corporate secretary; company secretary
            """
        ),
    ),
    (
        "hr",
        VOCABULARY.any_of(
            r"""
            hr; hrbp; chro; human resources?; human capital; people; talent; recruit\w*; staffing;
            payroll; training; learning and development; workforce; compensation; personnel;
            personal(?:leit\w*|abteilung|wesen|referent\w*|entwicklung\w*|chef\w*|manage\w*)?;
            ressources humaines; drh; rh; rrhh; recursos humanos; risorse umane; culture; diversity;
            персонал\w*; кадр\w*; \w*人事\w*; \w*人力资源\w*; \w*인사\w*
            """
        ),
    ),
    (
        "procurement",
        VOCABULARY.any_of(
            r"""
            procurement; purchas\w+; sourcing; buyer; buying; category manager; einkauf\w*;
            \w*einkaufer(?:in)?; beschaffung\w*; achats?; acheteu(?:r|se); compras; compradora?;
            acquisti; inkoop\w*; inkoper; vendor management; inkops\w*; indkob\w*; zakup\w*; satinalma; satin alma;
            закуп\w*;
            \w*购买\w*; \w*購買\w*; \w*采购\w*; \w*採購\w*; \w*調達\w*; \w*구매\w*
            """
        ),
    ),
    (
        "marketing",
        VOCABULARY.any_of(
            r"""
            marketing\w*; marketer; marketeer; cmo; art director; brand; brands; branding; communications?; content;
            social media; advertising; public relations; pr; seo; sem; ppc; demand generation;
            lead generation; growth; media; campaigns?; copywriter; events?; creative; publicity;
            \w*kommunikation\w*; werb(?:e\w+|ung); publicite; publicidad; comunicacion; comunicazione;
            communication; market research; customer insights; mercadotecnia; mercadeo;
            pazarlama\w*; mktg; mktng; mkt; marknads\w*; markeds\w*; маркетинг\w*; \w*マーケティング\w*; \w*市场\w*;
            \w*市場\w*; \w*広報\w*; \w*宣伝\w*; \w*마케팅\w*
            """
        ),
    ),
    (
        "sales",
        VOCABULARY.any_of(
            r"""
            sales; \w*vertrieb\w*; \w*verkauf\w*; ventes?; vent[ae]s; vendas; vendite; verkoop\w*;
            account (?:executive|manager|director|management); accounts? exec; key accounts?; biz ?dev;
            bdr?; sdr; cro; revenues?; commerciale?; comercial; kommerziell\w*; cco; partnerships?;
            channel; partner manager; alliances; territory; inside sales; realtor; real estate agent;
            broker; geschaftsentwicklung; aussendienst; client partner; client director;
            business developer; salesforce development; rev ?ops; sales ?ops; forsaljning\w*; salgs?\w*; myynti\w*;
            satis\w*; handlow\w+; sprzedaz\w*; продаж\w*; коммерческ\w+; \w*営業\w*; \w*销售\w*; \w*銷售\w*; \w*영업\w*
            """
        ),
    ),
    (
        "support",
        VOCABULARY.any_of(
            r"""
            support; customer success; customer (?:service|care|experience|relations?|operations);
            client (?:service|services|care|relations); help ?desk; service desk; call cent(?:er|re);
            contact cent(?:er|re); kundendienst\w*; kundenservice\w*; kundenbetreu\w*; service client;
            servicio al cliente; atencion al cliente; servizio clienti; klantenservice;
            customer advocate; customer support
            """
        ),
    ),
    (
        "finance",
        VOCABULARY.any_of(
            r"""
            finance; finances; financ\w+; cfo; account(?:ing|ant|ants|s payable|s receivable);
            controller; controll\w+; treasur\w+; audit\w*; tax; bookkeep\w*; budget\w*; fp and a; fpa;
            investor relations; investments?; actuary; credit; billing; \w*finanz\w*; \w*buchhalt\w*;
            rechnungswesen; steuer\w*; comptab\w*; tresor\w*; contab\w*; contadora?; contabilita;
            tesorer\w*; ragionier\w*; boekhoud\w*; underwrit\w*; daf; procurist; ekonomi\w*; okonomi\w*; finans\w*;
            ksiegow\w*; финанс\w*; бухгалтер\w*;
            \w*財務\w*; \w*财务\w*; \w*会計\w*; \w*재무\w*; \w*회계\w*
            """
        ),
    ),
    (
        "product",
        VOCABULARY.any_of(
            r"""
            products?; cpo; ux; ui; user experience; produkt(?:[a-hj-z]\w*)?; produits?; producto; prodotto
            """
        ),
    ),
    (
        "it",
        VOCABULARY.any_of(
            r"""
            it; ict; cio; ciso; cdo; information (?:technology|systems?|security|officer);
            infrastructure; network\w*; sys ?admin\w*; systems? administrator; database\w*; dba;
            cyber\w*; security; edv; informatik\w*; informati\w+; dsi; rssi; sistemas;
            tecnologias? de la informacion; tecnologia; cloud; erp; crm; sap; salesforce; data warehouse;
            digital transformation; enterprise (?:architect\w*|technology); solutions? architect;
            technology; business intelligence; bi; business analyst; data governance
            """
        ),
    ),
    (
        "engineering",
        VOCABULARY.any_of(
            r"""
            engineer\w*; eng; develop(?:er|ers); programmer; разработ\w*; инженер\w*; техническ\w+; \w*技術\w*;
            \w*技术\w*; \w*開発\w*; \w*开发\w*; \w*研究\w*; \w*工程师; \w*엔지니어\w*; \w*개발\w*; \w*연구\w*;
            software; cto; technical; technique;
            technisch\w*; technik\w*; entwickl\w*; architect; r and d; rd; research\w*;
            scien(?:ce|tist|tists|tific); data; ai; machine learning; devops; sre; qa; quality;
            ingenieur\w*; ingenier[oa]; ingenieri[a]; ingegner\w*; desarrolladora?; desarrollo;
            developpeu(?:r|se); sviluppat\w*; forschung\w*; recherche; innovation; laboratory;
            design engineer; konstrukt\w*; tecnic[oa]; full ?stack; back ?end; front ?end
            """
        ),
    ),
    (
        "operations",
        VOCABULARY.any_of(
            r"""
            operations?; operational; operating; coo; ops; logisti\w+; supply chain; supply; production;
            produktion\w*; manufacturing; warehouse; facilit\w+; plant; fleet; transport\w*; shipping;
            distribution; maintenance; projects?; program(?:me|s)?; projekt\w*; projets?;
            proyectos?; progett[oi];
            office manager; process\w*; lean; betriebs\w*; werks?leit\w*; produccion; operaciones;
            operazioni; produzione; operacoes; exploitation; construction; safety; scrum; agile;
            delivery; administration; administrator; store manager; site manager; planning
            """
        ),
    ),
)
