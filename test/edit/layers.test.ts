import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Layer, withoutLayers } from '../../src/edit/layers.js';
import { applyByteEdits } from '../../src/edit/splice.js';

const original: Buffer = Buffer.from('command: uvicorn app\nother: celery worker\nlast: x\n');

/** Inserts a marked word after `after` in the version that the layers before produce. */
function insertion(release: number, version: Buffer, after: string, text: string): Layer {
  const at = version.indexOf(after) + after.length;
  return { release, edits: [{ start: at, end: at, text }] };
}

function replay(layers: readonly Layer[]): string {
  return layers.reduce((bytes, layer) => applyByteEdits(bytes, layer.edits), original).toString();
}

describe('withoutLayers', () => {
  const first = insertion(1, original, 'uvicorn app', ' --workers 2');
  const second = insertion(2, Buffer.from(replay([first])), 'celery worker', ' -c 2');

  it('takes the lower release out and leaves the upper one where it belongs', () => {
    const result = withoutLayers([first, second], new Set([1]));
    expect(result.ok && replay(result.layers)).toBe('command: uvicorn app\nother: celery worker -c 2\nlast: x\n');
  });

  it('takes the upper release out', () => {
    const result = withoutLayers([first, second], new Set([2]));
    expect(result.ok && replay(result.layers)).toBe(
      'command: uvicorn app --workers 2\nother: celery worker\nlast: x\n',
    );
  });

  it('gives the original back when nothing stays', () => {
    const result = withoutLayers([first, second], new Set([1, 2]));
    expect(result).toEqual({ ok: true, layers: [] });
  });

  it('refuses to take out what a newer release stands on, and names both', () => {
    const at = replay([first]).indexOf('2');
    const raised: Layer = { release: 3, edits: [{ start: at, end: at + 1, text: '4' }] };
    expect(withoutLayers([first, raised], new Set([1]))).toEqual({ ok: false, conflict: { release: 1, by: 3 } });
  });

  it('refuses insertions that touch, whose bytes nobody can tell apart', () => {
    const touching = insertion(2, Buffer.from(replay([first])), '--workers 2', ' --reload');
    expect(withoutLayers([first, touching], new Set([1])).ok).toBe(false);
  });

  it('never loses a byte of the layers that stay, whatever is taken out', () => {
    const words = fc.array(fc.record({ line: fc.nat({ max: 19 }), text: fc.stringMatching(/^[a-zß文]{1,6}$/) }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(words, fc.nat(), (edits, mask) => {
        const lines = Array.from({ length: 20 }, (_, index) => `line${index}=<>\n`).join('');
        const used = new Set<number>();
        let text = lines;
        const layers = edits.flatMap(({ line, text: word }, release): Layer[] => {
          if (used.has(line)) return [];
          used.add(line);
          const at = Buffer.byteLength(text.slice(0, text.indexOf(`line${line}=<`) + `line${line}=<`.length));
          const layer = { release, edits: [{ start: at, end: at, text: word }] };
          text = applyByteEdits(Buffer.from(text), layer.edits).toString();
          return [layer];
        });
        const undone = new Set(layers.map(({ release }) => release).filter((release) => (mask >> release) % 2 === 1));
        const result = withoutLayers(layers, undone);
        const expected = layers
          .filter(({ release }) => !undone.has(release))
          .reduce((known, { release }) => {
            const edit = edits[release];
            return known.replace(`line${edit?.line}=<`, `line${edit?.line}=<${edit?.text}`);
          }, lines);
        const rest = result.ok ? result.layers : [];
        const found = rest.reduce((bytes, layer) => applyByteEdits(bytes, layer.edits), Buffer.from(lines) as Buffer);
        expect(found.toString()).toBe(expected);
      }),
    );
  });
});
