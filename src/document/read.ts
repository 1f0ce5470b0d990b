import type { z } from 'zod';
import { fail, type Problem } from '../errors.js';
import { type Overlay, overlaid } from './overlay.js';
import { problemsOf } from './problems.js';
import { parseMapping, type Source, type YamlMapping } from './yaml.js';

const EXTENSION = /^x-/;

/** Reads one YAML mapping by its schema. Throws all that is wrong at once, each with file, line and column. */
export function readDocument<T>(text: string, source: Source, schema: z.ZodType<T>, overlay: Overlay = new Map()): T {
  const mapping = overlaid(withoutExtensions(parseMapping(text, source)), overlay, '--set');
  const result = schema.safeParse(mapping.value);
  if (result.success) return result.data;
  return fail(...inOrder(result.error.issues.flatMap((issue) => problemsOf(issue, mapping, schema, source))));
}

/** As in compose files: what begins with `x-` on the top level is the user's own, and a place for anchors. */
function withoutExtensions(mapping: YamlMapping): YamlMapping {
  const own = Object.entries(mapping.value as object).filter(([key]) => !EXTENSION.test(key));
  return { ...mapping, value: Object.fromEntries(own) };
}

/** As a reader goes through the file. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => at(a).line - at(b).line || at(a).column - at(b).column);
}

function at({ place }: Problem): { line: number; column: number } {
  return { line: place?.line ?? 0, column: place?.column ?? 0 };
}
