"""A server of this process that answers as S3 does, and what lies in it.

What is dear to import is imported where it is used: every worker imports the files of all tests to know what they are.
"""

from __future__ import annotations

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUCKET = "reports"


@contextmanager
def s3_server() -> Iterator[dict[str, str]]:
    """The environment that leads to the server, which holds one empty bucket."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        environment = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "AWS_REGION": "us-east-1",
        }
        # What lies in it is the process's: another test's server of the same process may have left files.
        urllib.request.urlopen(f"{environment['AWS_ENDPOINT_URL']}/moto-api/reset", data=b"", timeout=30).close()
        _client(environment).create_bucket(Bucket=BUCKET)
        yield environment
    finally:
        server.stop()


def put(environment: dict[str, str], prefix: str, folder: Path) -> None:
    """Put all files below a folder into the bucket."""
    client = _client(environment)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            client.put_object(Bucket=BUCKET, Key=f"{prefix}/{path.relative_to(folder)}", Body=path.read_bytes())


def remove(environment: dict[str, str], key: str) -> None:
    _client(environment).delete_object(Bucket=BUCKET, Key=key)


def _client(environment: dict[str, str]):  # type: ignore[no-untyped-def]
    import boto3

    return boto3.client(
        "s3",
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_REGION"],
    )
