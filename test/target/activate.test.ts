import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EngineBench } from './engine-bench.js';
import { TRIED } from './shells.js';

const WEB = ['systemd', 'web.service', '-'] as const;
const TASKS = ['compose', 'worker', '/srv/docker'] as const;
/** Stands in for the probe: says what it was asked, and succeeds unless `refuses` is there. */
const ASKED = 'at_ask() { echo "ask $*" >>"$BENCH/calls"; [ ! -e "$BENCH/refuses" ]; }\n';

describe.each(TRIED)('what makes services take their files, in %s', (_, shell) => {
  let bench: EngineBench;
  const others: ChildProcess[] = [];

  beforeEach(async () => {
    bench = await EngineBench.make(shell);
  });

  afterEach(async () => {
    for (const child of others.splice(0)) child.kill('SIGKILL');
    await bench.remove();
  });

  describe('a service', () => {
    it('comes back only if it was touched', async () => {
      const say = (word: string) => ['at_do', word, 'sh', '-c', `echo ${word} >>"${bench.path('calls')}"`];
      await bench.run([
        ['at_take', 'one', ...say('there')],
        ['at_give_back', 'one', ...say('back')],
        ['at_give_back', 'two', ...say('never')],
      ]);
      expect(await bench.calls()).toEqual(['there', 'back']);
    });

    it('is not had in another way on the way forward, and is on the way back', async () => {
      await bench.stub('systemctl');
      await bench.write('refuses', '');
      const reload = [['at_reload', ...WEB, 'at_restart_unit', 'web.service']];
      expect(await bench.run(reload, `${ASKED}AT_FORWARD=1`)).toMatchObject({ code: 1, failed: 'reload web.service' });
      expect(await bench.calls()).toEqual(['ask systemd web.service - hup']);
      expect(await bench.run(reload, ASKED)).toMatchObject({ code: 0 });
      expect(await bench.calls()).toEqual([
        'ask systemd web.service - hup',
        'systemctl reset-failed web.service',
        'systemctl restart web.service',
      ]);
    });

    it('gets a number of workers, or says that it does not', async () => {
      const count = [['at_count', 'scale', ...WEB, '3', 'at_restart_unit', 'web.service']];
      expect(await bench.run(count, `${ASKED}AT_FORWARD=1`)).toMatchObject({ code: 0 });
      expect(await bench.calls()).toEqual(['ask systemd web.service - scale 3']);
      await bench.write('refuses', '');
      expect(await bench.run(count, `${ASKED}AT_FORWARD=1`)).toMatchObject({ failed: 'scale web.service to 3' });
    });

    it('counts as touched once its tasks are finished: then only a start lets it work again', async () => {
      const finish = [['at_finish_tasks', '9', ...WEB]];
      const runs = `${ASKED}at_main() { echo 7; }`;
      await bench.write('refuses', '');
      expect(await bench.run(finish, runs)).toMatchObject({ code: 1, failed: 'finish the tasks of web.service' });
      expect(await bench.read('release/taken')).toBe('');
      await rm(bench.path('refuses'));
      expect(await bench.run(finish, runs)).toMatchObject({ code: 0 });
      expect(await bench.read('release/taken')).toBe('web.service\n');
      await bench.calls();
      expect(await bench.run(finish, `${ASKED}at_main() { return 1; }`)).toMatchObject({ code: 0 });
      expect(await bench.calls()).toEqual([]);
    });

    it('is ended where it takes no remote control, and counts as touched from then on', async () => {
      const ask =
        'at_main() { echo 7; }\nat_ask() { echo "ask $*" >>"$BENCH/calls"; [ "$4" = finish ] && return 5; return 1; }';
      expect(await bench.run([['at_finish_tasks', '9', ...WEB]], ask)).toMatchObject({ code: 1 });
      expect(await bench.calls()).toEqual(['ask systemd web.service - finish 9', 'ask systemd web.service - term 9']);
      expect(await bench.read('release/taken')).toBe('web.service\n');
    });

    it.each([
      ['does not run any more', 3, '', 0, 'web.service\n'],
      ['answers nobody, on the way forward', 6, 'AT_FORWARD=1', 1, ''],
      ['answers nobody, on the way back', 6, '', 0, 'web.service\n'],
      ['has no Python yet, on the way back', 4, '', 0, 'web.service\n'],
      ['may have become deaf', 7, 'AT_FORWARD=1', 1, 'web.service\n'],
      ['is at work for longer', 1, '', 1, ''],
      ['has ended meanwhile', 1, 'at_main() { [ -s "$BENCH/calls" ] && echo 8 || echo 7; }', 0, 'web.service\n'],
    ])('has its tasks finished, or not, where it %s', async (_what, status, setup, code, taken) => {
      const ask = `at_main() { echo 7; }\nat_ask() { echo ask >>"$BENCH/calls"; return ${status}; }\n${setup}`;
      expect(await bench.run([['at_finish_tasks', '9', ...WEB]], ask)).toMatchObject({ code });
      expect(await bench.read('release/taken')).toBe(taken);
    });

    it('is restarted on the way back where it does not end by itself', async () => {
      await bench.stub('systemctl', 'case $1 in show) echo MainPID=7 ;; esac');
      const anew = [['at_end_and_restart', 'tasks.service']];
      expect(await bench.run(anew, 'AT_FORWARD=1\nat_ask() { return 1; }')).toMatchObject({
        failed: 'end tasks.service',
      });
      expect(await bench.calls()).not.toContain('systemctl restart tasks.service');
      expect(await bench.run(anew, 'at_ask() { return 1; }')).toMatchObject({ code: 0 });
      expect(await bench.calls()).toContain('systemctl restart tasks.service');
    });

    it.each([
      ['nobody started it meanwhile', '0', true],
      ['systemd has not noticed yet', '7', true],
      ['systemd started it by itself', '8', false],
    ])('is ended by its main process alone, and started anew unless it is: %s', async (_what, pid, restarts) => {
      await bench.stub(
        'systemctl',
        `case $1 in show) if [ -e "$BENCH/ended" ]; then echo MainPID=${pid}; else echo MainPID=7; fi ;; esac`,
      );
      const ask = 'at_ask() { echo "ask $*" >>"$BENCH/calls"; : >"$BENCH/ended"; }';
      expect(await bench.run([['at_end_and_restart', 'tasks.service']], ask)).toMatchObject({ code: 0 });
      const calls = await bench.calls();
      expect(calls).toContain('ask systemd tasks.service - term 60');
      expect(calls.includes('systemctl restart tasks.service')).toBe(restarts);
    });

    it('takes its port over in one step, and gives it back', async () => {
      await bench.stub('systemctl');
      await bench.run([['at_adopt_port', 'web.socket', 'web.service']]);
      expect(await bench.calls()).toEqual([
        'systemctl enable web.socket',
        'systemctl reset-failed web.service',
        'systemctl restart web.service',
        'systemctl is-active --quiet web.socket',
      ]);
      await bench.run([['at_leave_port', 'web.socket', 'web.service']]);
      expect((await bench.calls()).filter((call) => !call.includes('reset'))).toEqual([
        'systemctl stop web.socket web.service',
        'systemctl restart web.service',
      ]);
    });

    it('is held between two requests where systemd holds its port, and restarted whether that was possible or not', async () => {
      await bench.stub('systemctl');
      const calls = [
        'ask systemd web.service - hold',
        'systemctl reset-failed web.service',
        'systemctl restart web.service',
      ];
      expect(await bench.run([['at_restart_held', ...WEB]], ASKED)).toMatchObject({ code: 0 });
      expect(await bench.calls()).toEqual(calls);
      await bench.write('refuses', '');
      expect(await bench.run([['at_restart_held', ...WEB]], ASKED)).toMatchObject({ code: 0 });
      expect(await bench.calls()).toEqual(calls);
    });

    it('is excused from what it did not do before', async () => {
      const judged = `at_service_checks() { echo "judge $5" >>"$BENCH/calls"; }\n`;
      await bench.write('refuses', '');
      await bench.run([['at_note_health', ...WEB, '{}']], `${ASKED}:`);
      await bench.calls();
      await bench.run(
        [
          ['at_verify', '1', ...WEB, 'with', 'without'],
          ['at_verify', '1', ...TASKS, 'with', 'without'],
        ],
        judged,
      );
      expect(await bench.calls()).toEqual(['judge without', 'judge with']);
    });
  });

  describe('settling', () => {
    const settling = `at_settle() {
  case $3 in web.service) sleep "$WEB" ;; *) sleep 0.2 ;; esac
  echo "settled $3" >>"$BENCH/calls"
  AT_FAILED="$3 stays up"
  [ "$3" != "$FALLS" ]
}
`;
    const both = [
      ['at_settle_apart', '9', ...WEB, 'a', 'b'],
      ['at_settle_apart', '9', ...TASKS, 'a', 'b'],
      ['at_settled'],
    ];

    it('is over when all have settled', async () => {
      expect(await bench.run(both, `WEB=0.5 FALLS=none\n${settling}`)).toMatchObject({ code: 0, failed: '' });
      expect((await bench.calls()).toSorted()).toEqual(['settled web.service', 'settled worker']);
    });

    it('ends with the first that does not stay up, whichever that is', async () => {
      const failed = await bench.run(both, `WEB=600 FALLS=worker\n${settling}`);
      expect(failed).toMatchObject({ code: 1, failed: 'worker stays up' });
      expect(await bench.calls()).toEqual(['settled worker']);
    });
  });

  describe('evidence', () => {
    it('is kept beside the release for its owner alone, without the requests that went well', async () => {
      const lines = [
        'starting',
        '127.0.0.1:1 - "GET /health HTTP/1.1" 200 OK',
        'boom',
        '"GET /x HTTP/1.1" 503',
        '"GET /x HTTP/1.1" 503',
      ];
      await bench.stub('journalctl', lines.map((line) => `echo '${line}'`).join('\n'));
      const { progress } = await bench.run([['at_keep_evidence', ...WEB]]);
      expect(await bench.read('release/evidence/web.service.log')).toBe('starting\nboom\n"GET /x HTTP/1.1" 503\n');
      expect((await stat(bench.path('release/evidence/web.service.log'))).mode & 0o777).toBe(0o600);
      const [, , name, text] = progress.trim().split('\t');
      expect([name, Buffer.from(text ?? '', 'base64').toString()]).toEqual([
        'web.service',
        'starting\nboom\n"GET /x HTTP/1.1" 503\n',
      ]);
    });
  });

  describe('a trial', () => {
    const database = () => bench.path('backend/database.py');
    const staged = (text: string) => bench.write('backend/.database.py.action-tune~', text);
    const answers = (status: number) =>
      `at_ask() { cat >"$BENCH/asked"; echo "$*" >>"$BENCH/calls"; return ${status}; }`;

    it("is the service's own, with the new text", async () => {
      await staged('x = 1\n');
      const { code, progress } = await bench.run([['at_valid_python', database(), ...WEB]], answers(0));
      expect(code).toBe(0);
      expect(await bench.read('asked')).toBe('x = 1\n');
      expect(await bench.calls()).toEqual(['systemd web.service - trial ROOT/backend/database.py']);
      expect(progress).toContain(`check\t1\tvalid ${database()} in web.service\ttrue`);
    });

    it('fails with the service', async () => {
      await staged('x = 1\n');
      const { code, failed } = await bench.run([['at_valid_python', database(), ...WEB]], answers(1));
      expect({ code, failed }).toEqual({ code: 1, failed: `trial of ${database()} in web.service` });
    });

    it.each([
      ['x = 1\n', 0],
      ['x = (\n', 1],
    ])('is a compilation alone where the service does not run: %j', async (text, expected) => {
      await staged(text);
      const { code, output } = await bench.run([['at_valid_python', database(), ...WEB]], answers(3));
      expect(code).toBe(expected);
      if (expected === 1) expect(output).toContain('SyntaxError');
      expect(await readdir(bench.path('backend'))).toEqual(['.database.py.action-tune~']);
    });

    it("takes the interpreter that the unit's program names", async () => {
      await bench.stub('mine-python3');
      await bench.write('backend/venv/bin/uvicorn', `#!${bench.path('stubs/mine-python3')}\n`, 0o755);
      await bench.stub('systemctl', `echo "ExecStart={ path=$BENCH/backend/venv/bin/uvicorn ; argv[]=x ; }"`);
      await staged('x = 1\n');
      await bench.run([['at_valid_python', database(), ...WEB]], answers(3));
      // A first line with blanks is nobody's interpreter.
      const named = (await bench.calls()).some((call) => call.startsWith('mine-python3 -I -B -c'));
      expect(named).toBe(!bench.root.includes(' '));
    });

    it("is compose's own for a compose file, in the place of the one that it will be", async () => {
      await bench.write('docker/base.yml', 'old');
      await bench.write('docker/more.yml', 'old');
      await bench.write('docker/.more.yml.action-tune~', 'new');
      const compose = [
        'docker',
        'compose',
        '-p',
        'p',
        '-f',
        bench.path('docker/base.yml'),
        '-f',
        bench.path('docker/more.yml'),
      ];
      await bench.stub('docker', '[ ! -e "$BENCH/refuses" ] || { echo "services.web is wrong" >&2; exit 15; }');
      const valid = [['at_valid_compose', bench.path('docker/more.yml'), ...compose]];
      expect(await bench.run(valid)).toMatchObject({ code: 0 });
      expect(await bench.calls()).toEqual([
        'docker compose -p p -f ROOT/docker/base.yml -f ROOT/docker/.more.yml.action-tune~ config -q',
      ]);
      await bench.write('refuses', '');
      const failed = await bench.run(valid);
      expect(failed).toMatchObject({ code: 15, failed: `trial of ${bench.path('docker/more.yml')}` });
      expect(failed.output).toContain('services.web is wrong');
    });

    describe('of a script', () => {
      const path = 'backend/start.sh';
      const attempt = async (before: string | null, after: string, file = path) => {
        if (before !== null) await bench.write(file, before);
        await bench.write(file.replace(/([^/]*)$/, '.$1.action-tune~'), after);
        return bench.run([['at_valid_script', bench.path(file)]]);
      };
      const trial = (file = path) => `trial of ${bench.path(file)}`;

      it.each([
        ['that its shell takes', 'exec uvicorn a:b\n', '#!/bin/sh\nexec uvicorn a:b --workers 2\n', 0],
        [
          'that its shell does not take',
          '#!/bin/sh\nexec uvicorn a:b\n',
          '#!/bin/sh\nif true; then\nexec uvicorn\n',
          1,
        ],
        ['without a first line', 'uvicorn a:b\n', 'uvicorn a:b (\n', 1],
        ['for bash', '#!/usr/bin/env bash\na=(1 2)\n', '#!/usr/bin/env bash\na=(1 3)\n', 0],
        ['for bash, with options', '#!/bin/bash -e\na=(1 2)\n', '#!/bin/bash -e\na=(1 2\n', 1],
        ['for env -S', '#!/usr/bin/env -S sh -e\n:\n', '#!/usr/bin/env -S sh -e\n)\n', 1],
        ["that was not this machine's shell's before either", '#!/bin/dash\na=(1 2)\n', '#!/bin/dash\na=(1 3)\n', 0],
        ['for another program', '#!/usr/bin/python3\n:\n', '#!/usr/bin/python3\n)\n', 0],
      ])('%s', async (_what, before, after, expected) => {
        const { code, failed } = await attempt(before, after);
        expect({ code, failed }).toEqual({ code: expected, failed: expected === 0 ? '' : trial() });
      });

      it('that is new and wrong', async () => {
        expect(await attempt(null, '#!/bin/sh\n)\n')).toMatchObject({ code: 1, failed: trial() });
      });

      it('runs nothing of it, and says nothing of its text but the line', async () => {
        const { output } = await attempt(':\n', `touch "${bench.path('ran')}"\nexport KEY=hunter2 )\n`, path);
        expect(existsSync(bench.path('ran'))).toBe(false);
        expect(output).toContain(`sh does not take ${bench.path(path)}, line 2`);
        expect(output).not.toContain('hunter2');
        const bash = await attempt('#!/bin/bash\n', '#!/bin/bash\nexport KEY=hunter2 )\n', path);
        expect(bash.output).toContain(`bash does not take ${bench.path(path)}, line 2`);
        expect(bash.output).not.toContain('hunter2');
      });

      it.each(['Procfile', 'Makefile', 'Dockerfile', 'app.conf'])('is none for a %s', async (file) => {
        const { code, progress } = await attempt('web: uvicorn\n', 'web: uvicorn (\n', file);
        expect({ code, progress }).toEqual({ code: 0, progress: '' });
      });
    });

    describe('of a unit', () => {
      /** Complains of lines that begin with `bad`, with where the file lies. */
      const ANALYZE = `for file; do :; done
grep -n '^bad' "$file" | sed "s|^|$file:|" >&2
grep -q '^worse' "$file" && exit 1
exit 0`;

      it.each([
        ['well, and well before', 'fine\n', 'fine\nmore\n', 0],
        ['bad, as it was', 'bad\n', 'bad\nmore\n', 0],
        ['bad, and was well', 'fine\n', 'fine\nbad\n', 1],
        ['what can not be loaded', 'fine\n', 'worse\n', 1],
        ['new and well', null, 'fine\n', 0],
        ['new and bad', null, 'bad\n', 1],
      ])('%s', async (_what, before, after, expected) => {
        await bench.stub('systemd-analyze', ANALYZE);
        await bench.stub('systemctl');
        if (before !== null) await bench.write('units/web.service', before);
        await bench.write('units/.web.service.action-tune~', after);
        const { code, failed } = await bench.run([['at_valid_units', bench.path('units/web.service')]]);
        expect({ code, failed }).toEqual({ code: expected, failed: expected === 0 ? '' : 'trial of web.service' });
        expect(existsSync(bench.path('release/trial'))).toBe(false);
      });

      it('with the unit that a drop-in belongs to', async () => {
        await bench.write('units/web.service', 'base\n');
        await bench.write('units/web.service.d/.own.conf.action-tune~', 'mine\n');
        await bench.stub('systemctl', 'echo "FragmentPath=$BENCH/units/web.service"');
        await bench.stub('systemd-analyze', 'for file; do :; done\ncp -r "$(dirname "$file")" "$BENCH/seen"');
        expect(await bench.run([['at_valid_units', bench.path('units/web.service.d/own.conf')]])).toMatchObject({
          code: 0,
        });
        expect(await bench.read('seen/web.service')).toBe('base\n');
        expect(await bench.read('seen/web.service.d/own.conf')).toBe('mine\n');
      });
    });
  });

  describe('a new unit', () => {
    const unit = () => bench.path('units/web.service');
    const alone = (role = 'backend') => bench.run([['at_no_old_way', role, 'web.service', unit()]]);

    beforeEach(async () => {
      await mkdir(bench.path('backend'));
      await bench.write('units/.web.service.action-tune~', '[Service]\nExecStart=/x/uvicorn a:b --port 1\n');
    });

    it('may do what nobody does', async () => {
      expect(await alone()).toMatchObject({ code: 0 });
    });

    it('is refused while a program by hand does the same', async () => {
      await bench.write('backend/uvicorn', '#!/bin/sh\nsleep 60\n', 0o755);
      others.push(spawn(bench.path('backend/uvicorn'), ['a:b'], { cwd: bench.path('backend'), stdio: 'ignore' }));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(await alone()).toMatchObject({
        code: 1,
        failed: 'web.service is alone',
        output: expect.stringContaining('does already what web.service is to do'),
      });
      expect(await alone('celery')).toMatchObject({ code: 0 });
    });

    it('is refused while somebody holds its port', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      await bench.write(
        'units/.web.service.action-tune~',
        `[Service]\nExecStart=/x/uvicorn a:b --port ${port} --workers 2\n`,
      );
      const refused = await alone();
      server.close();
      expect(refused).toMatchObject({ code: 1, output: expect.stringContaining(`what holds port ${port}`) });
    });
  });
});
