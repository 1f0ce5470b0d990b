# One release: a set of files and the services that read them, changed together or not at all.
# Each release's own steps.sh defines
#   at_files VISIT     calls VISIT ROLE NAME PATH SHA_BEFORE MODE_BEFORE OWNER_BEFORE SHA_AFTER MODE_AFTER OWNER_AFTER a file
#   at_validate, at_baseline                 what is tried, and asked, before anything is changed
#   at_before, at_activate                   what is done before the files are written, and after it
#   at_watched, at_checks, at_settling       what proves that all is well, and stays so
#   at_evidences                             what is kept of a failure
#   at_before_back, at_reactivate, at_checks_back    the same on the way back
# and AT_KIND, `apply` or `rollback`, with AT_UNDOES, the releases that it takes back.

at_milliseconds() {
  at_clock=$(date +%s%N)
  case $at_clock in *N) echo "${at_clock%N}000" ;; *) echo "${at_clock%??????}" ;; esac
}

at_load() {
  AT_ID=$1
  AT_RELEASE=$AT_STATE/releases/$1
  AT_UNDOES=''
  . "$AT_RELEASE/steps.sh"
}

at_backup_file() {
  [ "$4" = absent ] && return 0
  at_put "$AT_RELEASE/before/$2" <"$3" && at_sync "$AT_RELEASE/before/$2" && [ "$(at_sha "$AT_RELEASE/before/$2")" = "$4" ] || return 1
  touch -r "$3" -- "$AT_RELEASE/before/$2"
  at_first=$AT_STATE/releases/0/before/$2
  [ -e "$at_first" ] || at_put "$at_first" <"$3"
}

# The new versions of all files lie beside the old ones before the first is renamed: a full disk or a read-only folder changes nothing.
at_prepare_file() {
  [ "$7" = absent ] || at_stage_file "$AT_RELEASE/after/$2" "$3" "$8" "$9"
}

at_discard_file() { rm -f -- "$(at_temporary "$3")"; }

# at_discard_of RELEASE...: the new versions that releases left beside their files when they were killed.
at_discard_of() {
  for at_each in "$@"; do
    AT_LEAVING=$AT_STATE/releases/$at_each
    [ ! -e "$AT_LEAVING/steps.sh" ] || (. "$AT_LEAVING/steps.sh" && at_files at_discard_file)
  done
}

at_write_file() {
  at_place "$AT_RELEASE/after/$2" "$7" "$3" "$8" "$9"
  at_status=$?
  at_found=$(at_sha "$3")
  if [ $at_status -eq 0 ]; then at_ok=true; else at_ok=false; fi
  at_check_line "file $3" $at_ok "$7" "$at_found"
  return $at_status
}

# A file that is neither the release's before nor its after was changed by somebody else: it is never overwritten.
at_revert_file() {
  at_current=$(at_sha "$3")
  if [ "$at_current" = "$4" ]; then
    [ "$4" = absent ] || { chmod "$5" -- "$3" && { [ "$(stat -c %u:%g -- "$3")" = "$6" ] || chown "$6" -- "$3"; }; } || {
      at_stuck file "$3"
      AT_LEFT=1
    }
    return 0
  fi
  if [ "$at_current" = "$7" ] && at_place "$AT_RELEASE/before/$2" "$4" "$3" "$5" "$6"; then
    AT_REVERTED=1
    return 0
  fi
  at_stuck file "$3"
  AT_LEFT=1
}

# at_do LABEL ARGV...: one step of an activation, in the project's root, with five minutes to end, or AT_SECONDS.
at_do() {
  at_label=$1
  shift
  at_say "$at_label"
  (umask "${AT_UMASK:-022}" && cd -- "$AT_ROOT" && exec timeout "${AT_SECONDS:-300}" "$@") </dev/null && return 0
  at_status=$?
  echo "action-tune: '$at_label' failed with exit status $at_status"
  AT_FAILED=$at_label
  return 1
}

# at_until SECONDS NAME ARGV...: a check, asked again every second until it holds or the time is over.
at_until() {
  at_end=$(($(date +%s) + $1))
  at_name=$2
  shift 2
  while :; do
    (umask "${AT_UMASK:-022}" && cd -- "$AT_ROOT" && exec timeout 30 "$@") </dev/null
    at_status=$?
    [ $at_status -eq 0 ] && { at_check_line "$at_name" true 'exit 0' 'exit 0'; return 0; }
    at_interrupted && return 1
    [ "$(date +%s)" -lt $at_end ] || break
    sleep 1
  done
  at_check_line "$at_name" false 'exit 0' "exit $at_status"
  AT_FAILED=$at_name
  return 1
}

at_touched() { AT_ACTIVATED=1; }

# at_carry RELEASE: backs up, writes, activates, checks. When it fails, AT_WRITTEN tells whether all files were written, and
# AT_ACTIVATED whether services were touched.
at_carry() {
  at_load "$1"
  AT_ACTIVATED=0 AT_WRITTEN=0 AT_FAILED=''
  # shellcheck disable=SC2086 # They are numbers.
  at_discard_of $AT_UNDOES
  at_say "release $1: backing up"
  at_files at_backup_file || { AT_FAILED='backing up'; return 1; }
  at_files at_prepare_file || { at_files at_discard_file; AT_FAILED='writing'; return 1; }
  at_interrupted && { at_files at_discard_file; return 1; }
  at_validate || { at_files at_discard_file; return 1; }
  at_interrupted && { at_files at_discard_file; return 1; }
  at_baseline
  AT_FORWARD=1
  at_before || { at_files at_discard_file; return 1; }
  at_say "release $1: writing"
  at_files at_write_file || { at_files at_discard_file; AT_FAILED='writing'; return 1; }
  at_interrupted && return 1
  AT_ACTIVATED=1 AT_WRITTEN=1
  at_watched
  at_activate && ! at_interrupted && at_watch_steps_back && at_checks
  at_carried=$?
  AT_FORWARD=''
  at_watch_end
  [ $at_carried -eq 0 ] || return 1
  [ -z "$AT_GAP" ] || at_tell gap "$1" "$AT_GAP"
  at_interrupted && return 1
  at_settling
}

# Processes that were never touched have read this very file: it must not look younger than they are. Only afterwards: those that
# were touched had to be started after it.
at_restore_age() { [ "$(at_sha "$3")" != "$4" ] || [ "$4" = absent ] || touch -r "$AT_RELEASE/before/$2" -- "$3"; }

# at_put_back RELEASE ACTIVATED: the files as they were before, then the services. Fails, and says of what, where something is left.
at_put_back() {
  at_load "$1"
  AT_LEFT=0 AT_REVERTED=0 AT_FORWARD=''
  at_say "release $1: putting back"
  at_files at_discard_file
  [ "$2" = 0 ] || at_before_back || { at_stuck service "$AT_FAILED"; AT_LEFT=1; }
  at_files at_revert_file
  if [ "$2" = 1 ]; then
    { at_reactivate && at_checks_back; } || { at_stuck service "$AT_FAILED"; AT_LEFT=1; }
  fi
  at_files at_restore_age
  [ $AT_LEFT -eq 0 ]
}
