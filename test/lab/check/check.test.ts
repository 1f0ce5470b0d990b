import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const LAB = join(ROOT, 'test/lab/lab');
/** Who lacks more is told of that first. */
const REASONS = /^lab: (only root can boot a machine|this is not Debian|[a-z-]+ is missing: apt-get install .*)\n$/;

let path: string;
let reason: string;

/** Every program of this machine but the one that boots others. */
beforeAll(() => {
  path = mkdtempSync(join(tmpdir(), 'programs-'));
  const programs = new Map(
    ['/usr/sbin', '/usr/bin'].flatMap((folder) => readdirSync(folder).map((name) => [name, folder])),
  );
  programs.delete('systemd-nspawn');
  for (const [name, folder] of programs) symlinkSync(join(folder, name), join(path, name));
  reason = REASONS.exec(lab('check').stderr)?.[1] ?? 'none given';
});
afterAll(() => rmSync(path, { recursive: true, force: true }));

function lab(...args: readonly string[]) {
  return spawnSync(LAB, args, { env: { PATH: path, HOME: path }, encoding: 'utf8' });
}

function labTests(env: Readonly<Record<string, string>>) {
  const args = [VITEST, 'run', '--config', 'vitest.lab.config.ts', '--reporter', 'json'];
  const own = { HOME: process.env.HOME, LANG: 'C.UTF-8', PATH: path, ...env };
  return spawnSync(process.execPath, args, { cwd: ROOT, env: own, encoding: 'utf8' });
}

describe('where no machine can be had', () => {
  it('the lab says why, and does nothing', () => {
    for (const args of [['check'], ['build', 'trixie'], ['boot', 'trixie', 'none']]) {
      const { status, stdout, stderr } = lab(...args);
      expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: expect.stringMatching(REASONS) });
    }
    expect(readdirSync(path)).not.toContain('.cache');
  });

  it('its tests say why, once, and are reported as skipped with that reason', () => {
    const { status, stdout, stderr } = labTests({});
    const report = JSON.parse(stdout.slice(stdout.indexOf('{')));
    expect({ status, total: report.numPassedTests + report.numFailedTests }).toEqual({ status: 0, total: 0 });
    expect(report.numPendingTests).toBeGreaterThan(10);
    const titles = report.testResults.flatMap(
      (file: { assertionResults: { fullName: string }[] }) => file.assertionResults,
    );
    for (const { fullName } of titles) expect(fullName).toContain(reason);
    expect(`${stdout.slice(0, stdout.indexOf('{'))}${stderr}`.split(reason)).toHaveLength(2);
  });

  it('they fail in CI', () => {
    const { status, stderr } = labTests({ CI: 'true' });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`the lab can't run: ${reason}`);
  });
});
