/** Limits as a file has them. Null: it sets none, or none that can be told. */
export interface Written {
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
}

export const NONE: Written = { cpus: null, memoryBytes: null };

/** What a mapping has under a key; undefined for everything that is no mapping. */
export function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
