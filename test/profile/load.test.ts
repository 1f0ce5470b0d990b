import { describe, expect, it } from 'vitest';
import { listProfiles, loadProfile, type ProfileEdges } from '../../src/profile/load.js';

const TEXT = 'users: {min: 1, max: 2}\nserver: {cpus: 1, memory: 1GB}\n';
const FILES = new Map([
  ['/shipped/small.yaml', TEXT],
  ['own.yaml', TEXT],
]);

const edges: ProfileEdges = {
  shippedDir: '/shipped',
  listDir: async () => ['small.yaml', 'big.yaml', 'README.md'],
  readFile: async (path) => FILES.get(path) ?? Promise.reject(Object.assign(new Error('no'), { code: 'ENOENT' })),
};

describe('loadProfile', () => {
  it('takes a bare name from the package', async () => {
    expect(await loadProfile('small', edges)).toMatchObject({ name: 'small', file: '/shipped/small.yaml' });
  });

  it('takes a path as a file', async () => {
    expect(await loadProfile('own.yaml', edges)).toMatchObject({ name: 'own', file: 'own.yaml' });
  });

  it('lists the known names where there is none of that name', async () => {
    await expect(loadProfile('smal', edges)).rejects.toMatchObject({
      problems: [{ code: 'profile', found: 'smal', details: ['big', 'small'] }],
    });
  });

  it('does not leave the folder of shipped profiles by a name', async () => {
    await expect(loadProfile('..', edges)).rejects.toMatchObject({ problems: [{ code: 'profile' }] });
  });

  it('names a file that is not there', async () => {
    await expect(loadProfile('./none.yaml', edges)).rejects.toMatchObject({
      problems: [{ code: 'profile', place: { file: './none.yaml' } }],
    });
  });
});

it('lists the shipped profiles by name', async () => {
  expect(await listProfiles(edges)).toEqual(['big', 'small']);
});
