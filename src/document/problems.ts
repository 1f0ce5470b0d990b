import { z } from 'zod';
import type { Problem } from '../errors.js';
import type { Path, Source, YamlMapping } from './yaml.js';

/** What a schema's complaint is about. By convention the message of an issue is what was expected there. */
export type Issue = z.core.$ZodIssue;

/** The most of a user's text that a message repeats. */
const LONGEST_SHOWN = 40;

/** One problem for each thing wrong, with its line and column. */
export function problemsOf(issue: Issue, mapping: YamlMapping, schema: z.ZodType, source: Source): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) => unknownKey([...issue.path, key], known, mapping, source));
  }
  if (issue.code === 'invalid_key') return [badKey(issue, mapping, source)];
  const value = valueAt(mapping.value, issue.path);
  if (value === undefined) return [missing(issue, mapping, source)];
  if (value === null) return [empty(issue, mapping, source)];
  return [badValue(issue, value, mapping, source)];
}

/** A value as a message may repeat it: never a URL, which may carry a password, and never more than a line. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? 'an empty mapping' : 'a mapping';
  const text = String(value);
  if (isHidden(text)) return 'a text that is not shown here';
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}

function unknownKey(path: Path, known: readonly string[], mapping: YamlMapping, source: Source): Problem {
  const expected = `one of ${known.join(', ')}`;
  return {
    code: source.code,
    message: `${subject(path)} is not a known key`,
    place: mapping.place(path, 'key'),
    expected,
    found: String(path.at(-1)),
    fix: `Remove the key, or rename it to ${expected}`,
  };
}

function badKey(issue: z.core.$ZodIssueInvalidKey, mapping: YamlMapping, source: Source): Problem {
  const expected = issue.issues[0]?.message ?? 'another name';
  return {
    code: source.code,
    message: `${subject(issue.path)} is not named by ${expected}`,
    place: mapping.place(issue.path, 'key'),
    expected,
    found: shown(issue.path.at(-1)),
    fix: `Rename it to ${expected}`,
  };
}

function missing(issue: Issue, mapping: YamlMapping, source: Source): Problem {
  return {
    code: source.code,
    message: `${subject(issue.path)} is missing`,
    place: mapping.place(issue.path, 'key'),
    expected: issue.message,
    found: 'nothing',
    fix: `Add ${dotted(issue.path)}: ${issue.message}`,
  };
}

function empty(issue: Issue, mapping: YamlMapping, source: Source): Problem {
  return {
    ...missing(issue, mapping, source),
    message: `${subject(issue.path)} is empty`,
    fix: `Give ${dotted(issue.path)} a value: ${issue.message}; a key that is optional can be removed`,
  };
}

function badValue(issue: Issue, value: unknown, mapping: YamlMapping, source: Source): Problem {
  if (isQuotedNumber(issue, value)) return quotedNumber(issue, String(value), mapping, source);
  const found = shown(value);
  return {
    code: source.code,
    message: `${subject(issue.path)} can't be ${isHidden(String(value)) ? 'taken as it is' : found}`,
    place: mapping.place(issue.path, 'value'),
    expected: issue.message,
    found,
    fix: `Change ${dotted(issue.path)} to ${issue.message}`,
  };
}

function isQuotedNumber(issue: Issue, value: unknown): boolean {
  const wanted: readonly string[] = issue.code === 'invalid_type' ? [issue.expected] : [];
  return wanted.some((type) => type === 'number' || type === 'int') && /^-?\d+(\.\d+)?$/.test(String(value));
}

function quotedNumber(issue: Issue, digits: string, mapping: YamlMapping, source: Source): Problem {
  return {
    code: source.code,
    message: `${subject(issue.path)} can't be the text "${digits}"`,
    place: mapping.place(issue.path, 'value'),
    expected: issue.message,
    found: `"${digits}", a text because of its quotes`,
    fix: `Write it without quotes: ${dotted(issue.path)}: ${digits}`,
  };
}

function isHidden(text: string): boolean {
  return /[@\n]|:\/\//.test(text);
}

function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  let node: unknown = z.toJSONSchema(schema, { io: 'input' });
  for (const segment of path) {
    const { properties, additionalProperties } = node as { properties?: object; additionalProperties?: unknown };
    node = valueAt(properties, [segment]) ?? additionalProperties;
  }
  return Object.keys(valueAt(node, ['properties']) ?? {});
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, segment) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, segment)
        ? Reflect.get(inner, segment)
        : undefined,
    value,
  );
}

/** At the beginning of a sentence: a single word in quotes, so that nobody takes it for the sentence's own and makes it large. */
function subject(path: Path): string {
  return path.length === 1 ? `'${dotted(path)}'` : dotted(path);
}

function dotted(path: Path): string {
  return path.map(String).join('.');
}
