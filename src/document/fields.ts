import { z } from 'zod';
import { expectedQuantity, type Quantity, quantityPattern, readQuantity } from '../units.js';

// In these fields the message of an issue says what was expected, in words that follow "Change users.min to".

/** A whole number within bounds. */
export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number within bounds, fractions allowed. */
export function fraction(min: number, max: number, unit: string) {
  const error = `a number of ${unit} from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

export function flag() {
  return z.boolean({ error: 'true or false' });
}

export function choice<const T extends readonly [string, ...string[]]>(values: T) {
  return z.enum(values, { error: `one of ${values.join(', ')}` });
}

/** A text that says something and stays on one line. */
export function line(what: string) {
  return z.string({ error: what }).regex(/^[^\r\n\0]*\S[^\r\n\0]*$/, { error: what });
}

/** A text that says something, on any number of lines. */
export function script(what: string) {
  return z.string({ error: what }).regex(/\S/, { error: what });
}

/** A quantity with its unit, resolved to bytes, milliseconds or bits per second. */
export function quantity(kind: Quantity, { zero }: { readonly zero: boolean }) {
  const error = expectedQuantity(kind);
  return z
    .string({ error })
    .regex(new RegExp(quantityPattern(kind)), { error })
    .transform((text, context) => {
      const value = readQuantity(kind, text);
      if (value !== undefined && (zero || value > 0)) return value;
      context.addIssue({ code: 'custom', message: value === 0 ? `more than 0: ${error}` : error });
      return z.NEVER;
    });
}

/** A mapping in which an unknown key is refused. */
export function mapping<T extends z.core.$ZodLooseShape>(shape: T) {
  return z.strictObject(shape, { error: mappingError });
}

/** Says what was expected; leaves other complaints, such as unknown keys, their own words. */
export function mappingError(issue: { readonly code?: string }): string | undefined {
  return issue.code === 'invalid_type' ? 'a mapping' : undefined;
}
