# The production image: web, worker and beat run from it, each with its own command.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/base.txt /requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/rounds rounds
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY --from=build /venv /venv
WORKDIR /srv/rounds
COPY manage.py ./
COPY usce usce
COPY payments payments
COPY applicants applicants
COPY rotations rotations
COPY templates templates
COPY static static
COPY deploy/healthcheck.py deploy/build.env deploy/
# The demo, the sandbox and the scanner stand-in are no part of production. Hashing the static
# files needs no secret, yet production settings refuse to load without: build.env holds made-up
# ones that serve this one command.
RUN rm -r usce/devstack \
    && env $(grep -v '^#' deploy/build.env) python manage.py collectstatic --noinput \
    && rm deploy/build.env && mkdir /data && chown rounds /data
USER rounds
ENV ENVIRONMENT=production DATA_DIR=/data
EXPOSE 8000
CMD ["gunicorn", "usce.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", \
     "--no-control-socket", "--graceful-timeout", "30", "--access-logfile", "-"]
