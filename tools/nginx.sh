#!/bin/sh
# nginx.sh: install nginx for the test of deploy/, where there is none and this is Debian's root.
# Without it that test is left out, and says so.
PATH=$PATH:/usr/sbin
if ! command -v nginx >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    echo "Installing Debian's nginx-light" >&2
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light; } \
        </dev/null >/dev/null 2>&1 || echo "No nginx; going on." >&2
fi
