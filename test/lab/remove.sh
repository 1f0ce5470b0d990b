# The end of machines.

remove_dead() {
  local folder
  for folder in "$MACHINES"/*/; do
    [ -d "$folder" ] || continue
    if [ -e "$folder/owner" ]; then lives "$folder/owner" && continue; else lives "$folder/pid" && continue; fi
    remove_folder "${folder%/}"
  done
}

# remove_folder FOLDER: ends the machine, and leaves nothing of it.
remove_folder() {
  local folder=$1
  halt "$folder"
  [ ! -e "$folder/name" ] || remove_netns "$(netns_of "$(cat "$folder/name")")"
  rm -rf "$folder"
}

# halt FOLDER: as when the power fails.
halt() {
  local folder=$1 pid cgroups=()
  if [ -e "$folder/pid" ] && lives "$folder/pid"; then
    read -r pid _ <"$folder/pid"
    kill -KILL "$pid"
    while lives "$folder/pid"; do sleep 0.05; done
  fi
  [ ! -e "$folder/cgroups" ] || mapfile -t cgroups <"$folder/cgroups"
  end_cgroups "${cgroups[@]}"
}
