import { basename } from 'node:path/posix';
import { applyTextEdits } from '../edit/splice.js';
import { type Handoff, handoffOf } from '../edit/systemd/handoff.js';
import type { Answer, Editor, PlacedEdit } from '../edit/types.js';
import type { Problem } from '../errors.js';
import type { Runtime } from '../settings.js';
import type { TargetFacts } from '../target/facts.js';
import type { TargetSpec } from '../target/spec.js';
import type { FilePlan } from './plan.js';
import { filePlan, type StageTools } from './stage.js';

/** A backend that is to take its port from a socket unit from now on. */
export interface Adoption {
  readonly socket: { readonly name: string; readonly path: string };
  readonly render: (listen: string) => string;
}

interface HandoffInput {
  readonly spec: TargetSpec;
  readonly facts: TargetFacts;
  readonly runtime: Runtime;
  readonly renderSocket: (listen: string) => string;
}

/** What there is to adopt; `null` where it is not asked for, or done. */
export function adoptionOf({ spec, facts, runtime, renderSocket }: HandoffInput): Adoption | null {
  if (spec.activating.handoff !== 'socket' || runtime !== 'systemd') return null;
  const service = facts.services.get('backend');
  const path = facts.files.get('backend-socket')?.path;
  if (path === undefined || (service?.unit?.socket ?? null) !== null) return null;
  return { socket: { name: basename(path), path }, render: renderSocket };
}

/** What keeps the socket unit from being made. */
export function socketProblem({ socket }: Adoption, facts: TargetFacts): Problem | null {
  if (facts.files.get('backend-socket')?.kind === 'missing') return null;
  return {
    code: 'unsafe',
    message: 'a socket unit of this name is there already, and the service does not use it',
    place: { file: socket.path },
    fix: 'Remove it if nothing needs it, or leave `handoff: socket` out for this target.',
  };
}

/** The editor and the creator of a backend's unit, for one that takes its port from a socket besides. */
export function adoptingTools(tools: StageTools, { socket }: Adoption): StageTools {
  const unit = tools.editors['backend-unit'];
  const edit: Editor['edit'] = (text, want, around) =>
    together(unit.edit(text, want, around), handoffOf(text, socket.name));
  return {
    editors: { ...tools.editors, 'backend-unit': { ...unit, edit } },
    create: (role, want) => {
      const text = tools.create(role, want);
      const handoff = role === 'backend-unit' ? handoffOf(text, socket.name) : null;
      return handoff?.ok && handoff.value !== null ? applyTextEdits(text, handoff.value.edits) : text;
    },
  };
}

/** What is added after a word comes after what replaces it. */
function together(
  edits: Answer<readonly PlacedEdit[]>,
  handoff: Answer<Handoff | null>,
): Answer<readonly PlacedEdit[]> {
  if (!edits.ok || !handoff.ok) return edits.ok ? (handoff as Answer<never>) : edits;
  const all = [...(handoff.value?.edits ?? []), ...edits.value];
  return { ok: true, value: all.toSorted((a, b) => a.start - b.start || a.end - b.end) };
}

/** The socket unit itself; `null` where the unit takes a descriptor from somebody already. */
export function socketFile(unit: string, { socket, render }: Adoption): FilePlan | null {
  const handoff = handoffOf(unit, socket.name);
  if (!handoff.ok || handoff.value === null) return null;
  const source = { role: 'backend-socket' as const, path: socket.path, text: null };
  return filePlan(source, [{ start: 0, end: 0, text: render(handoff.value.listen) }]);
}
