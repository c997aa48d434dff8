#!/usr/bin/env bash
# Proves in one real AWS account what no emulator can: see docs/aws-smoke-test.md. It costs a few cents and needs the AWS command
# line, jq, and a Matano directory with a log source of Duo.
#   npm run smoke:aws -- <directory> <log source> <table in the database> [label]
# SMOKE_WAIT_SECONDS (1200) bounds each wait. SMOKE_SKIP="4 6" leaves steps out, for an emulator (AWS_ENDPOINT_URL).
set -euo pipefail

if [ $# -lt 3 ]; then
  echo "usage: npm run smoke:aws -- <directory> <log source> <table> [label, default smoke]" >&2
  exit 2
fi
directory=$(cd "$1" && pwd) source=$2 table=$3 label=${4:-smoke}
case $label in
  # The last step deletes data.
  smoke | smoke-*) ;;
  *) echo "Cannot use the label: it must be smoke or begin with smoke-, got $label" >&2; exit 2 ;;
esac
for program in aws jq node; do
  command -v "$program" >/dev/null || { echo "Cannot begin: $program is needed" >&2; exit 2; }
done
cd "$(dirname "$0")/.."
wait_seconds=${SMOKE_WAIT_SECONDS:-1200}
skipped=" ${SMOKE_SKIP:-} "
# Older command lines of AWS know this name of the two only.
if [ -n "${AWS_REGION:-}" ]; then export AWS_DEFAULT_REGION=$AWS_REGION; fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

duolake() { node bin/duolake.js "$@"; }
deploy() { duolake deploy --dir "$directory" --label "$label" --yes; }
output() { duolake info --label "$label" --json | jq -er ".outputs.$1"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# step <number> <function> <what it proves>
step() {
  printf '\n== %s. Proves: %s\n' "$1" "$3"
  case $skipped in *" $1 "*) echo "SKIPPED"; return ;; esac
  "$2"
}

# until_true <what> <command...>: looks every 15 s until the command succeeds.
until_true() {
  local what=$1 until=$((SECONDS + wait_seconds))
  shift
  until "$@"; do
    if [ "$SECONDS" -ge "$until" ]; then fail "$what not seen within $wait_seconds s"; fi
    sleep 15
  done
  echo "seen: $what"
}

visited_with_key() {
  duolake status --aws --label "$label" --json |
    jq -e --arg s "$source" '.sources[] | select(.source == $s) | .secret == "populated" and .last_error == null' >/dev/null
}

alarm_name() {
  aws cloudformation describe-stack-resource --stack-name "duolake-$label" --logical-resource-id "$1" \
    --query StackResourceDetail.PhysicalResourceId --output text
}

# alarm_has <logical id> <member> <value>
alarm_has() {
  [ "$(aws cloudwatch describe-alarms --alarm-names "$(alarm_name "$1")" --query "MetricAlarms[0].$2" --output text)" = "$3" ]
}

# count_rows <file>: asks Athena and writes the number there.
count_rows() {
  local id state count
  id=$(aws athena start-query-execution --work-group "$(output WorkgroupName)" \
    --query-execution-context "Database=$(output DatabaseName)" \
    --query-string "SELECT count(*) FROM \"$table\"" --query QueryExecutionId --output text)
  while :; do
    state=$(aws athena get-query-execution --query-execution-id "$id" --query QueryExecution.Status.State --output text)
    case $state in
      SUCCEEDED) break ;;
      QUEUED | RUNNING) sleep 2 ;;
      *) fail "Athena ended with $state" ;;
    esac
  done
  count=$(aws athena get-query-results --query-execution-id "$id" \
    --query 'ResultSet.Rows[1].Data[0].VarCharValue' --output text)
  case $count in "" | *[!0-9]*) fail "Athena gives no number, got $count" ;; esac
  echo "$count" >"$1"
}

first_deploy() {
  deploy
  local again
  again=$(duolake deploy --dir "$directory" --label "$label" --yes --json | jq -r .outcome)
  [ "$again" = no_changes ] || fail "the second deployment must find no changes, got $again"
  echo "seen: no changes the second time"
}

store_key() {
  duolake secret set "$source" --aws --dir "$directory" --label "$label"
  until_true "HeartbeatAlarm armed" alarm_has HeartbeatAlarm ActionsEnabled True
}

scheduled_pull() {
  until_true "a visit with the key and without an error" visited_with_key
  duolake status --aws --label "$label"
  duolake logs --label "$label" --since 1h --function puller | tee "$scratch/logs"
  grep -q "puller .*pulled.* source=$source" "$scratch/logs" || fail "no line of the puller names $source"
}

athena_reads() {
  count_rows "$scratch/first"
  [ "$(cat "$scratch/first")" -gt 0 ] || fail "the table is empty"
  echo "seen: $(cat "$scratch/first") rows"
}

maintainer_runs() {
  local failure
  failure=$(aws lambda invoke --function-name "$(output MaintainFunctionName)" --cli-read-timeout 920 \
    --query FunctionError --output text "$scratch/answer")
  [ "$failure" = None ] || { cat "$scratch/answer" >&2; fail "the maintainer ended with $failure"; }
  echo "seen: no error"
}

alarm_fires() {
  aws sqs send-message --queue-url "$(output PullDeadLettersUrl)" --message-group-id "$source" \
    --message-deduplication-id "smoke-$(date +%s)" --message-body "{\"sources\":[\"$source\"]}" >/dev/null
  duolake dlq list --label "$label" --json |
    jq -e --arg s "$source" '[.queues[].letters[].sources[]] | index($s) != null' >/dev/null ||
    fail "dlq list does not show the message"
  until_true "PullDeadLettersAlarm in ALARM" alarm_has PullDeadLettersAlarm StateValue ALARM
  duolake dlq purge --label "$label" --yes
  until_true "PullDeadLettersAlarm back in OK" alarm_has PullDeadLettersAlarm StateValue OK
}

destroy_and_back() {
  local bucket
  bucket=$(output LakeBucketName)
  duolake destroy --label "$label" --yes
  # SQS gives the names of queues free after a minute.
  sleep 70
  deploy
  [ "$(output LakeBucketName)" = "$bucket" ] || fail "another bucket"
  if [ ! -s "$scratch/first" ]; then echo "seen: the same bucket"; return; fi
  count_rows "$scratch/second"
  [ "$(cat "$scratch/second")" -ge "$(cat "$scratch/first")" ] || fail "fewer rows than before, $(cat "$scratch/second")"
  echo "seen: the same bucket, $(cat "$scratch/second") rows"
}

clean_up() {
  duolake destroy --label "$label" --delete-data --yes-delete-data "$label" --yes
  if duolake info --label "$label" >/dev/null 2>&1; then fail "the stack is still there"; fi
  echo "seen: no stack"
}

step 1 first_deploy "the template, the permissions of who deploys, and that the same directory again is no change"
step 2 store_key "Secrets Manager; the first key arms the alarm for missing pulls"
step 3 scheduled_pull "schedule, queue, mapping, the puller's role, the status object and the logs"
step 4 athena_reads "the tables in Glue, the workgroup, Lake Formation's defaults"
step 5 maintainer_runs "the maintainer's role"
step 6 alarm_fires "dlq list and purge; an alarm that fires and goes back"
step 7 destroy_and_back "data outlives the stack, and the next one takes bucket and database up again"
step 8 clean_up "nothing is left but the secret, which goes after 30 days"
if [ "$skipped" = "  " ]; then printf '\nAll steps passed.\n'; else printf '\nAll steps passed but those skipped:%s\n' "$skipped"; fi
