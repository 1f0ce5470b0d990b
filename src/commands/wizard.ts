import { fail } from '../errors.js';
import type { Outcome } from '../view/output.js';
import type { Edges } from './edges.js';
import type { TargetOptions } from './options.js';

export async function wizardCommand(_options: TargetOptions, _edges: Edges): Promise<Outcome> {
  return fail({ code: 'usage', message: 'not yet', fix: 'x' });
}
