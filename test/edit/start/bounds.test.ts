import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { unitEditor } from '../../../src/edit/systemd/unit.js';
import { CODE, database, type Files, outcomeIn } from '../project.js';

const UNIT = '/etc/systemd/system/a.service';
const WANT = { 'web.workers': 2 };
const unit = (start: string) => `[Service]\nWorkingDirectory=/srv/action\nExecStart=${start}\n`;
const inUnit = (start: string, files: Files) =>
  outcomeIn(unitEditor('backend', CODE), UNIT, { ...files, [UNIT]: unit(start) }, WANT);

const TOO_MANY = 'The start commands lead through more files than are followed';

describe('what is followed from a start command', () => {
  it.each([
    ['honcho start', 'Procfile', 'web: uvicorn a:b\n'],
    ['supervisord -c s.conf', 's.conf', '[program:a]\ncommand=uvicorn a:b\n'],
    ['make', 'Makefile', 'run:\n\tuvicorn a:b\n'],
    ['/bin/sh run.sh', 'run.sh', 'uvicorn a:b\n'],
    ['/v/python main.py', 'main.py', 'import uvicorn\n'],
    ['/v/gunicorn a:b', 'gunicorn.conf.py', 'workers = 4\n'],
  ])('is not taken for a file that is not there where it is large: %s', (start, path, text) => {
    const large = text + '# x\n'.repeat(40_000);
    expect(inUnit(start, { [path]: large })).toBe(`unsupported ${path}:1:1 The file is larger than 128 KiB`);
  });

  it('ends where scripts start each other again and again', () => {
    const files = { 'a.sh': 'sh b.sh\n'.repeat(20), 'b.sh': 'sh a.sh\n'.repeat(20) };
    expect(inUnit('/bin/sh a.sh', files)).toMatch(TOO_MANY);
  });

  it('may be several files', () => {
    const scripts = Array.from({ length: 20 }, (_, index) => [`s${index}.sh`, 'true\n']);
    const start = `${scripts.map(([name]) => `sh ${name}\n`).join('')}uvicorn a:b\n`;
    const after = inUnit('/bin/sh run.sh', { ...Object.fromEntries(scripts), 'run.sh': start });
    expect(after).toEqual({ 'run.sh': start.replace('a:b', 'a:b --workers 2') });
  });

  it('is refused for a service of compose, too, also where another service could be told', () => {
    const many = (service: string) => Array.from({ length: 60 }, (_, index) => `  s${index}:\n${service}`).join('');
    const stack = `services:\n  api:\n    command: uvicorn a:b\n${many('    volumes: [./:/app]\n    command: sh /app/run.sh\n')}`;
    const files = { 'docker-compose.yml': stack, 'run.sh': 'true\n' };
    const outcome = (name?: string) =>
      outcomeIn(composeEditor(name === undefined ? {} : { backend: name }, CODE), 'docker-compose.yml', files, WANT);
    expect(outcome()).toMatch(TOO_MANY);
    expect(outcome('api')).toEqual({ 'docker-compose.yml': stack.replace('a:b', 'a:b --workers 2') });
  });
});

describe('the callers of a function', () => {
  it('are not looked for in more code than can be read in a second', () => {
    const own =
      'from sqlalchemy import create_engine\ndef make(size=5):\n    return create_engine(u, pool_size=size)\n';
    const caller = `from app.database import make\ne = make()\n${'x = 1\n'.repeat(20_000)}`;
    const files = { 'app/database.py': own, 'app/a.py': caller, 'app/b.py': caller, 'app/c.py': caller };
    const outcome = outcomeIn(database, 'app/database.py', files, { 'db.pool_size': 20 });
    expect(outcome).toMatch(
      /`size` is a default of make, which more code names than is looked through for its callers/,
    );
  });
});
