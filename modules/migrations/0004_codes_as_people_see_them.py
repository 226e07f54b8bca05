from django.db import migrations, models

import steppingup.formats.sameness_sql
from steppingup.formats import sameness
from steppingup.formats.tidying import tidy
from steppingup.history.schema_changes import SchemaChanges


def in_one_form(apps, schema_editor):
    """Of two courses of a provider whose codes are the same as people see them, the later one gets a number. Versions of one
    course, which share its code letter by letter, keep it."""
    courses = apps.get_model("modules", "Course")
    tidy(apps.get_model("modules", "Speaker"), names=["name", "post"])
    seen = {}
    for course in courses.objects.order_by("provider_id", "pk"):
        given, number, key = course.code, 1, (course.provider_id, sameness.code(course.code))
        while seen.setdefault(key, given) != given:
            number += 1
            key = (course.provider_id, sameness.code(f"{given[:16]}-{number}"))
        if number > 1:
            courses.objects.filter(pk=course.pk).update(code=f"{given[:16]}-{number}")


def once(name, *columns, **more):
    return models.UniqueConstraint(
        models.F("provider"), steppingup.formats.sameness_sql.CodeKey("code"), *columns, name=name, **more
    )


class Migration(SchemaChanges):

    dependencies = [("modules", "0003_rules_in_versions"), ("accounts", "0006_same_as_people_see_it")]

    operations = [
        migrations.RunPython(in_one_form, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="course", name="course_version_once"),
        migrations.RemoveConstraint(model_name="course", name="one_current_course"),
        migrations.AddConstraint(
            model_name="course", constraint=once(
                "course_version_once",
                models.F("version"),
                violation_error_message="There is this version of a course with this code already.",
            )
        ),
        migrations.AddConstraint(
            model_name="course",
            constraint=once(
                "one_current_course",
                condition=models.Q(("replaced_at", None)),
                violation_error_message="There is a course with this code already. Use another code, or open that course.",
            ),
        ),
    ]
