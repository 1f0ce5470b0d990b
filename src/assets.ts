import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Assets } from './commands/edges.js';

const folder = (name: string) => fileURLToPath(new URL(`../${name}/`, import.meta.url));

/** What comes with the package, read when it is asked for. */
export function packageAssets(): Assets {
  const target = (name: string) => readFile(`${folder('templates')}target/${name}.sh`, 'utf8');
  const unit = { 'backend-unit': 'action-backend', 'celery-unit': 'action-celery-worker' } as const;
  return {
    profilesDir: folder('profiles'),
    demoDir: folder('templates/demo'),
    library: async () => {
      const [files, journal, release, job, revert] = await Promise.all(
        ['files', 'journal', 'release', 'job', 'revert'].map(target),
      );
      return { files, journal, release, job, revert } as {
        [name in 'files' | 'journal' | 'release' | 'job' | 'revert']: string;
      };
    },
    unitTemplate: (role) => readFile(`${folder('templates')}systemd/${unit[role]}.service`, 'utf8'),
  };
}

/** The functions that a session may call: reading, the lock, and the requests. A run brings its own copy of the rest. */
export async function sessionLibrary(): Promise<string> {
  const names = ['files', 'journal', 'requests'];
  const texts = await Promise.all(names.map((name) => readFile(`${folder('templates')}target/${name}.sh`, 'utf8')));
  return texts.join('\n');
}
