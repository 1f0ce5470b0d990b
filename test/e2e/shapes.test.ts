import { chmod, chown, lstat, mkdir, rename, symlink } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { COMPOSE, DATABASE, type Project, project, REDIS } from './support.js';

const FILES = [DATABASE, REDIS, COMPOSE];
const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('left out: files of other owners, which only root can make');

async function rewrite(site: Project, change: (text: string) => string): Promise<void> {
  for (const file of FILES) await site.write(file, change(await site.read(file)));
}

const SHAPES: readonly (readonly [string, (site: Project) => Promise<unknown>, (text: string) => boolean])[] = [
  ['CRLF', (site) => rewrite(site, (text) => text.replaceAll('\n', '\r\n')), (text) => !/[^\r]\n/.test(text)],
  [
    'a BOM and no final newline',
    (site) => rewrite(site, (text) => `\ufeff${text.trimEnd()}`),
    (text) => text.startsWith('\ufeff') && !text.endsWith('\n'),
  ],
  ['odd modes', (site) => modes(site, [0o640, 0o755, 0o606]), () => true],
  ...(isRoot ? ([['other owners', (site: Project) => owners(site), () => true]] as const) : []),
];

/** Applies everything, looks at each file, takes everything back. */
describe('all stages and back, on files with', () => {
  it.each(SHAPES)('%s', async (_what, shape, kept) => {
    const site = await project();
    await shape(site);
    const before = await site.fingerprint();
    expect(await site.run('apply', '--all', '--yes')).toMatchObject({ code: 0 });
    const after = await site.fingerprint();
    for (const file of FILES) {
      expect(kept(await site.read(file)), file).toBe(true);
      expect(after[file]).not.toBe(before[file]);
      expect(attributes(after[file])).toBe(attributes(before[file]));
    }
    expect(await site.run('rollback', '--all', '--yes')).toMatchObject({ code: 0 });
    expect(await site.fingerprint()).toEqual(before);
  });

  it('a link in the place of one: the link stays, and what it points at changes and comes back', async () => {
    const site = await project();
    await mkdir(site.path('shared'));
    await rename(site.path(DATABASE), site.path('shared/db settings.py'));
    await symlink('../../../shared/db settings.py', site.path(DATABASE));
    const before = await site.fingerprint();
    expect(await site.run('apply', '--all', '--yes')).toMatchObject({ code: 0 });
    expect((await lstat(site.path(DATABASE))).isSymbolicLink()).toBe(true);
    expect(await site.read('shared/db settings.py')).toContain('pool_size=20');
    const status = JSON.parse((await site.run('status', '--json')).stdout).targets[0];
    expect(status.stages[0]).toMatchObject({ applied: true, drifted: [] });
    expect(await site.run('rollback', '--all', '--yes')).toMatchObject({ code: 0 });
    expect(await site.fingerprint()).toEqual(before);
  });
});

async function modes(site: Project, each: readonly number[]): Promise<void> {
  for (const [index, file] of FILES.entries()) await chmod(site.path(file), each[index] ?? 0o600);
}

async function owners(site: Project): Promise<void> {
  for (const [index, file] of FILES.entries()) await chown(site.path(file), 1000 + index, 2000 + index);
}

function attributes(identity: string | undefined): string | undefined {
  return identity?.slice(identity.indexOf(' '));
}
