/** Limits as a file has them. Null: it sets none, or none that can be told. */
export interface Written {
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
}

export const NONE: Written = { cpus: null, memoryBytes: null };
