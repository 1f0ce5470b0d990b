/** One line of an answer: a key and its fields. */
export type Row = readonly string[];

export function rowsOf(stdout: string): readonly Row[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

/** A field in base64; `-` is empty. */
export function bytesOf(field: string | undefined): Buffer {
  return field === undefined || field === '-' ? Buffer.alloc(0) : Buffer.from(field, 'base64');
}

export function textOf(field: string | undefined): string {
  return bytesOf(field).toString('utf8');
}
