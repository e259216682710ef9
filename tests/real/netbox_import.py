"""Run inside NetBox (`manage.py shell`): imports files through its own pages, and takes everything back.

`FILES` is a list of (page, format, text) in the order of import; `COUNTS` are models to count. Prints one line of JSON.
"""

# mypy: ignore-errors
# Django is no dependency of ours, so its types are not known here.

from __future__ import annotations

import json
from typing import Any


def run(files: list[tuple[str, str, str]], counts: list[str]) -> dict[str, Any]:
    """What each page says, and what is there afterwards."""
    from django.apps import apps
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import transaction
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    settings.ALLOWED_HOSTS = ["*"]
    refused = []
    with transaction.atomic():
        before = {name: apps.get_model(name).objects.count() for name in counts}
        user = get_user_model().objects.create_superuser("rackwright-test", "x@example.net", "x")
        client = Client()
        client.force_login(user)
        for page, kind, text in files:
            upload = SimpleUploadedFile(f"import.{kind}", text.encode())
            data = {"import_method": "upload", "upload_file": upload, "format": "auto", "csv_delimiter": "auto"}
            answer = client.post(page, data)
            if answer.status_code != 302:
                form = answer.context["form"] if answer.context else None
                refused.append(f"{page}: {form.errors.as_text() if form is not None else answer.status_code}"[:2000])
        after = {name: apps.get_model(name).objects.count() - before[name] for name in counts}
        broken = apps.get_model("dcim.cablepath").objects.filter(is_complete=False, is_active=True).count()
        transaction.set_rollback(True)
    return {"refused": refused, "counts": after, "broken": broken}


if "FILES" in globals():
    print(json.dumps(run(globals()["FILES"], globals()["COUNTS"])))
