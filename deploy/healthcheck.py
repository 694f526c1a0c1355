"""Ask the web server of this container whether it lives, under the one host name it answers to."""

import os
import urllib.request

host = os.environ["SITE_URL"].split("/")[2]
request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host})
urllib.request.urlopen(request, timeout=3).close()  # noqa: S310
