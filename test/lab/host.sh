# What this host must have, and the parts of it that a machine lives in: a network namespace and cgroups.

PROGRAMS=(mmdebstrap systemd-nspawn ip nsenter unshare flock setsid ssh ssh-keygen)
PACKAGES_HERE='mmdebstrap systemd-container debian-archive-keyring iproute2 openssh-client util-linux'
# To the cores a cgroup is one of those who want them, however many want them in it: this makes it as good as sixteen.
CPU_SHARES=$((16 * 1024))
# The memory of the guide's server.
MEMORY=$((4 * 1024 * 1024 * 1024))
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# obstacle: why no machine can be had here; nothing where one can.
obstacle() {
  local program
  [ "$(id -u)" = 0 ] || { echo 'only root can boot a machine'; return; }
  grep -qs '^ID=debian' /etc/os-release || { echo 'this is not Debian'; return; }
  for program in "${PROGRAMS[@]}"; do
    command -v "$program" >/dev/null || { echo "$program is missing: apt-get install $PACKAGES_HERE"; return; }
  done
  [ -e "$KEYRING" ] || { echo "the archive's keys are missing: apt-get install $PACKAGES_HERE"; return; }
  unshare --mount --net --pid --fork --cgroup true 2>/dev/null || { echo 'namespaces are not allowed here'; return; }
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || echo 'the kernel has no overlayfs'
}

check() {
  local why
  why=$(obstacle)
  [ -z "$why" ] || die "$why"
}

# netns_of NAME: what the machine's network namespace and its cgroups are called.
netns_of() { printf 'at-lab-%s' "$1"; }

add_netns() { ip netns add "$1" && ip -n "$1" link set lo up; }

remove_netns() { [ ! -e "/run/netns/$1" ] || ip netns delete "$1"; }

# Where cgroups are made, in each hierarchy that is mounted: below that of this process, which may be limited itself. Where
# there is only cgroup v2, at its top: a group that holds processes can't limit others.
cgroup_folders() {
  local controllers path folder
  [ ! -e /sys/fs/cgroup/cgroup.controllers ] || { echo /sys/fs/cgroup; return; }
  while IFS=: read -r _ controllers path; do
    folder=/sys/fs/cgroup/${controllers#name=}
    [ -n "$controllers" ] || folder=/sys/fs/cgroup/unified
    [ ! -e "$folder${path%/}/cgroup.procs" ] || printf '%s%s\n' "$folder" "${path%/}"
  done </proc/self/cgroup
}

# make_cgroups NAME: every machine needs its own, or two would see and end each other's services. Prints them.
make_cgroups() {
  local parent own file
  while read -r parent; do
    own=$parent/$1
    mkdir -p "$own"
    for file in cpuset.cpus cpuset.mems; do
      [ ! -e "$own/$file" ] || cat "$parent/$file" >"$own/$file"
    done
    for file in memory.limit_in_bytes memory.max; do
      [ ! -e "$own/$file" ] || echo "$MEMORY" >"$own/$file"
    done
    [ ! -e "$own/cpu.shares" ] || echo "$CPU_SHARES" >"$own/cpu.shares"
    printf '%s\n' "$own"
  done < <(cgroup_folders)
}

# end_cgroups FOLDER...: ends what is left in them, and removes them.
end_cgroups() {
  local folder
  for folder; do
    [ -d "$folder" ] || continue
    find "$folder" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -u | xargs --no-run-if-empty kill -KILL 2>/dev/null || true
    for _ in $(seq 100); do
      find "$folder" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ -d "$folder" ] || break
      sleep 0.05
    done
    [ ! -d "$folder" ] || printf 'lab: %s is still in use\n' "$folder" >&2
  done
}

# started PID: when it was started, which tells it from a later process of the same number. Nothing where there is none.
started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20 || true; }

# identity PID: words that name this process and no later one.
identity() { printf '%s %s\n' "$1" "$(started "$1")"; }

# lives FILE: whether the process whose identity the file holds is there.
lives() {
  local pid since
  read -r pid since <"$1" 2>/dev/null && [ -n "$since" ] && [ "$(started "$pid")" = "$since" ]
}
