#!/bin/sh
# Within the machine, once, when its tree is built: everything that is the same in all copies of it.
set -eu

root=/root/Action

# The application, as a checkout that can be pulled into.
cd $root
cat >.gitignore <<'TEXT'
/.env
__pycache__/
venv/
TEXT
cat >.env <<'TEXT'
DATABASE_URL=postgresql+psycopg2://action:nothing-but-a-lab@127.0.0.1:5432/action
REDIS_HOST=127.0.0.1
REDIS_PORT=6379
CELERY_BROKER_URL=redis://127.0.0.1:6379/0
TEXT
chmod 600 .env
git config --global user.name Lab
git config --global user.email lab@localhost
git config --global init.defaultBranch main
git init --quiet
git add .
git commit --quiet --message 'Action'
git tag before
git clone --quiet --bare . /srv/git/action.git
git remote add origin /srv/git/action.git
git fetch --quiet
git branch --quiet --set-upstream-to origin/main

# A virtual environment with the programs that pip would have put there.
python3 -m venv --system-site-packages --without-pip backend/venv
program() {
  printf '#!%s/backend/venv/bin/python3\nimport sys\n\nfrom %s import main\n\nif __name__ == "__main__":\n    sys.exit(main())\n' "$root" "$2" >"backend/venv/bin/$1"
  chmod 755 "backend/venv/bin/$1"
}
program uvicorn uvicorn.main
program celery celery.__main__
program alembic alembic.config
python3 -m compileall -q backend/app

# The database, as the first deployment left it.
(cd / && su postgres -c psql) >/dev/null <<'TEXT'
CREATE ROLE action LOGIN PASSWORD 'nothing-but-a-lab';
CREATE DATABASE action OWNER action;
TEXT
(cd backend && venv/bin/alembic upgrade head)

# The image that the containers start from: this machine without what only a host needs.
tar --create --one-file-system --directory / \
  --exclude=./root --exclude=./srv --exclude=./run --exclude=./tmp --exclude=./var --exclude=./boot --exclude=./proc --exclude=./sys --exclude=./dev \
  --exclude=./usr/lib/git-core --exclude=./usr/lib/postgresql --exclude=./usr/lib/systemd --exclude=./usr/libexec \
  --exclude='./usr/lib/*-linux-gnu/libLLVM*' --exclude='./usr/lib/*-linux-gnu/perl*' --exclude='./usr/bin/docker*' --exclude='./usr/bin/containerd*' \
  --exclude='./usr/sbin/dockerd' --exclude='./usr/sbin/docker*' --exclude='./usr/sbin/runc' --exclude='./usr/bin/redis-*' --exclude='./usr/bin/git*' \
  . | docker import --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin' --change 'ENV PYTHONUNBUFFERED=1' - action-base:1 >/dev/null
