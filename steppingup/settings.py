"""All settings, driven by the environment (see `runtime/environment.py` and docs/operations.md).

MODE is `production` (the default), `demonstration` (script/server) or `test` (script/test).
"""

from contextlib import suppress
from pathlib import Path
from shutil import which

from kombu.transport import TRANSPORT_ALIASES

from steppingup.desk import unfold
from steppingup.messaging.mailbox import Account
from steppingup.runtime import embedded
from steppingup.runtime.environment import Environment
from steppingup.runtime.timetable import TIMETABLE

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
MODE = env.mode
PRODUCTION = env.production
# Sign-in links for demonstration people and the page of sent emails. Never true in production.
DEMONSTRATION = MODE == "demonstration"
DEBUG = env.switch("DEBUG") and not PRODUCTION
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))

SECRET_KEY = env.secret_key()
ENCRYPTION_KEYS = env.encryption_keys()
ALLOWED_HOSTS = env.hosts()
SITE_URL = env.site_url()
SITE_NAME = env.text("SITE_NAME", "Stepping Up")

# -- parts ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "steppingup.desk.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "crispy_forms_gds",
    "import_export",
    "pghistory",
    "pgtrigger",
    "steppingup.history",
    "steppingup.accounts",
    "steppingup.files",
    "steppingup.messaging",
    "steppingup.jobs",
    "steppingup.steps",
    "steppingup.retention",
    "steppingup.site",
    "steppingup.desk",
    "cohorts",
    "modules",
    "mentoring",
    "funding",
    "representation",
    "applications",
    "steppingup.demo",
]

MIDDLEWARE = [
    "steppingup.site.middleware.PlainAddresses",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "steppingup.site.csp.ContentSecurityPolicyMiddleware",
    "steppingup.site.health.HealthMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "steppingup.accounts.middleware.SecondFactorMiddleware",
    "steppingup.history.middleware.DiscreetHistory",
    "steppingup.site.middleware.PlainAnswers",
]

ROOT_URLCONF = "steppingup.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "steppingup.site.context.site",
            ],
        },
    },
]

UNFOLD = unfold.configuration(SITE_NAME)
CRISPY_ALLOWED_TEMPLATE_PACKS = ["gds"]
CRISPY_TEMPLATE_PACK = "gds"
# Widgets that crispy-forms-gds does not know by name.
CRISPY_CLASS_CONVERTERS = {
    "fileinput": "govuk-file-upload",
    "checkedfileinput": "govuk-file-upload",
    **{
        f"{kind}input": "govuk-input"
        for kind in ("number", "url", "tel", "search", "date", "time", "datetime", "color")
    },
    "selectmultiple": "govuk-select",
}
CSRF_FAILURE_VIEW = "steppingup.site.errors.csrf_failure"

# -- database ------------------------------------------------------------------------------------

DATABASES = {
    "default": env.database(embedded=lambda: embedded.database_url(DATA_DIR, disposable=MODE == "test")),
}
# The limits of signing in (allauth's) must hold for every process, and while Redis is down. With the usual 300 entries a third of
# them is thrown away as soon as there are more; what has expired goes at night.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- queue ---------------------------------------------------------------------------------------

REDIS_URL = env.broker()
BROKER_DIR: Path | None = None
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object]
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 5, "visibility_timeout": 3600}
elif MODE == "test" and not env.text("BROKER_DIR"):
    CELERY_BROKER_URL = (
        "memory://"  # nobody listens; a test that needs a worker asks for one (tests/plugins/services.py)
    )
    CELERY_BROKER_TRANSPORT_OPTIONS = {}
else:
    TRANSPORT_ALIASES["filesystem"] = "steppingup.runtime.file_queue:Transport"
    CELERY_BROKER_URL = "filesystem://"
    BROKER_DIR = Path(env.text("BROKER_DIR", str(DATA_DIR / "broker")))
    for folder in ("queue", "control"):
        with suppress(OSError):  # pages go on without it; the worker and /readyz say what is wrong with it
            (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True  # progress and results are rows of steppingup.jobs, not broker state
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_POOL = "threads"  # a job runs in a process of its own (docs/adr/0009-a-process-for-each-job.md)
CELERY_WORKER_CONCURRENCY = 4
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: it will be back
CELERY_TASK_PUBLISH_RETRY = False  # the outbox and the jobs table are the memory; a page never waits for the broker
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULER = "steppingup.jobs.heartbeats.Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 15  # seconds; it says at each look that it is alive
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = TIMETABLE

# -- email ---------------------------------------------------------------------------------------

MAILBOX_DIR = DATA_DIR / "mail"
globals().update(env.email(MAILBOX_DIR))  # EMAIL_BACKEND, EMAIL_HOST and their like, as EMAIL_URL names them
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <stepping-up@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
#: The mailbox that answers go to and that the site reads; None where it reads none.
REPLIES = Account(**found) if (found := env.replies()) else None

# -- people and sign-in --------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# auth.W004 looks for unique=True; ours is unique whatever the case, by the constraint user_email_once.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, and only here
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "steppingup.messaging.adapter.AccountAdapter"  # ours, with its mails in the outbox
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {"reauthenticate": "steppingup.accounts.forms.PasswordAgainForm"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # there is no sign-up form; this says that a password is optional
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60  # seconds
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3  # for one code; steppingup.accounts.lockout counts over all of them
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_TIMEOUT = 30 * 60
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # an address from elsewhere (an employer's sign-in) is confirmed by a code
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "30/m/ip",  # and for one mailbox: `CODES_ASKED_FOR`
    # Ours: pages from which an email goes to any address that is typed. (An office shares one address of the network.)
    "change_email": "5/h/user",
    "interest": "30/h/ip",
    "event": "30/h/ip",
    # Ours: a code of six digits, which is not to be guessed in the minute for which it holds.
    "check_in": "10/10m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.switch("BEHIND_PROXY") else 0
MFA_ADAPTER = "steppingup.accounts.adapters.MFAAdapter"
MFA_FORMS = {
    name: f"steppingup.accounts.second_factor_forms.{form}"
    for name, form in (
        ("activate_totp", "AppForm"),
        ("authenticate", "SecondStepForm"),
        ("reauthenticate", "AgainForm"),
        ("add_webauthn", "PasskeyForm"),
        ("edit_webauthn", "RenamePasskeyForm"),
        ("authenticate_webauthn", "AnswerByPasskey"),
        ("reauthenticate_webauthn", "AgainByPasskey"),
        ("login_webauthn", "SignInByPasskey"),
    )
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # one period of 30 seconds either way, for telephones whose clock is off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # passkeys on http://localhost
SOCIALACCOUNT_ADAPTER = "steppingup.accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": env.oidc_providers()}}

# -- files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(DATA_DIR / "media")))  # never served by address: see steppingup.files
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "steppingup.files.storage.Storage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = (
    12_500  # two for each line of an action plan of 5,000 lines, the longest that can be read in
)
FILE_UPLOAD_HANDLERS = [
    "steppingup.files.receiving.OnlySoMuch",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# The program that draws Word documents as PDFs for staff, where it is installed (docs/operations.md).
SOFFICE = "" if MODE == "test" else env.text("SOFFICE", which("soffice") or "")

# -- times and words -----------------------------------------------------------------------------

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # so that ours come before those of Django and Unfold
LANGUAGE_CODE = "en-gb"
# The site speaks one language: with translation on, each label and address asks which (a tenth of a page).
USE_I18N = False
USE_TZ = True
TIME_ZONE = "Europe/London"
FORMAT_MODULE_PATH = "steppingup.formats"

# -- safety --------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:  # no other host of the domain can set these, nor one that is not encrypted
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz(/pages)?$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
# Hosts besides our own at which a form may end: the council's sign-in page, https://login.example.gov.uk
CSP_FORM_HOSTS = env.words("CSP_FORM_HOSTS")
if env.switch("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

# -- log -----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # They tell each step of each document; only what goes wrong is kept.
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint.progress", "fontTools")},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")},
}

env.complain()
