import { expect, it } from 'vitest';
import { findConfig, loadConfig } from '../../src/config/load.js';

const TEXT = 'targets: {one: {url: "local:."}}';
const edges = (files: Record<string, string>, code = 'ENOENT') => ({
  readFile: async (path: string) => files[path] ?? Promise.reject(Object.assign(new Error('no'), { code })),
});

it('finds the nearest configuration here and upwards', async () => {
  const files = { '/a/action-tune.yaml': TEXT, '/action-tune.yaml': TEXT };
  expect((await findConfig('/a/b/c', edges(files)))?.file).toBe('/a/action-tune.yaml');
  expect((await findConfig('/x', edges(files)))?.file).toBe('/action-tune.yaml');
  expect(await findConfig('/a', edges({}))).toBeNull();
});

it('says so where the configuration is not there or not readable', async () => {
  await expect(loadConfig('/no.yaml', edges({}))).rejects.toMatchObject({ problems: [{ code: 'config' }] });
  await expect(findConfig('/a', edges({}, 'EACCES'))).rejects.toThrow('EACCES');
});
