"""The keys of codes are made anew (accounts 0011), and with them the indexes that hold those of before."""

import pgtrigger
from django.db import migrations, models

import steppingup.formats.sameness_sql
from steppingup.formats import sameness
from steppingup.history.schema_changes import SchemaChanges


def places(course, code):
    """What only one course may have: this code in its version, and while it holds."""
    key = (course.provider_id, sameness.code(code))
    return {(*key, course.version)} | ({key} if course.replaced_at is None else set())


def tell_apart(apps, schema_editor):
    """Of two courses of a provider whose codes are the same as people see them, the later one gets a number."""
    courses, taken = apps.get_model("modules", "Course"), set()
    for course in courses.objects.order_by("provider_id", "pk"):
        number, code = 1, course.code
        while places(course, code) & taken:
            number, code = number + 1, f"{course.code[:16]}-{number + 1}"
        taken |= places(course, code)
        if code != course.code:
            with pgtrigger.ignore("modules.Course:stands_once_begun"):  # what was chosen is told apart, not changed
                courses.objects.filter(pk=course.pk).update(code=code)


def once(name, *columns, **more):
    return models.UniqueConstraint(
        models.F("provider"), steppingup.formats.sameness_sql.CodeKey("code"), *columns, name=name, **more
    )


class Migration(SchemaChanges):

    dependencies = [("modules", "0005_levy_words"), ("accounts", "0011_look_alikes")]

    operations = [
        migrations.RemoveConstraint(model_name="course", name="course_version_once"),
        migrations.RemoveConstraint(model_name="course", name="one_current_course"),
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="course",
            constraint=once(
                "course_version_once",
                models.F("version"),
                violation_error_message="There is this version of a course with this code already.",
            ),
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
