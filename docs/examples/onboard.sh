#!/bin/sh
# Onboards a domain with the Temporal CLI alone: starts it, shows its phases, approves, prints the result.
#   CLOUDFLARE_ACCOUNT_ID=… docs/examples/onboard.sh example.com alex "the identity provider has been tested"
# The CLI reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the like. TEMPORAL_CLI: path of the CLI, if it is not on the PATH.
set -eu
if [ $# -ne 3 ]; then
  echo "usage: $0 DOMAIN WHO-APPROVES WHY" >&2
  exit 2
fi
domain=$1 # in lower-case ASCII, because it is part of the workflow id
id=sso/${CLOUDFLARE_ACCOUNT_ID:?set it to the 32 characters of the account}/$domain

temporal() { "${TEMPORAL_CLI:-temporal}" workflow "$@"; }
# A JSON string of a text of one line.
quote() { printf '"%s"' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')"; }

# --fail-existing: if a run is in progress, the CLI would otherwise ignore this input silently. No timeouts: the worker rejects them.
input="{\"accountId\":$(quote "$CLOUDFLARE_ACCOUNT_ID"),\"emailDomain\":$(quote "$domain"),\"enablement\":\"after-approval\"}"
if ! answer=$(temporal start --type onboardSsoConnector --task-queue sso-onboarding --workflow-id "$id" \
  --fail-existing --input "$input" 2>&1); then
  case $answer in
    *'already running'*) echo "$domain is being onboarded already, perhaps with another input; showing that run" ;;
    *) echo "$answer" >&2 && exit 1 ;;
  esac
fi

# The status is described in docs/schemas/onboarding-status.schema.json, but the CLI prints empty lists as null. The CLI sorts
# the fields, so the first `phase` is that of the run. Empty: no worker answers.
phase() {
  temporal query --workflow-id "$id" --name status --output json --command-timeout 5s 2>/dev/null |
    sed -n 's/^ *"phase": "\([a-z-]*\)".*/\1/p' | head -n 1
}
is_running() { temporal describe --workflow-id "$id" --output json | grep -q '"status": "WORKFLOW_EXECUTION_STATUS_RUNNING"'; }

shown=
while is_running; do
  now=$(phase)
  [ "$now" = "$shown" ] || echo "${now:-no worker answers}"
  shown=$now
  if [ "$now" = waiting-for-approval ]; then
    # The same update id sent twice is one answer. An answer that no worker accepts in time is not recorded.
    temporal update execute --workflow-id "$id" --name approve --update-id "approve-by-$2" --command-timeout 30s \
      --input "{\"by\":$(quote "$2"),\"reason\":$(quote "$3")}" >/dev/null
    echo "approved by $2"
    break
  fi
  sleep 1
done

# Waits until the run ends, and fails if the run failed.
temporal result --workflow-id "$id"
