import type { Document, YAMLMap } from 'yaml';
import type { Environment } from '../command/environment.js';
import type { Surroundings } from '../types.js';
import type { Field } from './fields.js';
import type { Layer } from './layer.js';

/** One service, with what it starts and where. */
export interface Service {
  readonly name: string;
  readonly at: number;
  readonly command: Field | undefined;
  readonly entrypoint: Field | undefined;
  /** Other services whose command is the very same text. */
  readonly sharedWith: readonly string[];
  /** Those of them that have it by `extends`. */
  readonly heirs: readonly string[];
  readonly extended: boolean;
  /** Its whole mapping, and the file that it stands in. */
  readonly map: YAMLMap;
  readonly document: Document.Parsed;
  readonly around: Surroundings;
  /** What each file of its stack says of it, the last counting most. */
  readonly layers: () => readonly Layer[];
  /** What this file takes over by `extends`, the nearest last. */
  readonly bases: () => readonly Layer[];
  readonly environment: () => Environment;
}
