"""A person's dates for the calendar that they have anyway: apps say which (`events`), a secret address answers with them."""
