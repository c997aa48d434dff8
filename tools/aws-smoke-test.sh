#!/usr/bin/env bash
# Proves in one real AWS account what no emulator can: see docs/aws-smoke-test.md. It costs a few cents and needs the AWS command
# line, jq, and a Matano directory with a log source of Duo.
#   npm run smoke:aws -- <directory> <log source> <table in the database> [label]
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
cd "$(dirname "$0")/.."
wait_seconds=${SMOKE_WAIT_SECONDS:-1200}

duolake() { node bin/duolake.js "$@"; }
deploy() { duolake deploy --dir "$directory" --label "$label" --yes; }
output() { duolake info --label "$label" --json | jq -er ".outputs.$1"; }
say() { printf '\n== %s\n' "$*"; }

# until_true <what> <command...>: looks every 15 s until the command succeeds.
until_true() {
  local what=$1 until=$((SECONDS + wait_seconds))
  shift
  until "$@"; do
    if [ "$SECONDS" -ge "$until" ]; then echo "FAILED: $what not seen within $wait_seconds s" >&2; exit 1; fi
    sleep 15
  done
  echo "seen: $what"
}

visited_with_key() {
  duolake status --aws --label "$label" --json |
    jq -e --arg s "$source" '.sources[] | select(.source == $s) | .secret == "populated" and .last_error == null' >/dev/null
}

row_count() {
  local id state
  id=$(aws athena start-query-execution --work-group "$(output WorkgroupName)" \
    --query-execution-context "Database=$(output DatabaseName)" \
    --query-string "SELECT count(*) FROM \"$table\"" --query QueryExecutionId --output text)
  while :; do
    state=$(aws athena get-query-execution --query-execution-id "$id" --query QueryExecution.Status.State --output text)
    case $state in
      SUCCEEDED) break ;;
      QUEUED | RUNNING) sleep 2 ;;
      *) echo "FAILED: Athena ended with $state" >&2; return 1 ;;
    esac
  done
  aws athena get-query-results --query-execution-id "$id" --query 'ResultSet.Rows[1].Data[0].VarCharValue' --output text
}

alarm_is() {
  local name
  name=$(aws cloudformation describe-stack-resource --stack-name "duolake-$label" --logical-resource-id "$1" \
    --query StackResourceDetail.PhysicalResourceId --output text)
  [ "$(aws cloudwatch describe-alarms --alarm-names "$name" --query 'MetricAlarms[0].StateValue' --output text)" = "$2" ]
}

say "1. Deploy"
deploy
say "2. Secret key, and deploy again to arm the alarm for missing pulls"
duolake secret set "$source" --aws --dir "$directory" --label "$label"
deploy
say "3. The schedule pulls by itself: rule, queue, mapping and the puller's role"
until_true "a visit with the key and without an error" visited_with_key
duolake status --aws --label "$label"
duolake logs --label "$label" --since 1h --function puller

say "4. Athena reads the table: workgroup, Glue, Lake Formation"
first=$(row_count)
echo "seen: $first rows"

say "5. The maintainer's role"
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
failure=$(aws lambda invoke --function-name "$(output MaintainFunctionName)" --cli-read-timeout 920 \
  --query FunctionError --output text "$answer")
[ "$failure" = None ] || { echo "FAILED: $failure" >&2; cat "$answer" >&2; exit 1; }
echo "seen: no error"

say "6. The alarm for dead letters fires"
aws sqs send-message --queue-url "$(output PullDeadLettersUrl)" --message-group-id "$source" \
  --message-deduplication-id "smoke-$(date +%s)" --message-body "{\"sources\":[\"$source\"]}" >/dev/null
duolake dlq list --label "$label"
until_true "PullDeadLettersAlarm in ALARM" alarm_is PullDeadLettersAlarm ALARM
duolake dlq purge --label "$label" --yes
until_true "PullDeadLettersAlarm back in OK" alarm_is PullDeadLettersAlarm OK

say "7. Destroy keeps the data; the next deployment takes the bucket up again"
bucket=$(output LakeBucketName)
duolake destroy --label "$label" --yes
# SQS gives the names of queues free after a minute.
sleep 70
deploy
[ "$(output LakeBucketName)" = "$bucket" ] || { echo "FAILED: another bucket" >&2; exit 1; }
second=$(row_count)
[ "$second" -ge "$first" ] || { echo "FAILED: $second rows after $first" >&2; exit 1; }
echo "seen: the same bucket, $second rows"

say "8. Cleaning up"
duolake destroy --label "$label" --delete-data --yes-delete-data "$label" --yes
printf '\nAll steps passed.\n'
