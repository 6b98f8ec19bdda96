#!/usr/bin/env bash
# curl as a confidential client: password grant, HTTP Basic, introspection.
set -euo pipefail

issuer=$1
token=$issuer/oauth2/token
ask=(curl --silent --show-error --max-time 30)
as_client=("${ask[@]}" --user TestClient:TestSecret)

# The string of this name in a JSON object.
member() { sed --quiet --regexp-extended 's/.*"'"$1"'":"([^"]*)".*/\1/p'; }

refresh() {
    "${as_client[@]}" --data grant_type=refresh_token --data-urlencode "refresh_token=$1" "${@:2}" "$token"
}

introspect() {
    "${as_client[@]}" --data-urlencode "token=$1" "$issuer/oauth2/introspect" | sed --regexp-extended 's/.*"active":(true|false).*/\1/'
}

whoami() { "${ask[@]}" --header "Authorization: Bearer $1" "${@:2}" "$issuer/whoami"; }

# Tells the test what came of a step.
report() { printf '{"step":"%s"%s}\n' "$1" "${2:+,$2}"; }
report_scope() { report "$1" "\"scope\":\"$(member scope <<< "$2")\""; }
report_error() { report "$1" "\"error\":\"$(member error <<< "$2")\""; }

login=$("${as_client[@]}" --fail --data 'grant_type=password&username=bshaffer&password=brent123' "$token")
report_scope 'log in' "$login"
report whoami "\"sub\":\"$(whoami "$(member access_token <<< "$login")" --fail | member sub)\""
first=$(member refresh_token <<< "$login")
report introspect "\"active\":$(introspect "$first")"

refreshed=$(refresh "$first" --fail)
report_scope refresh "$refreshed"
narrowed=$(refresh "$(member refresh_token <<< "$refreshed")" --fail --data scope=read)
report_scope narrow "$narrowed"
third=$(member refresh_token <<< "$narrowed")
widened=$(refresh "$third" --fail)
report_scope widen "$widened"

"${ask[@]}" --fail --request POST "$issuer/lose-the-next-response"
fourth=$(member refresh_token <<< "$widened")
status=0
refresh "$fourth" 2> /dev/null || status=$?
# "Empty reply from server".
[ "$status" = 52 ]
report 'lose a response'
retried=$(refresh "$fourth" --fail)
report_scope retry "$retried"
late=$(refresh "$third" --fail)
report_scope 'come late' "$late"

last=$(refresh "$(member refresh_token <<< "$retried")" --fail)
access_token=$(member access_token <<< "$last")
report 'go on' "\"scope\":\"$(member scope <<< "$last")\",\"sub\":\"$(whoami "$access_token" --fail | member sub)\""

seventh=$(member refresh_token <<< "$last")
"${as_client[@]}" --fail --data-urlencode "token=$seventh" "$issuer/oauth2/revoke"
report revoke
report introspect "\"active\":$(introspect "$seventh")"
report_error 'be refused' "$(refresh "$seventh")"
report 'be refused by the API' "\"status\":$(whoami "$access_token" --output /dev/null --write-out '%{http_code}')"
