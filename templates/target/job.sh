# A run: several releases under one lock, all or none. It goes on without the connection that started it.

# at_expect PATH SHA: the file is as it was when the plan was made.
at_expect() {
  [ "$(at_sha "$1")" = "$2" ] || { printf 'stale\t%s\n' "$1" >>"$AT_PROGRESS"; return 1; }
}

# Written over what was uploaded for it, which a full disk can't refuse. Only the first line counts.
at_outcome() {
  printf '%s\n' "$1" 1<>"$AT_JOB/outcome.new" && mv -f -- "$AT_JOB/outcome.new" "$AT_JOB/outcome"
}

# Space that is given up before anything is put back, so that a disk which fills up meanwhile can't prevent it.
at_take_ballast() { head -c 262144 /dev/zero >"$AT_JOB/ballast" || { at_drop_ballast; return 1; }; }
at_drop_ballast() { rm -f -- "$AT_JOB/ballast"; }

# The lock goes before the outcome is told: whoever reads the outcome may start the next run at once.
at_finish() {
  at_drop_ballast
  [ -z "${at_next:-}" ] || cp -- "$AT_JOB/log" "$AT_STATE/releases/$at_next/log"
  at_unlock
  at_outcome "$1"
}

# at_adopt NEWEST RELEASE...: the uploaded releases get their numbers, unless somebody else took them meanwhile.
at_adopt() {
  [ "$(at_newest_release)" = "$1" ] || { printf 'stale\t%s\n' "$AT_STATE/journal.jsonl" >>"$AT_PROGRESS"; return 1; }
  shift
  for at_id in "$@"; do mv -- "$AT_JOB/releases/$at_id" "$AT_STATE/releases/$at_id" || return 1; done
  [ -e "$AT_STATE/releases/0" ] || mv -- "$AT_JOB/releases/0" "$AT_STATE/releases/0" || return 1
  cat -- "$AT_JOB/originals" >>"$AT_STATE/releases/0/manifest.jsonl" &&
    cat -- "$AT_JOB/originals.sh" >>"$AT_STATE/releases/0/originals.sh"
}

# at_undo RELEASES ACTIVATED: puts back what this run did, newest first. Only the first may have left its services untouched.
# From here on nothing interrupts.
at_undo() {
  AT_UNDOING=1 at_left=0 at_touched=$2
  for at_id in $1; do
    if at_put_back "$at_id" "$at_touched"; then at_journal put-back "$at_id"; else at_journal stuck "$at_id"; at_left=1; fi
    at_touched=1
  done
  return $at_left
}

# at_arm RELEASES: what was applied stays only if somebody says so in time. AT_CONFIRM holds the seconds.
at_arm() {
  printf '%s\t%s\n' "$(($(date +%s) + AT_CONFIRM))" "$1" >"$AT_STATE/pending.new" &&
    mv -f -- "$AT_STATE/pending.new" "$AT_STATE/pending" || return 1
  (umask "$AT_UMASK" && cd / && exec setsid sh "$AT_RELEASE/deadman.sh" >"$AT_RELEASE/deadman.log" 2>&1 </dev/null) &
}

# One rename decides between keeping and putting back, whoever comes first.
at_decide() { mv -f -- "$AT_STATE/pending" "$AT_STATE/settled" 2>/dev/null && rm -f -- "$AT_STATE/settled"; }

# at_deadman: waits for the deadline, and puts everything back if nobody settled the matter before. Under the lock: a way back
# that is under way at the deadline settles it.
at_deadman() {
  read -r at_deadline at_waiting <"$AT_STATE/pending" || return 0
  while [ -e "$AT_STATE/pending" ] && [ "$(date +%s)" -lt "$at_deadline" ]; do sleep 1; done
  while ! at_lock '"the dead-man'"'"'s switch"' '"apply --confirm-within"'; do sleep 1; done
  at_decide || { at_unlock; return 0; }
  for at_id in $at_waiting; do
    if at_put_back "$at_id" 1; then at_journal expired "$at_id"; else at_journal stuck "$at_id"; fi
  done
  at_unlock
}

# at_give_up RELEASE DONE: what a run that failed leaves. A way back stays gone: services that are not well are no reason to
# bring back what was to be taken away.
at_give_up() {
  at_reason=$AT_FAILED
  at_drop_ballast
  [ "$AT_ACTIVATED" = 0 ] || [ "$at_reason" = interrupted ] || at_evidences
  printf 'failed\t%s\t%s\n' "$1" "$at_reason" >>"$AT_PROGRESS"
  if [ "$AT_KIND" = rollback ] && [ "$AT_WRITTEN" = 1 ] && [ "$at_reason" != interrupted ]; then
    at_stuck service "$at_reason"
    at_journal unwell "$1"
    at_finish unwell
  elif ! at_undo "$1 $2" "$AT_ACTIVATED"; then
    at_finish stuck
  elif [ "$at_reason" = interrupted ]; then
    at_finish interrupted
  else
    at_finish put-back
  fi
}

# at_run RELEASE...: the outcome is one of applied, put-back, interrupted, stuck, unwell.
at_run() {
  at_done=''
  for at_next in "$@"; do
    AT_FAILED='writing the journal' AT_ACTIVATED=0 AT_WRITTEN=0
    { at_journal_started "$at_next" && at_carry "$at_next"; } || { at_give_up "$at_next" "$at_done"; return; }
    at_journal applied "$at_next"
    at_done="$at_next $at_done"
  done
  [ "$AT_CONFIRM" = 0 ] || at_arm "$at_done" || { at_undo "$at_done" 1 && at_finish put-back || at_finish stuck; return; }
  at_finish applied
}

# at_job BY COMMAND: the whole run. The job's own file defines at_expected (what must be as planned), at_adopted and at_releases.
# A request to stop is honoured at the next safe point. No signal is ignored: the services that are started would inherit it.
at_job() {
  trap ': >"$AT_JOB/interrupt"' HUP INT TERM
  at_take_ballast || { at_outcome full; return; }
  at_lock "$1" "$2"
  case $? in
    0) ;;
    2) at_drop_ballast; at_outcome full; return ;;
    *) at_outcome locked; return ;;
  esac
  if at_expected && at_adopted; then at_decide; at_releases; else at_finish stale; fi
}
