"""Dates read “12 February 2020”, times “2:30pm”, in templates and in the admin."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, P"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, P"
TIME_FORMAT = "P"
FIRST_DAY_OF_WEEK = 1
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
