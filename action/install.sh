#!/usr/bin/env bash
# Installs jwtrail where it is not on the PATH already.
set -euo pipefail
if command -v jwtrail >/dev/null; then
  exec jwtrail --version
fi
cargo install --locked jwtrail ${VERSION:+--version "$VERSION"}
