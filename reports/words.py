"""Words of the first page and of the reports."""

from typing import Final

from terminology.labels import term

UNASSIGNED: Final = term("home.unassigned", "Handed over, nobody has them")
NEW_LEADS: Final = term("home.new_leads", "New leads")
PASSED_BACK: Final = term("home.passed_back", "Passed back")
DEFINITIONS: Final = term("home.definitions", "Definitions in force")
TERMS: Final = term("home.terms", "Terms of your own")
FAILED_IMPORTS: Final = term("home.failed_imports", "Imports that failed")
LATELY: Final = term("home.lately", "in the last 30 days")

FUNNEL: Final = term("report.funnel", "Funnel")
MQL_TO_SQL: Final = term("report.mql_to_sql", "MQL to SQL by source")
DELTA: Final = term("report.delta", "Why the number moved")
EVER_REACHED: Final = term("report.ever_reached", "Ever reached")
NOW_IN: Final = term("report.now_in", "Now in")
LAST_30_DAYS: Final = term("period.30", "Last 30 days")
LAST_90_DAYS: Final = term("period.90", "Last 90 days")
LAST_12_MONTHS: Final = term("period.365", "Last 12 months")
ALL_TIME: Final = term("period.all", "All time")

# The pages ask for these by their keys.
term("home.passed_back_list", "Sales passed these back")
term("home.latest_lists", "Latest lists")
term("home.notices_due", "Notices due")
term("home.team", "Who works on what")
term("home.agreed", "What is agreed")
term("home.whole_report", "The whole report")
term("report.by", "by")
term("report.went_on", "Went on")
term("report.share", "Share")
term("report.not_counted", "not counted as a lead")
term("report.what_became", "What became of them")
term("report.names", "Names")
term("report.passed_back", "Passed back")
term("report.price_per", "Price per")
term("report.period", "Period")
term("report.earlier", "Before")
term("report.later", "Now")
term("report.difference", "Difference")
term("report.behaviour", "Behaviour")
term("report.redefinition", "Redefinition")
