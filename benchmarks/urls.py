"""The product's addresses, and beside them the lead list as one writes it on the first day, in the same theme."""

from django.contrib import admin
from django.urls import path
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from leadops.urls import urlpatterns as product
from leads.models import Lead


class StockLeadAdmin(ModelAdmin):
    """What one writes on the first day: columns, filters, search fields."""

    list_display = ["contact", "company", "stage", "source", "owner", "stage_entered_at"]
    list_filter = ["stage", "source", "team"]
    search_fields = ["contact__first_name", "contact__last_name", "contact__email", "contact__account__name"]
    list_per_page = 50

    @admin.display(ordering="contact__account__name")
    def company(self, lead: Lead) -> str:
        return str(lead.contact.account) if lead.contact else ""


stock = UnfoldAdminSite(name="stock")
stock.register(Lead, StockLeadAdmin)

urlpatterns = [path("stock/", stock.urls), *product]
