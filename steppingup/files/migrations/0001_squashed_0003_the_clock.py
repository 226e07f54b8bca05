import django.db.models.deletion
import steppingup.clock
import steppingup.files.models
from django.conf import settings
from django.db import migrations, models

from steppingup.history.schema_changes import SchemaChanges


class Migration(SchemaChanges):

    replaces = [('files', '0001_stored_files'), ('files', '0002_drawn'), ('files', '0003_the_clock')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(editable=False, upload_to=steppingup.files.models.random_name)),
                ('name', models.CharField(max_length=150, verbose_name='file name')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('content_type', models.CharField(max_length=100)),
                ('sha256', models.CharField(max_length=64)),
                ('pages', models.PositiveIntegerField(blank=True, null=True)),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uploads', to=settings.AUTH_USER_MODEL)),
                ('uploaded_at', models.DateTimeField(default=steppingup.clock.now, editable=False)),
                ('drawn', models.FileField(blank=True, editable=False, upload_to=steppingup.files.models.random_name)),
                ('draw_tries', models.PositiveSmallIntegerField(default=0, editable=False)),
            ],
            options={
                'ordering': ('-uploaded_at',),
                'indexes': [models.Index(fields=['uploaded_at'], name='files_store_uploade_9a9ec4_idx')],
            },
        ),
    ]
