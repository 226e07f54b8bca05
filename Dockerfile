# One image for web, worker and beat; docker-compose.yml says which process a container runs.
FROM python:3.12-slim-bookworm

# Pango draws certificates and invoices, in fonts with the letters of names from Arabic to Urdu, and Chinese. LibreOffice draws the Word documents that people upload as PDFs, for staff; without it
# (a third of the image) they get the document itself, after a warning.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libreoffice-writer-nogui \
       fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 steppingup

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DATA_DIR=/data MEDIA_ROOT=/data/media STATIC_ROOT=/app/staticfiles
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

COPY . .
# Compiled once, as nothing may be written here later: also for the health checks, each of which is a process of its own.
RUN python -m compileall -q .
# Made-up values, for this one command: the real ones come from the environment of the container.
RUN mkdir -p /data/media && chown -R steppingup /data \
    && MODE=production SECRET_KEY=only-to-collect-static-files-at-build-time-0123456789-abcdef \
    ENCRYPTION_KEYS=b25seS10by1jb2xsZWN0LXN0YXRpYy1maWxlcy0wMDE= \
    ALLOWED_HOSTS=localhost SITE_URL=https://localhost EMAIL_URL=smtp://localhost:25 \
    DATABASE_URL=postgres://nobody@localhost/none REDIS_URL=redis://localhost \
    python manage.py collectstatic --noinput

USER steppingup
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s CMD ["python", "-m", "steppingup.runtime.probe", "web"]
CMD ["gunicorn", "steppingup.wsgi", "--config", "steppingup/runtime/web.py", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "8", "--access-logfile", "-"]
