# What is known of the stack's services. One line an answer, as in requests.sh; each names the role of its service.

# at_config_files FILE NAME...: the compose files that a service's container was made from, else FILE and what overrides it by its
# name. One a line, the first first.
at_config_files() {
  at_compose_file=$1
  shift
  at_compose_dir=$(dirname -- "$at_compose_file")
  for at_each in "$@"; do
    at_each=$(at_containers_of "$at_each" "$at_compose_dir" -a | head -n 1)
    [ -n "$at_each" ] || continue
    docker inspect -f '{{index .Config.Labels "com.docker.compose.project.config_files"}}' "$at_each" </dev/null | tr ',' '\n' |
      while read -r at_each; do
        # The old compose keeps them as they were typed, from wherever that was.
        case $at_each in /*) ;; *) at_each=$at_compose_dir/$at_each ;; esac
        [ -e "$at_each" ] || at_each=$at_compose_dir/$(basename -- "$at_each")
        printf '%s\n' "$at_each"
      done
    return
  done
  printf '%s\n' "$at_compose_file"
  case $(basename -- "$at_compose_file") in
    docker-compose.y*ml | compose.y*ml)
      for at_each in docker-compose.override.yml docker-compose.override.yaml compose.override.yml compose.override.yaml; do
        [ ! -e "$at_compose_dir/$at_each" ] || { printf '%s\n' "$at_compose_dir/$at_each"; return; }
      done
      ;;
  esac
}

# at_compose_files FILE NAME...: FILE, all files that belong to it, in the order in which they override each other, and the `.env`
# beside it.
at_compose_files() {
  at_file compose "$1"
  at_number=0
  at_config_files "$@" | while read -r at_one; do
    at_number=$((at_number + 1))
    at_file "compose:$at_number" "$at_one"
  done
  at_file env "$(dirname -- "$1")/.env"
}

# at_compose_instead FILE ROOT: where FILE is not there, what may be meant, as ROOT names it: first those that Compose itself looks for.
at_compose_instead() {
  [ ! -e "$1" ] || return 0
  (
    cd -- "$2" 2>/dev/null || exit 0
    for at_each in compose.yaml compose.yml docker-compose.yaml docker-compose.yml compose.*.y*ml docker-compose.*.y*ml \
      docker/compose*.y*ml docker/docker-compose*.y*ml; do
      case $at_each in *.override.*) continue ;; esac
      [ ! -f "$at_each" ] || printf 'instead\t%s\n' "$(printf %s "$at_each" | at_text)"
    done
  )
}

# at_service_line ROLE RUNTIME NAME STATE DIR
at_service_line() { printf 'service\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$(printf %s "$3" | at_text)" "$4" "$(printf %s "$5" | at_text)"; }

# at_look_at_container ROLE NAME COMPOSE_FILE FILES ASK
at_look_at_container() {
  at_dir=$(dirname -- "$3")
  at_running=$(at_containers_of "$2" "$at_dir")
  at_id=$(printf '%s\n' "$at_running" | tail -n 1)
  at_state=running
  [ -n "$at_id" ] || { at_state=stopped at_id=$(at_containers_of "$2" "$at_dir" -a | head -n 1); }
  [ -n "$at_id" ] || { at_service_line "$1" compose "$2" absent "$at_dir"; return 0; }
  at_about=$(docker inspect -f "$AT_ABOUT_CONTAINER" "$at_id" </dev/null)
  [ $at_state != running ] || case $(printf '%s\n' "$at_about" | sed -n 's/^status=//p') in
    paused) at_state=paused ;;
    restarting) at_state=restarting ;;
  esac
  at_service_line "$1" compose "$2" $at_state "$(printf '%s\n' "$at_about" | sed -n 's/^working_dir=//p')"
  at_about="$at_about
config_files=$(at_config_files "$3" "$2" | tr '\n' ',')
replicas=$(printf '%s' "$at_running" | grep -c .)
starts_with=$(at_starts_with "$at_id")"
  printf 'container\t%s\t%s\n' "$1" "$(printf %s "$at_about" | at_text)"
  docker inspect -f '{{range .Mounts}}{{if eq .Type "bind"}}{{.Source}}{{"\n"}}{{end}}{{end}}' "$at_id" </dev/null |
    while read -r at_each; do
      [ -z "$at_each" ] || printf 'mount\t%s\t%s\n' "$1" "$(printf %s "$(readlink -f -- "$at_each")" | at_text)"
    done
  [ $at_state = running ] || return 0
  at_look_inside "$1" "$4" "$5" compose "$2" "$at_dir"
  [ "$5" != ask ] || at_look_inside_others "$1" "$4" compose "$2" "$at_dir"
}

# at_look_inside_others ROLE FILES REF: what the probe says in the service's other containers, of which each may have been made or
# started at another time. One after the other: an interpreter takes memory.
at_look_inside_others() {
  at_role=$1 at_given=$2
  shift 2
  for AT_CONTAINER in $(printf '%s\n' "$at_running" | sed '$d'); do
    if at_said=$(at_ask "$@" facts "$at_given" 2>&1 </dev/null); then
      printf '%s\n' "$at_said" | sed "s/^/program	/"
    else
      printf 'why\t%s\n' "$(printf %s "$(printf '%s\n' "$at_said" | tail -n 1 | at_short_ids)" | at_text)"
    fi | sed "s/^/other	$at_role	$(printf %.12s "$AT_CONTAINER")	/"
  done
  AT_CONTAINER=''
}

# at_starts_with CONTAINER: how many workers or children the command starts that the container was made with. Nothing where that
# depends on more than the command.
at_starts_with() {
  docker inspect -f '{{range .Config.Entrypoint}}{{.}} {{end}}{{range .Config.Cmd}}{{.}} {{end}}{{range .Config.Env}}
{{.}}{{end}}' "$1" </dev/null | awk '
    NR > 1 { if (/^(WEB_CONCURRENCY|UVICORN_WORKERS)=/) given = 1; next }
    { for (at = 1; at <= NF; at++) {
        word = $at
        if (word ~ /(^|\/)uvicorn$/) web = 1
        if (word ~ /^--(workers|concurrency)$/ || (word == "-c" && $(at + 1) ~ /^[0-9]+$/)) count = at < NF ? $(at + 1) : ""
        else if (word ~ /^--(workers|concurrency)=/) { count = word; sub(/^[^=]*=/, "", count) }
      } }
    END { gsub(/["\047]/, "", count); if (count == "" && web && !given) count = 1; if (count ~ /^[0-9]+$/) print count }'
}

AT_ABOUT_CONTAINER='id={{.Id}}
project={{index .Config.Labels "com.docker.compose.project"}}
working_dir={{index .Config.Labels "com.docker.compose.project.working_dir"}}
restart={{.HostConfig.RestartPolicy.Name}}
stop_timeout={{index .Config "StopTimeout"}}
restarts={{.RestartCount}}
status={{.State.Status}}'

# at_look_inside ROLE FILES ASK REF: what the probe says, or why it can't.
at_look_inside() {
  at_role=$1 at_given=$2
  [ "$3" = ask ] || { at_why "$at_role" 'it was not asked'; return 0; }
  shift 3
  (at_limits "$at_role" "$@")
  if at_said=$(at_ask "$@" facts "$at_given" 2>&1 </dev/null); then
    printf '%s\n' "$at_said" | sed "s/^/program	$at_role	/"
    printf 'came-up\t%s\t%s\n' "$at_role" "$(at_came_up "$(printf '%s\n' "$at_said" | awk '$1 == "newest" { print int($3 / 1000) }')" "$@" | at_text)"
  else
    at_why "$at_role" "$(printf '%s\n' "$at_said" | tail -n 1 | at_short_ids)"
  fi
}

# at_came_up SECOND REF: what a web server said of its start in the ten minutes from then on, each line with its time.
at_came_up() {
  [ -n "$1" ] || return 0
  case $2 in
    systemd) journalctl -u "$3" --since "@$1" --until "@$(($1 + 600))" -o short-unix --no-pager -q ;;
    *) docker logs -t --since "$1" --until "$(($1 + 600))" "$(at_container "$3" "$4")" 2>&1 ;;
  esac 2>/dev/null </dev/null |
    awk '/Started server process|Application startup complete/ { gsub(/\033\[[0-9;]*m/, ""); print }' | head -n 100
}

at_why() { printf 'why\t%s\t%s\n' "$1" "$(printf %s "$2" | at_text)"; }

# at_runtime_of BACKEND_UNIT CELERY_UNIT COMPOSE_FILE BACKEND CELERY: what runs the services now; where nothing runs, what knows them.
at_runtime_of() {
  at_known=none
  if [ -d /run/systemd/system ]; then
    at_shown=$(at_show -p LoadState -p MainPID -- "$1" "$2")
    case $at_shown in *MainPID=[1-9]*) echo systemd; return ;; esac
    case $at_shown in *LoadState=loaded*) at_known=systemd ;; esac
  fi
  if command -v docker >/dev/null; then
    at_dir=$(dirname -- "$3")
    [ -z "$(at_containers_of "$4" "$at_dir")$(at_containers_of "$5" "$at_dir")" ] || { echo compose; return; }
    [ $at_known != none ] || [ -z "$(at_containers_of "$4" "$at_dir" -a)$(at_containers_of "$5" "$at_dir" -a)" ] || at_known=compose
  fi
  echo $at_known
}

# at_services RUNTIME ASK FILES BACKEND_UNIT CELERY_UNIT COMPOSE_FILE BACKEND CELERY: both services, at the same time, and
# what else starts such programs. RUNTIME may be `auto`;
# with ASK `ask` their processes are asked; FILES is what the probe's verb facts takes.
at_services() {
  at_by=$1 at_asking=$2 at_pools=$3
  shift 3
  set -- "$(at_unit_name "$1")" "$(at_unit_name "$2")" "$3" "$4" "$5"
  [ "$at_by" != auto ] || at_by=$(at_runtime_of "$@")
  case $at_by in
    systemd)
      at_look_at_units_beside "$1" "$2" "$at_pools" "$at_asking" | {
        at_first=$(at_look_at_unit celery "$2" "$at_pools" "$at_asking" | {
          at_first=$(at_look_at_unit backend "$1" "$at_pools" "$at_asking")
          printf '%s\n' "$at_first"
          cat
        })
        printf '%s\n' "$at_first"
        cat
      }
      ;;
    compose)
      at_look_at_containers_beside "$4" "$5" "$3" "$at_pools" "$at_asking" | {
        at_first=$(at_look_at_container celery "$5" "$3" "$at_pools" "$at_asking" | {
          at_first=$(at_look_at_container backend "$4" "$3" "$at_pools" "$at_asking")
          printf '%s\n' "$at_first"
          cat
        })
        printf '%s\n' "$at_first"
        cat
      }
      ;;
  esac
}

# at_check_services SECONDS [REF EXPECT]...: the checks of services, all at once. What does not hold is an answer, too.
at_check_services() {
  at_seconds=$1
  shift
  if [ $# -gt 4 ]; then
    at_service_checks "$at_seconds" "$1" "$2" "$3" "$4" | {
      at_first=$(shift 4 && at_check_services "$at_seconds" "$@")
      cat
      printf '%s\n' "$at_first"
    }
  elif [ $# -gt 0 ]; then
    at_service_checks "$at_seconds" "$@" || :
  fi
}
