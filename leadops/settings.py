"""Settings, read from the environment; every variable is described in docs/configuration.md."""

from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

from leadops.unfold import UNFOLD  # noqa: F401  (Unfold reads it from here)

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
# `make run` and `make test` write this file once: DEBUG=1 and a secret of this copy's own. The environment goes first.
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("LEADOPS_DATA_DIR", default=str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

# --- Safety -----------------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
INSECURE_KEY = "django-insecure-only-for-a-laptop"
SECRET_KEY = env.str("SECRET_KEY", default=INSECURE_KEY if DEBUG else "")
if not DEBUG and (not SECRET_KEY or SECRET_KEY == INSECURE_KEY):
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Put a long random text into the environment variable SECRET_KEY "
        "(or set DEBUG=1 to try LeadOps on your own machine)."
    )

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SSL_REDIRECT
SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
X_FRAME_OPTIONS = "DENY"

# Unfold's Alpine needs eval; there are no inline scripts (docs/decisions/0005-content-security-policy.md).
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "report-uri": "/csp-report",
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes of a form that is not a file
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # larger uploads go to disk

# --- Applications -----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "leadops",
    "terminology",
    "leads",
    "scoring",
    "imports",
    "intake",
    "handoff",
    "reports",
    "demo",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "simple_history",
    "import_export",
    "csp",
    "ninja",
]
INSTALLED_APPS = [
    name for name in INSTALLED_APPS if "." in name or name not in env.list("LEADOPS_WITHOUT", default=[])
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "leadops.middleware.KeepPrivate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "terminology.middleware.FreshLabels",
    "leadops.middleware.SayWhatToDo",
]

ROOT_URLCONF = "leadops.urls"
WSGI_APPLICATION = "leadops.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Storage ----------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'leadops.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Two writers queue up instead of one of them failing half-way through its transaction.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds that a writer waits for another
        # The log is written back into the database every 256 MB: the chunks of a list touch the same pages of the
        # indexes over and over, and the default (4 MB) writes each of them anew for each chunk.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=FILE; PRAGMA cache_size=-64000; "
            "PRAGMA wal_autocheckpoint=65536; PRAGMA journal_size_limit=67108864;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)  # seconds
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
SIMPLE_HISTORY_DATE_INDEX = False  # history is read of one row at a time, never of a moment
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}

MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a missing folder
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# --- Background work --------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://localhost//")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2  # seconds: a page must not hang because the broker is away
CELERY_TASK_PUBLISH_RETRY = False  # the sweep sends again what a broker did not take
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = env.str("CELERY_QUEUE", default="leadops")
if CELERY_BROKER_URL.startswith("filesystem:"):
    _folder = DATA_DIR / "broker"
    for _name in ("messages", "control"):
        (_folder / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_folder / "messages"),
        "data_folder_out": str(_folder / "messages"),
        "control_folder": str(_folder / "control"),
        "polling_interval": 0.2,  # seconds; the library looks once a second
    }
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": int(timedelta(hours=1).total_seconds()),
        # Seconds that a page waits for a server which takes the call and says nothing.
        "socket_connect_timeout": 2,
        "socket_timeout": 3,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "leadops.tasks.sweep", "schedule": timedelta(seconds=10)},
    "rescore-dirty-leads": {"task": "scoring.tasks.rescore_dirty", "schedule": timedelta(seconds=5)},
    # Windows of days move scores without any event.
    "rescore-all-leads": {"task": "scoring.tasks.rescore_nightly", "schedule": crontab(hour=2, minute=30)},
    "drop-old-receipts": {"task": "intake.tasks.drop_old_receipts", "schedule": timedelta(hours=1)},
    "bring-due-agreements-into-force": {
        "task": "terminology.tasks.bring_due_into_force",
        "schedule": timedelta(seconds=30),
    },
    "sweep-uploaded-files": {"task": "imports.tasks.sweep_files", "schedule": timedelta(minutes=10)},
    "route-waiting-leads": {"task": "handoff.tasks.route_waiting", "schedule": timedelta(seconds=30)},
}

# --- People, words, time ----------------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# The languages in which labels can differ; people get the one that their browser asks for, else the first.
SPOKEN = env.list("LEADOPS_LANGUAGES", default=["en"])
if unknown := [code for code in SPOKEN if "name" not in LANG_INFO.get(code, {})]:
    raise ImproperlyConfigured(
        f"LEADOPS_LANGUAGES names “{unknown[0]}”, which is no language that Django knows. "
        "Write codes such as “en,de,pt-br”."
    )
LANGUAGE_CODE = SPOKEN[0]
if len(SPOKEN) > 1:
    LANGUAGES = [(code, LANG_INFO[code]["name_local"]) for code in SPOKEN]
    _place = MIDDLEWARE.index("django.middleware.common.CommonMiddleware")
    MIDDLEWARE.insert(_place, "django.middleware.locale.LocaleMiddleware")
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = (
    True  # labels need it: the default text is used where no language is active (terminology/labels.py)
)
USE_TZ = True
FORMAT_MODULE_PATH = ["leadops.formats"]

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="LeadOps <leadops@localhost>")

# --- LeadOps itself ---------------------------------------------------------------------------------------------------

LEADOPS = {
    # ISO 3166 code of the country whose telephone numbers come without a prefix.
    "DEFAULT_COUNTRY": env.str("LEADOPS_DEFAULT_COUNTRY", default="US"),
    "UPLOAD_MAX_BYTES": env.int("LEADOPS_UPLOAD_MAX_MB", default=200) * 1024 * 1024,
    # How long a list is kept that nobody has confirmed, and the file of one that was loaded; nothing for ever.
    "KEEP_DRAFTS": timedelta(days=env.int("LEADOPS_KEEP_DRAFTS_DAYS", default=30)),
    "KEEP_FILES": timedelta(days=env.int("LEADOPS_KEEP_FILES_DAYS", default=90)),
    # The address that links in e-mails begin with.
    "SITE_URL": env.str("LEADOPS_SITE_URL", default="http://127.0.0.1:8000"),
    "DEFAULT_CURRENCY": env.str("LEADOPS_DEFAULT_CURRENCY", default="USD"),
    # What an hour of our own work on a list costs, in the default currency; 0 leaves our time out of the sums.
    "HOURLY_COST": env.str("LEADOPS_HOURLY_COST", default="0"),
    # Makes the hashes of those who were erased; whoever changes it lets them in again.
    "ERASED_KEY": env.str("LEADOPS_ERASED_KEY", default=""),
    "LANGUAGES": SPOKEN,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
