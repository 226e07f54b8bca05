# What script/server and script/test share: a Python that is new enough, .venv, the packages, and Pango.
# Sourced by them, with the repository as the current folder. Does nothing slow when everything is there.

umask 022 # PostgreSQL's programs run as another user when we are root
# Each of the processes that are started would compile every module anew: seconds for each, and the tests start a hundred.
unset PYTHONDONTWRITEBYTECODE
LOGS=.data/logs
SETUP_LOG=$LOGS/setup.log
mkdir -p "$LOGS"

stop_with() { # a sentence for the person
  printf '\n%s\n' "$*" >&2
  exit 1
}

is_debian_root() { [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null; }

# moving "What is being done" command...: runs it with its output in the log, and shows that it is moving.
moving() {
  if ! tried "$@"; then
    tail -n 20 "$SETUP_LOG" >&2
    stop_with "$1 failed; the whole log is in $SETUP_LOG."
  fi
}

# The same, where another way is left when it fails.
tried() {
  local what=$1 start=$SECONDS pid status=0 now
  shift
  printf '== %s: %s\n' "$what" "$*" >>"$SETUP_LOG"
  "$@" >>"$SETUP_LOG" 2>&1 &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; printf "\nStopped.\n"; exit 130' INT TERM HUP
  [ -t 1 ] || printf '%s …\n' "$what"
  while kill -0 "$pid" 2>/dev/null; do
    now=$(grep -oE '^(Collecting|Installing collected packages:|Unpacking|Setting up) [^ ,=<>[]*' "$SETUP_LOG" | tail -n 1) || now=
    if [ -t 1 ]; then
      printf '\r\033[K%s … %d s  %s' "$what" $((SECONDS - start)) "$now"
    elif [ $(((SECONDS - start) % 10)) = 9 ]; then
      printf '  … %d s  %s\n' $((SECONDS - start)) "$now"
    fi
    sleep 1
  done
  wait "$pid" || status=$?
  trap - INT TERM HUP
  [ ! -t 1 ] || printf '\r\033[K%s … %d s\n' "$what" $((SECONDS - start))
  return "$status"
}

# Packages of the operating system, on Debian as root.
debian_install() {
  if [ -z "${APT_UPDATED:-}" ]; then
    moving "Asking Debian what it has" apt-get update
    APT_UPDATED=yes
  fi
  moving "Installing $*" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# needed find-it package "what is": for what only the tests need. Where we may install it they do not run without it.
needed() {
  "$1" && return
  if is_debian_root; then
    debian_install "$2"
    "$1" || stop_with "$2 was installed, but is not found."
  else
    printf '%s is not on this machine, so %s not tested. (Debian, Ubuntu: sudo apt-get install %s)\n' "$2" "$3" "$2"
  fi
}

# wished find-it package: what is quicker with it, and goes without. Installed where we may; nobody is stopped if that fails.
wished() {
  if "$1" || ! is_debian_root; then
    return 0
  fi
  if [ -z "${APT_UPDATED:-}" ] && tried "Asking Debian what it has" apt-get update; then
    APT_UPDATED=yes
  fi
  tried "Installing $2" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2" || true
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Microseconds for a fixed piece of work, at best.
slowness() {
  "$1" -c 'from timeit import repeat
print(int(1e6 * min(repeat("for number in range(9999): texts[number % 99] = str(number)", "texts = {}", number=20, repeat=3))))'
}

# The one that PYTHON names, or else the first that is new enough, unless another is much quicker: version managers compile
# Python without the optimizations that Debian and the official images have, and it takes nearly twice as long for everything.
find_python() {
  local names=(python3 python3.13 python3.12 python3.11) path time least=
  [ -z "${PYTHON:-}" ] || names=("$PYTHON")
  while read -r path; do
    if new_enough "$path"; then
      time=$(slowness "$path")
      if [ -z "$least" ] || [ $((time * 4)) -lt $((least * 3)) ]; then
        least=${time:-0} PYTHON=$path
      fi
    fi
  done < <(type -aP "${names[@]}")
  [ -n "$least" ] || stop_with "Stepping Up needs Python 3.11 or newer. Install it, or name one: PYTHON=/path/to/python3 $0"
}

make_venv() {
  if [ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null && new_enough .venv/bin/python; then
    return
  fi
  find_python
  if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
    if is_debian_root; then
      local version
      version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
      debian_install "python$version-venv"
    else
      stop_with "This Python cannot make virtual environments. Install its venv module (Debian, Ubuntu: apt-get install python3-venv)."
    fi
  fi
  moving "Making .venv" "$PYTHON" -m venv --clear .venv
}

# uv installs in seconds what takes pip a minute. It may fail where pip does not (pip knows a mirror by its own settings).
fetch_uv() {
  local wanted=.data/uv.txt
  awk '/^uv==/ { on = 1 } on { print; if (!/\\$/) exit }' requirements-dev.txt >"$wanted"
  if [ -x .venv/bin/uv ] && [ "$(.venv/bin/uv --version | cut -d' ' -f2)" = "$(sed -n 's/^uv==\([^ ]*\).*/\1/p' "$wanted")" ]; then
    return
  fi
  tried "Fetching uv" .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
    --no-deps --require-hashes -r "$wanted"
}

# install_packages file.txt...: exactly what the files pin; skipped when the same files were installed before.
install_packages() {
  local stamp=.venv/.installed words=() file wanted
  wanted=$(.venv/bin/python -c 'import sys; from hashlib import sha256
for name in sys.argv[1:]: print(sha256(open(name, "rb").read()).hexdigest(), name)' "$@")
  if [ -e "$stamp" ] && ! grep -qvxFf "$stamp" <<<"$wanted"; then
    return
  fi
  for file in "$@"; do words+=(-r "$file"); done
  if ! { fetch_uv && tried "Installing the packages" .venv/bin/uv pip install --no-progress \
    --python .venv/bin/python --require-hashes "${words[@]}"; }; then
    moving "Installing the packages with pip" .venv/bin/python -m pip install --disable-pip-version-check --no-input \
      --progress-bar off --no-deps --require-hashes "${words[@]}"
  fi
  echo "$wanted" >"$stamp" # what stood there before may not fit any more
}

# can_draw [options of Python]: with `-W error:HarfBuzz-Subset` also quickly and without warnings, by a library that is not
# there with every Pango.
can_draw() { .venv/bin/python "$@" -c 'import weasyprint' >>"$SETUP_LOG" 2>&1; }

require_pango() {
  [ ! -e .venv/.draws ] || return 0 # asked once: it takes as long as everything else before a second start
  if can_draw -W error:HarfBuzz-Subset; then
    touch .venv/.draws
    return
  fi
  if is_debian_root; then debian_install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; fi
  can_draw && return
  stop_with "Certificates and invoices are drawn with Pango, which is not on this machine. Install it and try again:
  Debian, Ubuntu:  sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  Fedora:          sudo dnf install pango
  macOS:           brew install pango
(What was missing exactly is at the end of $SETUP_LOG.)"
}

# Names are printed in the letters that people have. What lacks a letter is not printed, and says so: so it goes on without.
FONTS=/usr/share/fonts
require_fonts() {
  if [ -d "$FONTS/truetype/noto" ] && [ -d "$FONTS/opentype/noto" ]; then return; fi
  if is_debian_root; then debian_install fonts-noto-core fonts-noto-cjk; fi
}
