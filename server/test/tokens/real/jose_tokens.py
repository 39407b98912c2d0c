"""Tokens of python-jose. Reads a list of {"payload", "key", "algorithm", "headers"} and prints a list of tokens."""

import json
import sys

from jose import jwt

json.dump(
    [
        jwt.encode(job["payload"], job["key"], algorithm=job["algorithm"], headers=job.get("headers"))
        for job in json.load(sys.stdin)
    ],
    sys.stdout,
)
