import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/cli.js';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { parseConfig } from '../../src/config/parse.js';
import { EXIT } from '../../src/errors.js';
import { profileJsonSchema } from '../../src/profile/json-schema.js';
import { parseProfile } from '../../src/profile/parse.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
].filter((path) => path.endsWith('.md'));

const page = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const README = page('README.md');
const CONFIGURATION = page('docs/configuration.md');

/** The fenced blocks of YAML that are marked as a whole file of this kind. */
function examples(
  text: string,
  kind: 'config' | 'profile',
): readonly { readonly mark: string; readonly yaml: string }[] {
  const blocks = [...text.matchAll(/^```yaml (.+)\n([\s\S]*?)^```$/gm)].map(([, mark = '', yaml = '']) => ({
    mark,
    yaml,
  }));
  return blocks.filter(({ mark }) => mark.split(' ')[0] === kind);
}

/** The first cells of all rows of all tables that are code, without their backticks; a cell may hold several. */
function tableKeys(text: string): readonly string[] {
  const cells = [...text.matchAll(/^\| (`[^|]*`) \|/gm)].map((match) => match[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

/** The keys that hold a value, by their paths. */
function leaves({ properties }: Schema, prefix = ''): readonly string[] {
  return Object.entries(properties ?? {}).flatMap(([key, schema]) =>
    schema.properties === undefined ? [`${prefix}${key}`] : leaves(schema, `${prefix}${key}.`),
  );
}

describe('the README', () => {
  it('gives two lines that do all', () => {
    expect(README).toMatch(/^npm ci && npx action-tune demo$/m);
    expect(README).toMatch(/^npm ci && npm test$/m);
  });

  it('lists every command, and no other', () => {
    const section = README.split('## Commands')[1] ?? '';
    const listed = [...section.matchAll(/^\| `action-tune( [a-z]+)?` \|/gm)].map((match) => match[1]?.trim() ?? '');
    expect(listed.filter(Boolean).toSorted()).toEqual(commandNames().toSorted());
  });

  it('gives the exit codes that there are', () => {
    const section = README.split('## Exit codes')[1]?.split('\n## ')[0] ?? '';
    const codes = [...section.matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]));
    expect(codes).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
  });
});

describe('docs/configuration.md', () => {
  it.each(examples(CONFIGURATION, 'config'))('$mark: an action-tune.yaml that is read', ({ yaml }) => {
    expect(parseConfig(yaml, 'action-tune.yaml').targets.size).toBeGreaterThan(0);
  });

  it.each(examples(CONFIGURATION, 'profile'))('$mark: a profile that is read', ({ yaml }) => {
    expect(parseProfile(yaml, 'profile.yaml').users.max).toBeGreaterThan(0);
  });

  it('has examples of both', () => {
    expect(examples(CONFIGURATION, 'config').length).toBeGreaterThan(1);
    expect(examples(CONFIGURATION, 'profile').length).toBeGreaterThan(2);
  });

  it('writes the defaults of a profile as they are', () => {
    const [least, defaults] = examples(CONFIGURATION, 'profile').map(({ yaml }) => parseProfile(yaml, 'profile.yaml'));
    expect({ ...defaults, origins: {} }).toEqual({ ...least, origins: {} });
    expect(Object.values(defaults?.origins ?? {})).not.toContain('default');
  });

  it('explains every key of a profile, and no other', () => {
    const rows = tableKeys(CONFIGURATION.split('## Profiles')[1] ?? '');
    expect(rows.toSorted()).toEqual(leaves(profileJsonSchema() as Schema).toSorted());
  });

  it('explains every key of action-tune.yaml, and no other', () => {
    const schema = configJsonSchema() as Schema;
    const target = schema.properties?.targets?.additionalProperties as Schema;
    const custom = schema.properties?.custom?.properties?.backend;
    const expected = [
      ...Object.keys(schema.properties ?? {}),
      ...Object.keys(target.properties ?? {}),
      ...Object.keys(target.properties?.settings?.properties ?? {}),
      ...Object.keys(custom?.properties ?? {}),
    ];
    const rows = tableKeys(CONFIGURATION.split('## Profiles')[0] ?? '');
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });
});

describe.each(PAGES)('%s', (path) => {
  it('links only to what is there', () => {
    const links = [...page(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([]);
  });

  it('names only files that are there', () => {
    const named = [...page(path).matchAll(/`((?:src|test|templates|scripts|schemas|profiles|docs)\/[\w./-]+)`/g)];
    expect(named.map((match) => match[1] ?? '').filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

/** As the program itself lists them. */
function commandNames(): readonly string[] {
  let help = '';
  const write = (text: string) => {
    help += text;
  };
  expect(() => parseCommandLine(['--help'], '0', { writeOut: write, writeErr: write })).toThrow();
  const list = help.split('Commands:')[1] ?? '';
  return [...list.matchAll(/^ {2}([a-z]+) /gm)].map((match) => match[1] ?? '');
}
