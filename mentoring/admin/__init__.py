from mentoring.admin import mentors, pairs, settings  # noqa: F401
