"""What the exports of well-known programs look like: the headers that tell them, and what each of their columns is.

The headers are those of the programs' own exports, in the forms of several years. Owners, stages, scores, consents
and ids are named too, so that nothing guesses at them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from leads.normalise.text import fold


@dataclass(frozen=True, slots=True)
class Vendor:
    """A program that exports lists of people."""

    key: str  # as it is chosen on the command line
    name: str
    telling: tuple[frozenset[str], ...]  # headers that stand together in no other program's export
    fields: Mapping[str, tuple[str, ...]]  # field: its headers, the best one first
    left_out: frozenset[str]  # headers of what is no field, or must not come from a file
    # Headers of somebody else (who bought the ticket), taken only where no other column says who the people are.
    stand_ins: frozenset[str] = frozenset()

    def columns(self, headers: Iterable[str], *, blank: Collection[str] = ()) -> dict[str, str]:
        """Header to field, "" for one that is left out; headers that the program does not have are missing.

        A column that is `blank` gives way to another of the same field.
        """
        by_text: dict[str, list[str]] = {}
        for header in headers:
            by_text.setdefault(plain(header), []).append(header)
        who = {text for field in _WHO for text in self.fields.get(field, ())} - self.stand_ins
        unused = self.stand_ins if who & by_text.keys() else frozenset()
        found = {header: "" for text, same in by_text.items() if text in self.left_out for header in same}
        for field, texts in self.fields.items():
            present = [header for text in texts if text not in unused for header in by_text.get(text, ())]
            found |= {header: "" for text in texts if text in unused for header in by_text.get(text, ())}
            present.sort(key=lambda header: header in blank)
            others = field if field == "opted_out" else ""  # one no among several columns is enough
            found |= dict.fromkeys(present, others) | ({present[0]: field} if present else {})
        return found

    def is_told_by(self, headers: Iterable[str]) -> int:
        """How many headers tell that the program made the list; 0 if it did not."""
        present = {plain(header) for header in headers}
        return max((len(together) for together in self.telling if together <= present), default=0)


_WHO: Final = ("email", "first_name", "last_name", "full_name")


def plain(header: str) -> str:
    """The header without case, accents and runs of blanks; punctuation tells programs apart, so it stays."""
    return " ".join(fold(header).split()).strip("\ufeff\"' :*")


def recognise(headers: Sequence[str]) -> Vendor | None:
    """The program whose export has these headers, None where none is told."""
    told = [
        (-count, -len(vendor.columns(headers)), place, vendor)
        for place, vendor in enumerate(VENDORS)
        if (count := vendor.is_told_by(headers))
    ]
    return min(told, key=lambda item: item[:3])[3] if told else None


def vendor_called(name: str) -> Vendor | None:
    """The program of that name, however it is written."""
    return BY_KEY.get("".join(sign for sign in fold(name) if sign.isalnum()))


def _vendor(
    key: str,
    name: str,
    *,
    telling: Sequence[str],
    fields: Mapping[str, str],
    left_out: str,
    stand_ins: str = "",
) -> Vendor:
    return Vendor(
        key=key,
        name=name,
        telling=tuple(frozenset(_texts(line)) for line in telling),
        fields={field: tuple(dict.fromkeys(_texts(line))) for field, line in fields.items()},
        left_out=frozenset(_texts(left_out)),
        stand_ins=frozenset(_texts(stand_ins)),
    )


def _texts(line: str) -> list[str]:
    return [plain(text) for text in line.split("|") if text]


VENDORS: Final[tuple[Vendor, ...]] = (
    _vendor(
        "salesforce",
        "Salesforce",
        telling=[
            "Mailing Zip/Postal Code", "Mailing State/Province", "Mailing City|Account Name|First Name",
            "Account Name|Account Owner|First Name", "Company / Account", "HasOptedOutOfEmail",
            "SystemModstamp|LastName",
            "LeadSource|OwnerId|LastName", "LeadSource|IsConverted", "Lead Owner|State/Province",
            "LastName|LeadSource|Status",
            "Contact ID|Account ID|Account Name", "Contact ID|Account Name|Mailing Country",
            "Owner Alias|Company",
            "FirstName|LastName|AccountId", "MailingCountry|MailingCity", "MailingPostalCode", "Account.Name",
            "Lead ID|Lead Source|Lead Owner|Rating", "Full Name|Account Name|Contact Owner|Lead Source",
            "Contact Owner Alias", "Lead Owner Alias", "Account Owner Alias", "Owner Full Name", "Last Modified By ID",
            "Lead/Contact Owner", "Member Status|Campaign Name|First Name", "Billing State/Province|Account Owner",
            "Billing Zip/Postal Code",
        ],
        fields={
            "email": "Email|Email Address",
            "first_name": "First Name|FirstName",
            "middle_name": "Middle Name|MiddleName",
            "last_name": "Last Name|LastName",
            "full_name": "Full Name|Name|Contact Name|Lead Name",
            "phone": "Phone|Business Phone|Other Phone|OtherPhone|Account Phone",
            "mobile": "Mobile|Mobile Phone|MobilePhone",
            "title": "Title|Job Title",
            "company": "Account Name|Account.Name|Company / Account|Company|Account: Account Name",
            "website": "Website|Account.Website|Account: Website",
            "industry": "Industry|Account.Industry|Account: Industry",
            "employees": "Employees|No. of Employees|NumberOfEmployees|Number of Employees|"
            "Account.NumberOfEmployees|"
            "Account: Employees",
            "country": "Mailing Country|MailingCountry|Country|Mailing Country Code|MailingCountryCode|"
            "Country Code|"
            "CountryCode|Billing Country|BillingCountry|Mailing Country (text only)|Country (text only)",
            "city": "Mailing City|MailingCity|City|Billing City|BillingCity",
            "note": "Description",
            "opted_out": "Email Opt Out|HasOptedOutOfEmail|Do Not Contact|Individual: Don't Process",
        },
        left_out="Id|Lead ID|Contact ID|Account ID|AccountId|Record ID|Lead Owner|Contact Owner|Account Owner|"
        "OwnerId|"
        "Owner ID|Owner Alias|Lead Owner Alias|Contact Owner Alias|Account Owner Alias|Owner Full Name|"
        "Lead Owner ID|"
        "Lead Status|Status|LeadStatus|Rating|Lead Source|LeadSource|Salutation|Suffix|Department|Fax|"
        "Assistant|"
        "AssistantName|Assistant Phone|AssistantPhone|Asst. Phone|Home Phone|HomePhone|Reports To|ReportsToId|"
        "Do Not Call|DoNotCall|Fax Opt Out|HasOptedOutOfFax|Created Date|CreatedDate|Create Date|Created By|"
        "CreatedById|"
        "Last Modified|Last Modified Date|LastModifiedDate|LastModifiedById|Last Modified By|SystemModstamp|"
        "Last Activity|Last Activity Date|LastActivityDate|Birthdate|Street|Address|Mailing Street|"
        "MailingStreet|"
        "Mailing State/Province|MailingState|Mailing Zip/Postal Code|MailingPostalCode|State/Province|State|"
        "Zip/Postal Code|PostalCode|Annual Revenue|AnnualRevenue|IsConverted|Converted|ConvertedDate|IsDeleted|"
        "IsUnreadByOwner|Unread By Owner|Jigsaw|JigsawContactId|Type|Account Type|Parent Account|"
        "MasterRecordId|"
        "PhotoUrl|EmailBouncedReason|EmailBouncedDate|IsEmailBounced|Last Stay-in-Touch Request Date|"
        "LastCURequestDate|"
        "LastCUUpdateDate|LastViewedDate|LastReferencedDate|Member Status|Campaign Name|Level|Languages|"
        "Product Interest",
    ),
    _vendor(
        "hubspot",
        "HubSpot",
        telling=[
            "Record ID|Contact owner", "Record ID|Company owner", "Record ID|Lifecycle Stage",
            "Record ID|Original Source", "Record ID|Original Traffic Source", "Record ID|Associated Company",
            "Record ID|Create Date", "Record ID - Contact", "Record ID - Company",
            "Lifecycle Stage|Associated Company",
            "Lifecycle Stage|Country/Region", "Lifecycle Stage|Website URL", "Lifecycle Stage|Contact owner",
            "Lifecycle Stage|Create Date", "Primary Associated Company ID", "Associated Company IDs",
            "HubSpot Score",
            "HubSpot Team", "Marketing contact status", "Unsubscribed from all email", "Became a Customer Date",
            "Lifecycle Stage|Lead Status", "hs_object_id", "hubspot_owner_id", "hs_lead_status",
            "hs_email_optout",
            "hs_analytics_source", "Associated Contact IDs", "Associated Deal IDs", "Contact unworked",
            "Associated Company|Contact owner", "lifecyclestage|jobtitle",
        ],
        fields={
            "email": "Email|Work email|Email Address",
            "first_name": "First Name|firstname",
            "last_name": "Last Name|lastname",
            "full_name": "Name|Full Name",
            "phone": "Phone Number|Phone|Company phone number",
            "mobile": "Mobile Phone Number|mobilephone|Mobile Phone|WhatsApp Phone Number|"
            "hs_whatsapp_phone_number",
            "title": "Job Title|jobtitle",
            "company": "Company Name|Company|Associated Company|Primary Associated Company|"
            "Associated Company (Primary)|"
            "Primary Company",
            "website": "Website URL|Website|Company website",
            "domain": "Company Domain Name|Domain|Email Domain|hs_email_domain",
            "industry": "Industry|Company industry",
            "employees": "Number of Employees|numemployees|numberofemployees|Company size|company_size",
            "country": "Country/Region|Country|Country/Region Code|hs_country_region_code|IP Country",
            "city": "City",
            "linkedin_url": "LinkedIn URL|LinkedIn Bio|hs_linkedin_url|linkedinbio|LinkedIn Profile URL",
            "note": "Message|Notes|Description|About Us",
            "opted_out": "Unsubscribed from all email|hs_email_optout|Opted out of all email",
        },
        left_out="Record ID|Record ID - Contact|Record ID - Company|hs_object_id|Contact owner|Company owner|"
        "hubspot_owner_id|HubSpot Owner|HubSpot Team|Lead Status|hs_lead_status|Lifecycle Stage|lifecyclestage|"
        "Create Date|createdate|Last Modified Date|lastmodifieddate|Contact Type|Lead Source|Stage of Journey|"
        "Next appointment date|Associated Deal|Associated Deal IDs|Associated Company IDs|Associated Contact|"
        "Associated Contact IDs|Associated Note|Associated Note IDs|Primary Associated Company ID|"
        "Original Source|"
        "Original Traffic Source|Original Source Drill-Down 1|Original Source Drill-Down 2|Latest Source|"
        "Latest Traffic Source|hs_analytics_source|HubSpot Score|hubspotscore|Lead Rating|Likelihood to close|"
        "Contact priority|Marketing contact status|Legal basis for processing contact's data|"
        "Last Activity Date|Last Contacted|Next Activity Date|Number of Sales Activities|"
        "Number of times contacted|"
        "Became a Customer Date|Became a Lead Date|Became a Marketing Qualified Lead Date|"
        "Became a Sales Qualified Lead Date|Recent Deal Amount|Total Revenue|Annual Revenue|annualrevenue|"
        "Persona|Buying Role|Seniority|Employment Role|Salutation|Fax Number|Street Address|State/Region|"
        "Postal Code|Time Zone|IP City|IP State/Region|Contact unworked|Currently in Sequence|Twitter Username|"
        "Date of birth|Gender|Degree|Email Confirmation Status|Invalid email address|Is Public|Type|"
        "Parent Company|"
        "LinkedIn Company Page|Facebook Company Page|Last Booked Meeting Date|Email hard bounce reason",
    ),
    _vendor(
        "pipedrive",
        "Pipedrive",
        telling=[
            "Person - Name", "Person - Email", "Person - Email - Work", "Person - Phone", "Person - ID",
            "Organization - Name", "Organization - ID", "Lead - Title", "Open deals|Closed deals",
            "Activity - Subject", "Deal - Title", "Lead - ID",
        ],
        fields={
            "email": "Person - Email - Work|Person - Email|Person - Email - Home|Person - Email - Other|"
            "Email - Work|"
            "Email|Email - Home|Email - Other",
            "first_name": "Person - First name|First name",
            "last_name": "Person - Last name|Last name",
            "full_name": "Person - Name|Name|Lead - Contact person|Deal - Contact person|"
            "Activity - Contact person",
            "phone": "Person - Phone - Work|Person - Phone|Person - Phone - Home|Person - Phone - Other|"
            "Phone - Work|"
            "Phone|Phone - Home|Phone - Other",
            "mobile": "Person - Phone - Mobile|Phone - Mobile|Person - Mobile",
            "opted_out": "Person - Marketing status|Marketing status",
            "title": "Person - Job title|Job title|Person - Position",
            "company": "Organization - Name|Person - Organization|Organization|Lead - Organization|"
            "Deal - Organization",
            "website": "Organization - Website|Website",
            "industry": "Organization - Industry|Industry",
            "employees": "Organization - Employee count|Organization - Number of employees|Employee count",
            "country": "Organization - Country of Address|Organization - Address - Country|"
            "Organization - Country of full/combined address of Address|Person - Country of Postal address|"
            "Person - Country|Country",
            "city": "Organization - City/town/village/locality of Address|"
            "Organization - City/town/village/locality|"
            "Person - City/town/village/locality of Postal address|Person - City|City/town/village/locality",
            "address": "Organization - Full/combined address of Address|Organization - Address|"
            "Person - Full/combined address of Postal address|Person - Postal address",
            "linkedin_url": "Person - LinkedIn|Person - LinkedIn profile|LinkedIn",
            "note": "Activity - Note|Person - Notes|Lead - Note|Notes",
        },
        left_out="Person - ID|ID|Organization - ID|Lead - ID|Deal - ID|Person - Owner|Owner|"
        "Organization - Owner|"
        "Lead - Owner|Deal - Owner|Person - Label|Label|Lead - Labels|Organization - Label|"
        "Person - Last activity date|Person - Next activity date|Last activity date|"
        "Next activity date|Person - Person created|Person created|Person - Update time|Update time|"
        "Lead - Title|"
        "Lead - Lead created|Lead - Source|Lead - Value|Deal - Title|Deal - Value|Deal - Stage|Deal - Status|"
        "Deal - Pipeline|Deal - Probability|Person - Open deals|Person - Closed deals|Person - Won deals|"
        "Person - Lost deals|Open deals|Closed deals|Won deals|Lost deals|Person - Total activities|"
        "Person - Done activities|Person - Activities to do|Person - Email messages count|Person - Visible to|"
        "Person - Instant messenger|Person - Birthday|Organization - People|Organization - Open deals|"
        "Organization - LinkedIn profile|Organization - Annual revenue|Activity - Subject|Activity - Type|"
        "Activity - Due date|Activity - Due time|Activity - Done|Activity - Assigned to user|Activity - ID|"
        "Person - Profile picture|Person - Doubleopt-in|Person - Double opt-in",
    ),
    _vendor(
        "zoho",
        "Zoho",
        telling=[
            "Record Id|Lead Owner", "Record Id|Account Owner", "Account Owner.id",
            "Record Id|Contact Owner|Created Time", "Lead Owner|Created Time",
            "Contact Owner|Created Time", "Lead Owner Id", "Lead Owner.id", "Contact Owner.id",
            "Contact Owner Id",
            "Lead Name|Lead Owner|Lead Status|Lead Source", "Account Name.id", "Unsubscribed Mode",
            "Unsubscribed Time",
            "Lead Conversion Time", "Skype ID|Secondary Email", "Account Owner Id|Account Name",
            "ACCOUNTID|Account Owner",
            "LEADID|Lead Owner", "CONTACTID|Contact Owner", "No. of Employees|Lead Owner|Secondary Email",
            "Lead Owner|Modified Time", "Contact Owner|Mailing Zip|Vendor Name",
        ],
        fields={
            "email": "Email|Secondary Email",
            "first_name": "First Name",
            "last_name": "Last Name",
            "full_name": "Full Name|Lead Name|Contact Name",
            "phone": "Phone|Other Phone",
            "mobile": "Mobile",
            "title": "Title|Designation",
            "company": "Company|Account Name",
            "website": "Website",
            "industry": "Industry",
            "employees": "No. of Employees|No of Employees|Employees",
            "country": "Country|Mailing Country|Billing Country",
            "city": "City|Mailing City|Billing City",
            "linkedin_url": "LinkedIn|LinkedIn URL",
            "note": "Description|Notes",
            "opted_out": "Email Opt Out|Unsubscribed Mode|Unsubscribed Time",
        },
        left_out="Record Id|LEADID|CONTACTID|ACCOUNTID|Lead Id|Contact Id|Lead Owner|Lead Owner Id|"
        "Lead Owner.id|"
        "Contact Owner|Contact Owner Id|Contact Owner.id|Account Owner|Account Owner Id|Account Name.id|Owner|"
        "Lead Source|Lead Status|Rating|Score|Positive Score|Negative Score|Positive Touch Point Score|"
        "Touch Point Score|"
        "Negative Touch Point Score|Created By|Created By.id|Created Time|Modified By|Modified By.id|"
        "Modified Time|"
        "Last Activity Time|Converted|CONVERTED|Is Converted|Lead Conversion Time|Converted Date Time|"
        "Salutation|Fax|"
        "Annual Revenue|Skype ID|Twitter|Tag|Layout|Layout.id|Street|State|Zip Code|Mailing Street|"
        "Mailing State|"
        "Mailing Zip|Other Street|Other City|Other State|Other Zip|Other Country|Department|Assistant|"
        "Asst Phone|"
        "Home Phone|Date of Birth|Reporting To|Reporting To.id|Vendor Name|Vendor Name.id|"
        "Change Log Time|Locked|Data Source|Data Processing Basis|Converted Account|"
        "Converted Contact|Converted Deal|Account Type|Ownership|Parent Account|Currency|Exchange Rate",
    ),
    _vendor(
        "mailchimp",
        "Mailchimp",
        telling=["MEMBER_RATING", "OPTIN_TIME", "CONFIRM_TIME", "LEID|EUID", "UNSUB_TIME", "OPTIN_IP",
        "LAST_CHANGED|Email Address"],
        fields={
            "email": "Email Address|EMAIL",
            "first_name": "First Name|FNAME",
            "last_name": "Last Name|LNAME",
            "full_name": "Name|Full Name",
            "phone": "Phone Number|PHONE|SMS Phone Number",
            "title": "Job Title|JOBTITLE|Title|Position",
            "company": "Company|COMPANY|Company Name|Organization",
            "website": "Website|WEBSITE",
            "country": "Country|COUNTRY|CC",
            "city": "City|CITY",
            "address": "Address|ADDRESS",
            "note": "NOTES",
            "opted_out": "UNSUB_TIME|CLEAN_TIME|Email Marketing Status",
        },
        left_out="MEMBER_RATING|OPTIN_TIME|OPTIN_IP|CONFIRM_TIME|CONFIRM_IP|LATITUDE|LONGITUDE|GMTOFF|DSTOFF|"
        "TIMEZONE|"
        "REGION|LAST_CHANGED|LEID|EUID|TAGS|BIRTHDAY|UNSUB_CAMPAIGN_TITLE|UNSUB_CAMPAIGN_ID|UNSUB_REASON|"
        "UNSUB_REASON_OTHER|CLEAN_CAMPAIGN_TITLE|CLEAN_CAMPAIGN_ID|SMS Marketing Status|"
        "Predicted Gender|Predicted Age",
    ),
    _vendor(
        "linkedin",
        "LinkedIn",
        telling=[
            "Connected On|Position", "Form Name|Creative ID", "Form Name|Creative Name",
            "Campaign Group Name|Form Name",
            "Lead Gen Form Name", "LeadGen Form ID", "Submitted At|Form Name", "profileUrl|vmid",
            "defaultProfileUrl",
            "connectionDegree|profileUrl", "Sales Navigator URL", "LinkedIn Sales Navigator URL",
            "Sales Navigator Profile URL", "durationInRole", "Profile URL|Connection Degree",
            "Linkedin Profile Url|Matches Filters",
            "Years in Position|LinkedIn URL Unique ID",
        ],
        fields={
            "email": "Work email|Business email|Email Address|Email|emailAddress|workEmail|Professional Email",
            "first_name": "First Name|firstName",
            "last_name": "Last Name|lastName",
            "full_name": "Full Name|fullName|Name",
            "phone": "Work phone|Phone Number|phoneNumber|workPhoneNumber|Phone",
            "mobile": "Mobile Phone|Mobile Phone Number",
            "title": "Job Title|jobTitle|Position|Current Job|Title|Current Title|currentJobTitle|Headline",
            "company": "Company Name|companyName|Company|Current Company|Organization|currentCompanyName",
            "website": "Company Website|companyWebsite|Website|Company Domain Website",
            "domain": "Company Domain|companyDomain",
            "industry": "Industry|Company Industry|companyIndustry",
            "employees": "Company Size|companySize|Company Employee Count|Company Headcount|Employees Count",
            "country": "Country|Country/Region|Company Country",
            "city": "City",
            "address": "Location|Geography|Person Location|Lead Location",
            "linkedin_url": "URL|LinkedIn Profile|LinkedIn Profile Link|LinkedIn profile URL|LinkedIn URL|"
            "profileUrl|"
            "defaultProfileUrl|Profile URL|linkedInProfileUrl|Linkedin Profile Url|Person LinkedIn URL|"
            "Sales Navigator URL|LinkedIn Sales Navigator URL|Sales Navigator Profile URL",
            "note": "Notes|Note",
        },
        left_out="Connected On|Lead ID|Submitted At|Submitted on|Lead created at|Campaign Name|Campaign ID|"
        "Campaign Group Name|Campaign Group ID|Campaign Type|Form Name|Lead Gen Form Name|LeadGen Form ID|"
        "Form ID|"
        "Creative Name|Creative ID|Ad Name|Ad ID|Account Name|Account ID|Ad Account ID|Lead Type|Test Lead|"
        "Is Test Lead|"
        "Owner|Lead Owner|Seniority|Job Function|Function|Degree|Field of Study|School|State|State/Province|"
        "Postal Code|"
        "Zip Code|vmid|connectionDegree|Connection Degree|durationInRole|durationInCompany|companyId|"
        "companyUrl|"
        "regularCompanyUrl|Company LinkedIn URL|Company ID|sharedConnectionsCount|isPremium|isOpenLink|"
        "isOpenProfile|"
        "profileImageUrl|query|timestamp|summary|Summary|titleDescription|pastExperienceCompanyName|"
        "pastExperienceCompanyTitle|pastExperienceDuration|pastExperienceDate|companyLocation|Company Location|"
        "Matches Filters|Years in Position|Years in Company|Months in Position|LinkedIn URL Unique ID|Gender|"
        "Personal email",
    ),
    _vendor(
        "apollo",
        "Apollo",
        telling=[
            "Company Name for Emails", "Apollo Contact Id", "Apollo Account Id",
            "# Employees|Person Linkedin Url",
            "Email Confidence|Email Status", "Primary Email Catch-all Status", "Primary Email Source",
            "Work Direct Phone|Corporate Phone", "Person Linkedin Url|Seniority|Departments",
            "SEO Description|Technologies",
        ],
        fields={
            "email": "Email|Work Email|Primary Email|Secondary Email|Tertiary Email",
            "first_name": "First Name",
            "last_name": "Last Name",
            "full_name": "Name|Full Name|Contact Name",
            "title": "Title|Job Title",
            "company": "Company|Company Name|Account Name|Company Name for Emails",
            "phone": "Work Direct Phone|First Phone|Direct Phone|Corporate Phone|Company Phone|Other Phone|"
            "Home Phone",
            "mobile": "Mobile Phone",
            "employees": "# Employees|Employees|Number of Employees|Num Employees",
            "industry": "Industry",
            "linkedin_url": "Person Linkedin Url|LinkedIn Url|Linkedin",
            "website": "Website|Company Website",
            "domain": "Domain|Company Domain",
            "city": "City|Person City|Company City",
            "country": "Country|Person Country|Company Country",
            "note": "Notes",
        },
        left_out="Email Status|Email Confidence|Primary Email Source|Primary Email Verification Source|"
        "Primary Email Catch-all Status|Primary Email Last Verified At|Seniority|Departments|Sub Departments|"
        "Contact Owner|Account Owner|Stage|Account Stage|Lists|Account Lists|Last Contacted|Keywords|"
        "Company Linkedin Url|"
        "Facebook Url|Twitter Url|State|Company Address|Company State|Company Street|Company Postal Code|"
        "SEO Description|"
        "Technologies|Annual Revenue|Total Funding|Latest Funding|Latest Funding Amount|Last Raised At|"
        "Subsidiary of|"
        "Email Sent|Email Open|Email Bounced|Replied|Demoed|Number of Retail Locations|Apollo Contact Id|"
        "Apollo Account Id|Apollo Record Id|Secondary Email Source|Secondary Email Status|"
        "Secondary Email Verification Source|"
        "Tertiary Email Source|Tertiary Email Status|Tertiary Email Verification Source|Primary Intent Topic|"
        "Primary Intent Score|Secondary Intent Topic|Secondary Intent Score|Qualify Contact|"
        "Cleaned Company Name|"
        "Person Country Code|Created At|Contact Lead Score|SIC Codes|NAICS Codes|Founded Year|Logo Url|"
        "Short Description",
    ),
    _vendor(
        "eventbrite",
        "Eventbrite",
        telling=[
            "Order #|Ticket Type", "Order #|Attendee Status", "Order no.|Attendee Status",
            "Order No.|Ticket Type",
            "Order ID|Attendee Status", "Order ID|Ticket Type|Buyer Email", "Attendee #|Ticket Type",
            "Attendee No.|Ticket Type", "Eventbrite Fees", "Eventbrite Payment Processing",
            "Order ID|Attendee ID|Ticket Type",
            "Attendee ID|Barcode number", "Order #|Buyer Email",
        ],
        fields={
            "email": "Attendee Email|Email|Email Address|Attendee - Email|Work Email|Buyer Email|"
            "Purchaser Email",
            "first_name": "Attendee first name|First Name|Attendee - First Name|Buyer First Name|"
            "Purchaser First Name",
            "last_name": "Attendee last name|Attendee Surname|Last Name|Surname|Attendee - Last Name|"
            "Buyer Last Name|Buyer Surname|"
            "Purchaser Last Name",
            "full_name": "Attendee Name|Name|Full Name|Buyer Name|Purchaser Name",
            "phone": "Work Phone|Phone Number|Phone|Home Phone",
            "mobile": "Cell Phone|Mobile Phone|Mobile",
            "title": "Job Title|Title|Position",
            "company": "Company|Company / Organization|Company/Organization|Organization|Organisation|"
            "Company Name",
            "website": "Website|Company Website",
            "industry": "Industry",
            "city": "Work City|Home City|Billing City|City|Shipping City|Tax City",
            "country": "Work Country|Home Country|Billing Country|Country|Shipping Country|Tax Country",
            "linkedin_url": "LinkedIn|LinkedIn URL|LinkedIn Profile",
            "attended_at": "Check-In Date|Check In Date|Checked In At|Check-in time|Date Attending|"
            "Event Start Date|Event Date",
            "note": "Notes|Comments",
        },
        left_out="Order #|Order no.|Order ID|Order Date|Order Time|Order Type|Order Notes|Attendee #|"
        "Attendee No.|Attendee ID|"
        "Attendee Status|Attendee Type|Prefix|Suffix|Quantity|Ticket Quantity|Ticket Type|Ticket Price|"
        "Price Tier|Group|"
        "Currency|Total Paid|Gross Sales|Net Sales|Fees Paid|Eventbrite Fees|Eventbrite Payment Processing|"
        "Tax Paid|"
        "Ticket Revenue|Delivery Method|Payment Type|Payment Status|Barcode|Barcode number|Barcode #|"
        "Checked In|"
        "Check-In Status|Event Name|Event ID|Event Location|Event Timezone|Affiliate|Tracking Link|"
        "Discount Code|"
        "Promo Code|IP Location|Home Address 1|Home Address 2|Home State|Home Zip|Work Address 1|"
        "Work Address 2|Work State|"
        "Work Zip|Billing Address|Billing State|Billing Zip|Billing Address 1|Billing Address 2|Gender|Age|"
        "Birth Date|Blog|"
        "Device Name|Ticket Number|Seat|Row|Section|Opt In|Marketing Opt-in|Marketing consent|Guestlist|"
        "Invoice Number",
        stand_ins="Buyer Email|Purchaser Email|Buyer First Name|Purchaser First Name|Buyer Last Name|Buyer Surname|"
        "Purchaser Last Name|Buyer Name|Purchaser Name",
    ),
    _vendor(
        "google",
        "Google",
        telling=[
            "E-mail 1 - Value", "Phone 1 - Value", "Organization 1 - Name", "E-mail 1 - Label", "E-mail 1 - Type",
            "Yomi Name", "Phonetic First Name|File As", "Organization Title|File As", "Phone 1 - Label",
            "Group Membership|Given Name",
        ],
        fields={
            "email": "E-mail 1 - Value|E-mail 2 - Value|E-mail 3 - Value",
            "first_name": "First Name|Given Name",
            "middle_name": "Middle Name|Additional Name",
            "last_name": "Last Name|Family Name",
            "full_name": "Name",
            "phone": "Phone 1 - Value|Phone 2 - Value|Phone 3 - Value|Phone 4 - Value",
            "title": "Organization Title|Organization 1 - Title",
            "company": "Organization Name|Organization 1 - Name",
            "website": "Website 1 - Value",
            "country": "Address 1 - Country",
            "city": "Address 1 - City",
            "address": "Address 1 - Formatted",
            "note": "Notes",
        },
        left_out="Phonetic First Name|Phonetic Middle Name|Phonetic Last Name|Name Prefix|Name Suffix|"
        "Nickname|File As|"
        "Yomi Name|Given Name Yomi|Additional Name Yomi|Family Name Yomi|Initials|Short Name|Maiden Name|"
        "Birthday|Gender|"
        "Location|Billing Information|Directory Server|Mileage|Occupation|Hobby|Sensitivity|Priority|Subject|"
        "Language|"
        "Photo|Labels|Group Membership|Organization Department|Organization 1 - Department|"
        "Organization 1 - Type|"
        "Organization 1 - Yomi Name|Organization 1 - Symbol|Organization 1 - Location|"
        "Organization 1 - Job Description|E-mail 1 - Label|E-mail 1 - Type|E-mail 2 - Label|E-mail 2 - Type|"
        "E-mail 3 - Label|E-mail 3 - Type|Phone 1 - Label|Phone 1 - Type|Phone 2 - Label|Phone 2 - Type|"
        "Phone 3 - Label|Phone 3 - Type|Phone 4 - Label|Phone 4 - Type|Address 1 - Label|Address 1 - Type|"
        "Address 1 - Street|Address 1 - Extended Address|Address 1 - Region|Address 1 - Postal Code|"
        "Address 1 - PO Box|"
        "Website 1 - Label|Website 1 - Type|Relation 1 - Label|Relation 1 - Value|Event 1 - Label|"
        "Event 1 - Value|"
        "Custom Field 1 - Label|Custom Field 1 - Value|Custom Field 1 - Type",
    ),
)  # fmt: skip

BY_KEY: Final[Mapping[str, Vendor]] = {vendor.key: vendor for vendor in VENDORS} | {
    "googlecontacts": next(vendor for vendor in VENDORS if vendor.key == "google"),
    "apolloio": next(vendor for vendor in VENDORS if vendor.key == "apollo"),
    "zohocrm": next(vendor for vendor in VENDORS if vendor.key == "zoho"),
}
