import type { YamlMapping } from './yaml.js';

/** Values by their dotted paths, as somebody typed them over a file's own. */
export type Overlay = ReadonlyMap<string, string>;

/** The mapping as if the values stood in it. Their place is where they were typed. */
export function overlaid(mapping: YamlMapping, overlay: Overlay, typedAt: string): YamlMapping {
  let value = mapping.value;
  for (const [key, text] of overlay) value = withValue(value, key.split('.'), scalar(text));
  return {
    value,
    place: (path, part) => (overlay.has(path.map(String).join('.')) ? { file: typedAt } : mapping.place(path, part)),
  };
}

function withValue(value: unknown, [key, ...rest]: readonly string[], leaf: unknown): unknown {
  if (key === undefined) return leaf;
  const inside: Readonly<Record<string, unknown>> = isRecord(value) ? value : {};
  const child = Object.hasOwn(inside, key) ? inside[key] : undefined;
  // Not by assignment: no name is special.
  return Object.fromEntries([...Object.entries(inside), [key, withValue(child, rest, leaf)]]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As YAML reads it, as far as a profile has it: numbers, and texts. */
function scalar(text: string): string | number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
