"""How the site runs: its processes, the database and queue of a bare machine, what the environment says."""
