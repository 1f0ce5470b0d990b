import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../src/config/json-schema.js';
import { planJsonSchema } from '../src/plan/document.js';
import { profileJsonSchema } from '../src/profile/json-schema.js';

describe('the published JSON Schemas', () => {
  it.each([
    ['config', configJsonSchema()],
    ['plan', planJsonSchema()],
    ['profile', profileJsonSchema()],
  ])('%s is what validates the document; if not: npm run schemas', async (name, schema) => {
    const published = await readFile(new URL(`../schemas/${name}.schema.json`, import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(schema)));
  });
});
