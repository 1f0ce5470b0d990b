# Whether running services are as they should be, and stay so: the rows of the judge in probe/judge.py as checks.

# at_judged ROWS: the judge's rows as checks. Returns 1, with AT_FAILED, where one does not hold.
at_judged() {
  at_verdict=0
  while IFS='	' read -r at_key at_check at_holds at_want at_have; do
    [ "$at_key" = check ] || continue
    at_check_line "$at_check" "$at_holds" "$at_want" "$at_have"
    [ "$at_holds" != false ] || [ $at_verdict -ne 0 ] || { AT_FAILED=$at_check; at_verdict=1; }
  done <<END_OF_ROWS
$1
END_OF_ROWS
  return $at_verdict
}

# at_judge REF EXPECT [quick]: the judge's rows and its status. Of a service in several containers each is asked.
at_judge() {
  case $1 in compose) at_copies=$(at_containers_of "$2" "$3") ;; *) at_copies='' ;; esac
  if [ "$(printf '%s\n' "$at_copies" | wc -l)" -eq 1 ]; then
    at_ask "$1" "$2" "$3" judge "$4" ${5:+"$5"} </dev/null
    return
  fi
  for AT_CONTAINER in $at_copies; do
    at_copy=$(at_ask "$1" "$2" "$3" judge "$4" ${5:+"$5"} 2>&1 </dev/null)
    at_copy_status=$?
    printf '%s' "$at_copy" | awk -v id="$(printf %.12s "$AT_CONTAINER")" -v status=$at_copy_status '
      { print id "\t" $0 }
      END { print id "\tended\t" status }'
  done | at_worst
}

# at_worst: of the rows of several containers, each of which begins with the container, for every check the one that holds least. It
# names its container where another one found something else. What else those said that could not be asked comes last.
at_worst() {
  awk -F '\t' '
    BEGIN { rank["true"] = 0; rank["unknown"] = 1; rank["false"] = 2 }
    $2 == "ended" { if ($3 != 0) silent[$1] = 1; if (status == 0) status = $3; next }
    $2 != "check" { from[++more] = $1; others[more] = "container " $1 ": " substr($0, length($1) + 2); next }
    !($3 in seen) { name[++count] = $3; seen[$3] = $4; want[$3] = $5; have[$3] = $6; of[$3] = $1; next }
    {
      if ($4 != seen[$3] || $6 != have[$3]) apart[$3] = 1
      if (rank[$4] > rank[seen[$3]]) { seen[$3] = $4; want[$3] = $5; have[$3] = $6; of[$3] = $1 }
    }
    END {
      for (i = 1; i <= count; i++) {
        each = name[i]
        place = (each in apart) && seen[each] != "true" ? " in container " of[each] : ""
        print "check\t" each "\t" seen[each] "\t" want[each] "\t" have[each] place
      }
      for (i = 1; i <= more; i++) if (!(from[i] in silent)) print others[i]
      for (i = 1; i <= more; i++) if (from[i] in silent) print others[i]
      exit status
    }'
}

# at_service_checks SECONDS REF EXPECT: asks again until everything holds, the time is over, or the run is to stop; then says what was
# found. EXPECT is what the probe's verb judge takes. What needs a new interpreter is asked only when all else holds, or at the end.
at_service_checks() {
  at_limit=$(($(date +%s) + $1))
  while :; do
    at_over=1
    [ "$(date +%s)" -lt $at_limit ] || at_over=0
    if [ $at_over -eq 0 ] || at_judge "$2" "$3" "$4" "$5" quick >/dev/null 2>&1; then
      at_rows=$(at_judge "$2" "$3" "$4" "$5" 2>&1)
      at_status=$?
      [ $at_status -ne 0 ] && [ $at_over -ne 0 ] || break
    fi
    at_interrupted && return 1
    sleep 1
  done
  at_judged "$at_rows" || return 1
  [ "$at_status" -ne 0 ] || return 0
  AT_FAILED="$(printf '%s' "$5" | sed -n 's/.*"label":"\([^"]*\)".*/\1/p') can be asked"
  at_check_line "$AT_FAILED" false 'an answer' "$(printf '%s' "$at_rows" | grep -v '^check	' | tail -n 1 | tr '\t' ' ' | at_short_ids)"
  return 1
}

# Engines name containers by 64 digits, of which people use the first 12.
at_short_ids() { sed 's/\([0-9a-f]\{12\}\)[0-9a-f]\{52\}/\1/g'; }

# at_identity REF: changes whenever the service is started anew, in any of its containers.
at_identity() {
  case $1 in
    systemd) systemctl show -p MainPID -p NRestarts -p ActiveState -- "$2" </dev/null ;;
    *) for at_each in $(at_containers_of "$2" "$3"); do at_identity_of "$at_each"; done ;;
  esac 2>/dev/null | tr '\n' ' '
}

# at_identity_of CONTAINER
at_identity_of() {
  docker inspect -f '{{.Id}} {{.State.StartedAt}} {{.RestartCount}} {{.State.Running}}' "$1" </dev/null
}

# at_settle SECONDS REF EXPECT: the service stays up, with the same workers; then everything is judged once more.
at_settle() {
  at_before_it=$(at_identity "$2" "$3" "$4")
  at_said=$(at_ask "$2" "$3" "$4" watch "$1" 2>&1 </dev/null)
  at_status=$?
  at_after_it=$(at_identity "$2" "$3" "$4")
  if [ $at_status -eq 0 ] && [ "$at_before_it" = "$at_after_it" ]; then
    at_check_line "$3 stays up" true "$1 s without a restart" "$1 s without a restart"
    at_interrupted && return 1
    at_service_checks 0 "$2" "$3" "$4" "$5"
    return
  fi
  [ "$at_before_it" = "$at_after_it" ] || at_said='it was started anew'
  AT_FAILED="$3 stays up"
  at_check_line "$AT_FAILED" false "$1 s without a restart" "$(printf '%s' "$at_said" | tail -n 1 | tr '\t' ' ')"
  return 1
}
