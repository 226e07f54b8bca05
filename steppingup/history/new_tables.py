"""Migrations that make all tables of an app at once, for databases that have none of them yet."""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import CreateModel, Migration
from django.db.migrations.state import ProjectState


class NewTables(Migration):
    """Django's own operations, but the models that it makes are rendered once, after the last of them.

    Django renders each model anew that is related to the one an operation touched, and here all are, through the person: ten
    thousand renderings for an empty database. What is no `CreateModel` comes afterwards, as Django does it."""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> ProjectState:
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        tables = [operation for operation in self.operations if isinstance(operation, CreateModel)]
        others = [operation for operation in self.operations if not isinstance(operation, CreateModel)]
        state = project_state.clone()
        vars(state).pop("apps", None)  # what was rendered already, or each operation would render it anew
        for table in tables:
            table.state_forwards(self.app_label, state)
        for table in tables:
            table.database_forwards(self.app_label, schema_editor, project_state, state)
        for operation in others:
            before = state.clone()
            operation.state_forwards(self.app_label, state)
            operation.database_forwards(self.app_label, schema_editor, before, state)
        return state
