import { type Problem, ProblemError } from '../../src/errors.js';
import { recommend } from '../../src/size/recommend.js';
import type { SizingInput } from '../../src/size/sizing.js';

/** Why a plan is refused; empty where it is not. */
export function refusals(sizing: SizingInput): readonly Problem[] {
  try {
    recommend(sizing);
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
  return [];
}
