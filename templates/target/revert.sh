# Run by hand: puts one release back without action-tune. The release's own file sets AT_STATE and AT_ROOT.

# Progress for a person, in place of the lines that the tool reads.
at_say() { printf '%s\n' "$1"; }
at_stuck() {
  case $1 in
    file) printf 'left alone, because it changed since (compare it with the copies in this folder): %s\n' "$2" >&2 ;;
    *) printf 'the files are back, but this did not work, do it by hand: %s\n' "$2" >&2 ;;
  esac
}
at_check_line() { printf '%s: %s\n' "$1" "$4"; }

# Succeeds where a file does not hold what the release wrote.
at_mine() { [ "$(at_sha "$3")" != "$7" ]; }

# at_last_event RELEASE: what the journal says of it last.
at_last_event() {
  sed -nE "s/.*\"event\":\"([a-z-]+)\",\"release\":$1[,}].*/\1/p" "$AT_STATE/journal.jsonl" | tail -n 1
}

# at_revert RELEASE: services are touched only where a file came back, or where they are what was left.
# What went back before is left as it is: its files may hold what lies below it by now.
at_revert() {
  at_load "$1"
  at_event=$(at_last_event "$1")
  case $at_event in
    put-back | reverted | expired)
      at_say "release $1: nothing to put back"
      return 0
      ;;
  esac
  AT_LEFT=0 AT_REVERTED=0
  at_files at_mine || at_before_back || { at_stuck service "$AT_FAILED"; AT_LEFT=1; }
  at_files at_revert_file
  if [ "$AT_REVERTED" = 0 ] && [ "$at_event" != started ] && [ "$at_event" != stuck ]; then
    [ "$AT_LEFT" = 0 ] && at_say "release $1: nothing to put back"
    return
  fi
  { at_reactivate && at_checks; } || { at_stuck service "$AT_FAILED"; AT_LEFT=1; }
  [ "$AT_REVERTED" = 0 ] && [ "$AT_LEFT" = 1 ] || at_journal reverted "$1"
  [ "$AT_LEFT" = 0 ] && at_say "release $1: put back"
}

# at_revert_by_hand RELEASE...: under the lock, newest first; stops at the first that can't be put back whole.
at_revert_by_hand() {
  [ ! -e "$AT_STATE/lock" ] || [ "$(at_holder)" = alive ] || at_unlock
  at_lock "\"$(id -un)\"" '"revert.sh"' || {
    printf 'somebody else is at work here: %s\nIf that is over, remove %s and start again.\n' "$(cat "$AT_STATE/lock")" "$AT_STATE/lock" >&2
    return 3
  }
  trap at_unlock EXIT
  trap 'exit 130' HUP INT TERM
  for at_each in "$@"; do at_revert "$at_each" || return 5; done
}

# at_newest_first: every release, for the one that goes back to the untouched original.
at_newest_first() { ls "$AT_STATE/releases" | grep -E '^[1-9][0-9]*$' | sort -rn; }
