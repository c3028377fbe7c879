#!/usr/bin/env bash
# Runs a command that may be silent for minutes, and says every 15 seconds that
# it still runs: tools/patiently.sh WHAT COMMAND...
set -euo pipefail

if (($# < 2)); then
  echo "usage: tools/patiently.sh WHAT COMMAND..." >&2
  exit 2
fi
what=$1
shift

# A second at a time, so that it ends soon after the command has.
while sleep 1; do
  if ((SECONDS > 0 && SECONDS % 15 == 0)); then
    echo "  still building $what after $SECONDS s"
  fi
done &
ticker=$!
trap 'kill "$ticker" 2>/dev/null' EXIT

"$@"
