# Trying new versions while they lie beside the old ones. What fails here has changed nothing.

# at_valid WHAT STATUS: says whether a trial went well, and fails where it did not.
at_valid() {
  if [ "$2" -eq 0 ]; then
    at_check_line "valid $1" true accepted accepted
  else
    AT_FAILED="trial of $1"
    at_check_line "valid $1" false accepted "exit $2"
  fi
  return "$2"
}

# at_valid_python PATH REF: the service's own interpreter compiles and imports the new version, in memory. Where the service does
# not run, an interpreter that is there compiles it.
at_valid_python() {
  at_new_text=$(at_temporary "$1")
  at_say "trying $1 in $3"
  at_ask "$2" "$3" "$4" trial "$1" <"$at_new_text"
  at_tried=$?
  case $at_tried in 3 | 4) at_compiles "$1" "$at_new_text" "$(at_unit_python "$2" "$3")"; at_tried=$? ;; esac
  at_valid "$1 in $3" $at_tried
}

# at_unit_python RUNTIME NAME: the interpreter of the program that a unit starts, by its first line.
at_unit_python() {
  [ "$1" = systemd ] || return 0
  at_starts=$(systemctl show -p ExecStart -- "$2" 2>/dev/null </dev/null | sed -n 's/^ExecStart={ path=\([^ ;]*\) ;.*/\1/p' | head -n 1)
  case $at_starts in
    */python*) printf '%s\n' "$at_starts" ;;
    /*) head -n 1 "$at_starts" 2>/dev/null | tr -d '\0' | sed -n 's/^#! *\(\/[^ ]*python[^ ]*\)$/\1/p' ;;
  esac
}

# at_compiles PATH TEXT [PYTHON]: nothing is imported, and nothing written.
at_compiles() {
  for at_each in "${3:-}" "$AT_ROOT/backend/venv/bin/python3" "$AT_ROOT/venv/bin/python3" "$AT_ROOT/.venv/bin/python3" python3; do
    [ -n "$at_each" ] && command -v "$at_each" >/dev/null || continue
    "$at_each" -I -B -c 'import sys; compile(sys.stdin.buffer.read(), sys.argv[1], "exec", dont_inherit=True)' "$1" <"$2"
    return
  done
  echo "action-tune: there is no Python here that could compile $1"
}

# at_valid_script PATH: the shell that a script names reads the new version, and runs none of it. What that shell does not
# take of the old one either, as where its container has another, says nothing of the edit.
at_valid_script() {
  at_new_text=$(at_temporary "$1")
  at_reader=$(at_shell_of "$1" "$at_new_text")
  [ -n "$at_reader" ] || return 0
  command -v "$at_reader" >/dev/null || { at_say "$at_reader is not there: $1 is not tried"; return 0; }
  at_say "trying $1"
  at_tried=0
  at_words=$(at_parses "$1" "$at_new_text") || at_tried=1
  if [ $at_tried -ne 0 ] && [ -e "$1" ] && ! at_parses "$1" "$1" >/dev/null; then
    at_say "$at_reader takes $1 neither as it was nor as it will be"
    return 0
  fi
  [ -z "$at_words" ] || printf '%s\n' "$at_words"
  at_valid "$1" $at_tried
}

# at_shell_of PATH TEXT: the shell in a script's first line, else the one that its ending names. Nothing for other files.
at_shell_of() {
  at_first=$(head -n 1 "$2" | tr -d '\0\r' | tr -s '\t ' ' ')
  case $at_first in
    '#!'*)
      at_first=${at_first#'#!'}
      at_first=${at_first# }
      case ${at_first%% *} in
        */env)
          at_first=${at_first#* }
          at_first=${at_first#-S }
          ;;
      esac
      at_first=${at_first%% *}
      at_first=${at_first##*/}
      ;;
    *)
      case $1 in
        *.sh) at_first='sh' ;;
        *.bash) at_first='bash' ;;
        *) return 0 ;;
      esac
      ;;
  esac
  case $at_first in sh | bash | dash) echo "$at_first" ;; esac
}

# at_parses PATH TEXT: says where it is not. What a shell says of a line may quote it, and with it what is secret.
at_parses() {
  at_wrong=$(env -u BASH_ENV "$at_reader" -n "$2" 2>&1 </dev/null) && return 0
  at_line=$(printf '%s\n' "$at_wrong" | sed -n 's/^[^:]*: *\(line \)\{0,1\}\([0-9][0-9]*\): .*/\2/p' | head -n 1)
  echo "action-tune: $at_reader does not take $1${at_line:+, line $at_line}"
  return 1
}

# at_valid_compose PATH COMPOSE...: the whole project, with the new version in the place of PATH.
at_valid_compose() {
  at_new_text=$(at_temporary "$1") at_old_text=$1
  at_say "trying $1"
  shift
  at_words_left=$#
  while [ $at_words_left -gt 0 ]; do
    case $1 in
      /*) if [ "$(readlink -f -- "$1")" = "$at_old_text" ]; then set -- "$@" "$at_new_text"; else set -- "$@" "$1"; fi ;;
      *) set -- "$@" "$1" ;;
    esac
    shift
    at_words_left=$((at_words_left - 1))
  done
  (cd -- "$AT_ROOT" && timeout 60 "$@" config -q) </dev/null
  at_valid "$at_old_text" $?
}

# at_valid_units PATH...: systemd reads the new versions under their right names, and has nothing to say that it does not say of the
# old ones.
at_valid_units() {
  command -v systemd-analyze >/dev/null || { at_say 'systemd-analyze is not there: the units are not tried'; return 0; }
  at_say 'trying the units'
  rm -rf -- "$AT_RELEASE/trial"
  for at_each in "$@"; do
    at_trial_copy after "$at_each" "$(at_temporary "$at_each")" && at_trial_copy before "$at_each" "$at_each" || return 1
  done
  at_old_words=$(at_unit_words before)
  at_new_words=$(at_unit_words after)
  rm -rf -- "$AT_RELEASE/trial"
  at_tried=0
  [ -z "$at_new_words" ] || ! printf '%s\n' "$at_new_words" | grep -vxF -e "$at_old_words" || at_tried=1
  at_valid "$(basename -- "$1")" $at_tried
}

# at_trial_copy SIDE PATH TEXT: into a folder of its own, a drop-in with the unit that it belongs to. A text that is not there is none.
at_trial_copy() {
  [ -e "$3" ] || return 0
  case $2 in
    *.service.d/*.conf)
      at_trial_name=$(basename -- "$(dirname -- "$2")")
      at_trial_unit=$(systemctl show -p FragmentPath -- "${at_trial_name%.d}" 2>/dev/null </dev/null)
      at_put "$AT_RELEASE/trial/$1/${at_trial_name%.d}" <"${at_trial_unit#*=}" || return 1
      at_put "$AT_RELEASE/trial/$1/$at_trial_name/$(basename -- "$2")" <"$3"
      ;;
    *) at_put "$AT_RELEASE/trial/$1/$(basename -- "$2")" <"$3" ;;
  esac
}

# at_unit_words SIDE: what systemd says of the units of one side, without where they lie.
at_unit_words() {
  set -- "$AT_RELEASE/trial/$1"
  [ -d "$1" ] || return 0
  for at_each in "$1"/*.service "$1"/*.socket; do
    [ -e "$at_each" ] || continue
    systemd-analyze verify --man=no "$at_each" 2>&1 </dev/null || echo "$(basename -- "$at_each") can not be loaded"
  done | sed "s|$1/||g" | grep -F -e "$(ls "$1" | grep -v '\.d$')"
}

# at_no_old_way ROLE UNIT PATH...: nothing does the work already that a new unit, in these files, is to do.
at_no_old_way() {
  at_new_unit=$2
  case $1 in backend) at_sign=uvicorn ;; *) at_sign='celery.*worker' ;; esac
  shift 2
  for at_each in /proc/[0-9]*; do
    [ "$(readlink "$at_each/cwd" 2>/dev/null)" = "$AT_ROOT/backend" ] || continue
    tr '\0' ' ' 2>/dev/null <"$at_each/cmdline" | grep -Eq "(^|/| )$at_sign" || continue
    at_in_the_way "process ${at_each#/proc/}"
    return 1
  done
  for at_each in "$@"; do
    at_port=$(sed -n 's/^ExecStart=.*--port[= ]\([0-9][0-9]*\).*/\1/p; s/^ListenStream=.*:\([0-9][0-9]*\)$/\1/p' "$(at_temporary "$at_each")" | head -n 1)
    [ -n "$at_port" ] || continue
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '$4 == "0A" { print $2 " " }' | grep -qF "$(printf ':%04X ' "$at_port")" || continue
    at_in_the_way "what holds port $at_port"
    return 1
  done
}

at_in_the_way() {
  echo "action-tune: $1 does already what $at_new_unit is to do: stop it, then try again"
  AT_FAILED="$at_new_unit is alone"
  at_check_line "$AT_FAILED" false 'nothing else that does its work' "$1"
}
