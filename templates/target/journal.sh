# The journal and the lock. Expects AT_STATE, the folder that holds all state of one project.

at_now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

at_boot() { cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown; }

# at_journal_line: standard input is the next entry, on the disk before the next step. It never continues a line that a crash
# cut off: that one never happened.
at_journal_line() {
  at_log=$AT_STATE/journal.jsonl
  if [ -s "$at_log" ] && [ "$(tail -c 1 -- "$at_log" | wc -l)" -eq 0 ]; then
    (umask 077 && head -n "$(wc -l <"$at_log")" -- "$at_log" >"$at_log.new") && mv -f -- "$at_log.new" "$at_log" || return 1
  fi
  cat >>"$at_log" && at_sync "$at_log"
}

# at_journal EVENT RELEASE: what became of a release.
at_journal() {
  printf '{"schema":1,"at":"%s","event":"%s","release":%s}\n' "$(at_now)" "$1" "$2" | at_journal_line
}

# at_journal_started RELEASE: the release's own entry, as it was planned, with the time of this machine.
at_journal_started() { sed "s/@AT@/$(at_now)/" "$AT_STATE/releases/$1/entry.json" | at_journal_line; }

# Also one whose folder is lost keeps its number.
at_newest_release() {
  at_most=$(sed -nE 's/.*"event":"started","release":([0-9]+),.*/\1/p' "$AT_STATE/journal.jsonl" 2>/dev/null | sort -n | tail -n 1)
  at_most=${at_most:-0}
  for at_folder in "$AT_STATE"/releases/*/; do
    at_folder=$(basename -- "$at_folder")
    case $at_folder in *[!0-9]*) continue ;; esac
    [ "$at_folder" -le "$at_most" ] || at_most=$at_folder
  done
  echo "$at_most"
}

# at_lock BY COMMAND: one holder at a time; 1 where somebody else holds it, 2 where it can't be written at all.
# The lock is whole from its first moment on, or it is not there. BY and COMMAND are JSON strings.
at_lock() {
  at_card=$AT_STATE/lock.$$
  (umask 077 && mkdir -p -- "$AT_STATE/releases" &&
    printf '{"by":%s,"command":%s,"since":"%s","pid":%s,"boot":"%s"}\n' \
      "$1" "$2" "$(at_now)" "$$" "$(at_boot)" >"$at_card") || { rm -f -- "$at_card"; return 2; }
  ln -- "$at_card" "$AT_STATE/lock" 2>/dev/null
  at_held=$?
  rm -f -- "$at_card"
  [ $at_held -eq 0 ]
}

at_unlock() { rm -f -- "$AT_STATE/lock"; }

# Whether the one who took the lock can still be there: another boot, or a process that is gone, and he can not.
at_holder() {
  at_pid=$(sed -nE 's/.*"pid":([0-9]+).*/\1/p' "$AT_STATE/lock")
  if grep -qF "\"boot\":\"$(at_boot)\"" "$AT_STATE/lock" && [ -d "/proc/$at_pid" ]; then echo alive; else echo gone; fi
}
