# What the tool asks of a target. One line an answer, fields parted by tabs, free text in base64 (`-` where there is none).

at_text() { base64 | tr -d '\n' | grep . || echo -; }

at_memory() { awk '/^MemTotal:/ { printf "%.0f", $2 * 1024 }' /proc/meminfo; }

# at_facts: the machine.
at_facts() {
  printf 'user\t%s\t%s\n' "$(id -u)" "$(id -g)"
  printf 'clock\t%s\n' "$(at_now)"
  # What may be used here, and what the machine shows to every program.
  at_online=$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc)
  printf 'cpus\t%s\t%s\n' "$(nproc 2>/dev/null || echo "$at_online")" "$at_online"
  printf 'memory\t%s\n' "$(at_memory)"
  if [ -d /run/systemd/system ]; then echo 'systemd	yes'; else echo 'systemd	no'; fi
  at_compose_version
}

# Both the plugin and the old program are met in the wild; the plugin is preferred where both are there.
at_compose_version() {
  at_compose=none at_version=''
  if command -v docker >/dev/null && at_version=$(docker compose version --short 2>/dev/null </dev/null); then
    at_compose='docker compose'
  elif command -v docker-compose >/dev/null && at_version=$(docker-compose version --short 2>/dev/null </dev/null); then
    at_compose=docker-compose
  fi
  printf 'compose\t%s\t%s\n' "$at_compose" "$at_version"
}

# at_containers COMPOSE_FILE: how many containers of this very project run here.
at_containers() {
  command -v docker >/dev/null || { printf 'containers\t0\n'; return 0; }
  at_folder=$(dirname -- "$(readlink -f -- "$1")")
  printf 'containers\t%s\n' \
    "$(docker ps -q --filter "label=com.docker.compose.project.working_dir=$at_folder" 2>/dev/null </dev/null | wc -l)"
}

# at_root ROOT: the project's folder, without links, or nothing where it is not there.
at_root() {
  if at_real=$(cd -- "$1" 2>/dev/null && pwd -P); then printf 'root\t%s\n' "$(printf %s "$at_real" | at_text)"; else echo 'root	-'; fi
}

# at_may_write PATH...: `yes`, `no`, or `read-only` where the file system of the first takes no writing from anybody; busybox lets root
# think otherwise.
at_may_write() {
  ! at_read_only "$1" || { echo read-only; return; }
  for at_each in "$@"; do
    [ -w "$at_each" ] || { echo no; return; }
  done
  echo yes
}

# at_read_only PATH: the mount that it lies in, which is the deepest above it and the last of those.
at_read_only() {
  at_lies=$1 awk '
    { point = $5; gsub(/\\040/, " ", point); prefix = point == "/" ? point : point "/" }
    index(ENVIRON["at_lies"] "/", prefix) == 1 && length(prefix) >= most {
      most = length(prefix); only = ("," $6 ",") ~ /,ro,/ || ("," $NF ",") ~ /,ro,/
    }
    END { exit !only }' /proc/self/mountinfo 2>/dev/null
}

# at_file ROLE PATH [LIMIT]: a file with all that is needed to replace it. A missing one is an answer, not an error.
at_file() {
  at_real=$(readlink -f -- "$2") || at_real=$2
  at_name=$(printf %s "$at_real" | at_text)
  if [ ! -e "$at_real" ]; then
    at_nearest=$at_real
    while [ ! -d "$at_nearest" ]; do at_nearest=$(dirname -- "$at_nearest") || return 1; done
    printf 'file\t%s\t%s\tmissing\t%s\n' "$1" "$at_name" "$(at_may_write "$at_nearest")"
    return
  fi
  at_kind='file'
  [ -f "$at_real" ] || at_kind=other
  [ -r "$at_real" ] || at_kind=unreadable
  at_can=$(at_may_write "$at_real" "$(dirname -- "$at_real")")
  if grep -qF " $at_real " /proc/self/mountinfo 2>/dev/null; then at_mount=yes; else at_mount=no; fi
  printf 'file\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$at_name" $at_kind "$at_can" \
    "$(stat -c '%a	%u:%g	%h	%s' -- "$at_real")" $at_mount
  [ $at_kind = file ] && [ "$(stat -c %s -- "$at_real")" -le "${3:-2097152}" ] || return 0
  printf 'content\t%s\t%s\n' "$1" "$(at_text <"$at_real")"
}

# at_home PROJECT: where the state is kept. Root keeps it with the system, anybody else with the project.
at_home() {
  printf 'state\t%s\n' "$(printf %s "$AT_STATE" | at_text)"
  printf 'journal\t%s\n' "$( (cat -- "$AT_STATE/journal.jsonl" 2>/dev/null || :) | at_text)"
  printf 'newest\t%s\n' "$(at_newest_release)"
  [ ! -e "$AT_STATE/pending" ] || printf 'pending\t%s\n' "$(cat -- "$AT_STATE/pending")"
  [ ! -e "$AT_STATE/lock" ] || printf 'lock\t%s\t%s\n' "$(at_text <"$AT_STATE/lock")" "$(at_holder)"
}

# at_state_of PLACE ROOT PROJECT: names AT_STATE for the calls that follow. PLACE is `auto` or `project`.
at_state_of() {
  if [ -n "${ACTION_TUNE_STATE:-}" ]; then
    AT_STATE=$ACTION_TUNE_STATE
  elif [ "$1" = auto ] && [ "$(id -u)" = 0 ]; then
    AT_STATE=/var/lib/action-tune/$3
  else
    AT_STATE=$2/.action-tune
  fi
}

# at_start JOB: the job runs apart from this connection, which may end before it does. A shell's background job ignores
# interrupts, and so would, for ever, every service that it starts: that is undone where the tools know how.
at_start() {
  at_new_job=$1
  set -- env --default-signal
  "$@" true 2>/dev/null || set --
  (
    AT_UMASK=$(umask) && export AT_UMASK
    cd / && umask 077 && exec setsid "$@" sh "$at_new_job/job.sh" >"$at_new_job/log" 2>&1 </dev/null
  ) &
  echo $! >"$at_new_job/pid"
}

# at_follow JOB LINE: the progress after LINE, as soon as there is any, and the outcome. Waits a second at the most.
at_follow() {
  [ -e "$1/pid" ] || { printf 'outcome\tnever-started\n'; return 0; }
  at_turns=0
  while [ $at_turns -lt 10 ] && [ ! -e "$1/outcome" ] && [ "$( (wc -l <"$1/progress") 2>/dev/null || echo 0)" -le "$2" ]; do
    sleep 0.1
    at_turns=$((at_turns + 1))
  done
  at_end=running
  [ -d "/proc/$(cat "$1/pid")" ] || at_end='outcome	died'
  [ ! -e "$1/outcome" ] || at_end="outcome	$(head -n 1 "$1/outcome")"
  tail -n "+$(($2 + 1))" "$1/progress" 2>/dev/null
  printf '%s\n' "$at_end"
  case $at_end in outcome*) printf 'log\t%s\n' "$(tail -n 20 "$1/log" | at_text)" ;; esac
}

at_interrupt() { : >"$1/interrupt"; }

# at_clear JOB: what a run leaves behind once its outcome was read, and the folder of them where it was the last.
at_clear() {
  rm -rf -- "$1" || return 1
  rmdir -- "$(dirname -- "$1")" 2>/dev/null || :
}

# at_break_lock CONTENT: removes the lock, if it is still the one that the user was shown.
at_break_lock() {
  [ "$(cat -- "$AT_STATE/lock")" = "$1" ] && at_unlock
}

# at_confirm RELEASE...: keeps what was applied, unless the switch was faster.
at_confirm() {
  read -r at_deadline at_rest <"$AT_STATE/pending" && [ "$(date +%s)" -lt "$at_deadline" ] || return 1
  mv -- "$AT_STATE/pending" "$AT_STATE/settled" && rm -f -- "$AT_STATE/settled" || return 1
  for at_id in "$@"; do at_journal confirmed "$at_id"; done
}
