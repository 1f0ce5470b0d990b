# How long a service really refused its clients while it was changed: it is asked all along, by whatever can ask here.

# at_listens REF: where the service takes connections, as `HOST PORT`, seen from this machine.
at_listens() {
  at_listener=$(at_main "$1" "$2" "$3") || return 1
  at_open=$(at_open_port "$at_listener") || return 1
  at_seen_from_here "$1" "$2" "$3" "$at_listener" "${at_open%:*}" "$(printf '%d' "0x${at_open##*:}")"
}

# at_open_port PID: the first that the process, or one below it, takes connections on, as the kernel writes it.
at_open_port() {
  at_folders=$(at_tree "$1" | sed 's:.*:/proc/&/fd:')
  # shellcheck disable=SC2086 # one word each
  at_sockets=$(find $at_folders -lname 'socket:*' -printf '%l\n' 2>/dev/null || ls -l $at_folders 2>/dev/null)
  cat "/proc/$1/net/tcp" "/proc/$1/net/tcp6" 2>/dev/null | awk -v open="$at_sockets" '
    $4 == "0A" && index(open, "socket:[" $10 "]") { print $2; found = 1; exit }
    END { exit !found }'
}

# at_seen_from_here REF PID ADDRESS PORT: an address as the kernel writes it; a container may have a network of its own.
at_seen_from_here() {
  if [ "$(readlink "/proc/$4/ns/net")" = "$(readlink /proc/self/ns/net)" ]; then
    echo "$(at_plain_address "$5") $6"
    return
  fi
  at_published=$(docker port "$(at_container "$2" "$3")" "$6/tcp" 2>/dev/null </dev/null | grep -v '^\[' | head -n 1)
  [ -n "$at_published" ] && echo "$(at_any_here "${at_published%:*}") ${at_published##*:}"
}

at_any_here() { case $1 in 0.0.0.0 | '') echo 127.0.0.1 ;; *) echo "$1" ;; esac; }

at_plain_address() {
  case $1 in
    00000000 | 00000000000000000000000000000000) echo 127.0.0.1 ;;
    ????????) printf '%d.%d.%d.%d\n' "0x${1#??????}" "0x$(printf %s "$1" | cut -c5-6)" "0x$(printf %s "$1" | cut -c3-4)" "0x$(printf %s "$1" | cut -c1-2)" ;;
    *) echo ::1 ;;
  esac
}

# at_await SECONDS REF: until it takes connections; nothing else is done meanwhile that would keep it from that, and this is done as
# what matters least. What ends, or starts its workers over and over, is not waited for to the end. Where its sockets are not ours to
# see, only the checks tell.
at_await() {
  at_await_main=$(at_main "$2" "$3" "$4") || { at_not_up "$3" 'it does not run'; return 1; }
  at_await_why=$(
    renice -n 19 -p "$(exec sh -c 'echo $PPID')" >/dev/null 2>&1
    at_await_port "$1" "$at_await_main"
  ) && return 0
  [ -n "$at_await_why" ] || { at_interrupted; return 1; }
  at_not_up "$3" "$at_await_why"
  return 1
}

# at_await_port SECONDS PID: in vain, says why; nothing where it was interrupted.
at_await_port() {
  at_await_end=$(($(date +%s) + $1))
  at_await_seen='' at_await_most=1
  while ! at_open_port "$2" >/dev/null; do
    at_interrupted && return 1
    ls "/proc/$2/fd" >/dev/null 2>&1 || { [ ! -d "/proc/$2" ] || return 0; echo 'it ended'; return 1; }
    at_await_now=$(for at_each in $(at_tree "$2"); do ! at_is_spawned "$at_each" || echo "$at_each"; done)
    at_await_count=$(printf '%s\n' "$at_await_now" | grep -c .)
    [ "$at_await_count" -le "$at_await_most" ] || at_await_most=$at_await_count
    at_await_seen=$(printf '%s\n' "$at_await_seen" "$at_await_now" | sort -u)
    [ "$(printf '%s\n' "$at_await_seen" | grep -c .)" -le $((2 * at_await_most)) ] || { echo 'its workers end again and again'; return 1; }
    [ "$(date +%s)" -lt $at_await_end ] || { echo "nothing within $1 s"; return 1; }
    sleep 0.2
  done
}

# A worker that a Python program has started.
at_is_spawned() { at_words "$1" | grep -q 'multiprocessing.spawn'; }

at_not_up() {
  AT_FAILED="$1 comes up"
  at_check_line "$AT_FAILED" false 'it takes connections' "$2"
}

# at_time: where nobody knows whom to ask, it is known at least how long everything took.
at_time() { AT_TIMED=$(at_milliseconds); }

# at_watch REF PATH: begins to ask. AT_WATCH is who does it; nobody where nobody can.
at_watch() {
  AT_WATCH=''
  at_where=$(at_listens "$1" "$2" "$3") || return 0
  at_gap_file=$AT_RELEASE/gap
  rm -f -- "$at_gap_file" "$at_gap_file.on"
  if command -v python3 >/dev/null; then
    # shellcheck disable=SC2086 # two words
    python3 -I -B "$AT_RELEASE/watcher.py" $at_where "$4" "$at_gap_file" </dev/null &
  elif command -v curl >/dev/null; then
    at_watch_by_curl "http://${at_where% *}:${at_where#* }$4" </dev/null &
  else
    return 0
  fi
  AT_WATCH=$!
  at_turns=0
  while [ $at_turns -lt 50 ] && [ ! -e "$at_gap_file.on" ] && [ -d "/proc/$AT_WATCH" ]; do
    sleep 0.1
    at_turns=$((at_turns + 1))
  done
}

# at_watch_by_curl URL: one question after the other. What answers at all, and not with an error of its own, answers. It is alone once
# the run is gone, and then it ends, too.
at_watch_by_curl() {
  trap 'at_asking=0' TERM
  trap ':' USR1
  at_asking=1 at_longest=0 at_since='' at_asked=''
  while [ $at_asking = 1 ] || [ -n "$at_since" ]; do
    [ -d "/proc/$$" ] || return 0
    [ -z "$at_asked" ] || : >"$at_gap_file.on"
    at_asked=$(at_milliseconds)
    case $(curl -s -o /dev/null -m 10 -w '%{http_code}' "$1") in
      [1-4]??)
        [ -z "$at_since" ] || [ $((at_asked - at_since)) -le $at_longest ] || at_longest=$((at_asked - at_since))
        at_since=''
        ;;
      *)
        : "${at_since:=$at_asked}"
        [ $at_asking = 1 ] || { at_longest=$((at_asked - at_since)); at_since=''; }
        ;;
    esac
    sleep 0.03
  done
  echo "$at_longest" >"$at_gap_file"
}

# at_watch_steps_back: the service is asked by others now, whom the watcher must not keep waiting.
at_watch_steps_back() { [ -z "${AT_WATCH:-}" ] || kill -USR1 "$AT_WATCH" 2>/dev/null || :; }

# at_watch_end: AT_GAP is the longest time without an answer, in milliseconds; nothing where nobody asked.
at_watch_end() {
  AT_GAP=''
  [ -z "${AT_TIMED:-}" ] || AT_GAP=$(($(at_milliseconds) - AT_TIMED))
  AT_TIMED=''
  [ -n "${AT_WATCH:-}" ] || return 0
  kill -TERM "$AT_WATCH" 2>/dev/null
  wait "$AT_WATCH"
  AT_WATCH=''
  AT_GAP=$(cat "$at_gap_file" 2>/dev/null || :)
}
