"""Get a URL with a Session of Requests that retries refusals.  Arguments: URL CLIENT"""

import json
import sys

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


def main(url: str, client: str) -> None:
    with requests.Session() as session:
        again = Retry(total=3, status_forcelist=[451], backoff_factor=0, raise_on_status=False)
        session.mount("http://", HTTPAdapter(max_retries=again))
        print(json.dumps(session.get(url, headers={"X-Forwarded-For": client}, timeout=20).status_code))


main(*sys.argv[1:])
