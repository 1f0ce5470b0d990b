import { databaseEditor } from '../../../src/edit/python/database.js';
import { loadPython } from '../../../src/edit/python/grammar.js';
import { redisEditor } from '../../../src/edit/python/redis.js';
import { applyTextEdits } from '../../../src/edit/splice.js';
import type { Editor, Refusal } from '../../../src/edit/types.js';
import type { Wanted } from '../../../src/settings.js';

const parser = await loadPython();
export const database = databaseEditor(parser);
export const redis = redisEditor(parser);

/** What the guide asks of the two files. */
export const GUIDE: Wanted = {
  'db.pool_size': 20,
  'db.max_overflow': 30,
  'db.pool_timeout': 30,
  'db.pool_pre_ping': true,
  'db.pool_recycle': 3600,
  'redis.max_connections': 50,
};

/** The edited text; fails the test on a refusal. */
export function edited(editor: Editor, text: string, want: Wanted = GUIDE): string {
  const answer = editor.edit(text, want);
  if (!answer.ok) throw new Error(`refused: ${answer.refusal.message}`);
  return applyTextEdits(text, answer.value);
}

/** The refusal of an edit; fails the test where there is none. */
export function refusal(editor: Editor, text: string, want: Wanted = GUIDE): Refusal {
  const answer = editor.edit(text, want);
  if (answer.ok) throw new Error(`not refused, but edited: ${applyTextEdits(text, answer.value)}`);
  return answer.refusal;
}
