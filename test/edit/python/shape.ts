/** A file the database editor edits: the text before, and after the guide's five values were asked for. */
export interface Shape {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export const SA = 'from sqlalchemy import create_engine\n';
export const ALL = 'pool_size=20, max_overflow=30, pool_timeout=30, pool_pre_ping=True, pool_recycle=3600';

/** One argument a line, with what comes before each line and after each argument but the last. */
export function lines(indent: string, separator = ',', newline = '\n'): string {
  return ALL.split(', ')
    .map((argument) => indent + argument)
    .join(separator + newline);
}

export const crlf = (text: string): string => text.replaceAll('\n', '\r\n');

export const OLD =
  '    pool_size=5,\n    max_overflow=-1,\n    pool_timeout=3.5,\n    pool_pre_ping=False,\n    pool_recycle=-1';

/** A call that has every other argument right, so that only `before` is to change. */
export function one(name: string, before: string, after: string): Shape {
  const rest = ALL.slice(ALL.indexOf('max_overflow'));
  return call(name, `e = create_engine(u, ${rest}, ${before})\n`, `e = create_engine(u, ${rest}, ${after})\n`);
}

/** A call of what `imports` call the engine. */
export function elsewhere(name: string, imports: string, called: string): Shape {
  return shape(name, `${imports}e = ${called}(u)\n`, `${imports}e = ${called}(u, ${ALL})\n`);
}

export function shape(name: string, before: string, after: string): Shape {
  return { name, before, after };
}

/** The same call in a file whose only other line imports it. */
export function call(name: string, before: string, after: string): Shape {
  return shape(name, SA + before, SA + after);
}
