# Pinakes in a container: `docker build --tag pinakes .`
# The network is used while this is built, and never by what it makes.

FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
RUN python -m venv /opt/pinakes \
    && /opt/pinakes/bin/pip install --no-cache-dir --constraint constraints.txt ".[postgres,zh]"

FROM python:3.13-slim
COPY --from=build /opt/pinakes /opt/pinakes
# Everything that is written lies in one volume; the rest may be mounted read-only, with a tmpfs for /tmp.
RUN groupadd --gid 10001 pinakes \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin pinakes \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
ENV PATH=/opt/pinakes/bin:$PATH \
    HOME=/data \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PINAKES_LIBRARY=/data/library \
    PINAKES_MODELS=/data/models \
    PINAKES_HOST=0.0.0.0 \
    PINAKES_PORT=8642
USER 10001:10001
VOLUME /data
EXPOSE 8642
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from pinakes.client import connect; connect('http://127.0.0.1:8642').health()"]
ENTRYPOINT ["pinakes"]
CMD ["serve", "--no-browser"]
