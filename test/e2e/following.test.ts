import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { COMPOSE, DATABASE, expectRefused, type Project, project, REDIS } from './support.js';

const CONFIG = 'backend/app/core/config.py';
const SETTINGS = `from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    database_url: str = "postgresql://ana:hunter2@db/action"
    db_pool_size: int = 5


settings = Settings()
`;

/** A project whose pool size stands in its settings class. */
async function followed(): Promise<Project> {
  const site = await project();
  await site.write(CONFIG, SETTINGS);
  const text = await site.read(DATABASE);
  const call = 'create_engine(settings.database_url, pool_size=settings.db_pool_size)';
  await site.write(DATABASE, text.replace('create_engine(settings.database_url)', call));
  return site;
}

describe('a value that stands in another file', () => {
  it('is planned, applied and put back there', async () => {
    const site = await followed();
    const before = await site.fingerprint();
    const plan = JSON.parse((await site.run('plan', '--stage', 'db-pool', '--json')).stdout);
    const [stage] = plan.stages;
    expect(stage.files.map(({ role, path }: { role: string; path: string }) => [role, path])).toEqual([
      ['settings', site.path(CONFIG)],
      ['database', site.path(DATABASE)],
    ]);
    expect(stage.files[0].diff).toContain('+    db_pool_size: int = 20');
    expect(JSON.stringify(plan)).not.toContain('hunter2');
    expect(plan.current.db.poolSize).toBe(5);
    expect(await site.run('apply', '--stage', 'db-pool', '--yes')).toMatchObject({ code: 0 });
    expect(await site.read(CONFIG)).toBe(SETTINGS.replace('int = 5', 'int = 20'));
    expect(await site.read(DATABASE)).toContain('pool_size=settings.db_pool_size, max_overflow=30');
    const after = JSON.parse((await site.run('plan', '--stage', 'db-pool', '--json')).stdout);
    expect(after.stages[0].files).toEqual([]);
    await site.write(CONFIG, `${await site.read(CONFIG)}# later\n`);
    const status = JSON.parse((await site.run('status', '--json')).stdout).targets[0];
    expect(status.stages[0].drifted).toHaveLength(1);
    await site.write(CONFIG, SETTINGS.replace('int = 5', 'int = 20'));
    expect(await site.run('rollback', '--yes')).toMatchObject({ code: 0 });
    expect(await site.fingerprint()).toEqual(before);
  });

  it('is changed in the environment file that wins over the class', async () => {
    const site = await followed();
    await site.write('backend/.env', '# 环境\nDB_POOL_SIZE=7 # seven\nSECRET_KEY=hunter2\n');
    const plan = await site.run('plan', '--stage', 'db-pool');
    expect(plan.stdout).toContain('+DB_POOL_SIZE=20 # seven');
    expect(plan.stdout).not.toContain('hunter2');
    expect(await site.run('apply', '--stage', 'db-pool', '--yes')).toMatchObject({ code: 0 });
    expect(await site.read('backend/.env')).toBe('# 环境\nDB_POOL_SIZE=20 # seven\nSECRET_KEY=hunter2\n');
    expect(await site.read(CONFIG)).toBe(SETTINGS);
  });

  it('is warned of where it may stand and can not be looked at, with the place', async () => {
    const site = await project();
    await site.write(REDIS, 'import redis\n\nclient = redis.from_url(make_url(), decode_responses=True)\n');
    const warningsOf = async (stage: string) => {
      const { warnings } = JSON.parse((await site.run('plan', '--stage', stage, '--json')).stdout);
      return warnings.filter(({ code }: { code: string }) => code === 'redis-url-unseen');
    };
    expect(await warningsOf('redis-pool')).toMatchObject([{ file: site.path(REDIS), line: 3 }]);
    expect(await warningsOf('db-pool')).toEqual([]);
  });

  it('is carried out from a saved plan, which is stale once that file changed', async () => {
    const site = await followed();
    expect(await site.run('plan', '--stage', 'db-pool', '--out', 'saved.json')).toMatchObject({ code: 0 });
    await site.write(CONFIG, `${SETTINGS}# changed\n`);
    expectRefused(await site.run('apply', '--plan', 'saved.json', '--yes'), 3, CONFIG, /when the plan was made/);
    await site.write(CONFIG, SETTINGS);
    expect(await site.run('apply', '--plan', 'saved.json', '--yes')).toMatchObject({ code: 0 });
    expect(await site.read(CONFIG)).toContain('int = 20');
  });

  it('is refused with the place in that file where it can not be followed', async () => {
    const site = await followed();
    await site.write(CONFIG, SETTINGS.replace('int = 5', 'int = cpus() * 2'));
    expectRefused(await site.run('plan', '--stage', 'db-pool'), 3, `${CONFIG}:7:25`, 'is calculated');
    await site.write(CONFIG, Buffer.from('# \xcb\xf9\n', 'latin1'));
    expectRefused(await site.run('plan', '--stage', 'db-pool'), 2, `${CONFIG}:1:3`, 'not UTF-8');
  });
});

describe('what decides in other files', () => {
  it('is the URL of Redis, whose own number beats the argument, and whose password is not shown', async () => {
    const site = await followed();
    await site.write(CONFIG, SETTINGS.replace('    db_pool', '    redis_url: str = "redis://redis/0"\n    db_pool'));
    await site.write(
      REDIS,
      'import redis\nfrom app.core.config import settings\nclient = redis.from_url(settings.redis_url)\n',
    );
    await site.write('backend/.env', 'REDIS_URL=redis://:hunter2@redis/0?max_connections=9\n');
    const plan = await site.run('plan', '--stage', 'redis-pool');
    expect(plan.stdout).toMatch(/redis\.max_connections +9 -> /);
    expect(plan.stdout).toMatch(/\+REDIS_URL=redis:\/\/.*@redis\/0\?max_connections=\d\d/);
    expect(plan.stdout + plan.stderr).not.toContain('hunter2');
  });

  it('is the caller of the function that makes the engine', async () => {
    const site = await project();
    const engine =
      'from sqlalchemy import create_engine\n\n\ndef make_engine(url, pool_size=5):\n    return create_engine(url, pool_size=pool_size)\n';
    await site.write(DATABASE, engine);
    const caller = 'backend/app/engines.py';
    await site.write(
      caller,
      'from app.core.database import make_engine\n\nengine = make_engine("postgresql://h/d", pool_size=7)\n',
    );
    const plan = JSON.parse((await site.run('plan', '--stage', 'db-pool', '--json')).stdout);
    expect(plan.current.db.poolSize).toBe(7);
    expect(plan.stages[0].files.map(({ path }: { path: string }) => path)).toContain(site.path(caller));
    await site.write(
      'backend/app/other.py',
      'from app.core.database import make_engine\nother = make_engine("postgresql://h/d")\n',
    );
    expectRefused(await site.run('plan', '--stage', 'db-pool'), 3, `${caller}:3:10`, 'gives pool_size');
  });

  it('is a URL of SQLite in the environment file, which has no pool', async () => {
    const site = await followed();
    await site.write('backend/.env', 'DATABASE_URL=sqlite:///./dev.db\n');
    expectRefused(await site.run('plan', '--stage', 'db-pool'), 3, 'backend/.env:1:14', 'SQLite');
  });
});

describe('of several candidates', () => {
  it('an engine is picked by the name that it is given', async () => {
    const site = await project();
    const text = await site.read(DATABASE);
    const call = 'engine = create_engine(settings.database_url)';
    await site.write(DATABASE, text.replace(call, `reader = create_engine(replica)\n${call}`));
    expectRefused(await site.run('plan', '--stage', 'db-pool'), 3, 'reader, line', 'engine, line', '#NAME');
    const plan = await site.run('plan', '--stage', 'db-pool', '--file', `database=${DATABASE}#engine`);
    expect(plan.stdout).toContain('+engine = create_engine(settings.database_url, pool_size=20');
  });

  it('a compose service is picked by its name', async () => {
    const site = await project();
    const text = await site.read(COMPOSE);
    const [, backend = ''] = /^( {2}backend:\n(?: {4}.*\n| *\n)*)/m.exec(text) ?? [];
    expect(backend).toContain('uvicorn');
    await site.write(COMPOSE, text.replace(backend, backend.replace('backend:', 'admin:') + backend));
    await mkdir(site.path('spare'));
    const flags = ['--stage', 'uvicorn-workers', '--runtime', 'none'];
    expectRefused(await site.run('plan', ...flags), 2, 'admin, line', 'backend, line', '--service backend=NAME');
    expect((await site.run('plan', ...flags, '--service', 'backend=backend')).stdout).toContain('--workers 2');
  });
});
