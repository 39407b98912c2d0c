"""Tokens of PyJWT. Reads a list of {"payload", "key", "algorithm", "headers"} and prints a list of tokens."""

import json
import sys

import jwt

json.dump(
    [
        jwt.encode(job["payload"], job["key"], algorithm=job["algorithm"], headers=job.get("headers"))
        for job in json.load(sys.stdin)
    ],
    sys.stdout,
)
