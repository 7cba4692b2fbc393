"""Mailboxes that a team reads or nobody, in the languages of the lists that people buy."""

from typing import Final

from leads.normalise.vocabulary import words_of

# The part before the @ sign, without digits and separators.
ROLE_NAMES: Final = words_of(
    """
    abuse academy accessibility account accountant accounting accounts accountspayable accountsreceivable
    admin administracion administration administrativo administrator admins admissions adops ads advertise
    advertising advertisingsales affiliate affiliates agency agents alarm alarms alert alerts all alumni
    amministrazione analysts android announce announcements api applications apply appointments apps
    architecture ask associates auctions author authors automated automation available backup benefits
    bestellung bewerbung billing biuro biz bizdev board booking bookings bot bounce bounces branding
    buchhaltung bugs bulletin bulletins business businessdevelopment buyer calendar campaign campaigns
    capacitacion career careers catering ceo ceooffice cfo chairman chat church cio client clientes clients
    clientservices clinic cmo coaching comercial comments commercial commerciale comms communication
    communications community company compete competition complaints compliance compras compta comptabilite
    comunicacion conference connect consult consultant consultants consultas consulting contab contabilidad
    contabilita contact contacto contactus contato contatti content contract contractor contractors
    contracts controller coo coordinator copyright corporate council courrier courses creative crm cto
    culture customer customercare customerfeedback customers customerservice customerservices
    customersuccess customersupport custserv daemon data database dataprotection datenschutz deals
    deliveries delivery demo deploy deputy design dev developer developers development devnull devops digest
    digital dir direccion direction director directors direktion direzione discuss dispatch distribution dns
    docs document documents domain domains donate donations donor donors donotreply download dpo drive
    ecommerce editor editorial editors education einkauf email emails empfang employment eng engagement
    engineering enq enquire enquiries enquiry enterprise error errors estimating events everyone exec
    executive executives expenses expert experts export extranet facilities facturacion facture faculty
    family faq faturamento fax feed feedback finance financeiro finanzas finanzen firma firmapost forms
    forum foundation fraud friends frontdesk ftp fulfillment fundraising general gerencia gestion giving
    grants graphics groups growth guestservices headmaster headoffice headteacher hello help helpdesk hey hi
    hilfe hiring hola hosting hostmaster hotel hq hr human humanresources import inbound inbox incident info
    infodesk informacion informacje informatica informatics informatik information informatique informazioni
    innovation inquire inquiries inquiry inspection installations instructor insurance integration intern
    internet interns internship intranet inventory investor investorrelations investors invoice invoices
    invoicing ir it itdepartment ithelp itsupport jira jobs join karriere keyaccount kontakt kundenservice
    kundeservice lab labs language launch leadership leads learn leasing legal library licensing list lists
    listserv login logistica logistics logistik magazine mail mailbox mailer mailerdaemon mailinglist
    maintain maintenance management manager managers market marketing marketplace materials media meetings
    meetup member members membership mentor mentors merch merchandising message messages metrics mgmt mkt
    mobile monitor monitoring moreinfo music network newbusiness news newsletter newsletters newsroom nobody
    noc noemail nomail none noreply noresponse nospam notification notifications notify nps offboarding
    offer offers office officeadmin officemanager oficina onboarding online operaciones operations operator
    ops order orders ordini outreach owner owners parents parish parking partner partners partnership
    partnerships parts pay payable payables payment payments payroll people performance permits personal
    personalabteilung personnel pharmacy phishing photo photos planning plant platform pm police policy
    portfolio post postbox postmaster pr praxis presales president press presse prices pricing principal
    print privacy procurement product production products professor program programs projects promo
    promotion promotions property proposals protocol proveedores public publications publicity publisher
    publishers publishing purchase purchasing qa quality questions quote quotes rates receipts receivables
    reception receptionist rechnung rechnungen recommend recruit recruiter recruiters recruiting recruitment
    recursoshumanos redaccion redaction redaktion redazione referral referrals region register registrar
    registration reklama relay releases reminder reminders remit rent rental rentals repair reply report
    reporting reports request requests research reservas reservation reservations resources response
    restaurant results resume resumes retail returns revenue rewards rezeption rfp rh rnd root route rrhh
    rsvp safety sale sales salesteam salon samples schedule scheduling scholarship school science search
    secretaria secretariat secretary security segreteria sekretariat senior seniors seo server service
    serviceclient servicedesk services share shareholders shipping shop signup sistemas site sms social
    socialmedia software solutions soporte spam sponsor sponsors sponsorship staff stats status stock store
    stories strategy student students studio study submissions submit subscribe subscriber subscriptions
    success suggestions superintendent supervisor suporte suppliers supply support survey surveys sync
    syndication sysadmin system systems talent taxes taxi teacher teachers team tech technical technik techs
    techsupport telecom telesales tender tenders terms test testing theater theatre ticket tickets tips
    tools tour tours trade traffic trainer trainers training trainings transactions translation transport
    travel treasurer tribe trustees twitter undisclosed undisclosedrecipients unsubscribe update updates
    upload usability usenet user users uucp vacancies vacation vendas vendite vendor vendors ventas verify
    verkauf vertrieb verwaltung video visa visit voice voicemail volunteer volunteers warehouse web webadmin
    webinar webinars webmaster website wedding welcome werbung whois wholesale wordpress work workshop
    writer writers www zakaz zentrale
    """
)

# Says nothing alone, but beside another of the words ("all-staff", "sales.group").
ROLE_GLUE: Final = words_of(
    """
    all and company default dept desk external for global group int main my new no not of or our reply team the to us
    wide
    """
)

# A country, language or number may follow these ("info-de", "sales.uk"); after the others it may be a person's name.
ROLE_STEMS: Final = words_of(
    """
    accounts admin billing careers contact customerservice hello help hr info jobs kontakt marketing
    no-reply noreply office orders press sales service support team ventas vertrieb
    """
)
