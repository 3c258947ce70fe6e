# Gongkai with LibreOffice and Chinese fonts, for a user without rights. The one step that installs is .ci/install, which
# CI runs on a bare Debian too, so that it is tested without an image.
#     docker build -t gongkai .
#     docker run --rm -v "$PWD:/data" --user "$(id -u):$(id -g)" gongkai run FOLDER
#     docker run --rm -v "$PWD:/data" --user "$(id -u):$(id -g)" --network none gongkai run FOLDER   # files of strangers
FROM debian:bookworm-slim
COPY . /opt/gongkai
RUN GONGKAI_FOR=use /opt/gongkai/.ci/install && rm -rf /var/lib/apt/lists/* /root/.cache \
    && ln -s /opt/gongkai/.venv/bin/gongkai /opt/gongkai/.venv/bin/dbt /usr/local/bin/ \
    && useradd --create-home gongkai && mkdir /data && chown gongkai /data
ENV HOME=/tmp LANG=C.UTF-8
USER gongkai
WORKDIR /data
ENTRYPOINT ["gongkai"]
CMD ["--help"]
