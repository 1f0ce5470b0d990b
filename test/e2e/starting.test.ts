import { chmod, mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { COMPOSE, expectRefused, type Project, project } from './support.js';

const FLAGS = ['--stage', 'uvicorn-workers', '--runtime', 'none'];

/** A project whose backend is started by `command`, in the folder that is mounted as /srv. */
async function started(command: string): Promise<Project> {
  const site = await project();
  const compose = `services:\n  backend:\n    image: python\n    working_dir: /srv\n    volumes: ["../backend:/srv"]\n    command: ${command}\n`;
  await site.write(COMPOSE, compose);
  await mkdir(site.path('backend/bin'), { recursive: true });
  return site;
}

describe('a start command in a file of its own', () => {
  it('is planned, applied and put back in the script that the service mounts', async () => {
    const site = await started('bin/start.sh');
    const script = '#!/bin/sh\nexport TOKEN=hunter2\nexec uvicorn app.main:app --port 80 # 启动\n';
    await site.write('backend/bin/start.sh', script);
    await chmod(site.path('backend/bin/start.sh'), 0o755);
    const before = await site.fingerprint();
    const plan = JSON.parse((await site.run('plan', ...FLAGS, '--json')).stdout);
    const [file, ...others] = plan.stages[0].files;
    expect(others).toEqual([]);
    expect(file).toMatchObject({ role: 'start', path: site.path('backend/bin/start.sh') });
    expect(file.diff).toContain('+exec uvicorn app.main:app --port 80 --workers 2 # 启动');
    expect(JSON.stringify(plan)).not.toContain('hunter2');
    expect(await site.run('apply', ...FLAGS, '--yes')).toMatchObject({ code: 0 });
    expect(await site.read('backend/bin/start.sh')).toBe(script.replace('80 #', '80 --workers 2 #'));
    expect(JSON.parse((await site.run('plan', ...FLAGS, '--json')).stdout).stages[0].files).toEqual([]);
    expect(await site.run('rollback', '--runtime', 'none', '--yes')).toMatchObject({ code: 0 });
    expect(await site.fingerprint()).toEqual(before);
  });

  it('is refused with the place in the script, and what to write there, where it can not be followed', async () => {
    const site = await started('bin/start.sh');
    await site.write('backend/bin/start.sh', '#!/bin/sh\ncase "$1" in\n  web) exec uvicorn app.main:app;;\nesac\n');
    const refused = await site.run('plan', ...FLAGS);
    expectRefused(refused, 2, 'backend/bin/start.sh:3:6', '`case`', '`uvicorn app.main:app` in line 3', '--workers 2');
  });

  it('is refused with the place that starts it where the file is in the image alone', async () => {
    const site = await started('/opt/start.sh');
    expectRefused(await site.run('plan', ...FLAGS), 2, `${COMPOSE}:6:14`, '/opt/start.sh', '--workers 2');
  });

  it.each([
    ['python -m app.server', 'backend/app/server.py', 'uvicorn.run("app.main:app", workers=4)', 'workers=2'],
    ['gunicorn app.main:app', 'backend/gunicorn.conf.py', 'workers = int(os.getenv("WEB_CONCURRENCY", "4"))', '"2"'],
    ['honcho start web', 'backend/Procfile', 'web: uvicorn app.main:app --workers 4', '--workers 2'],
  ])('is shown where it stands: %s', async (command, path, line, wanted) => {
    const site = await started(command);
    const guard = 'import os\nimport uvicorn\nif __name__ == "__main__":\n    ';
    await site.write(
      path,
      `${line.startsWith('uvicorn') ? guard : line.startsWith('web') ? '' : 'import os\n'}${line}\n`,
    );
    const { stdout, code } = await site.run('plan', ...FLAGS);
    expect(code).toBe(0);
    expect(stdout).toContain(path);
    expect(stdout.split('\n').find((each) => /^\s*\+(?!\+)/.test(each))).toContain(wanted);
  });
});

describe('a value that several files give', () => {
  it('is shown and changed in the one that counts', async () => {
    const site = await project();
    const base =
      'services:\n  backend:\n    build: backend\n    environment: {SECRET: hunter2, WORKERS: 1}\n    command: sh /app/start.sh\n';
    await site.write('docker-compose.yml', base);
    await site.write(
      'docker-compose.override.yml',
      'services:\n  backend:\n    volumes: [./backend:/app]\n    environment:\n      - WORKERS=3\n',
    );
    await site.write('backend/start.sh', 'exec uvicorn app.main:app --workers ${WORKERS:-1}\n');
    const { stdout, code } = await site.run('plan', ...FLAGS, '--file', 'compose=docker-compose.yml');
    expect(code).toBe(0);
    expect(stdout).toMatch(/web\.workers +3 -> 2/);
    expect(stdout).toMatch(/\+\s+- WORKERS=2/);
    expect(stdout).toContain('docker-compose.override.yml');
    expect(stdout).not.toContain('hunter2');
  });
});
