#!/bin/sh
# See that there is a Chromium for the browser tests, with fonts for Japanese. Installs Debian's where it may; where it
# may not, those tests skip and say why (under CI they fail).
set -eu
if [ -n "${MIHARI_CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
    || command -v google-chrome >/dev/null || command -v google-chrome-stable >/dev/null; then
    exit 0
fi
PACKAGES="chromium fonts-noto-cjk fonts-dejavu-core"
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "No Chromium here, and it cannot be installed without being root on Debian: the browser tests will skip." >&2
    echo "To have them: sudo apt-get install $PACKAGES" >&2
    exit 0
fi
echo "Installing $PACKAGES for the browser tests (once) ..." >&2
apt-get update -q >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $PACKAGES >/dev/null
