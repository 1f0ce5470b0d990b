import { isMap, isScalar } from 'yaml';
import { below } from './below.js';
import { fieldOf } from './fields.js';
import { bindMountsOf } from './ground.js';
import { type Layer, projectFolder } from './layer.js';
import type { Service } from './service.js';

/** Where the code of a service comes from. */
export interface Code {
  /** The folder that its image is built from, and the Dockerfile in it. */
  readonly build: { readonly context: string; readonly dockerfile: string; readonly whole: boolean } | null;
  /** Its image, where that is all that says what code it runs. */
  readonly image: string | null;
  /** Whether a folder of the machine with the code is mounted into it. */
  readonly mounted: boolean;
}

/** `module`: a file of the code, on the target. */
export function codeOf(service: Service, module: string): Code {
  const layers = service.layers();
  const build = layers.flatMap(buildOf).at(-1) ?? null;
  const mounted = layers.flatMap(bindMountsOf).some((source) => covers(source, module));
  const image = layers.flatMap(imageOf).at(-1) ?? null;
  return { build: build !== null && covers(build.context, module) ? build : null, image, mounted };
}

/** What a service has in common with any of those that run the code; `null` where it runs other code. */
export function inCommon(code: Code, own: readonly Code[]): string | null {
  if (own.some((each) => isSameBuild(code, each))) return 'it is built from the same folder';
  if (code.mounted) return 'it mounts the same code';
  // Of an image that others fill with their code by a mount, the name says nothing.
  const images = own.filter(({ mounted, build }) => !mounted || build !== null).map(({ image }) => image);
  return code.image !== null && images.includes(code.image) ? 'it runs the same image' : null;
}

/** From the project's whole folder, several Dockerfiles make images of different code. */
function isSameBuild({ build }: Code, { build: other }: Code): boolean {
  if (build === null || other === null || build.context !== other.context) return false;
  return build.dockerfile === other.dockerfile || !build.whole;
}

function buildOf({ document, map, around }: Layer): readonly NonNullable<Code['build']>[] {
  const build = fieldOf(document, map, 'build')?.node;
  const said = isMap(build) ? (build.get('context') ?? '.') : isScalar(build) ? build.value : undefined;
  if (typeof said !== 'string' || said.includes('$')) return [];
  const context = below(projectFolder(around), said);
  const dockerfile = isMap(build) ? String(build.get('dockerfile') ?? 'Dockerfile') : 'Dockerfile';
  return [{ context, dockerfile, whole: covers(context, around.root) }];
}

function imageOf({ document, map }: Layer): readonly string[] {
  const image = fieldOf(document, map, 'image')?.node;
  return isScalar(image) && typeof image.value === 'string' && image.value !== '' ? [image.value] : [];
}

function covers(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder === '/' ? '' : folder}/`);
}
