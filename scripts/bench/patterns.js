// What somebody would write who has half an hour: patterns for each kind of file, as sed and Ansible take them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CALL = {
  database: {
    present: 'pool_size *= *-?[0-9]+',
    value: 'pool_size=20',
    call: 'create_engine\\((.*)\\)',
    added: 'create_engine(\\1, pool_size=20)',
  },
  redis: {
    present: 'max_connections *= *[0-9]+',
    value: 'max_connections=50',
    call: 'redis\\.(Redis|from_url)\\((.*)\\)',
    added: 'redis.\\1(\\2, max_connections=50)',
  },
};
const OPTION = {
  compose: {
    present: '--workers[ =][0-9]+',
    value: '--workers 2',
    call: '(uvicorn [^"\'&;#]*[^"\'&;# ])',
    added: '\\1 --workers 2',
  },
  celery: {
    present: '(-c *|--concurrency[ =])[0-9]+',
    value: '--concurrency=2',
    call: '(celery .* worker)',
    added: '\\1 --pool=prefork --concurrency=2',
  },
  'celery-unit': {
    present: '(-c *|--concurrency[ =])[0-9]+',
    value: '--concurrency=2',
    call: '^(ExecStart=.*celery .*)$',
    added: '\\1 --pool=prefork --concurrency=2',
  },
  unit: {
    present: '--workers[ =][0-9]+',
    value: '--workers 2',
    call: '^(ExecStart=.*uvicorn .*)$',
    added: '\\1 --workers 2',
  },
};
const RULES = { ...CALL, ...OPTION };

/** Whether a file has the value already, by the same pattern. */
function has(kind, text) {
  return new RegExp(RULES[kind].present.replaceAll(' *', '\\s*')).test(text);
}

export function bySed(folder, cases) {
  return cases.map(({ kind, text }, index) => {
    const file = join(folder, `sed-${index}`);
    writeFileSync(file, text);
    const { present, value, call, added } = RULES[kind];
    const [from, to] = has(kind, text) ? [present, value] : [call, added];
    spawnSync('sed', ['-i', '-E', `s/${from.replaceAll('/', '\\/')}/${to.replaceAll('/', '\\/')}/`, file]);
    return readFileSync(file, 'utf8');
  });
}

/** One playbook for all cases: a start of Ansible takes longer than all its work here. */
export function byAnsible(folder, cases, taskFor) {
  const tasks = cases.map(({ kind, text }, index) => {
    const path = join(folder, `ansible-${taskFor.name}-${index}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return { name: String(index), ignore_errors: true, ...taskFor(path, kind, text) };
  });
  const book = join(folder, `${taskFor.name}.json`);
  writeFileSync(book, JSON.stringify([{ hosts: 'localhost', connection: 'local', gather_facts: false, tasks }]));
  const run = spawnSync('ansible-playbook', ['-i', 'localhost,', book], {
    encoding: 'utf8',
    env: { ...process.env, ANSIBLE_NOCOLOR: '1', ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3' },
  });
  if (run.error) throw run.error;
  return tasks.map((_, index) => readFileSync(join(folder, `ansible-${taskFor.name}-${index}`), 'utf8'));
}

export function replace(path, kind, text) {
  const { present, value, call, added } = RULES[kind];
  const [regexp, to] = has(kind, text) ? [present, value] : [call, added];
  return { 'ansible.builtin.replace': { path, regexp, replace: to } };
}

/** A whole line: what was on it and is not in the pattern is kept by reference. */
export function lineinfile(path, kind, text) {
  const { present, value, call, added } = RULES[kind];
  const [inner, to] = has(kind, text) ? [present, value] : [call.replace(/^\^|\$$/g, ''), added];
  const shifted = to.replace(/\\(\d)/g, (_, number) => `\\${Number(number) + 1}`);
  const groups = (inner.match(/(?<!\\)\((?!\?)/g) ?? []).length;
  return {
    'ansible.builtin.lineinfile': {
      path,
      regexp: `^(.*?)${inner}(.*)$`,
      line: `\\1${shifted}\\${groups + 2}`,
      backrefs: true,
    },
  };
}

/** It sets whole values: the command is read before, by a pattern. */
export function ini_file(path, kind, text) {
  const command = /^ExecStart=(.*)$/m.exec(text)?.[1] ?? '';
  const wanted = has(kind, command) ? command.replace(/--workers[ =]\d+/, '--workers 2') : `${command} --workers 2`;
  return {
    'community.general.ini_file': {
      path,
      section: 'Service',
      option: 'ExecStart',
      value: wanted,
      no_extra_spaces: true,
    },
  };
}
