# What else starts such programs beside the two services: it may run the same code. Each is named `beside:N` in its lines; how it
# is started stays here, but for what kind of program that is.

# Lines of NAME and COMMAND, parted by a tab: NAME and KIND of those that start a program that may hold pools.
at_kinds() {
  awk -F '\t' '
    $2 ~ /celery/ && $2 ~ /[ \t"\047]beat([ \t"\047]|$)/ && $2 !~ /[ "\047]worker([ "\047]|$)/ { print $1 "\tbeat"; next }
    $2 ~ /celery/ && $2 ~ /[ \t"\047]worker([ \t"\047]|$)/ { print $1 "\tcelery"; next }
    $2 ~ /(^|[ \/"\047])(uvicorn|gunicorn|hypercorn|granian|daphne)([ "\047]|$)/ || $2 ~ /fastapi["\047, ]+run/ { print $1 "\tweb" }'
}

# at_units_beside BACKEND CELERY: units that work in the same folder as either, and run, failed, or are enabled.
at_units_beside() {
  {
    at_show -p WorkingDirectory -- "$1" "$2" | sed 's/^WorkingDirectory=!*/folder=/'
    at_show --all -p Id -p WorkingDirectory -p ExecStart -p ActiveState -p UnitFileState -- '*.service'
  } | awk -v backend="$1" -v celery="$2" '
    function told() {
      if (id != "" && id != backend && id != celery && (place in folders) && (active != "inactive" || state == "enabled")) print id "\t" start
      id = ""; place = ""; start = ""; active = ""; state = ""
    }
    /^folder=\/./ { folders[substr($0, 8)] = 1 }
    /^$/ { told() }
    /^Id=/ { id = substr($0, 4) }
    /^WorkingDirectory=/ { sub(/^[^=]*=!?/, ""); place = $0 }
    /^ExecStart=/ { sub(/^.*argv\[\]=/, ""); sub(/ ; ignore_errors=.*/, ""); start = $0 }
    /^ActiveState=/ { active = substr($0, 13) }
    /^UnitFileState=/ { state = substr($0, 15) }
    END { told() }' | at_kinds | LC_ALL=C sort
}

# at_look_at_units_beside BACKEND CELERY FILES ASK
at_look_at_units_beside() {
  at_beside=0
  at_units_beside "$1" "$2" | while IFS='	' read -r at_unit at_kind; do
    at_beside=$((at_beside + 1))
    printf 'beside\tbeside:%s\t%s\n' $at_beside "$at_kind"
    at_look_at_unit "beside:$at_beside" "$at_unit" "$3" "$4" </dev/null
    at_start_file=$(at_exec_file "$at_unit")
    [ -z "$at_start_file" ] || at_file "beside:$at_beside" "$at_start_file"
  done
}

# at_runs_now NAME DIR: the command line of the program in a container, which a script may have started.
at_runs_now() {
  at_below=$(at_main compose "$1" "$2") && at_below=$(at_python "$at_below") && [ -n "$at_below" ] && at_words "$at_below"
}

# at_containers_beside BACKEND CELERY DIR: the other services of the compose project in DIR that have a container.
at_containers_beside() {
  at_project_dir=$(cd -- "$3" 2>/dev/null && pwd -P) || at_project_dir=$3
  docker ps -a --no-trunc --filter label=com.docker.compose.oneoff=False \
    --format '{{.ID}} {{.Label "com.docker.compose.service"}} {{.Label "com.docker.compose.project.working_dir"}}' 2>/dev/null </dev/null |
    while read -r at_each at_name at_its_dir; do
      at_its_dir=$(cd -- "$at_its_dir" 2>/dev/null && pwd -P) || continue
      [ "$at_its_dir" = "$at_project_dir" ] && [ "$at_name" != "$1" ] && [ "$at_name" != "$2" ] || continue
      at_started=$(docker inspect -f '{{range .Config.Entrypoint}}{{.}} {{end}}{{range .Config.Cmd}}{{.}} {{end}}' "$at_each" </dev/null)
      printf '%s\t%s\n' "$at_name" "$(printf '%s %s' "$at_started" "$(at_runs_now "$at_name" "$at_project_dir")" | tr '\n\t' '  ')"
    done | at_kinds | LC_ALL=C sort -u -t '	' -k 1,1
}

# at_look_at_containers_beside BACKEND CELERY COMPOSE_FILE FILES ASK
at_look_at_containers_beside() {
  at_beside=0
  at_containers_beside "$1" "$2" "$(dirname -- "$3")" | while IFS='	' read -r at_service at_kind; do
    at_beside=$((at_beside + 1))
    printf 'beside\tbeside:%s\t%s\n' $at_beside "$at_kind"
    at_look_at_container "beside:$at_beside" "$at_service" "$3" "$4" "$5" </dev/null
  done
}
