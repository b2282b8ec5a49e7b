#!/usr/bin/env bash
# Runs the scan and says how it ended: `exit-code`, and `sarif` where there is a report.
set -uo pipefail
sarif="${RUNNER_TEMP:?}/jwtrail.sarif"
rm -f "$sarif"

arguments=("$SCAN_URL" --format sarif --output "$sarif" --fail-on "$SCAN_FAIL_ON")
[ -z "$SCAN_SPEC" ] || arguments+=(--spec "$SCAN_SPEC")
[ -z "$SCAN_LOGS" ] || arguments+=(--logs "$SCAN_LOGS")
[ -z "$JWTRAIL_SCAN_TOKEN" ] || arguments+=(--token @env:JWTRAIL_SCAN_TOKEN)
while IFS= read -r argument; do
  [ -z "$argument" ] || arguments+=("$argument")
done <<<"$SCAN_ARGUMENTS"

jwtrail scan "${arguments[@]}"
code=$?
{
  echo "exit-code=$code"
  # A report is written whole or not at all.
  if [ -s "$sarif" ]; then echo "sarif=$sarif"; else echo "sarif="; fi
} >>"${GITHUB_OUTPUT:?}"
