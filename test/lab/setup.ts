import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const LAB = fileURLToPath(new URL('lab', import.meta.url));
const SUITES = ['trixie', 'bookworm'];

declare module 'vitest' {
  interface ProvidedContext {
    /** Why no machine can be had here. */
    labObstacle: string | null;
  }
}

/** Once, before all tests: the trees that machines are copies of, or why there can be none. */
export default async function setup(project: TestProject): Promise<void> {
  const obstacle = findObstacle();
  project.provide('labObstacle', obstacle);
  if (obstacle === null) {
    // Of runs that were cut off.
    await lab('remove', '--all');
    await Promise.all(SUITES.map((suite) => lab('build', suite)));
  } else if (process.env.CI) {
    throw new Error(`the lab can't run: ${obstacle}`);
  } else {
    console.warn(`skipped: nothing is tested against real machines, because ${obstacle}`);
  }
}

function findObstacle(): string | null {
  const { status, stderr, error } = spawnSync(LAB, ['check'], { encoding: 'utf8' });
  return status === 0 ? null : (error?.message ?? stderr.replace(/^lab: /, '').trim());
}

function lab(...args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(LAB, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`lab ${args.join(' ')}: exit ${code}`))));
  });
}
