// Compiles src/ into dist/. A clean folder first: a file that was renamed must not live on in dist/.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const typescript = dirname(require.resolve('typescript/package.json'));
rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
const tsc = spawnSync(process.execPath, [join(typescript, 'bin', 'tsc'), '-p', 'tsconfig.json'], { stdio: 'inherit' });
process.exitCode = tsc.status ?? 1;
