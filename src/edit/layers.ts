import type { ByteEdit } from './types.js';

/** The edits that one release made, in bytes of the version that the layers below it produce. */
export interface Layer {
  readonly release: number;
  readonly edits: readonly ByteEdit[];
}

/** Another release changed the same bytes, and stands on the one to be taken out. */
export interface LayerConflict {
  readonly release: number;
  readonly by: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
  /** How many bytes stand in its place afterwards. */
  readonly length: number;
}

/**
 * Takes releases out from under the ones that stay, so that only their own bytes go back.
 * The layers that are returned apply to the same original as before.
 */
export function withoutLayers(
  layers: readonly Layer[],
  undone: ReadonlySet<number>,
): { readonly ok: true; readonly layers: readonly Layer[] } | { readonly ok: false; readonly conflict: LayerConflict } {
  let kept = layers;
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const layer = layers[index];
    if (layer === undefined || !undone.has(layer.release)) continue;
    const above = lower(kept.slice(index + 1), layer);
    if ('by' in above) return { ok: false, conflict: above };
    kept = [...kept.slice(0, index), ...above.layers];
  }
  return { ok: true, layers: kept };
}

/** Moves the layers above `removed` to where their bytes are without it. */
function lower(above: readonly Layer[], removed: Layer): { readonly layers: readonly Layer[] } | LayerConflict {
  let holes = inverse(removed.edits);
  const layers: Layer[] = [];
  for (const layer of above) {
    const spans = layer.edits.map(toSpan);
    if (spans.some((span) => holes.some((hole) => touches(span, hole)))) {
      return { release: removed.release, by: layer.release };
    }
    layers.push({ release: layer.release, edits: layer.edits.map((edit) => moved(edit, holes)) });
    holes = holes.map((hole) => moved(hole, spans));
  }
  return { layers };
}

function toSpan(edit: ByteEdit): Span {
  return { start: edit.start, end: edit.end, length: Buffer.byteLength(edit.text) };
}

/** The same replacements seen from the version after them. */
function inverse(edits: readonly ByteEdit[]): readonly Span[] {
  const spans: Span[] = [];
  let shift = 0;
  for (const { start, end, length } of edits.map(toSpan)) {
    spans.push({ start: start + shift, end: start + shift + length, length: end - start });
    shift += length - (end - start);
  }
  return spans;
}

/** Touching counts: of two insertions at one place nobody can say whose bytes are whose. */
function touches(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}

function moved<T extends { readonly start: number; readonly end: number }>(range: T, over: readonly Span[]): T {
  const shift = over
    .filter((span) => span.end <= range.start)
    .reduce((sum, span) => sum + span.length - (span.end - span.start), 0);
  return { ...range, start: range.start + shift, end: range.end + shift };
}
