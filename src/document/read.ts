import type { z } from 'zod';
import { fail } from '../errors.js';
import { problemsOf } from './problems.js';
import { parseMapping, type Source } from './yaml.js';

/** Reads one YAML mapping by its schema. Throws all that is wrong at once, each with file, line and column. */
export function readDocument<T>(text: string, source: Source, schema: z.ZodType<T>): T {
  const mapping = parseMapping(text, source);
  const result = schema.safeParse(mapping.value);
  if (result.success) return result.data;
  return fail(...result.error.issues.flatMap((issue) => problemsOf(issue, mapping, schema, source)));
}
