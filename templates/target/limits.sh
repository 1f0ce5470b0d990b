# What bounds the services, and what their memory is: as their processes have it, which is not always what the machine has. And
# the texts that tell how the application is written. One line an answer, as in requests.sh.

# AT_PROC, AT_CGROUPS and AT_CPUS stand for /proc, /sys/fs/cgroup and /sys/devices/system/cpu, where a test has others.

# at_cgroup PID CONTROLLER: the folder of its group, for version 2 with an empty CONTROLLER. Fails where that is not to be seen.
at_cgroup() {
  at_group=$(awk -F: -v wanted="$2" '
    { count = split($2, names, ","); for (i = 1; i <= count; i++) if (names[i] == wanted) { sub(/^[^:]*:[^:]*:/, ""); print; exit } }
    wanted == "" && $1 == "0" && $2 == "" { sub(/^0::/, ""); print; exit }' "${AT_PROC:-/proc}/$1/cgroup" 2>/dev/null)
  [ -n "$at_group" ] || return 1
  at_base=${AT_CGROUPS:-/sys/fs/cgroup}${2:+/$2}
  [ -d "$at_base$at_group" ] || return 1
  printf '%s\n' "$at_base$at_group"
}

# at_up FOLDER FILE: what the file says in the folder and in all above it, one a line.
at_up() {
  at_each=$1
  while [ "$at_each" != "${AT_CGROUPS:-/sys/fs/cgroup}" ] && [ "$at_each" != / ] && [ "$at_each" != . ]; do
    [ ! -r "$at_each/$2" ] || cat -- "$at_each/$2"
    at_each=$(dirname -- "$at_each")
  done
}

# at_memory_limit PID: in bytes, the least of all groups above it; nothing where there is none. Version 1 has a huge number for none.
at_memory_limit() {
  at_limits_up=''
  if at_folder=$(at_cgroup "$1" ''); then at_limits_up=$(at_up "$at_folder" memory.max); fi
  if at_folder=$(at_cgroup "$1" memory); then
    at_limits_up="$at_limits_up
$(at_up "$at_folder" memory.limit_in_bytes)"
  fi
  printf '%s\n' "$at_limits_up" | grep -E '^[0-9]{1,16}$' | sort -n | head -n 1
}

# at_cpu_limit PID: in cores, with two decimals; nothing where there is none.
at_cpu_limit() {
  {
    if at_folder=$(at_cgroup "$1" ''); then at_up "$at_folder" cpu.max; fi
    if at_folder=$(at_cgroup "$1" cpu); then
      [ ! -r "$at_folder/cpu.cfs_quota_us" ] || echo "$(cat "$at_folder/cpu.cfs_quota_us") $(cat "$at_folder/cpu.cfs_period_us")"
    fi
  } | awk '$1 ~ /^[0-9]+$/ && $2 > 0 { cores = $1 / $2; if (least == "" || cores < least) least = cores } END { if (least != "") printf "%.2f\n", least }'
}

# at_affinity PID: the processors that it may run on, as the kernel lists them; nothing where these are all.
at_affinity() {
  at_online=$(cat "${AT_CPUS:-/sys/devices/system/cpu}/online" 2>/dev/null)
  awk -v online="$at_online" '$1 == "Cpus_allowed_list:" && $2 != online { print $2 }' "${AT_PROC:-/proc}/$1/status" 2>/dev/null
}

# at_pss PID: what is its own and its share of what it has in common with others, in bytes.
at_pss() { awk '/^Pss:/ { printf "%.0f\n", $2 * 1024 }' "${AT_PROC:-/proc}/$1/smaps_rollup" 2>/dev/null; }

# at_limits ROLE RUNTIME NAME DIR: a running service's limits, and the memory of its first Python process and of the largest below.
at_limits() {
  at_pid=$(at_main "$2" "$3" "$4") || return 0
  at_first=$(at_python "$at_pid") && [ -n "$at_first" ] || return 0
  at_largest=''
  for at_each in $(at_tree "$at_first" | tail -n +2); do
    at_size=$(at_pss "$at_each")
    [ "${at_size:-0}" -le "${at_largest:-0}" ] || at_largest=$at_size
  done
  printf 'limits\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$(at_memory_limit "$at_first")" "$(at_cpu_limit "$at_first")" \
    "$(awk '/^Max open files/ { print $4 }' "/proc/$at_first/limits" 2>/dev/null)" "$(at_pss "$at_first")" "$at_largest" "$(at_affinity "$at_first")"
}

# at_texts KEY FILE...: files, each after a line with its name that begins with a byte that no text has. No more than two megabytes.
at_texts() {
  at_key=$1
  shift
  [ $# -gt 0 ] || return 0
  printf '%s\t%s\n' "$at_key" "$(awk 'FNR == 1 { printf "\001%s\n", FILENAME } { print }' "$@" 2>/dev/null | head -c 2000000 | at_text)"
}

# at_sources ROOT: the application's own Python.
at_sources() {
  at_folder=$1
  [ ! -d "$1/backend" ] || at_folder=$1/backend
  at_found=$(find "$at_folder" \( -name venv -o -name .venv -o -name site-packages -o -name node_modules -o -name tests -o -name migrations -o -name .git \) \
    -prune -o -name '*.py' -type f -size -400 -print 2>/dev/null | LC_ALL=C sort | head -n 500)
  at_fields=$IFS
  IFS='
'
  set -f
  # shellcheck disable=SC2086 # one name a line
  set -- $at_found
  set +f
  IFS=$at_fields
  at_texts sources "$@"
}

# at_proxies: the configuration of an nginx on the same machine.
at_proxies() {
  set --
  for at_each in /etc/nginx/nginx.conf /etc/nginx/conf.d/*.conf /etc/nginx/sites-enabled/*; do
    [ ! -f "$at_each" ] || set -- "$@" "$at_each"
  done
  at_texts proxies "$@"
}

# at_broker: what a Redis of this machine says of itself, without a password: its limit of clients, those that are connected, and
# what it does when its memory is full. Nothing where it is not there or wants a password.
at_broker() {
  command -v redis-cli >/dev/null || return 0
  at_said=$(timeout 2 redis-cli info 2>/dev/null </dev/null) || return 0
  case $at_said in *maxmemory_policy:*) printf 'broker\t%s\n' "$(printf '%s\n' "$at_said" | grep -E '^(maxclients|connected_clients|maxmemory_policy|maxmemory):' | at_text)" ;; esac
}
