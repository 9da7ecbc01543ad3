#!/bin/sh
# chromium.sh PYTHON: print the path of a Chromium for the browser tests, after installing one if
# there is none: Debian's build without windows, as root; else any that is installed; else the
# download of Playwright (in PYTHON's environment). Everything but the path goes to standard error.
#
# The build without windows comes first, since tests wait for a browser most of their time: the other
# one draws its tabs and menus, too, in processes of their own, where nobody sees them.
set -eu

python=$1

fail() { echo "$1" >&2; exit 1; }
works() { [ -n "$1" ] && "$1" --version >/dev/null 2>&1; }
use_if_works() { if works "$1"; then echo "$1"; exit 0; fi; }

windowless() { command -v chromium-headless-shell || true; }

installed() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return
    done
    true
}

playwrights() {
    "$python" -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as p: print(p.chromium.executable_path)' 2>/dev/null || true
}

download() {
    echo "Downloading Playwright's Chromium" >&2
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT=10000 \
        timeout 600 "$python" -m playwright install chromium >/dev/null 2>&1 ||
        echo "That did not work." >&2
}

may_use_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    echo "Installing Debian's $*" >&2
    apt-get update -qq >&2 &&
        apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

# Playwright's driver is a program of its own, and needs a library that bare machines lack.
driver_works() { "$python" -m playwright --version >/dev/null 2>&1; }

# Menus and dialogs of the browser's own are drawn with the system's fonts: pictures need Korean
# ones, no test does.
korean_fonts() {
    if may_use_apt && ! fc-list :lang=ko 2>/dev/null | grep -q .; then
        apt_install fontconfig fonts-noto-cjk || echo "No Korean system font; going on." >&2
    fi
}

if ! driver_works && may_use_apt; then apt_install libatomic1 || true; fi
driver_works || fail "Playwright does not start here; on Debian or Ubuntu: apt-get install libatomic1"
korean_fonts

if [ -n "${CHROMIUM:-}" ]; then
    use_if_works "$CHROMIUM"
    fail "CHROMIUM=$CHROMIUM is not a browser that starts."
fi
use_if_works "$(windowless)"
if may_use_apt; then apt_install chromium-headless-shell || true; fi
use_if_works "$(windowless)"
use_if_works "$(installed)"
use_if_works "$(playwrights)"
download
use_if_works "$(playwrights)"
if may_use_apt; then apt_install chromium || true; fi
use_if_works "$(installed)"
fail "The browser tests need Chromium: install it, or name one, as in: make test CHROMIUM=/usr/bin/chromium"
