import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Assets } from './commands/edges.js';
import { quote } from './remote/script.js';
import type { Library } from './rollout/steps.js';

const folder = (name: string) => fileURLToPath(new URL(`../${name}/`, import.meta.url));

const ENGINE = [
  'files',
  'journal',
  'progress',
  'services',
  'judge',
  'validate',
  'activate',
  'container',
  'watch',
  'release',
  'job',
  'revert',
] as const;
const SESSION = [
  'files',
  'journal',
  'progress',
  'services',
  'judge',
  'requests',
  'limits',
  'units',
  'beside',
  'looks',
  'left',
] as const;
/** The parts of the probe, in the order in which they build on each other. */
const PROBE = [
  'processes',
  'sockets',
  'lines',
  'program',
  'service',
  'errors',
  'modules',
  'redisserver',
  'pools',
  'pooler',
  'database',
  'facts',
  'judge',
  'endings',
  'acts',
  'tasks',
  'main',
] as const;

/** What comes with the package, read when it is asked for. */
export function packageAssets(): Assets {
  const unit = {
    'backend-unit': 'action-backend.service',
    'celery-unit': 'action-celery-worker.service',
    'backend-socket': 'action-backend.socket',
  } as const;
  return {
    profilesDir: folder('profiles'),
    demoDir: folder('templates/demo'),
    library: async () => {
      const [shell, probe, watcher] = await Promise.all([
        Promise.all(ENGINE.map(shellText)),
        probeText(),
        readFile(`${folder('templates')}target/watcher.py`, 'utf8'),
      ]);
      return { ...Object.fromEntries(ENGINE.map((name, index) => [name, shell[index]])), probe, watcher } as Library;
    },
    unitTemplate: (role) => readFile(`${folder('templates')}systemd/${unit[role]}`, 'utf8'),
  };
}

/** The functions that a session may call: reading, the lock, the services, and the requests. A run brings its own copy. */
export async function sessionLibrary(): Promise<string> {
  const [shell, probe] = await Promise.all([Promise.all(SESSION.map(shellText)), probeText()]);
  return [...shell, `AT_PROBE=${quote(probe)}`].join('\n');
}

function shellText(name: string): Promise<string> {
  return readFile(`${folder('templates')}target/${name}.sh`, 'utf8');
}

async function probeText(): Promise<string> {
  const parts = await Promise.all(
    PROBE.map((name) => readFile(`${folder('templates')}target/probe/${name}.py`, 'utf8')),
  );
  return parts.join('\n\n');
}
