def test_it(world):
    ns = {}
    exec(open("/tmp/rec.py").read(), ns)
    ns["run"](world)
