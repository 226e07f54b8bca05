"""docs/privacy.md says how long each record is kept, as its model does."""

from pathlib import Path

from django.apps import apps
from django.conf import settings

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "privacy.md"


def test_the_document_says_what_every_model_says():
    text = DOCUMENT.read_text(encoding="utf-8")
    models = [model for model in apps.get_models() if hasattr(model, "retention")]
    assert len(models) > 40
    missing = [model._meta.label for model in models if model.retention not in text]
    assert missing == [], "docs/privacy.md does not say what these models say of themselves"
