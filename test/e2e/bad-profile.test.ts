import { describe, expect, it } from 'vitest';
import { expectRefused, project } from './support.js';

const USERS = 'users: {min: 20, max: 50}\n';
const SERVER = 'server: {cpus: 2, memory: 4GB}\n';

/** What is wrong, the profile as it is written, where it must be pointed at, and what must be said. */
const BAD = [
  ['more users at least than at most', `users: {min: 60, max: 50}\n${SERVER}`, '1:14', /users\.min/],
  ['no cores', `${USERS}server: {cpus: 0, memory: 4GB}\n`, '2:16', /server\.cpus/],
  ['a word for the cores', `${USERS}server: {cpus: two, memory: 4GB}\n`, '2:16', /server\.cpus/],
  ['a size without its unit', `${USERS}server: {cpus: 2, memory: 4}\n`, '2:27', /4GB/],
  ['a unit of something else', `${USERS}server: {cpus: 2, memory: 3Mbps}\n`, '2:27', /4GB/],
  ['an unknown key', `${USERS}${SERVER}usres: 3\n`, '3:1', /usres/],
  [
    'an unknown key further in',
    `${USERS}server: {cpu: 2, cpus: 2, memory: 4GB}\n`,
    '2:10',
    /server\.cpu is not a known key/,
  ],
  ['a missing key', 'users: {min: 20, max: 50}\n', '1:1', /server/],
  ['broken YAML', `users: {min: 20\n${SERVER}`, '', /profile\.yaml:\d+:\d+/],
  ['a tab for indentation', 'users:\n\tmin: 1\n', '2:', /profile\.yaml:2/],
  ['the same key twice', `${USERS}${USERS}${SERVER}`, '2:1', /unique/],
  ['a list', '- users\n', '1:1', /expected/],
  ['nothing at all', '', '', /profile\.yaml/],
  ['only a comment', '# nothing yet\n', '', /profile\.yaml/],
] as const;

describe('a bad profile changes nothing, and its message names file, line and remedy', () => {
  it.each(BAD)('%s', async (_what, text, place, words) => {
    const site = await project();
    await site.write('profile.yaml', text);
    const before = await site.everything();
    const result = await site.run('profiles', './profile.yaml', '--json');
    expectRefused(result, 2, place === '' ? 'profile.yaml' : `profile.yaml:${place}`, words);
    expect(JSON.parse(result.stdout)).toMatchObject({ schema: 1, problems: [{ code: 'profile' }] });
    expect(await site.everything()).toEqual(before);
  });

  it.each(['plan', 'apply'])('%s refuses it before anything is written', async (command) => {
    const site = await project();
    await site.write('profile.yaml', `users: {min: 60, max: 50}\n${SERVER}`);
    const before = await site.everything();
    expectRefused(await site.run(command, '--yes', '--json', '--profile', 'profile.yaml'), 2, 'profile.yaml:1:14');
    expect(await site.everything()).toEqual(before);
  });

  it('a name that is not shipped: the known ones are listed', async () => {
    const site = await project();
    expectRefused(await site.run('plan', '--profile', 'departmnet'), 2, 'departmnet', 'department-20-50');
  });

  it('a file that is not there', async () => {
    const site = await project();
    const result = await site.run('plan', '--profile', './mine.yaml');
    expectRefused(result, 2, 'mine.yaml', 'action-tune profiles');
    expect(result.stdout).toBe('');
  });

  it('every mistake is told at once', async () => {
    const site = await project();
    await site.write('profile.yaml', 'users: {min: 0, max: 50}\nserver: {cpus: 0, memory: 4}\n');
    const result = await site.run('plan', '--json', '--profile', 'profile.yaml');
    expectRefused(result, 2, '1:14', '2:16', '2:27');
    expect(JSON.parse(result.stdout).problems).toHaveLength(3);
  });
});
