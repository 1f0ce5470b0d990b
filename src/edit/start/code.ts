import type { Editor } from '../types.js';

/** What reads and edits the number of web workers where Python code says it. */
export interface StartCode {
  /** `uvicorn.run(...)` in the code that a command runs. */
  readonly run: Editor;
  /** gunicorn's configuration file. */
  readonly gunicorn: Editor;
}
