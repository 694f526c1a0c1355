"""The one settings file. Every value from outside is read here; README's table lists them all."""

import base64
from pathlib import Path
from typing import Any

import environ

from usce.guards import refuse_unsafe
from usce.logging import configure as configure_logging

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

ENVIRONMENT = env.str("ENVIRONMENT", default="development")
IS_PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SECRET_KEY = env.str("SECRET_KEY", default="" if IS_PRODUCTION else "development-only")
SITE_HOST = SITE_URL.split("://", 1)[-1].split("/")[0].rsplit(":", 1)[0]
ALLOWED_HOSTS = (
    [SITE_HOST] if IS_PRODUCTION else [SITE_HOST, "127.0.0.1", "localhost", "testserver"]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Demo people, sandbox payments, the mailbox and the development scanner live in usce.devstack,
# which is not installed in production.
HAS_DEVSTACK = not IS_PRODUCTION

INSTALLED_APPS = [
    "usce.jobs",
    "usce.audit",
    "usce.limits",
    "usce.notifications",
    "usce.files",
    "usce.links",
    "usce.cases",
    "usce.reference",
    "usce.accounts",
    "usce.rights",
    "payments",
    "applicants.profiles",
    "applicants.documents",
    "rotations.providers",
    "rotations.eligibility",
    "rotations.catalog",
    "rotations.applications",
    "rotations.bookings",
    "rotations.placements",
    "rotations.letters",
    "rotations.conversations",
    "rotations.discovery",
    "rotations.console",
    "usce.ui",
    *(["usce.devstack"] if HAS_DEVSTACK else []),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    "django_prometheus",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "usce.middleware.RequestIdMiddleware",
    "usce.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "usce.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "usce.accounts.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "usce.accounts.middleware.SecondFactorMiddleware",
    "usce.accounts.middleware.ConsentMiddleware",
    "usce.accounts.middleware.DeviceMiddleware",
    "usce.middleware.RefusedMiddleware",
]

ROOT_URLCONF = "usce.urls"
WSGI_APPLICATION = "usce.wsgi.application"
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rotations.console.context.site",
            ],
            "builtins": ["usce.ui.templatetags.ui"],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default="postgres:///rounds")
}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": True,
    "ATOMIC_REQUESTS": False,
}
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 5
# PgBouncer in transaction mode refuses start-up options: there the role carries the same limits.
if env.bool("DATABASE_LIMITS", default=True):
    DATABASES["default"]["OPTIONS"]["options"] = (
        "-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "usce.cache.SoftRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "rounds",
    }
}

# How long a public page may be behind for people without a session; 0 renders each anew.
PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", default=10)

JOBS_LEASE_SECONDS = env.int("JOBS_LEASE_SECONDS", default=180)
CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 150
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 0.5,
    "max_retries": 1,
}
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "usce.jobs.tasks.tick", "schedule": 5.0, "options": {"expires": 5}},
}
CELERY_TIMEZONE = "UTC"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "usce.accounts.api.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "300/min"},
    "NUM_PROXIES": 0,  # ClientAddressMiddleware has looked already; headers are not believed again
    "EXCEPTION_HANDLER": "usce.rest.problem_of",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Rounds",
    "DESCRIPTION": "The catalogue, and one's own applications, bookings and dates.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PATH_CONVERTER_OVERRIDES": {
        "pid": {"type": "string", "pattern": "^[0-9a-hjkmnp-tv-z]{16}$"},
        "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"},
    },
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["usce.accounts.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# The mail names the same ten minutes (ASVS 6.5.5: ten at most).
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "usce.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "usce.accounts.forms.SignupForm"}
MFA_FORMS = {
    "authenticate": "usce.accounts.forms.FactorForm",
    "reauthenticate": "usce.accounts.forms.FactorAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Rounds"
MFA_TOTP_TOLERANCE = 1  # one step either way: phones' clocks are not exact

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if SITE_URL.startswith("https://"):
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRET", default=[])
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")
STRIPE_CHECKOUT_ORIGIN = env.str("STRIPE_CHECKOUT_ORIGIN", default=STRIPE_API_BASE)

FILES_URL = env.str("FILES_URL", default=f"file://{DATA_DIR / 'files'}")
FILES_KEK = base64.b64decode(env.str("FILES_KEK", default=""))
CLAMAV_ADDRESS = env.str("CLAMAV_ADDRESS", default="")
AUDIT_ANCHOR_FILE = Path(env.str("AUDIT_ANCHOR_FILE", default=str(DATA_DIR / "audit-anchor.log")))

# Uploads are encrypted while they stream in; nothing readable is spooled to a temporary file.
FILE_UPLOAD_HANDLERS = ["usce.files.uploads.EncryptingUploadHandler"]
FILE_UPLOAD_MAX_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

EMAIL_URL = env.str("EMAIL_URL", default="dev://" if HAS_DEVSTACK else "")
EMAIL_BACKEND = (
    "usce.devstack.mailbox.MailboxBackend"
    if EMAIL_URL == "dev://"
    else env.email_url("EMAIL_URL", default="smtp://localhost:25")["EMAIL_BACKEND"]
)
if EMAIL_URL and EMAIL_URL != "dev://":
    vars().update(env.email_url("EMAIL_URL"))
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="Rounds <notices@rounds.example>")

# Who runs this installation: shown on "About", in the texts and in security.txt; nothing invented.
COMPANY_NAME = env.str("COMPANY_NAME", default="")
COMPANY_ADDRESS = env.str("COMPANY_ADDRESS", default="")
COMPANY_PEOPLE = env.list("COMPANY_PEOPLE", default=[])
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = not IS_PRODUCTION

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LANGUAGE_CODE = "en-us"
FORMAT_MODULE_PATH = None
CSRF_FAILURE_VIEW = "usce.views.csrf_failure"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the e-mail is unique by Lower("email") in the database
    "security.W002",  # frame-ancestors 'none' of our policy says what X-Frame-Options would
]

LOGGING_CONFIG = None
configure_logging()
SENTRY_DSN = env.str("SENTRY_DSN", default="")
FEATURES: dict[str, bool] = {}

refuse_unsafe(
    {
        "environment": ENVIRONMENT,
        "debug": DEBUG,
        "site_url": SITE_URL,
        "secret_key": SECRET_KEY,
        "stripe_secret_key": STRIPE_SECRET_KEY,
        "stripe_webhook_secrets": STRIPE_WEBHOOK_SECRETS,
        "stripe_api_base": STRIPE_API_BASE,
        "files_kek": FILES_KEK,
        "files_url": FILES_URL,
        "clamav_address": CLAMAV_ADDRESS,
        "email_url": EMAIL_URL,
    }
)
