/** One hostile file, as the editor's own or as one that it follows a value into. */
export interface Input {
  readonly what: string;
  readonly kind: 'database' | 'compose' | 'unit';
  readonly path: string;
  /** The one that was made to be slow. */
  readonly hostile: string;
  readonly files: Readonly<Record<string, string>>;
  readonly compose: readonly string[];
  /** Code of the application, all of which is known. */
  readonly code?: readonly string[];
}

export type Named = readonly [what: string, text: string];

export const TEN_MB = 10_000_000;
/** Just below what is read at all. */
export const LARGE = 250_000;

export function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}

/** As many turns of a text as come to a size. */
export function filled(size: number, turn: string): string {
  return turn.repeat(Math.ceil(size / turn.length));
}
