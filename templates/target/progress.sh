# What is said while something is done: lines of fields parted by tabs, into AT_PROGRESS, or to whoever asked where there is none.

at_tell() {
  at_told=$1
  shift
  for at_field in "$@"; do at_told="$at_told	$at_field"; done
  if [ -n "${AT_PROGRESS:-}" ]; then printf '%s\n' "$at_told" >>"$AT_PROGRESS"; else printf '%s\n' "$at_told"; fi
}

at_say() { at_tell say "$1"; }
at_stuck() { at_tell stuck "$AT_ID" "$1" "$2"; }

# at_check_line NAME true|false|unknown EXPECTED FOUND
at_check_line() { at_tell check "${AT_ID:-}" "$1" "$2" "$3" "$4"; }

# A run was asked to stop. What puts back is never stopped.
at_interrupted() { [ -z "${AT_UNDOING:-}" ] && [ -n "${AT_JOB:-}" ] && [ -e "$AT_JOB/interrupt" ] && AT_FAILED=interrupted; }
