# Run by hand: puts one release back without action-tune. The release's own file sets AT_STATE and AT_ROOT.

# Progress for a person, in place of the lines that the tool reads.
at_say() { printf '%s\n' "$1"; }
at_stuck() {
  case $1 in
    file) printf 'left alone, %s: %s\n' "${AT_WHY:-because it could not be written}" "$2" >&2 ;;
    *) printf 'the files are back, but this did not work, do it by hand: %s\n' "$2" >&2 ;;
  esac
}
at_check_line() { printf '%s: %s\n' "$1" "$4"; }

# at_why_left NAME PATH SHA_BEFORE SHA_AFTER: AT_WHY, in words, where the file can't go back; empty where it can, or is back.
at_why_left() {
  AT_WHY=''
  at_current=$(at_sha "$2")
  if [ "$at_current" = "$3" ]; then
    return
  elif [ "$at_current" = "$4" ]; then
    [ "$(at_sha "$AT_RELEASE/before/$1")" = "$3" ] || AT_WHY='because its copy in before, in this folder, is not what it was'
  elif [ "$at_current" = absent ]; then
    AT_WHY='because it was removed since (put it back as it is in after, in this folder)'
  elif at_ours "$1" "$at_current"; then
    AT_WHY='because another release changed it since (put that one back first)'
  else
    AT_WHY='because it was changed since (compare it with the copies in this folder)' AT_FOREIGN=1
  fi
}

# at_look_at_file: says of a file that can't go back why, and changes nothing.
at_look_at_file() {
  at_why_left "$2" "$3" "$4" "$7"
  [ -z "$AT_WHY" ] || { at_stuck file "$3"; AT_LEFT=1; }
}

at_revert_or_say() {
  at_why_left "$2" "$3" "$4" "$7"
  at_revert_file "$@"
}

# at_go_on: how, where somebody changed a file.
at_go_on() {
  [ -z "${AT_FOREIGN:-}" ] ||
    echo 'to keep such a change, and take out only what was applied: action-tune rollback --override drift --reason TEXT' >&2
}

# Succeeds where a file does not hold what the release wrote.
at_mine() { [ "$(at_sha "$3")" != "$7" ]; }

# at_last_event RELEASE: what the journal says of it last.
at_last_event() {
  sed -nE "s/.*\"event\":\"([a-z-]+)\",\"release\":$1[,}].*/\1/p" "$AT_STATE/journal.jsonl" | tail -n 1
}

# at_rollbacks_of RELEASE: the rollbacks that were to take it back.
at_rollbacks_of() {
  sed -nE "s/.*\"event\":\"started\",\"release\":([0-9]+),.*\"undoes\":\[([0-9]+,)*$1(,[0-9]+)*\].*/\1/p" "$AT_STATE/journal.jsonl"
}

# at_undone RELEASE: a rollback that is in force has taken it back, or somebody went back to the original since.
at_undone() {
  at_reset=$(grep -n '"event":"reset"' "$AT_STATE/journal.jsonl" | tail -n 1 | cut -d: -f1)
  head -n "${at_reset:-0}" "$AT_STATE/journal.jsonl" | grep -q "\"event\":\"started\",\"release\":$1," && return 0
  at_rollbacks_of "$1" | (
    while read -r at_back; do
      case $(at_last_event "$at_back") in applied | confirmed | unwell) exit 0 ;; esac
    done
    exit 1
  )
}

# at_standing RELEASE: it is in force, or was cut off: there is something to put back.
at_standing() {
  case $(at_last_event "$1") in
    applied | confirmed | unwell | started | stuck) ! at_undone "$1" ;;
    *) return 1 ;;
  esac
}

# at_revert RELEASE: services are touched only where a file came back, or where they are what was left.
# What went back before is left as it is: its files may hold what lies below it by now. One in force goes back with all of its files
# or not at all; of one that was cut off as much as can.
at_revert() {
  at_load "$1"
  at_files at_discard_file
  at_standing "$1" || { at_say "release $1: nothing to put back"; return 0; }
  at_event=$(at_last_event "$1")
  AT_LEFT=0 AT_REVERTED=0
  case $at_event in
    started | stuck) ;;
    *)
      at_files at_look_at_file
      [ $AT_LEFT = 0 ] || { at_say "release $1: nothing was changed"; at_go_on; exit 3; }
      ;;
  esac
  at_files at_mine || at_before_back || { at_stuck service "$AT_FAILED"; AT_LEFT=1; }
  at_services_left=$AT_LEFT AT_LEFT=0
  at_files at_revert_or_say
  at_files_left=$AT_LEFT
  [ $at_services_left = 0 ] || AT_LEFT=1
  if [ "$AT_REVERTED" = 0 ] && [ "$at_event" != started ] && [ "$at_event" != stuck ]; then
    [ "$AT_LEFT" = 0 ] && at_say "release $1: nothing to put back"
    return
  fi
  { at_reactivate && at_checks_back; } || { at_stuck service "$AT_FAILED"; AT_LEFT=1; }
  at_tell_journal "$1"
  at_go_on
  [ "$AT_LEFT" = 0 ] && at_say "release $1: put back"
}

# at_tell_journal RELEASE: one of which a file is left has to be put back still.
at_tell_journal() {
  if [ "$at_files_left" = 1 ]; then
    [ "$AT_REVERTED" = 0 ] || at_journal stuck "$1"
  elif [ "$AT_REVERTED" = 1 ] || [ "$AT_LEFT" = 0 ]; then
    at_journal reverted "$1"
  fi
}

at_hold() {
  [ ! -e "$AT_STATE/lock" ] || [ "$(at_holder)" = alive ] || at_unlock
  at_lock "\"$(id -un)\"" '"revert.sh"' || {
    printf 'somebody else is at work here: %s\nIf that is over, remove %s and start again.\n' "$(cat "$AT_STATE/lock")" "$AT_STATE/lock" >&2
    exit 3
  }
  trap at_unlock EXIT
  trap 'exit 130' HUP INT TERM
}

# at_has_steps RELEASE: without them nobody here knows its files and services.
at_has_steps() {
  [ ! -r "$AT_STATE/releases/$1/steps.sh" ] || return 0
  printf '%s is gone: put release %s back with action-tune rollback\n' "$AT_STATE/releases/$1/steps.sh" "$1" >&2
  return 1
}

# at_revert_by_hand RELEASE: under the lock.
at_revert_by_hand() {
  at_hold
  at_has_steps "$1" || exit 2
  at_revert "$1" || exit 5
}

# at_services_by_hand RELEASE: the services once more, with the files as they are. A release that had left them unwell is well then.
at_services_by_hand() {
  at_hold
  at_has_steps "$1" || exit 2
  at_load "$1"
  { at_activate && at_checks; } || { at_stuck service "$AT_FAILED"; exit 5; }
  [ "$(at_last_event "$1")" != unwell ] || at_journal applied "$1"
}

# at_ours NAME SHA: some release wrote this version, or found it.
at_ours() {
  for at_copy in "$AT_STATE"/releases/*/after/"$1" "$AT_STATE"/releases/*/before/"$1"; do
    [ -e "$at_copy" ] && [ "$(at_sha "$at_copy")" = "$2" ] && return 0
  done
  return 1
}

# at_original NAME PATH SHA MODE OWNER: the file as it was before the first release that touched it.
at_original() {
  at_current=$(at_sha "$2")
  [ "$at_current" != "$3" ] || return 0
  AT_WHY=''
  if [ "$at_current" = absent ] || at_ours "$1" "$at_current"; then
    at_place "$AT_STATE/releases/0/before/$1" "$3" "$2" "$4" "$5" && AT_REVERTED=1 && return 0
    [ "$(at_sha "$AT_STATE/releases/0/before/$1")" = "$3" ] || AT_WHY='because its copy in before, in this folder, is not what it was'
  else
    AT_WHY='because it was changed since (compare it with the copies in this folder)' AT_FOREIGN=1
  fi
  at_stuck file "$2"
  AT_LEFT=1
}

# at_original_by_hand: every file as release 0 keeps it, whatever happened since, and then the services, newest first.
at_original_by_hand() {
  at_hold
  AT_LEFT=0 AT_REVERTED=0 at_all=''
  for at_each in $(ls "$AT_STATE/releases" | grep -E '^[1-9][0-9]*$' | sort -rn); do
    at_discard_of "$at_each"
    at_standing "$at_each" || continue
    if at_has_steps "$at_each"; then at_all="$at_all $at_each"; else AT_LEFT=1; fi
  done
  for at_each in $at_all; do
    at_load "$at_each"
    at_files at_mine || at_before_back || { at_stuck service "$AT_FAILED"; AT_LEFT=1; }
  done
  . "$AT_STATE/releases/0/originals.sh"
  [ $AT_REVERTED = 1 ] || [ $AT_LEFT = 1 ] || { at_say 'nothing to put back'; return 0; }
  for at_each in $at_all; do
    at_load "$at_each"
    [ "$AT_KIND" = rollback ] || { at_reactivate && at_checks_back; } || { at_stuck service "$AT_FAILED"; AT_LEFT=1; }
  done
  [ $AT_LEFT = 0 ] || { at_go_on; exit 5; }
  at_journal reset 0
  at_say 'everything is as it was before the first release'
}
