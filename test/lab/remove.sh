# The end of machines.

# What nobody will remove any more: machines and half-made trees whose owner is gone.
remove_dead() {
  local folder
  for folder in "$MACHINES"/* "$CACHE"/trees/*.part; do
    # Somebody else may be at it, too.
    [ ! -e "$folder/owner" ] || lives "$folder/owner" || remove_folder "$folder" || say "$folder is not gone yet"
  done
}

# remove_folder FOLDER: ends the machine, and leaves nothing of it.
remove_folder() {
  local folder=$1
  halt "$folder"
  [ ! -e "$folder/name" ] || remove_netns "$(netns_of "$(cat "$folder/name")")"
  rm -rf --one-file-system "$folder"
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
