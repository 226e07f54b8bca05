"""The setup that script/server and script/test share, on machines that lack something."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = (
    "bash",
    "dirname",
    "mkdir",
    "id",
    "cat",
    "grep",
    "tail",
    "sleep",
    "env",
    "rm",
    "ln",
    "cksum",
    "awk",
    "sed",
    "cut",
)


@pytest.fixture
def machine(tmp_path: Path):
    """An empty folder with spaces in its name, and a PATH with nothing but a shell's everyday tools."""
    folder, tools = tmp_path / "a new machine", tmp_path / "bin"
    folder.mkdir()
    tools.mkdir()
    shutil.copytree(ROOT / "script", folder / "script")
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (tools / tool).symlink_to(found)

    def run(script: str, **programs: str) -> subprocess.CompletedProcess[str]:
        for name, text in programs.items():
            path = tools / name
            path.write_text(f"#!/bin/sh\n{text}\n")
            path.chmod(0o755)
        return subprocess.run(
            ["bash", "-c", f"set -euo pipefail; source script/_setup.sh; is_debian_root() {{ return 1; }}; {script}"],
            cwd=folder,
            env={"PATH": str(tools)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_machine_without_a_new_enough_python_is_told_so(machine):
    result = machine("make_venv", python3="exit 1")
    assert result.returncode == 1
    assert "Stepping Up needs Python 3.11 or newer." in result.stderr


def test_a_python_without_venv_is_told_what_to_install(machine):
    result = machine("make_venv", python3='case "$2" in *ensurepip*) exit 1;; esac; exit 0')
    assert result.returncode == 1
    assert "apt-get install python3-venv" in result.stderr


def test_a_python_that_is_much_quicker_is_taken_before_the_first_but_not_before_the_one_that_is_named(machine):
    python = 'case "$2" in *timeit*) echo {};; esac; exit 0'
    slow, quick, no_better = (python.format(taken) for taken in (34_000, 17_000, 30_000))
    find = 'find_python; echo "${PYTHON##*/}"'
    assert machine(find, python3=slow, **{"python3.12": no_better}).stdout.strip() == "python3"
    assert machine(find, **{"python3.11": quick}).stdout.strip() == "python3.11"
    assert machine("PYTHON=python3; " + find).stdout.strip() == "python3"


def test_a_machine_without_pango_is_told_what_to_install(machine):
    result = machine(
        'mkdir -p .venv/bin; ln -s "$(command -v false2)" .venv/bin/python; require_pango', false2="exit 1"
    )
    assert result.returncode == 1
    for line in ("apt-get install libpango-1.0-0", "dnf install pango", "brew install pango"):
        assert line in result.stderr


def test_the_library_that_pango_lacks_sometimes_is_installed_where_we_may_and_done_without_elsewhere(machine):
    python = 'case "$*" in *HarfBuzz*) exit 1;; esac'
    setup = 'mkdir -p .venv/bin; ln -sf "$(command -v fake)" .venv/bin/python; require_pango; echo went on'
    assert "went on" in machine(setup, fake=python).stdout
    result = machine(
        "is_debian_root() { return 0; }; " + setup + "; cat apt.log", fake=python, **{"apt-get": 'echo "$*" >>apt.log'}
    )
    assert "libharfbuzz-subset0" in result.stdout.partition("went on")[2]


def test_fonts_for_every_name_are_installed_where_we_may_and_once(machine):
    as_root = "is_debian_root() { return 0; }; FONTS=$PWD/fonts; require_fonts; ls; cat apt.log; echo went on"
    apt = {"apt-get": 'echo "$*" >>apt.log'}
    assert "fonts-noto-core fonts-noto-cjk" in machine(as_root, **apt).stdout
    assert (
        "apt.log"
        not in machine("rm -f apt.log; mkdir -p fonts/truetype/noto fonts/opentype/noto; " + as_root, **apt).stdout
    )
    assert "went on" in machine("FONTS=$PWD/none; require_fonts; echo went on").stdout


def test_what_tests_need_is_installed_where_we_may_and_named_elsewhere(machine):
    result = machine("needed no_redis redis-server 'production is'; echo went on", no_redis="exit 1")
    assert result.returncode == 0
    assert "redis-server is not on this machine, so production is not tested." in result.stdout
    assert "went on" in result.stdout
    as_root = "is_debian_root() { return 0; }; needed no_redis redis-server 'production is'; echo went on"
    result = machine(as_root, **{"apt-get": "exit 0"})
    assert result.returncode == 1
    assert "redis-server was installed, but is not found." in result.stderr
    assert "went on" not in result.stdout


def test_what_is_only_quicker_is_installed_where_we_may_and_missed_by_nobody(machine):
    wished = "wished none chromium-headless-shell; echo went on"
    apt = {"none": "exit 1", "apt-get": 'echo "$*" >>apt.log; exit 9'}
    assert machine(wished, **apt).stdout.strip() == "went on"
    result = machine("is_debian_root() { return 0; }; " + wished + "; cat apt.log", **apt)
    assert result.returncode == 0
    assert "went on\nupdate\ninstall -y --no-install-recommends chromium-headless-shell" in result.stdout
    assert machine("is_debian_root() { return 0; }; " + wished, none="exit 0").stdout.strip() == "went on"


def test_a_step_that_fails_shows_the_end_of_its_log(machine):
    result = machine("moving 'Doing something' broken", broken="echo what went wrong; exit 7")
    assert result.returncode == 1
    assert "Doing something …" in result.stdout
    assert "what went wrong" in result.stderr
    assert "Doing something failed; the whole log is in .data/logs/setup.log." in result.stderr


PIP = 'case "$*" in *sha256*) shift 2; exec cksum "$@";; *uv.txt*) exit 1;; esac; echo "pip $*" >>installed.log'
PACKAGES = (
    'mkdir -p .venv/bin; ln -s "$(command -v fake)" .venv/bin/python; echo a >requirements.txt;'
    r'printf "tzdata==1\nuv==1.2 \\\\\n    --hash=x\nvine==5\n" >requirements-dev.txt;'
)


def test_packages_are_installed_once_for_the_same_list(machine):
    script = (
        "install_packages requirements.txt; install_packages requirements.txt; cat installed.log; echo b >requirements.txt;"
        "install_packages requirements.txt; echo then; cat installed.log"
    )
    result = machine(PACKAGES + script, fake=PIP)
    assert result.stdout.partition("then")[0].count("pip -m pip install") == 1
    assert result.stdout.partition("then")[2].count("pip -m pip install") == 2


def test_packages_are_installed_by_uv_and_by_pip_where_uv_cannot(machine):
    script = "install_packages requirements.txt; cat .data/uv.txt installed.log"
    uv = '[ "$1" = --version ] && echo "uv 1.2"; echo "uv $*" >>installed.log; exit '
    with_uv = 'ln -s "$(command -v fake_uv)" .venv/bin/uv;'
    result = machine(PACKAGES + with_uv + script, fake=PIP, fake_uv=uv + "0")
    assert "uv==1.2 \\\n    --hash=x\nuv" in result.stdout
    assert (
        "uv pip install --no-progress --python .venv/bin/python --require-hashes -r requirements.txt" in result.stdout
    )
    assert "pip -m" not in result.stdout


def test_where_uv_cannot_install_pip_does(machine):
    script = "install_packages requirements.txt; cat installed.log"
    uv = '[ "$1" = --version ] && echo "uv 1.2" && exit; exit 1'
    with_uv = 'ln -s "$(command -v fake_uv)" .venv/bin/uv;'
    result = machine(PACKAGES + with_uv + script, fake=PIP, fake_uv=uv)
    assert "pip -m pip install" in result.stdout


@pytest.mark.parametrize("script", ["script/server", "script/test", "script/lock", ".ci/run"])
def test_every_script_may_be_run_and_is_good_bash(script):
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0


def test_continuous_integration_fails_when_a_test_fails():
    """.ci/run hands over to script/test altogether, and so hands back its verdict."""
    text = (ROOT / ".ci/run").read_text()
    assert text.rstrip().splitlines()[-1].startswith("exec ")
    assert "script/test" in text
