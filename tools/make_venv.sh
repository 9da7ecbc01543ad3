#!/bin/sh
# make_venv.sh FOLDER [PYTHON]: a virtual environment with Python 3.11 or newer.
# Without PYTHON, the first one that is new enough.
set -eu

folder=$1
wanted=${2:-}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
fail() { echo "$1" >&2; exit 1; }

python=
for candidate in ${wanted:-python3 python3.13 python3.12 python3.11}; do
    if new_enough "$candidate"; then python=$candidate; break; fi
done

if [ -z "$python" ]; then
    found=$("${wanted:-python3}" --version 2>/dev/null | head -n 1)
    fail "Python 3.11 or newer is needed (found: ${found:-none}); name one, as in: make run PYTHON=/usr/local/bin/python3.12"
fi
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "This Python cannot make virtual environments; on Debian or Ubuntu: apt-get install python3-venv"

echo "Making $folder with $("$python" --version)"
"$python" -m venv --clear "$folder"
