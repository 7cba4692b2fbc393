"""The settings that the suite runs under: production's, with a throw-away secret, plain http and its own folder."""

import os
import tempfile

os.environ["DEBUG"] = "0"
os.environ.setdefault("SECRET_KEY", "only-for-the-tests-" + "x" * 40)
os.environ.setdefault("SECURE_SSL_REDIRECT", "0")
os.environ.setdefault("ALLOWED_HOSTS", "testserver,127.0.0.1,localhost")
os.environ.setdefault("LEADOPS_DATA_DIR", tempfile.mkdtemp(prefix="leadops-tests-"))

from leadops.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick logins
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

if "LEADOPS_TEST_DATABASE" in os.environ:  # a name of this run's own (tools/test_everywhere.py)
    DATABASES["default"]["TEST"] = {"NAME": os.environ["LEADOPS_TEST_DATABASE"]}  # noqa: F405
