import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/edit/sha256.js';
import { ServiceBench } from '../support/services.js';
import { TRIED } from './shells.js';

const DOCKER = `
case $1 in
  ps) [ ! -s "$CONTAINERS" ] || case $* in *' -a '*) echo "c1 \${CONTAINERS%/*}" ;; *) grep -q '^\\(running\\|paused\\|restarting\\) ' "$CONTAINERS" && echo "c1 \${CONTAINERS%/*}" ;; esac ;;
  inspect) cat "$CONTAINERS" ;;
esac`;

describe.each(TRIED)('what a run leaves, in %s', (_, shell) => {
  let bench: ServiceBench;

  beforeEach(async () => {
    bench = await ServiceBench.make({ 'a.py': 'now\n' });
  });

  afterEach(() => bench.remove());

  const told = async (verb: string, ...args: readonly string[]) => {
    const { code, stdout, stderr } = await bench.call(verb, args, { shell });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [row, kind, what, state, ...rest] = stdout.trimEnd().split('\t');
    expect([row, rest]).toEqual(['left', []]);
    return { kind, what, state };
  };

  it.each([
    ['as before', 'a.py', sha256('now\n'), 'x'],
    ['as after', 'a.py', 'x', sha256('now\n')],
    ['neither as before nor as after: somebody else changed it', 'a.py', 'x', 'y'],
    ['not there', 'b.py', 'x', 'y'],
    ['as before', 'b.py', 'absent', 'y'],
  ])('is a file %s', async (state, file, before, after) => {
    expect(await told('at_left_file', bench.path(file), before, after)).toEqual({
      kind: 'file',
      what: bench.path(file),
      state,
    });
  });

  it.each([
    [
      { ActiveState: 'active', ActiveEnterTimestamp: 'Fri 2026-11-27 10:11:12 UTC' },
      'running since 2026-11-27T10:11:12Z',
    ],
    [{ ActiveState: 'active', ActiveEnterTimestamp: 'once upon a time' }, 'running since once upon a time'],
    [{ ActiveState: 'failed', SubState: 'failed', Result: 'exit-code' }, 'failed (exit-code)'],
    [
      { ActiveState: 'activating', SubState: 'auto-restart', Result: 'signal' },
      'ends as often as it is started (signal)',
    ],
    [{ ActiveState: 'activating', SubState: 'start' }, 'starting'],
    [{ ActiveState: 'deactivating', SubState: 'stop-sigterm' }, 'stopping'],
    [{ ActiveState: 'inactive', SubState: 'dead', Result: 'success' }, 'stopped'],
  ])('is a unit with %j: %s', async (properties, state) => {
    await bench.units({ 'u.service': properties });
    expect(await told('at_left_service', 'systemd', 'u.service', '-')).toEqual({
      kind: 'service',
      what: 'u.service',
      state,
    });
  });

  it('is a unit of which systemd tells nothing', async () => {
    await bench.stub('systemctl', 'exit 1');
    expect((await told('at_left_service', 'systemd', 'u.service', '-')).state).toMatch(/^not known: /);
  });

  it.each([
    ['running 0 2026-11-27T10:11:12.123456789Z', 'running since 2026-11-27T10:11:12Z'],
    ['paused 0 2026-11-27T10:11:12Z', 'paused'],
    ['restarting 3 2026-11-27T10:11:12Z', 'ends as often as it is started (exit 3)'],
    ['exited 0 2026-11-27T10:11:12Z', 'stopped'],
    ['exited 137 2026-11-27T10:11:12Z', 'failed (exit 137)'],
    ['dead 1 2026-11-27T10:11:12Z', 'failed (exit 1)'],
    ['created 0 0001-01-01T00:00:00Z', 'stopped: it was never started'],
    ['removing 0 2026-11-27T10:11:12Z', 'not known: the engine does not tell'],
    ['', 'not there: it has no container'],
  ])('is a container that is %j: %s', async (shown, state) => {
    await bench.stub('docker', DOCKER, { 'containers.txt': shown === '' ? '' : `${shown}\n` });
    expect(await told('at_left_service', 'compose', 'api', bench.root)).toEqual({
      kind: 'service',
      what: 'api',
      state,
    });
  });

  it('is a service of the user, by the check that he gave for it', async () => {
    const check = (command: string) => told('at_left_check', 'backend', bench.root, 'sh', '-c', command);
    expect(await check('test -e a.py; echo noise; echo noise >&2')).toEqual({
      kind: 'service',
      what: 'backend',
      state: 'its check holds',
    });
    expect((await check('exit 7')).state).toBe('its check fails (exit 7)');
  });
});
