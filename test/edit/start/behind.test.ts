import { describe, expect, it } from 'vitest';
import { composeEditor } from '../../../src/edit/compose/compose.js';
import { unitEditor } from '../../../src/edit/systemd/unit.js';
import { CODE, database, type Files, outcomeIn } from '../project.js';

const UNIT = '/etc/systemd/system/a.service';
const WANT = { 'web.workers': 2 };
const unit = (start: string) => `[Service]\nWorkingDirectory=/srv/action\nExecStart=${start}\n`;
const inUnit = (start: string, files: Files) =>
  outcomeIn(unitEditor('backend', CODE), UNIT, { ...files, [UNIT]: unit(start) }, WANT);

describe('a supervisord configuration is read as configparser reads it', () => {
  const inConfiguration = (text: string) => inUnit('/usr/bin/supervisord -c s.conf', { 's.conf': text });

  it('a key that is indented right behind its header is a key', () => {
    const text = '[program:a]\ncommand=true\n[program:b]\n  command=uvicorn a:b\n';
    expect(inConfiguration(text)).toEqual({ 's.conf': text.replace('a:b', 'a:b --workers 2') });
  });

  it('parts of one name are one program, and the last of a key counts', () => {
    const text = '[program:a]\ncommand=uvicorn a:b\n[program:b]\ncommand=true\n[program:a]\nCommand=uvicorn c:d\n';
    expect(inConfiguration(text)).toEqual({ 's.conf': text.replace('c:d', 'c:d --workers 2') });
  });

  it.each(['\n', '\r\n'])('what follows a blank and # is a remark, also before %j', (end) => {
    const text = `[program:a]${end}command=uvicorn a:b # or --workers 9${end}`;
    expect(inConfiguration(text)).toEqual({ 's.conf': text.replace('a:b', 'a:b --workers 2') });
  });
});

describe('a mark that is a blank elsewhere ends no command', () => {
  it.each([
    ['a unit', { [UNIT]: unit('/v/uvicorn a:b\uFEFF') }],
    ['a Procfile', { [UNIT]: unit('/v/honcho start'), Procfile: 'web: uvicorn a:b\uFEFF\n' }],
  ])('in %s', (_what, files: Files) => {
    const [changed] = Object.values(outcomeIn(unitEditor('backend', CODE), UNIT, files, WANT));
    expect(changed).toContain('uvicorn a:b\uFEFF --workers 2\n');
  });
});

describe('a value of an environment file', () => {
  const own =
    'from sqlalchemy import create_engine\nfrom app.config import settings\ne = create_engine(u, pool_size=settings.N)\n';
  const config =
    "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    N: int = 5\n    class Config:\n        env_file = '.env'\nsettings = S()\n";
  const inFile = (written: string) =>
    outcomeIn(
      database,
      'app/database.py',
      { 'app/database.py': own, 'app/config.py': config, '.env': `A=1\nN=${written}` },
      { 'db.pool_size': 20 },
    );

  it.each(['${M}', '"5', 'a b', '"5\nPASSWORD=x"'])(
    'is not written over where it is more than a value: %s',
    (written) => {
      expect(inFile(written)).toMatch(/^unsafe \.env:2:\d pool_size comes from here, and this is no plain value/);
    },
  );

  it('is set where it is empty, also before a remark', () => {
    expect(inFile('   # of the pool\n')).toEqual({ '.env': 'A=1\nN=20   # of the pool\n' });
  });
});

describe('a value that two services share in an override file', () => {
  const shared = 'x-e: &e {W: 8}\nservices:\n  api: {environment: {<<: *e}}\n';
  const inStack = (override: string) =>
    outcomeIn(
      composeEditor({ backend: 'api' }, CODE),
      'docker-compose.yml',
      {
        'docker-compose.yml':
          'services:\n  api:\n    image: x\n    volumes: [.:/app]\n    command: sh /app/start.sh\n  other: {image: y}\n',
        'override.yml': override,
        'start.sh': 'uvicorn a:b --workers ${W:-4}\n',
      },
      WANT,
      { compose: ['docker-compose.yml', 'override.yml'] },
    );

  it('is refused with its place', () => {
    expect(inStack(`${shared}  other: {environment: {<<: *e}}\n`)).toMatch(
      /^unsafe override\.yml:1:13 This value is shared with another part of the file/,
    );
  });

  it('is changed where one service alone has it', () => {
    expect(inStack(shared)).toEqual({ 'override.yml': shared.replace('8', '2') });
  });
});
