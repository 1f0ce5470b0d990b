// Edits in a process of its own: what is said, and what the process took, with the start of Node and of the parsers.
import { readFileSync } from 'node:fs';
import { composeEditor } from '../../../dist/edit/compose/compose.js';
import { databaseEditor } from '../../../dist/edit/python/database.js';
import { loadPython } from '../../../dist/edit/python/grammar.js';
import { gunicornEditor } from '../../../dist/edit/python/gunicorn-conf.js';
import { runEditor } from '../../../dist/edit/python/uvicorn-run.js';
import { unitEditor } from '../../../dist/edit/systemd/unit.js';

const WANT = { 'db.pool_size': 20, 'web.workers': 2 };
const python = await loadPython();
const start = { run: runEditor(python), gunicorn: gunicornEditor(python) };
const EDITORS = {
  database: () => databaseEditor(python),
  compose: () => composeEditor(undefined, start),
  unit: () => unitEditor('backend', start),
};
const { kind, path, files, compose, code = [], turns } = JSON.parse(readFileSync(0, 'utf8'));
const around = {
  path,
  root: '/srv',
  compose,
  units: [],
  code: new Map(code.map((name) => [name, files[name]])),
  textOf: (name) => files[name] ?? null,
};
const editor = EDITORS[kind]();
const seconds = ({ user, system }) => (user + system) / 1e6;
const answers = Array.from({ length: turns }, () => {
  const before = process.cpuUsage();
  const answer = editor.edit(files[path], WANT, around);
  return { answer, took: seconds(process.cpuUsage(before)) };
});
const report = {
  answer: answers[0].answer,
  turns: answers.map(({ took }) => took),
  seconds: seconds(process.cpuUsage()),
  bytes: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(JSON.stringify(report));
