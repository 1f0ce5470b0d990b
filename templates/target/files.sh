# Reading and replacing files. POSIX sh with coreutils or busybox; every function leaves its caller's folder alone.

# at_sha PATH: the SHA-256 of a file, or `absent`.
at_sha() {
  if [ -e "$1" ]; then sha256sum <"$1" | cut -c1-64; else echo absent; fi
}

# at_sync PATH: the file (or folder) is on the disk before the next step. Old tools can only sync everything.
at_sync() { sync -- "$1" 2>/dev/null || sync; }

at_temporary() { printf '%s/.%s.action-tune~' "$(dirname -- "$1")" "$(basename -- "$1")"; }

# at_stage_file CONTENT PATH MODE OWNER: prepares the new version beside PATH, with PATH's own attributes, and changes nothing.
at_stage_file() {
  at_new=$(at_temporary "$2")
  rm -f -- "$at_new" || return 1
  if [ -e "$2" ]; then cp -a -- "$2" "$at_new"; else (umask 077 && mkdir -p -- "$(dirname -- "$2")" && : >"$at_new"); fi || return 1
  chmod u+w -- "$at_new" && cat -- "$1" >"$at_new" || return 1
  [ "$(stat -c %u:%g -- "$at_new")" = "$4" ] || chown "$4" -- "$at_new" || return 1
  chmod "$3" -- "$at_new" && [ "$(at_sha "$at_new")" = "$(at_sha "$1")" ] && at_sync "$at_new"
}

# at_place CONTENT SHA PATH MODE OWNER: makes PATH hold CONTENT in one rename, or removes it where SHA is `absent`. A CONTENT that is
# not what it was changes nothing.
at_place() {
  at_folder=$(dirname -- "$3")
  if [ "$2" = absent ]; then
    rm -f -- "$3" || return 1
  else
    { [ "$(at_sha "$1")" = "$2" ] && at_stage_file "$1" "$3" "$4" "$5" && mv -fT -- "$(at_temporary "$3")" "$3"; } || {
      rm -f -- "$(at_temporary "$3")"
      return 1
    }
  fi
  at_sync "$at_folder" && [ "$(at_sha "$3")" = "$2" ]
}

# at_put PATH: standard input becomes PATH, readable by its owner alone.
at_put() {
  (umask 077 && mkdir -p -- "$(dirname -- "$1")" && cat >"$1")
}
