import { describe, expect, it } from 'vitest';
import { lacksLimit, lacksProfile, targetSource } from '../../src/commands/unknowns.js';
import { parseConfig } from '../../src/config/parse.js';

const config = (text: string) => parseConfig(text, '/srv/action-tune.yaml');
const ONE = config('targets: {a: {url: "local:."}}');
const TWO = config('targets: {a: {url: "local:."}, b: {url: "ssh://h/x", profile: p, maxConnections: 300}}');
const SET = config(
  'default: b\ntargets: {a: {url: "local:."}, b: {url: "ssh://h/x", profile: p, maxConnections: 300}}',
);
const ALL = config('profile: p\ntargets: {a: {url: "local:."}, b: {url: "ssh://h/x"}}');

describe('what the wizard has to ask', () => {
  it.each([
    ['a target by flag is known', { target: ['local:.'] }, TWO, 'known'],
    ['the default of the configuration is known', {}, SET, 'known'],
    ['the only target is the default', {}, ONE, 'known'],
    ['one of several is to be chosen', {}, TWO, 'choose'],
    ['without a configuration it is to be looked for', {}, null, 'look'],
  ] as const)('%s', (_what, options, known, expected) => {
    expect(targetSource(options, known)).toBe(expected);
  });

  it.each([
    ['nobody said', {}, null, true],
    ['by flag', { profile: 'p' }, null, false],
    ['by the target that is the default', {}, SET, false],
    ['by the target that was chosen', { target: ['b'] }, TWO, false],
    ['the chosen target says nothing', { target: ['a'] }, TWO, true],
    ['by one of two targets', { target: ['a', 'b'] }, TWO, false],
    ['for the whole file', {}, ALL, false],
    ['for the whole file, the target being a URL', { target: ['local:/x'] }, ALL, false],
    ['the targets of the file do not matter to a URL', { target: ['local:/x'] }, SET, true],
  ] as const)('the profile: %s', (_what, options, known, lacks) => {
    expect(lacksProfile(options, known)).toBe(lacks);
  });

  it.each([
    ['nobody said', {}, ALL, true],
    ['by flag', { maxConnections: 9 }, null, false],
    ['by the target that is the default', {}, SET, false],
    ['by the target that was chosen', { target: ['b'] }, TWO, false],
    ['the chosen target says nothing', { target: ['a'] }, TWO, true],
  ] as const)("the database's limit: %s", (_what, options, known, lacks) => {
    expect(lacksLimit(options, known)).toBe(lacks);
  });
});
