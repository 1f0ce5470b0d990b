# Running services: what they are, and what is done with their processes. A service is named by three words, RUNTIME NAME DIR:
#   systemd action-backend.service -        compose backend /srv/action/docker (the project's working directory)
# What looks into processes is a program in Python (probe/*.py), run by the service's own interpreter, as its own user and, for
# a container, inside of it. AT_PROBE holds its text, or it lies beside the release.

# at_containers_of NAME DIR [OPTION]: the containers of a service of the compose project in DIR, newest first. Without OPTION those
# that run.
at_containers_of() {
  at_project_dir=$(cd -- "$2" 2>/dev/null && pwd -P) || at_project_dir=$2
  docker ps --no-trunc ${3:+"$3"} --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False \
    --format '{{.ID}} {{.Label "com.docker.compose.project.working_dir"}}' 2>/dev/null </dev/null | while read -r at_each at_its_dir; do
    at_its_dir=$(cd -- "$at_its_dir" 2>/dev/null && pwd -P) || continue
    [ "$at_its_dir" != "$at_project_dir" ] || printf '%s\n' "$at_each"
  done
}

# at_container NAME DIR: the one that is asked, where several run: AT_CONTAINER, or else the oldest.
at_container() { if [ -n "${AT_CONTAINER:-}" ]; then echo "$AT_CONTAINER"; else at_containers_of "$1" "$2" | tail -n 1; fi; }

# at_main REF: the service's main process, by the numbers of this machine. Fails where it does not run.
at_main() {
  case $1 in
    systemd) at_main_pid=$(systemctl show -p MainPID -- "$2" 2>/dev/null </dev/null) ;;
    *) at_main_pid=$(docker inspect -f 'Pid={{.State.Pid}}' "$(at_container "$2" "$3")" 2>/dev/null </dev/null) ;;
  esac
  at_main_pid=${at_main_pid#*=}
  [ "${at_main_pid:-0}" -gt 0 ] 2>/dev/null && echo "$at_main_pid"
}

# at_tree PID: the process and all below it, parents first.
at_tree() {
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v main="$1" '
    { pid = $1; sub(/^.*\) [A-Za-z] /, ""); below[$1] = below[$1] " " pid }
    END {
      queue[1] = main; last = 1
      for (next_one = 1; next_one <= last; next_one++) {
        print queue[next_one]
        count = split(below[queue[next_one]], children, " ")
        for (i = 1; i <= count; i++) queue[++last] = children[i]
      }
    }'
}

at_words() { tr '\0' '\n' 2>/dev/null <"/proc/$1/cmdline"; }

# Programs may have given themselves another title; then the file that runs tells.
at_is_python() {
  case $(at_words "$1" | head -n 1) in python* | */python*) return 0 ;; esac
  case $(readlink "/proc/$1/exe") in */python*) return 0 ;; esac
  return 1
}

# at_python PID: the first Python process of the tree that is one of the programs we know, else the first of all.
at_python() {
  at_any=''
  for at_each in $(at_tree "$1"); do
    at_is_python "$at_each" || continue
    : "${at_any:=$at_each}"
    at_words "$at_each" | grep -Eq 'uvicorn|gunicorn|celery' && { echo "$at_each"; return 0; }
  done
  [ -n "$at_any" ] && echo "$at_any"
}

# at_on_path PID NAME: where the process itself would find a program, as it names it.
at_on_path() {
  at_dirs=$(tr '\0' '\n' 2>/dev/null <"/proc/$1/environ" | sed -n 's/^PATH=//p' | head -n 1)
  at_rest=${at_dirs:-/usr/local/bin:/usr/bin:/bin}:
  while [ -n "$at_rest" ]; do
    at_dir=${at_rest%%:*}
    at_rest=${at_rest#*:}
    # A link in a container points to where it would be inside.
    if [ -L "/proc/$1/root$at_dir/$2" ] || [ -x "/proc/$1/root$at_dir/$2" ]; then echo "$at_dir/$2"; return 0; fi
  done
  return 1
}

# at_interpreter PID: the interpreter as it was called, which is what makes a virtual environment one.
at_interpreter() {
  at_called=$(at_words "$1" | head -n 1)
  case $at_called in
    /*/python*) echo "$at_called"; return ;;
    */python*) echo "$(readlink "/proc/$1/cwd")/$at_called"; return ;;
    python*) at_on_path "$1" "$at_called" && return ;;
  esac
  at_called=$(sed -n 's|^[^/]*\(/.*\)/lib/python[0-9.]*/site-packages/.*|\1/bin/python3|p' "/proc/$1/maps" 2>/dev/null | head -n 1)
  if [ -n "$at_called" ] && [ -L "/proc/$1/root$at_called" ]; then echo "$at_called"; else readlink "/proc/$1/exe"; fi
}

at_groups() {
  awk '$1 == "Groups:" {
    for (i = 2; i <= NF; i++) all = all (i > 2 ? "," : "") $i
    print (all == "" ? "--clear-groups" : "--groups=" all)
  }' "/proc/$1/status"
}

at_probe_text() {
  if [ -n "${AT_PROBE:-}" ]; then printf '%s' "$AT_PROBE"; else cat -- "$AT_RELEASE/probe.py"; fi
}

# at_id PID FIELD: a user or group of a process, as it acts.
at_id() { awk -v field="$2:" '$1 == field { print $3 }' "/proc/$1/status"; }

# at_ask REF VERB [ARG...]: the probe does VERB; standard input, output and exit status are its own. 3: the service does not run.
at_ask() {
  at_runtime=$1 at_name=$2 at_place=$3
  shift 3
  at_host_pid=$(at_main "$at_runtime" "$at_name" "$at_place") || { echo "$at_name does not run" >&2; return 3; }
  at_python_pid=$(at_python "$at_host_pid") || { echo "$at_name: there is no Python process below its main process" >&2; return 4; }
  at_command=$(at_interpreter "$at_python_pid") && [ -n "$at_command" ] || { echo "$at_name: its interpreter can't be told" >&2; return 4; }
  if [ "$at_runtime" = systemd ]; then at_ask_here "$@"; else at_ask_inside "$@"; fi
}

# at_overwritten PID: a program that shows its state as its title writes over its own environment.
at_overwritten() { tr '\n\0' ' \n' <"/proc/$1/environ" | awk '/^$/ { gap = 1 } END { exit !(gap || NR == 0) }'; }

# at_environ_of PID MAIN: the process from PID up to MAIN that still shows the environment.
at_environ_of() {
  at_each=$1
  while at_overwritten "$at_each"; do
    [ "$at_each" != "$2" ] || return 1
    at_each=$(awk '$1 == "PPid:" { print $2 }' "/proc/$at_each/status")
  done
  echo "$at_each"
}

# at_unit_environ UNIT: the environment as systemd makes it, for a process of the unit's user.
at_unit_environ() {
  at_shown=$(systemctl show -p Environment -p EnvironmentFiles -p User -- "$1" </dev/null)
  set -- systemd-run --quiet --pipe --wait --collect
  while IFS= read -r at_each; do
    case $at_each in
      EnvironmentFiles=*' (ignore_errors=yes)') at_each=EnvironmentFile=-${at_each#*=} ;;
      EnvironmentFiles=*) at_each=EnvironmentFile=${at_each#*=} ;;
      *=) continue ;;
    esac
    set -- "$@" -p "${at_each% (ignore_errors=*}"
  done <<END_OF_SHOWN
$at_shown
END_OF_SHOWN
  "$@" env -0 </dev/null
}

at_ask_here() {
  at_user=$(at_id "$at_python_pid" Uid)
  [ -r "/proc/$at_python_pid/environ" ] || { echo "$at_name: no permission to look into its processes" >&2; return 4; }
  set -- env -i "PATH=$PATH" "$at_command" -I -B -c "$(at_probe_text)" "$at_host_pid" 9 "$@"
  # Never more rights than the service has: what it imports is its user's to change.
  [ "$at_user" = "$(id -u)" ] ||
    set -- setpriv "--reuid=$at_user" "--regid=$(at_id "$at_python_pid" Gid)" "$(at_groups "$at_python_pid")" -- "$@"
  if at_shows=$(at_environ_of "$at_python_pid" "$at_host_pid"); then
    (cd "/proc/$at_python_pid/cwd" && exec "$@") 9<"/proc/$at_shows/environ"
  else
    { at_unit_environ "$at_name" | (cd "/proc/$at_python_pid/cwd" && exec "$@" 9<&0 0<&8 8<&-); } 8<&0
  fi
}

# A process has another number inside: the last one of NSpid.
at_ask_inside() {
  at_inner=$(awk '$1 == "NSpid:" { print $NF }' "/proc/$at_host_pid/status")
  docker exec -i -u "$(at_id "$at_python_pid" Uid):$(at_id "$at_python_pid" Gid)" "$(at_container "$at_name" "$at_place")" \
    "$at_command" -I -B -c "$(at_probe_text)" "${at_inner:-1}" - "$@"
}

# at_evidence REF FILE: the last lines of the service's log, for its owner alone; of what is said again and again, as of
# the watcher's requests, only the first.
at_evidence() {
  (
    umask 077
    case $1 in
      systemd) journalctl -u "$2" -n 5000 --no-pager ;;
      *) docker logs --tail 5000 "$(at_containers_of "$2" "$3" -a | head -n 1)" ;;
    esac 2>&1 </dev/null | grep -vE '"[A-Z]+ [^"]* HTTP/[0-9.]+"  *[23][0-9][0-9]' | awk '
      { alike = $0; gsub(/[0-9]+/, "", alike); if (alike != last) print; last = alike }' | tail -n 50 >"$4"
  )
}
