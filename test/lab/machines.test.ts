import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { type Machine, machine, onEachSuite } from './machine.js';

const LAB = fileURLToPath(new URL('lab', import.meta.url));
const CACHE =
  process.env.ACTION_TUNE_LAB ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'action-tune-lab');

const servers: Machine[] = [];
const owners: ChildProcess[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
  for (const owner of owners.splice(0)) owner.kill();
});

/** What there is of a machine on this host: its folder, its network, its cgroups, and the processes in them. */
function traces(name: string): readonly string[] {
  const places = [join(CACHE, 'machines', name), `/run/netns/at-lab-${name}`].filter((path) => existsSync(path));
  const find = ['/sys/fs/cgroup', '-type', 'd', '-name', `at-lab-${name}`];
  return [...places, ...spawnSync('find', find, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean)];
}

onEachSuite('machines', (suite) => {
  it('have the same ports, and nothing to do with each other', async () => {
    const [one, other] = [await machine(suite, 'systemd'), await machine(suite, 'bare')];
    servers.push(one, other);
    expect(await one.read('hostname; curl -s http://127.0.0.1:8001/health')).toBe(`${one.name}\n{"status":"ok"}`);
    expect(await other.exec('curl -s http://127.0.0.1:8001/health')).toMatchObject({ code: 7, stdout: '' });
    expect(await other.read('hostname; redis-cli DBSIZE')).toBe(`${other.name}\n0`);
    expect(await one.read('ls /home; ip -o link | wc -l')).toBe('1');
    await other.exec('systemctl stop redis-server postgresql; pkill -f uvicorn');
    expect(await one.read('curl -s http://127.0.0.1:8001/api/v1/hotspots/?limit=1')).toContain('"views":1');
  });

  it('leave nothing when they are removed', async () => {
    const server = await machine(suite, 'compose');
    expect(traces(server.name).length).toBeGreaterThan(2);
    await server.remove();
    expect(traces(server.name)).toEqual([]);
  });

  it('are removed with those that nobody waits for, once their owner is gone', async () => {
    const owner = spawn('sleep', ['600']);
    owners.push(owner);
    const name = `owned-${process.pid}-${suite}`;
    const env = { ...process.env, ACTION_TUNE_LAB_OWNER: String(owner.pid) };
    const lab = (...args: readonly string[]) => spawnSync(LAB, args, { env, encoding: 'utf8' });
    expect(lab('boot', suite, name)).toMatchObject({ status: 0, stdout: `${join(CACHE, 'machines', name)}\n` });
    expect(lab('remove', '--all')).toMatchObject({ status: 0 });
    expect(lab('exec', name, 'true')).toMatchObject({ status: 0 });
    const gone = new Promise((resolve) => owner.once('close', resolve));
    owner.kill();
    await gone;
    expect(lab('remove', '--all')).toMatchObject({ status: 0 });
    expect(traces(name)).toEqual([]);
    expect(readdirSync(join(CACHE, 'machines'))).not.toContain(name);
    expect(lab('exec', name, 'true')).toMatchObject({ status: 1, stderr: `lab: there is no machine ${name}\n` });
  });
});
