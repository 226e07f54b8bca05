"""An empty database is made in seconds (docs/adr/0031)."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from steppingup.history.schema_changes import TOGETHER, SchemaChanges, fields_copied

ROOT = Path(__file__).resolve().parents[2]
FEW = 2


def test_migrations_of_more_than_a_few_operations_render_their_models_together():
    """Each operation of Django's own renders anew what is related to what it touched, which is nearly everything."""
    ours = {
        config.label for config in apps.get_app_configs() if Path(config.path).parent in (ROOT, ROOT / "steppingup")
    }
    found = MigrationLoader(None, replace_migrations=False).disk_migrations
    many = [
        one
        for (app, _), one in found.items()
        if app in ours and sum(isinstance(operation, TOGETHER) for operation in one.operations) > FEW
    ]
    assert len(many) > 50
    alone = sorted(str(one) for one in many if not isinstance(one, SchemaChanges))
    assert not alone, "`class Migration(SchemaChanges)`: " + ", ".join(alone)


def test_a_copied_field_is_made_as_django_would_make_it_anew():
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields + model._meta.local_many_to_many:
            anew = field.clone()
            with fields_copied():
                copied = field.clone()
            assert copied is not field
            assert _said(copied) == _said(anew), f"{model._meta.label}.{field.name}"


def _said(field: Any) -> tuple[Any, ...]:
    """How it is made; of an array, how its field is, which no two of them share."""
    _, *made, given = field.deconstruct()
    inner = _said(given["base_field"]) if "base_field" in given else ()
    return (*made, {name: value for name, value in given.items() if name != "base_field"}, inner)
