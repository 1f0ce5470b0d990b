import type { Machine, Suite } from './machine.js';

const COMPOSE: Readonly<Record<Suite, string>> = { trixie: 'docker compose', bookworm: 'docker-compose' };

/** The guide's step 4, and its way back as well, until the application answers again. Its files are in place already. */
export async function byHand(server: Machine): Promise<void> {
  const compose = `${COMPOSE[server.suite]} -f docker-compose.polardb.yml`;
  const deploy =
    server.runtime === 'systemd'
      ? 'systemctl daemon-reload && systemctl restart action-backend action-celery-worker'
      : `cd docker && ${compose} down && ${compose} up -d`;
  await server.read(`cd /root/Action && git pull --quiet && ${deploy} && lab-runtime wait`);
}
