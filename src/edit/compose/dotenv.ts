/**
 * The variables of a `.env` file, as compose reads it. Values that would need more than this, such as those that hold other
 * variables, are left out: nothing is guessed.
 */
export function dotenv(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const [, name = '', written = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === '') continue;
    const value = unquoted(written.trim());
    if (value === null) variables.delete(name);
    else variables.set(name, value);
  }
  return variables;
}

function unquoted(written: string): string | null {
  const single = /^'([^']*)'\s*(?:#.*)?$/.exec(written);
  if (single !== null) return single[1] ?? '';
  const double = /^"([^"\\$]*)"\s*(?:#.*)?$/.exec(written);
  if (double !== null) return double[1] ?? '';
  const bare = written.replace(/\s+#.*$/, '');
  return /^[^'"$\\#]*$/.test(bare) ? bare : null;
}

/** What compose puts in the place of one variable; `null` where it would stop, or where that can't be told. */
export function substituted(expression: string, variables: ReadonlyMap<string, string>): string | null {
  const bare = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))$/.exec(expression);
  if (bare !== null) return variables.get(bare[1] ?? bare[2] ?? '') ?? '';
  const [, name = '', colon = '', operator = '', word = ''] =
    /^\$\{([A-Za-z_]\w*)(:?)([-+?])([^${}]*)\}$/.exec(expression) ?? [];
  if (name === '') return null;
  const value = variables.get(name);
  const set = value !== undefined && (colon === '' || value !== '');
  if (operator === '+') return set ? word : '';
  if (set) return value;
  return operator === '-' ? word : null;
}
