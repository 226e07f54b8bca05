"""What gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "steppingup.settings")

application = get_wsgi_application()

# What was loaded by now lives as long as the process: the collector need not look through it again, and with pages that make
# tens of thousands of objects it looks less often (the ranking is a tenth faster).
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
