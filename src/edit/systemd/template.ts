import { fail } from '../../errors.js';

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** What systemd, or the PATH in a unit, would take for something else than the text itself. */
const MISREAD = /[\s%$\\"';:{}#\p{Cc}]/u;

/**
 * Fills the `{{name}}` placeholders of a unit template. Values that the template does not ask for are passed over.
 * @throws {ProblemError} `file` at a placeholder without a value, `unsafe` at a value that systemd would misread
 */
export function renderUnit(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(PLACEHOLDER, (placeholder: string, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined || value === '') return refusePlaceholder(placeholder, Object.keys(values));
    if (MISREAD.test(value) || value.startsWith('-')) return refuseValue(name, value);
    if (name === 'root' && !value.startsWith('/')) return refuseValue(name, value);
    return value;
  });
}

function refusePlaceholder(placeholder: string, known: readonly string[]): never {
  return fail({
    code: 'file',
    message: 'The unit template asks for something that has no value',
    expected: known.map((name) => `{{${name}}}`).join(', '),
    found: placeholder,
    fix: 'Correct the template in templates/systemd',
  });
}

function refuseValue(name: string, value: string): never {
  return fail({
    code: 'unsafe',
    message: `systemd would misread this value of ${name} in a unit`,
    expected: name === 'root' ? 'an absolute path without blanks, quotes, %, $, \\, : or ;' : 'a plain word',
    found: JSON.stringify(value),
    fix: 'Write the unit by hand, then run again: an existing unit is edited in place',
  });
}

/** The socket unit for a backend; `listen` is what `handoffOf` found. */
export function renderSocket(template: string, listen: string): string {
  if (!/^[\w.[\]:]+$/.test(listen)) return refuseValue('listen', listen);
  return template.replaceAll('{{listen}}', listen);
}
