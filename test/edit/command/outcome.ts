import { applyTextEdits } from '../../../src/edit/splice.js';
import type { Editor } from '../../../src/edit/types.js';
import type { Found, Wanted } from '../../../src/settings.js';

/** What became of a text: the new one, or the refusal as one line. Every result is edited again, and must stay. */
export function outcome(editor: Editor, text: string, want: Wanted): string {
  const once = editor.edit(text, want);
  if (!once.ok) {
    const { kind, at, message } = once.refusal;
    return `${kind} ${at?.line}:${at?.column} ${message}`;
  }
  const changed = applyTextEdits(text, once.value);
  const twice = editor.edit(changed, want);
  if (!twice.ok || twice.value.length > 0) throw new Error('a second edit changed something');
  return changed;
}

/** What `read` found, or throws the refusal's message. */
export function valuesIn(editor: Editor, text: string): Found {
  const answer = editor.read(text);
  if (!answer.ok) throw new Error(answer.refusal.message);
  return answer.value.values;
}
