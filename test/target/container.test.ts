import { mkdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineBench } from './engine-bench.js';
import { TRIED } from './shells.js';

const COMPOSE = ['docker', 'compose', '-p', 'p'] as const;
/** An engine with one container; `made` is the hash that it was made with, `started` when, and `wanted` what its files say now. */
const DOCKER = `
case "$*" in
  "ps "*) echo "c1 $BENCH/docker" ;;
  *config-hash*) cat "$BENCH/made" ;;
  *"config --hash"*) echo "web $(cat "$BENCH/wanted")" ;;
  *State.StartedAt*) cat "$BENCH/started" ;;
  "inspect -f {{.Image}} {{.Config.Image}}"*) echo "sha256:old p-web" ;;
  events*)
    [ -e "$BENCH/shell" ] || { sleep 30; exit; }
    while [ ! -e "$BENCH/stopping" ]; do sleep 0.1; done
    echo kill
    sleep 30
    ;;
  *" up -d "*) [ "$(cat "$BENCH/made")" = "$(cat "$BENCH/wanted")" ] || { : >"$BENCH/stopping"; echo later >"$BENCH/started"; } ;;
  *" restart "*)
    : >"$BENCH/stopping"
    while [ -e "$BENCH/shell" ]; do sleep 0.1; done
    ;;
esac`;

describe.each(TRIED)('services in containers, in %s', (_, shell) => {
  let bench: EngineBench;

  beforeEach(async () => {
    bench = await EngineBench.make(shell);
    await bench.stub('docker', DOCKER);
    await mkdir(bench.path('docker'));
    await bench.write('made', 'one');
    await bench.write('wanted', 'one');
    await bench.write('started', 'before');
  });

  afterEach(() => bench.remove());

  const ref = () => ['compose', 'web', bench.path('docker')];
  const renew = (how: string, { below = 'direct', stop = 'own' } = {}, setup = '') =>
    bench.run([['at_renew_container', how, below, stop, ...ref(), ...COMPOSE]], setup);
  const done = async () => (await bench.calls()).filter((call) => / (up|restart|down|stop|build|tag) /.test(call));

  it('are started anew as they are, where only their code changed', async () => {
    expect(await renew('restart')).toMatchObject({ code: 0 });
    expect(await done()).toEqual(['docker compose -p p restart web']);
  });

  it('are made anew where their description changed, and never with others', async () => {
    await bench.write('wanted', 'two');
    expect(await renew('up')).toMatchObject({ code: 0 });
    expect(await done()).toEqual(['docker compose -p p up -d --no-deps web']);
  });

  it('are made anew for changed code, too, where they are not as their files say', async () => {
    await bench.write('wanted', 'two');
    await renew('restart');
    expect(await done()).toEqual(['docker compose -p p up -d --no-deps web']);
  });

  it('are started anew where compose finds nothing to do', async () => {
    await renew('up');
    expect(await done()).toEqual(['docker compose -p p up -d --no-deps web', 'docker compose -p p restart web']);
  });

  describe('of which there are several', () => {
    const SEVERAL = `
for id; do :; done
case "$*" in
  "ps "*) printf '%s\\n' "c2 $BENCH/docker" "c1 $BENCH/docker"; exit ;;
  *State.StartedAt*) echo "$id $(cat "$BENCH/started-$id" 2>/dev/null)"; exit ;;
  *" up -d "*) [ ! -e "$BENCH/half" ] || echo later >"$BENCH/started-c2" ;;
esac`;
    const asked = 'at_ask() { echo "ask $AT_CONTAINER $4 $5${6:+ $6}" >>"$BENCH/calls"; }\nat_main() { echo 7; }';
    beforeEach(() => bench.stub('docker', SEVERAL + DOCKER.replace(/.*started" ;;/, '')));

    it('stay as many, whatever their files ask for', async () => {
      expect(await renew('up')).toMatchObject({ code: 0 });
      expect((await done())[0]).toBe('docker compose -p p up -d --no-deps --scale web=2 web');
    });

    it('are started anew where they were left as they were, and those alone', async () => {
      await renew('up', { stop: '60' });
      expect((await done())[1]).toBe('docker compose -p p restart -t 60 web');
      await bench.write('half', '');
      await renew('up', { stop: '60' });
      expect((await done())[1]).toBe('docker restart -t 60 c1');
    });

    const finish = () => [['at_finish_tasks', '9', ...ref()]];
    const asks = async () => (await bench.calls()).filter((call) => call.startsWith('ask'));

    it('end their tasks one after the other', async () => {
      expect(await bench.run(finish(), asked)).toMatchObject({ code: 0 });
      expect(await asks()).toEqual(['ask c2 finish 9 several', 'ask c1 finish 9 several']);
      expect(await bench.read('release/taken')).toBe('web\n');
    });

    it('take up their work again where one of them is in vain: then nothing was touched', async () => {
      const busy = asked.replace('; }', '; [ $AT_CONTAINER$4 != c1finish ] && echo [\\"q\\"]; }');
      expect(await bench.run(finish(), busy)).toMatchObject({ code: 1, failed: 'finish the tasks of web' });
      expect(await asks()).toEqual(['ask c2 finish 9 several', 'ask c1 finish 9 several', 'ask c2 resume ["q"]']);
      expect(await bench.read('release/taken')).toBe('');
    });

    it('are passed over where they do not run', async () => {
      const down = asked.replace('at_main() { echo 7', 'at_main() { [ "$AT_CONTAINER" != c2 ]');
      expect(await bench.run(finish(), down)).toMatchObject({ code: 0 });
      expect(await asks()).toEqual(['ask c1 finish 9 several']);
    });

    it('stay as many as there were when the run began', async () => {
      const fewer = 'at_containers_of() { cat "$BENCH/there"; }\nend() { echo c1 >"$BENCH/there"; }';
      await bench.write('there', 'c2\nc1\n');
      await bench.run(
        [...finish(), ['end'], ['at_renew_container', 'up', 'direct', 'own', ...ref(), ...COMPOSE]],
        `${asked}\n${fewer}`,
      );
      expect((await done())[0]).toBe('docker compose -p p up -d --no-deps --scale web=2 web');
    });

    it('have each its program asked to end below its shell', async () => {
      await bench.write('shell', '');
      await bench.write('stopping', '');
      await bench.run([['at_end_below_shell', ...ref()], ['sleep', '1'], ['at_shell_is_over']], asked);
      expect((await asks()).toSorted()).toEqual(['ask c1 term 60', 'ask c2 term 60']);
    });
  });

  it('get the time to end that they need', async () => {
    await renew('restart', { stop: '60' });
    expect(await done()).toEqual(['docker compose -p p restart -t 60 web']);
  });

  it('are not waited for by the engine below a shell: the program is asked as soon as the shell was', async () => {
    await bench.write('shell', '');
    const ask = 'at_ask() { echo "ask $* $(ls "$BENCH/stopping")" >>"$BENCH/calls"; rm "$BENCH/shell"; }';
    expect(await renew('restart', { below: 'shell' }, ask)).toMatchObject({ code: 0 });
    expect(await bench.calls()).toContain('ask compose web ROOT/docker term 60 ROOT/stopping');
  });

  it('ask nobody where the engine never came to stop anything', async () => {
    const ask = 'at_ask() { echo "ask $*" >>"$BENCH/calls"; }';
    await renew('up', { below: 'shell' }, `${ask}\nat_compose_stop() { return 1; }`);
    expect((await bench.calls()).filter((call) => call.startsWith('ask'))).toEqual([]);
  });

  it('are built while the old one runs, and get their old image back', async () => {
    await bench.run([['at_build_image', ...ref(), ...COMPOSE]]);
    expect(await done()).toEqual(['docker compose -p p build web']);
    await bench.run([
      ['at_old_image', 'web'],
      ['at_old_image', 'other'],
    ]);
    expect(await done()).toEqual(['docker tag sha256:old p-web']);
  });

  it('get back the image that they had first, however often they are built', async () => {
    await bench.write('release/image-web', 'sha256:first p-web\n');
    await bench.run([
      ['at_build_image', ...ref(), ...COMPOSE],
      ['at_old_image', 'web'],
    ]);
    expect(await done()).toEqual(['docker compose -p p build web', 'docker tag sha256:first p-web']);
  });

  it.each([
    ['unless-stopped:0', 'unless-stopped'],
    ['on-failure:5', 'on-failure:5'],
    ['on-failure:0', 'on-failure'],
    [':0', 'no'],
  ])('are not started again by the engine while they end, and afterwards as before: %s', async (policy, again) => {
    await bench.stub('docker', `case "$*" in *RestartPolicy*) echo ${policy} ;; ps*) echo "c1 $BENCH/docker" ;; esac`);
    const ask = 'at_ask() { echo "ask $4 $5" >>"$BENCH/calls"; return 137; }\nat_main() { return 1; }';
    expect(await bench.run([['at_unrevived', '9', ...ref()]], ask)).toMatchObject({ code: 0 });
    const calls = (await bench.calls()).filter((call) => !call.includes('inspect') && !call.includes(' ps '));
    expect(calls).toEqual(['docker update --restart=no c1', 'ask term 9', `docker update --restart=${again} c1`]);
  });

  it('say that they could not be made', async () => {
    await bench.stub('docker', `${DOCKER}\ncase "$*" in *build*) exit 17 ;; esac`);
    expect(await bench.run([['at_build_image', ...ref(), ...COMPOSE]])).toMatchObject({ code: 1, failed: 'build web' });
  });
});
