import { buildsImage } from '../../edit/compose/image.js';
import type { Problem } from '../../errors.js';
import { aroundOf } from '../../target/siblings.js';
import { containerMethod } from './method.js';
import { type ActivationInput, composeSituations, type Situation } from './situation.js';

/** Services whose code is part of an image that nothing here builds: a changed file would never reach them. */
export function bakedProblems(input: ActivationInput): readonly Problem[] {
  const around = aroundOf(input.facts);
  return composeSituations(input)
    .filter(({ sibling }) => sibling === null)
    .filter((situation) => containerMethod(situation) === 'rebuild')
    .filter(({ name }) => !buildsImage(around, name))
    .map((situation) => bakedProblem(situation, input));
}

function bakedProblem({ name, code, started }: Situation, { facts }: ActivationInput): Problem {
  const file = facts.files.get('compose')?.path;
  return {
    code: 'unsupported',
    message: `the code of service ${name} is part of its image, and the compose file does not build it`,
    ...(file === undefined ? {} : { place: { file } }),
    found: [...code, ...started].join(', '),
    fix: `Give the service a \`build:\`, mount its code, or change the file where the image is built.`,
  };
}
