# Services in containers: only the one that changed, and never `down`.

# at_renew_container up|restart shell|direct STOP REF COMPOSE...: a new container where the service's description changed, and the same
# one started anew otherwise. STOP: seconds that it may take to end, or `own`.
at_renew_container() {
  at_renew=$1 at_renew_stop=$3 at_renew_name=$5 at_renew_dir=$6 at_renew_whom=$5
  at_renew_id=$(at_container "$5" "$6")
  at_renew_was=$(at_identity "$4" "$5" "$6")
  at_note_copies "$5" "$6"
  at_renew_scale=''
  [ "$at_copies" -lt 2 ] || at_renew_scale="--scale $5=$at_copies"
  [ "$2" = direct ] || [ -z "$at_renew_id" ] || at_end_below_shell "$4" "$5" "$6"
  shift 6
  [ "$at_renew" = up ] || at_same_definition "$@" || at_renew=up
  at_renewed=0
  if [ "$at_renew" = up ]; then
    # shellcheck disable=SC2086 # two words or none
    at_compose_stop "up -d $at_renew_name" "$@" up -d --no-deps $at_renew_scale && at_renew_left "$@" || at_renewed=1
  else
    at_compose_stop "restart $at_renew_name" "$@" restart || at_renewed=1
  fi
  at_shell_is_over
  return $at_renewed
}

# at_renew_left COMPOSE...: Compose leaves alone what is as it was made; its code may be another all the same. What it has just started
# is not asked to end at once: until it has come up, the first process of a container hears no signal.
at_renew_left() {
  at_renew_same='' at_renew_others=''
  for at_each in $(at_containers_of "$at_renew_name" "$at_renew_dir"); do
    case $at_renew_was in
      *"$(at_identity_of "$at_each")"*) at_renew_same="$at_renew_same $at_each" ;;
      *) at_renew_others="$at_renew_others $at_each" ;;
    esac
  done
  [ -n "$at_renew_same" ] || return 0
  if [ -z "$at_renew_others" ]; then at_compose_stop "restart $at_renew_name" "$@" restart; return; fi
  # At the same time, as Compose does it.
  at_renewing=''
  for at_renew_whom in $at_renew_same; do
    at_compose_stop "restart $at_renew_name" docker restart &
    at_renewing="$at_renewing $!"
  done
  at_renew_failed=0
  for at_each in $at_renewing; do wait "$at_each" || at_renew_failed=1; done
  [ $at_renew_failed -eq 0 ] || AT_FAILED="restart $at_renew_name"
  return $at_renew_failed
}

# at_note_copies NAME DIR: sets at_copies, how many containers a service ran in when this run first looked. Compose would make as many as
# the files ask for, whatever somebody made of that by hand.
at_note_copies() {
  case " ${AT_COPIES:-} " in *" $1="*) ;; *) AT_COPIES="${AT_COPIES:-} $1=$(($(at_containers_of "$1" "$2" | wc -l)))" ;; esac
  at_copies=${AT_COPIES##* "$1"=}
  at_copies=${at_copies%% *}
}

# at_compose_stop LABEL PROGRAM... COMMAND...: with at_renew_whom, the service or some of its containers.
at_compose_stop() {
  # shellcheck disable=SC2086 # one word each
  if [ "$at_renew_stop" = own ]; then at_do "$@" $at_renew_whom; return; fi
  AT_SECONDS=$((at_renew_stop + 300))
  # shellcheck disable=SC2086
  at_do "$@" -t "$at_renew_stop" $at_renew_whom
  at_stopped=$?
  AT_SECONDS=''
  return $at_stopped
}

# at_same_definition COMPOSE...: the container is as its files say now.
at_same_definition() {
  at_hash=$("$@" config --hash "$at_renew_name" 2>/dev/null </dev/null) || return 0
  at_made=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.config-hash"}}' "$at_renew_id" 2>/dev/null </dev/null)
  [ -z "$at_hash" ] || [ "${at_hash##* }" = "$at_made" ]
}

# at_end_below_shell REF: a shell as the first process keeps SIGTERM to itself, and the engine would kill all after 10 s. So
# the program is asked directly, as soon as the engine has asked the shell: then nothing starts it again.
at_end_below_shell() {
  AT_EVENTS=''
  for AT_CONTAINER in $(at_containers_of "$2" "$3"); do
    at_line=$AT_RELEASE/stopping-$AT_CONTAINER
    rm -f -- "$at_line"
    mkfifo -- "$at_line" || continue
    docker events --since "$(date +%s)" --until "$(($(date +%s) + 900))" --filter "container=$AT_CONTAINER" --filter event=kill \
      --format '{{.Action}}' >"$at_line" 2>/dev/null </dev/null &
    AT_EVENTS="$AT_EVENTS $!"
    (read -r at_event <"$at_line" && at_ask "$1" "$2" "$3" term 60) </dev/null >/dev/null 2>&1 &
  done
  AT_CONTAINER=''
}

at_shell_is_over() {
  [ -n "${AT_EVENTS:-}" ] || return 0
  # shellcheck disable=SC2086 # one word each
  kill $AT_EVENTS 2>/dev/null
  # shellcheck disable=SC2086
  wait $AT_EVENTS 2>/dev/null
  AT_EVENTS=''
  rm -f -- "$AT_RELEASE"/stopping-*
}

# at_unrevived SECONDS REF: the program ends, and the engine does not start it again by itself.
at_unrevived() {
  at_kept_id=$(at_container "$3" "$4")
  at_policy=$(docker inspect -f '{{.HostConfig.RestartPolicy.Name}}:{{.HostConfig.RestartPolicy.MaximumRetryCount}}' "$at_kept_id" </dev/null)
  case $at_policy in on-failure:[1-9]*) ;; :*) at_policy=no ;; *) at_policy=${at_policy%:*} ;; esac
  docker update --restart=no "$at_kept_id" >/dev/null </dev/null
  at_ask "$2" "$3" "$4" term "$1" </dev/null
  at_ended=$?
  # Where the program was the first process, nobody is left who could say that it ended.
  [ $at_ended -eq 0 ] || at_main "$2" "$3" "$4" >/dev/null || at_ended=0
  docker update "--restart=$at_policy" "$at_kept_id" >/dev/null </dev/null
  return $at_ended
}

# at_build_image REF COMPOSE...: while the old one runs. What its name stood for is remembered.
at_build_image() {
  at_build_name=$2
  at_build_of=$(at_container "$2" "$3")
  [ -z "$at_build_of" ] || [ -s "$AT_RELEASE/image-$2" ] ||
    docker inspect -f '{{.Image}} {{.Config.Image}}' "$at_build_of" >"$AT_RELEASE/image-$2" </dev/null
  shift 3
  AT_SECONDS=1800
  at_do "build $at_build_name" "$@" build "$at_build_name"
  at_built=$?
  AT_SECONDS=''
  return $at_built
}

# at_old_image NAME: the name stands again for what it stood for.
at_old_image() {
  [ -s "$AT_RELEASE/image-$1" ] || return 0
  read -r at_image at_image_name <"$AT_RELEASE/image-$1"
  at_do "the image of $1 as it was" docker tag "$at_image" "$at_image_name"
}
