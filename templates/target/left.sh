# What a run leaves that did not end well: each file and each service of it, as it is now.

# at_left_file PATH BEFORE AFTER: by its digests, or `absent`.
at_left_file() {
  at_now=$(at_sha "$1")
  case $at_now in
    "$2") at_now='as before' ;;
    "$3") at_now='as after' ;;
    absent) at_now='not there' ;;
    *) at_now='neither as before nor as after: somebody else changed it' ;;
  esac
  printf 'left\tfile\t%s\t%s\n' "$1" "$at_now"
}

# at_left_service REF
at_left_service() {
  if [ "$1" = systemd ]; then at_now=$(at_unit_now "$2"); else at_now=$(at_container_now "$2" "$3"); fi
  printf 'left\tservice\t%s\t%s\n' "$2" "$at_now"
}

# at_in_utc TIME: as all other times are shown; as it is where nothing here can read it.
at_in_utc() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || printf '%s\n' "$1"; }

at_unit_now() {
  at_shown=$(at_show -p ActiveState -p SubState -p Result -p ActiveEnterTimestamp -- "$1")
  at_result=$(printf '%s\n' "$at_shown" | sed -n 's/^Result=//p')
  at_since=$(printf '%s\n' "$at_shown" | sed -n 's/^ActiveEnterTimestamp=//p')
  case $at_shown in
    *ActiveState=active*) printf 'running since %s' "$(at_in_utc "$at_since")" ;;
    *ActiveState=failed*) printf 'failed (%s)' "$at_result" ;;
    *SubState=auto-restart*) printf 'ends as often as it is started (%s)' "$at_result" ;;
    *ActiveState=activating* | *ActiveState=reloading*) printf 'starting' ;;
    *ActiveState=deactivating*) printf 'stopping' ;;
    *ActiveState=inactive*) printf 'stopped' ;;
    *) printf 'not known: systemd does not tell' ;;
  esac
}

# at_container_now NAME DIR: of several containers, the oldest that runs, else the newest.
at_container_now() {
  at_id=$(at_container "$1" "$2")
  [ -n "$at_id" ] || at_id=$(at_containers_of "$1" "$2" -a | head -n 1)
  [ -n "$at_id" ] || { printf 'not there: it has no container'; return; }
  at_shown=$(docker inspect -f '{{.State.Status}} {{.State.ExitCode}} {{.State.StartedAt}}' "$at_id" 2>/dev/null </dev/null)
  at_since=${at_shown##* }
  at_status=${at_shown%% *}
  at_exit=${at_shown#* }
  at_exit=${at_exit%% *}
  case $at_status in
    running) printf 'running since %s' "$(at_in_utc "$at_since")" ;;
    paused) printf 'paused' ;;
    restarting) printf 'ends as often as it is started (exit %s)' "$at_exit" ;;
    exited | dead) if [ "$at_exit" = 0 ]; then printf 'stopped'; else printf 'failed (exit %s)' "$at_exit"; fi ;;
    created) printf 'stopped: it was never started' ;;
    *) printf 'not known: the engine does not tell' ;;
  esac
}

# at_left_check NAME ROOT ARGV...: of a service that only the user's own commands reach, what its check says.
at_left_check() {
  at_checked=$1 at_folder=$2
  shift 2
  (cd -- "$at_folder" && exec timeout 30 "$@") >/dev/null 2>&1 </dev/null
  at_status=$?
  if [ $at_status -eq 0 ]; then at_now='its check holds'; else at_now="its check fails (exit $at_status)"; fi
  printf 'left\tservice\t%s\t%s\n' "$at_checked" "$at_now"
}
