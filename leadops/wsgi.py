"""The WSGI entry point: `granian --interface wsgi leadops.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadops.settings")

application = get_wsgi_application()
