#!/bin/sh
# Onboards a domain with nothing but the Temporal CLI: start, follow, approve, result.
#   CLOUDFLARE_ACCOUNT_ID=… docs/examples/onboard.sh example.com alex "the identity provider has been tested"
# TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the like are the CLI's own; TEMPORAL_CLI is the CLI, where it is not on the PATH.
set -eu
if [ $# -ne 3 ]; then
  echo "usage: $0 DOMAIN WHO-APPROVES WHY" >&2
  exit 2
fi
domain=$1 # in lower-case ASCII, as it stands in the workflow's id
id=sso/${CLOUDFLARE_ACCOUNT_ID:?set it to the 32 characters of the account}/$domain

temporal() { "${TEMPORAL_CLI:-temporal}" workflow "$@"; }
# A text as JSON has it; of one line.
quote() { printf '"%s"' "$(printf %s "$1" | sed 's/[\\"]/\\&/g')"; }

# --fail-existing: otherwise the CLI drops this input without a word where a run is under way. No time-outs: a worker refuses them.
input="{\"accountId\":$(quote "$CLOUDFLARE_ACCOUNT_ID"),\"emailDomain\":$(quote "$domain"),\"enablement\":\"after-approval\"}"
if ! said=$(temporal start --type onboardSsoConnector --task-queue sso-onboarding --workflow-id "$id" \
  --fail-existing --input "$input" 2>&1); then
  case $said in
    *'already running'*) echo "$domain is being onboarded, perhaps with another input; following that" ;;
    *) echo "$said" >&2 && exit 1 ;;
  esac
fi

# The status is docs/schemas/onboarding-status.schema.json, but for empty lists, which the CLI shows as null. The CLI sorts the
# fields, so its first `phase` is that of the run. Empty while no worker answers.
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
    # The same update id twice is one answer. One that no worker takes in time is recorded nowhere.
    temporal update execute --workflow-id "$id" --name approve --update-id "approve-by-$2" --command-timeout 30s \
      --input "{\"by\":$(quote "$2"),\"reason\":$(quote "$3")}" >/dev/null
    echo "approved by $2"
    break
  fi
  sleep 1
done

# Waits for the end, and fails if the run did.
temporal result --workflow-id "$id"
