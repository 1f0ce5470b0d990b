import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFacts } from '../../src/target/parse.js';

const SHELLS = [
  ['dash', '/bin/dash'],
  ['bash', '/bin/bash --posix'],
  ['busybox', '/bin/busybox sh'],
] as const;

/** In CI all of them must be there; elsewhere those that are. */
const tried = SHELLS.filter(([, command]) => process.env.CI || existsSync(command.split(' ')[0] ?? ''));

describe.each(tried)('what bounds a service, in %s', (_, command) => {
  const [program = '', ...flags] = command.split(' ');
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "limits 'a' "));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  async function put(file: string, text: string) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }

  async function said(call: string): Promise<string> {
    const library = await Promise.all(
      ['requests', 'limits'].map((name) => readFile(`templates/target/${name}.sh`, 'utf8')),
    );
    const run = spawnSync(program, [...flags, '-s'], {
      input: `${library.join('\n')}\n${call}`,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        AT_PROC: join(root, 'proc'),
        AT_CGROUPS: join(root, 'cgroup'),
        AT_CPUS: join(root, 'cpus'),
        ROOT: root,
      },
    });
    expect(run.stderr).toBe('');
    return run.stdout.trim();
  }

  it('is the least of the groups above it, with version 2', async () => {
    await put('proc/7/cgroup', '0::/system.slice/action.service\n');
    await put('cgroup/system.slice/memory.max', '3000000000\n');
    await put('cgroup/system.slice/action.service/memory.max', 'max\n');
    await put('cgroup/system.slice/action.service/cpu.max', '150000 100000\n');
    await put('cgroup/system.slice/cpu.max', 'max 100000\n');
    expect(await said('at_memory_limit 7; at_cpu_limit 7')).toBe('3000000000\n1.50');
  });

  it('is that of each controller, with version 1, where a huge number means none', async () => {
    await put('proc/7/cgroup', '9:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n');
    await put('cgroup/memory/docker/abc/memory.limit_in_bytes', '1073741824\n');
    await put('cgroup/memory/docker/memory.limit_in_bytes', '9223372036854771712\n');
    await put('cgroup/cpu/docker/abc/cpu.cfs_quota_us', '50000\n');
    await put('cgroup/cpu/docker/abc/cpu.cfs_period_us', '100000\n');
    expect(await said('at_memory_limit 7; at_cpu_limit 7')).toBe('1073741824\n0.50');
  });

  it('is nothing where no group bounds it, or none is to be seen', async () => {
    await put('proc/7/cgroup', '0::/a\n');
    await put('cgroup/a/memory.max', 'max\n');
    await put('cgroup/a/cpu.max', 'max 100000\n');
    expect(await said('at_memory_limit 7; at_cpu_limit 7; at_memory_limit 8; at_cpu_limit 8; true')).toBe('');
  });

  it('is the processors that it may run on, where these are not all', async () => {
    await put('cpus/online', '0-3\n');
    await put('proc/7/status', 'Name:\tpython\nCpus_allowed:\t1\nCpus_allowed_list:\t0,2\n');
    await put('proc/8/status', 'Cpus_allowed_list:\t0-3\n');
    expect(await said('at_affinity 7; at_affinity 8; at_affinity 9; true')).toBe('0,2');
  });

  it('counts what a process has for itself and its share of the rest', async () => {
    await put('proc/7/smaps_rollup', 'Rss: 900 kB\nPss: 600 kB\nPss_Dirty: 1 kB\n');
    expect(await said('at_pss 7')).toBe('614400');
  });

  it('reads the application alone, whatever its files are called', async () => {
    await put('backend/app/main.py', 'app = FastAPI()\n# ä\n');
    await put("backend/app/it's *.py", 'x = 1\n');
    await put('backend/venv/lib/x.py', 'no\n');
    await put('backend/tests/test_x.py', 'no\n');
    await put('backend/readme.md', 'no\n');
    const { sources } = parseFacts(await said('at_sources "$ROOT"')).surroundings;
    expect(sources).toEqual([
      { path: join(root, "backend/app/it's *.py"), text: 'x = 1\n' },
      { path: join(root, 'backend/app/main.py'), text: 'app = FastAPI()\n# ä\n' },
    ]);
  });

  it('has no sources where there is no application', async () => {
    expect(await said('at_sources "$ROOT/none"')).toBe('');
  });
});

describe('the rows', () => {
  const row = (...fields: readonly string[]) => fields.join('\t');

  it('give limits by role, and nothing where a field is empty', () => {
    const { limits } = parseFacts(row('limits', 'backend', '1000', '', '1024', '80', '')).surroundings;
    expect(limits.get('backend')).toEqual({
      memoryBytes: 1000,
      cpus: null,
      affinityCpus: null,
      openFiles: 1024,
      firstBytes: 80,
      largestBytes: null,
    });
    expect(limits.get('celery')).toBeUndefined();
    const bound = parseFacts(row('limits', 'backend', '', '', '', '', '', '0,2-3')).surroundings.limits;
    expect(bound.get('backend')).toMatchObject({ cpus: null, affinityCpus: 3 });
  });

  it('give the broker as it says itself', () => {
    const info = 'connected_clients:3\r\nmaxclients:10000\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n';
    const { broker } = parseFacts(row('broker', Buffer.from(info).toString('base64'))).surroundings;
    expect(broker).toEqual({ id: null, maxClients: 10000, clients: 3, policy: 'allkeys-lru', maxMemoryBytes: null });
    expect(parseFacts('').surroundings).toEqual({ limits: new Map(), sources: [], proxies: [], broker: null });
  });
});
