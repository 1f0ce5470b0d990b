# Making running services take their files. A service that was touched is remembered beside the release, so that what was left alone
# is left alone on the way back, too.

# at_take SERVICE CALL...: from here on the service is not what it was.
at_take() {
  printf '%s\n' "$1" >>"$AT_RELEASE/taken" || { AT_FAILED='writing'; return 1; }
  shift
  "$@"
}

# at_give_back SERVICE CALL...: only for a service that was taken.
at_give_back() {
  grep -qxF -e "$1" "$AT_RELEASE/taken" 2>/dev/null || return 0
  shift
  "$@"
}

# at_otherwise CALL...: on the way back, and by hand, what can't be had by a signal is had in another way. On the way forward that would
# be another gap than the one that was announced.
at_otherwise() { [ -z "${AT_FORWARD:-}" ] && "$@"; }

# at_reload REF OTHERWISE...: new workers under the same parent.
at_reload() {
  at_say "reload $2"
  at_ask "$1" "$2" "$3" hup </dev/null && return 0
  AT_FAILED="reload $2"
  shift 3
  at_otherwise "$@"
}

# at_count scale|resize REF COUNT OTHERWISE...: so many workers, or children of a pool.
at_count() {
  at_say "$1 $3 to $5"
  at_ask "$2" "$3" "$4" "$1" "$5" </dev/null && return 0
  AT_FAILED="$1 $3 to $5"
  shift 5
  at_otherwise "$@"
}

# at_finish_tasks SECONDS REF: the worker takes no new task and ends those that it has begun; then it has to be started anew. In vain, it
# goes on as before. One that takes no remote control is asked to end, from which there is no way back.
at_finish_tasks() {
  at_main "$2" "$3" "$4" >/dev/null || [ "$2" = compose ] || return 0
  at_say "finish the tasks of $3"
  if [ "$2" = compose ]; then
    at_finish_each "$@" && return 0
  else
    at_finish_worker "$@" >/dev/null && at_take "$3" : && return 0
  fi
  AT_FAILED="finish the tasks of $3"
  return 1
}

# at_finish_each SECONDS REF: one container after the other; meanwhile the others work. Where one can't, those before it take up again
# what they took.
at_finish_each() {
  at_note_copies "$3" "$4"
  at_workers=$(at_containers_of "$3" "$4") at_several='' at_finished=''
  [ "$(printf '%s\n' "$at_workers" | wc -l)" -eq 1 ] || at_several=several
  for AT_CONTAINER in $at_workers; do
    # One that restarts, or has ended meanwhile, has no tasks.
    at_main "$2" "$3" "$4" >/dev/null || continue
    at_queues=$(at_finish_worker "$@" $at_several) || { at_take_up "$2" "$3" "$4"; return 1; }
    at_finished="$at_finished$AT_CONTAINER $at_queues
"
  done
  AT_CONTAINER=''
  [ -z "$at_finished" ] || at_take "$3" :
}

# at_take_up REF: containers and their queues are in at_finished. One that was told to end has none.
at_take_up() {
  while read -r AT_CONTAINER at_queues; do
    [ -z "$at_queues" ] || at_ask "$1" "$2" "$3" resume "$at_queues" </dev/null || at_take "$2" :
  done <<END_OF_FINISHED
$at_finished
END_OF_FINISHED
  AT_CONTAINER=''
}

# at_finish_worker SECONDS REF [several]: says which queues it took from.
at_finish_worker() {
  at_worker=$(at_main "$2" "$3" "$4")
  at_ask "$2" "$3" "$4" finish "$1" ${5:+"$5"} </dev/null
  case $? in
    0 | 3) return 0 ;;
    5) at_take "$3" at_end_worker "$@" >&2 && return 0 ;;
    # Nobody answers: a new version that hangs must not keep the old one away.
    4 | 6) [ -n "${AT_FORWARD:-}" ] || return 0 ;;
    # It may have become deaf: then only a start lets it work again.
    7) at_take "$3" : ;;
  esac
  # What has ended meanwhile has no tasks any more.
  [ "$(at_main "$2" "$3" "$4")" != "$at_worker" ]
}

# at_end_worker SECONDS REF: by SIGTERM to the program alone, which then ends its tasks. Nothing starts it again meanwhile.
at_end_worker() {
  at_say "end $3"
  [ "$2" = systemd ] || { at_unrevived "$@"; return; }
  at_ask "$2" "$3" "$4" term "$1" </dev/null
}

# at_restart_unit UNIT: a unit that failed too often is not started again before its counter was reset.
at_restart_unit() {
  systemctl reset-failed "$1" 2>/dev/null </dev/null
  at_do "restart $1" systemctl restart "$1"
}

# at_end_and_restart UNIT: the main process alone is asked to end, because systemd would ask its children, too, in the middle of what
# they do. systemd may start it anew by itself meanwhile.
at_end_and_restart() {
  at_ended_pid=$(at_main systemd "$1" -) && {
    at_say "end $1"
    at_ask systemd "$1" - term 60 </dev/null || { AT_FAILED="end $1"; at_otherwise at_restart_unit "$1"; return; }
  }
  case $(systemctl show -p MainPID -- "$1" </dev/null) in
    MainPID=0 | "MainPID=$at_ended_pid") at_restart_unit "$1" ;;
  esac
}

# at_restart_held REF: where systemd holds the port, requests wait; so the workers are held between two of them, until systemd ends them.
at_restart_held() {
  at_ask "$1" "$2" "$3" hold >/dev/null 2>&1 </dev/null
  at_restart_unit "$2"
}

# at_adopt_port SOCKET UNIT: the port can only be opened by one once the other has closed it. The unit requires the socket: in one
# step systemd stops the one, starts the other, and then the first again.
at_adopt_port() {
  at_do "enable $1" systemctl enable "$1" &&
    at_restart_unit "$2" &&
    at_do "$1 holds the port" systemctl is-active --quiet "$1"
}

at_leave_port() {
  at_do "stop $2" systemctl stop "$1" "$2" && at_restart_unit "$2"
}

# at_note_health REF EXPECT: a service that was not well before needs not be well afterwards.
at_note_health() {
  at_judge "$1" "$2" "$3" "$4" quick >/dev/null 2>&1 || printf '%s\n' "$2" >>"$AT_RELEASE/unwell"
}

# at_verify SECONDS REF EXPECT EXCUSED: EXCUSED is what is expected of a service that was not well before.
at_verify() {
  grep -qxF -e "$3" "$AT_RELEASE/unwell" 2>/dev/null && { at_service_checks "$1" "$2" "$3" "$4" "$6"; return; }
  at_service_checks "$1" "$2" "$3" "$4" "$5"
}

# at_settle_apart SECONDS REF EXPECT EXCUSED: all services settle at the same time; at_settled waits for them.
at_settle_apart() {
  at_say "watching whether $3 stays up"
  (
    at_asked=$5
    grep -qxF -e "$3" "$AT_RELEASE/unwell" 2>/dev/null && at_asked=$6
    at_settle "$1" "$2" "$3" "$4" "$at_asked" || printf '%s\n' "$AT_FAILED" >>"$AT_RELEASE/unsettled"
  ) &
  AT_SETTLING="${AT_SETTLING:-} $!"
}

# at_settled: fails with the first that does not stay up.
at_settled() {
  for at_each in $AT_SETTLING; do
    while kill -0 "$at_each" 2>/dev/null && [ ! -s "$AT_RELEASE/unsettled" ]; do
      # A shell with a sleep of its own hears of its children's ends only where it waits for one.
      (sleep 0.2)
    done
  done
  # shellcheck disable=SC2086 # one word each
  [ ! -s "$AT_RELEASE/unsettled" ] || kill $AT_SETTLING 2>/dev/null
  wait
  AT_SETTLING=''
  [ -s "$AT_RELEASE/unsettled" ] || return 0
  AT_FAILED=$(head -n 1 "$AT_RELEASE/unsettled")
  rm -f -- "$AT_RELEASE/unsettled"
  return 1
}

# at_keep_evidence REF: what a service said last, before it is put back.
at_keep_evidence() {
  mkdir -p -- "$AT_RELEASE/evidence" || return 0
  at_evidence "$1" "$2" "$3" "$AT_RELEASE/evidence/$2.log"
  at_tell evidence "$AT_ID" "$2" "$(tail -n 5 "$AT_RELEASE/evidence/$2.log" | base64 | tr -d '\n')"
}
