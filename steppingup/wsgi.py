"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from steppingup.runtime.collector import leave_loaded_alone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steppingup.settings")

application = get_wsgi_application()

leave_loaded_alone()
