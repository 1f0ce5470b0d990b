# Machines. The folder of one holds: lower (the folders it is a copy of), upper (what it changed), pristine (upper, as it was
# before the first boot), docker (the Docker Engine's own files), home (the keys to it, as a home), name, pid, cgroups, log, and
# owner: the process without which nobody wants the machine.

boot() {
  local suite=$1 name=$2 folder=$MACHINES/$2 tree
  [[ $name =~ ^[a-z0-9][a-z0-9-]{0,39}$ ]] || die "not a name for a machine: $name"
  tree=$(build "$suite")
  mkdir -p "$MACHINES"
  [ -d "$folder" ] || [ ! -e "/run/netns/$(netns_of "$name")" ] || die "another lab has a machine $name"
  mkdir "$folder" 2>/dev/null || die "there is a machine $name: lab remove $name"
  identity "${ACTION_TUNE_LAB_OWNER:-$$}" >"$folder/owner"
  # So that it is not swept away as old.
  touch "$tree" "$(cat "$tree/lower")"
  printf '%s\n' "$tree/upper:$(cat "$tree/lower")" >"$folder/lower"
  copy_docker "$tree/docker" "$folder/docker"
  furnish "$folder" "$name"
  cp -a "$folder/upper" "$folder/pristine"
  start "$folder"
  # Nobody in particular wants it: it is its own.
  [ -n "${ACTION_TUNE_LAB_OWNER:-}" ] || ln -sf pid "$folder/owner"
  printf '%s\n' "$folder"
}

# copy_docker FROM TO: the layers of images are never written to, so their files are shared; the engine's own are not.
copy_docker() {
  mkdir -p "$2"
  cp -a --link "$1/overlay2" "$2/overlay2"
  (cd "$1" && find . -mindepth 1 -maxdepth 1 ! -name overlay2 -exec cp -a {} "$2/" \;)
  find "$2/overlay2" -maxdepth 2 -type f -exec cp -a {} {}.own \; -exec mv {}.own {} \;
}

# furnish FOLDER NAME: a name, an identity, and the keys of both sides.
furnish() {
  local folder=$1 name=$2 home=$1/home/.ssh etc=$1/upper/etc
  mkdir -p "$home" "$etc/ssh" "$folder/upper/root/.ssh" "$folder/work" "$folder/merged"
  chmod 700 "$folder/home" "$home" "$folder/upper/root" "$folder/upper/root/.ssh"
  printf '%s\n' "$name" >"$folder/name"
  printf '%s\n' "$name" >"$etc/hostname"
  printf '127.0.0.1 localhost %s\n' "$name" >"$etc/hosts"
  tr -d - </proc/sys/kernel/random/uuid >"$etc/machine-id"
  ssh-keygen -q -t ed25519 -N '' -C "root@$name" -f "$etc/ssh/ssh_host_ed25519_key"
  ssh-keygen -q -t ed25519 -N '' -C "lab" -f "$home/id_ed25519"
  cp "$home/id_ed25519.pub" "$folder/upper/root/.ssh/authorized_keys"
  printf '127.0.0.1 %s\n' "$(cut -d' ' -f1,2 "$etc/ssh/ssh_host_ed25519_key.pub")" >"$home/known_hosts"
  cat >"$home/config" <<TEXT
Host *
  HostName 127.0.0.1
  User root
  IdentityFile $home/id_ed25519
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile $home/known_hosts
  GlobalKnownHostsFile none
TEXT
}

# start FOLDER: boots it, and returns when it is up.
start() {
  local folder=$1 netns
  netns=$(netns_of "$(cat "$folder/name")")
  [ -e "/run/netns/$netns" ] || add_netns "$netns" || die "the namespace $netns could not be made"
  make_cgroups "$netns" >"$folder/cgroups"
  # What an unclean end leaves of a mount that was not synced; nothing is lost here, for this kernel has gone on.
  rm -rf "$folder/work/work/incompat"
  setsid unshare --mount --propagation private bash "$LAB/run.sh" "$folder" "$netns" </dev/null >"$folder/log" 2>&1 &
  disown
  identity $! >"$folder/pid"
  wait_until_up "$folder" || { tail -n 20 "$folder/log" >&2; halt "$folder"; die "the machine did not boot: $folder"; }
}

wait_until_up() {
  local state
  for _ in $(seq 300); do
    lives "$1/pid" || return 1
    if state=$(within "$1" systemctl is-system-running --wait </dev/null 2>/dev/null) || [ "$state" = degraded ]; then
      [ "$state" = running ] || within "$1" systemctl --failed --no-legend --plain </dev/null >&2
      return 0
    fi
    sleep 0.1
  done
  return 1
}

# within FOLDER COMMAND...: over ssh, in the machine's own network.
within() {
  local folder=$1 tty=()
  shift
  [ ! -t 0 ] || [ $# != 0 ] || tty=(-t)
  in_network "$folder" ssh -F "$folder/home/.ssh/config" -o ConnectTimeout=5 "${tty[@]}" 127.0.0.1 "$@"
}

# in_network FOLDER COMMAND...: a command of this host, with the machine as its network and the machine's keys as its own.
in_network() (
  become "$@"
)

# become FOLDER COMMAND...: the same, as this very process, so that a signal to it is one to the command.
become() {
  local folder=$1
  shift
  exec nsenter --net="/run/netns/$(netns_of "$(cat "$folder/name")")" \
    env HOME="$folder/home" ACTION_TUNE_SSH_CONFIG="$folder/home/.ssh/config" "$@"
}

# power_off FOLDER: in good order, so that everything is on its disk.
power_off() {
  within "$1" systemctl poweroff </dev/null 2>/dev/null || true
  for _ in $(seq 600); do
    lives "$1/pid" || return 0
    sleep 0.1
  done
  return 1
}

# reboot FOLDER
reboot() {
  power_off "$1"
  start "$1"
}

# crash FOLDER: nothing in it gets to know; and booted again.
crash() {
  halt "$1"
  start "$1"
}

# reset FOLDER: the keys to it stay the same, and nothing else of what it was.
reset() {
  local folder=$1 tree
  tree=$(dirname "$(cut -d: -f1 "$folder/lower")")
  halt "$folder"
  rm -rf --one-file-system "$folder/upper" "$folder/docker" "$folder/work"
  copy_docker "$tree/docker" "$folder/docker"
  cp -a "$folder/pristine" "$folder/upper"
  mkdir "$folder/work"
  start "$folder"
}
