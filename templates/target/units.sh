# What systemd has loaded of the stack's units, and which file holds a unit's start command.

# at_unit_name FILE: the unit that a file belongs to; a drop-in lies in a folder with the unit's name.
at_unit_name() {
  case $1 in
    */*.service.d/*.conf) at_base=$(basename -- "$(dirname -- "$1")") && echo "${at_base%.d}" ;;
    *) basename -- "$1" ;;
  esac
}

at_show() { systemctl show "$@" 2>/dev/null </dev/null; }

# at_exec_file UNIT: the file whose ExecStart= is in force, as systemd has loaded it: the last one that has any.
at_exec_file() {
  at_shown=$(at_show -p FragmentPath -p DropInPaths -- "$1")
  at_files_of_unit="$(printf '%s\n' "$at_shown" | sed -n 's/^FragmentPath=//p') $(printf '%s\n' "$at_shown" | sed -n 's/^DropInPaths=//p')"
  at_in_force=''
  for at_each in $at_files_of_unit; do
    at_found=$(awk '
      /^[ \t]*\[/ { service = ($0 ~ /^[ \t]*\[Service\]/) }
      service && /^[ \t]*ExecStart[ \t]*=/ { value = $0; sub(/^[^=]*=[ \t]*/, "", value); has = (value == "" ? "reset" : "set") }
      END { print has }' "$at_each" 2>/dev/null)
    case $at_found in
      set) at_in_force=$at_each ;;
      reset) at_in_force='' ;;
    esac
  done
  printf '%s' "$at_in_force"
}

# at_unit_file ROLE FILE NAMED: the file that holds a unit's start command. What the user named is taken as it is.
at_unit_file() {
  at_command_file=''
  [ "$3" = named ] || ! command -v systemctl >/dev/null || at_command_file=$(at_exec_file "$(at_unit_name "$2")")
  at_file "$1" "${at_command_file:-$2}"
}

# at_socket_shown SHOWN: what systemd has loaded of the socket that hands a unit its port, by keys of its own.
at_socket_shown() {
  for at_each in $(printf '%s\n' "$1" | sed -n 's/^TriggeredBy=//p'); do
    case $at_each in *.socket) at_show -p NeedDaemonReload -p Listen -- "$at_each" | sed 's/^/Socket/'; return ;; esac
  done
}

# at_look_at_unit ROLE UNIT FILES ASK
at_look_at_unit() {
  at_shown=$(at_show -p LoadState -p FragmentPath -p DropInPaths -p ActiveState -p MainPID -p NRestarts -p NeedDaemonReload \
    -p KillMode -p Restart -p TimeoutStopUSec -p TriggeredBy -p MemoryMax -p CPUQuotaPerSecUSec -p CPUAffinity -p AllowedCPUs -- "$2")
  at_state=running
  case $at_shown in *MainPID=0*) at_state=stopped ;; esac
  case $at_shown in *LoadState=not-found*) at_state=absent ;; esac
  at_service_line "$1" systemd "$2" $at_state -
  [ $at_state != absent ] || return 0
  at_shown="$at_shown
$(at_socket_shown "$at_shown")"
  printf 'unit\t%s\t%s\t%s\n' "$1" "$(printf %s "$at_shown" | at_text)" "$(at_exec_file "$2" | at_text)"
  at_look_inside "$1" "$3" "$4" systemd "$2" -
}
