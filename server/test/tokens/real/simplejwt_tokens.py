"""Tokens of Django REST framework simplejwt, made by the library itself.

Reads {"settings": SIMPLE_JWT, "jobs": [{"kind": "access" | "refresh", "user_id": 7, "claims": {}}]} and prints a list of tokens.
"""

import json
import sys
from datetime import timedelta
from types import SimpleNamespace

import django
from django.conf import settings

wanted = json.load(sys.stdin)
settings.configure(
    SECRET_KEY="not-used-for-these-tokens",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    USE_TZ=True,
    SIMPLE_JWT={**wanted["settings"], "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5)},
)
django.setup()

from rest_framework_simplejwt.tokens import AccessToken, RefreshToken  # noqa: E402


def make(job):
    kind = {"access": AccessToken, "refresh": RefreshToken}[job["kind"]]
    # `for_user` is what the views of the library call.
    token = kind.for_user(SimpleNamespace(id=job["user_id"]))
    for name, value in job.get("claims", {}).items():
        token[name] = value
    return str(token)


json.dump([make(job) for job in wanted["jobs"]], sys.stdout)
