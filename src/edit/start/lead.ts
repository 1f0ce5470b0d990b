import type { Program } from '../command/program.js';
import type { Word } from '../command/word.js';

export type LeadKind = 'script' | 'python' | 'procfile' | 'supervisor' | 'makefile';

/** A file that a command starts, or has started, instead of the program that does the work. */
export interface Lead {
  readonly kind: LeadKind;
  /** Under what names it may lie, as the command says them; the first that is there counts. */
  readonly names: readonly string[];
  readonly word: Word;
  /** What it is given: arguments of a script, processes of a Procfile, targets of a Makefile. */
  readonly args: readonly Word[];
}

const SHELL = /^(?:ba|da|a|k|z)?sh$/;
const SCRIPT = /\.(?:sh|bash)$/;
/** Scripts without an ending are called after what they do. Other programs are not looked into. */
const STARTER = /entry|start|run|boot|launch|serve|web|worker/i;
const PROCFILE_RUNNER = /^(?:honcho|foreman|forego|goreman|overmind|hivemind)$/;
const SUPERVISOR = [
  'supervisord.conf',
  'etc/supervisord.conf',
  '/etc/supervisord.conf',
  '/etc/supervisor/supervisord.conf',
];

/** What a program leads to; `undefined` where it does its work itself. */
export function leadOf(program: Program): Lead | undefined {
  const { name, word, args } = program;
  if (word.opaque) return undefined;
  if (program.module) return lead('python', moduleNames(name), word, args);
  if (SHELL.test(name)) return shellLead(args);
  if (/^python[\d.]*$/.test(name)) return pythonLead(args);
  if (PROCFILE_RUNNER.test(name)) return procfileLead(name, word, args);
  if (name === 'supervisord') return supervisorLead(word, args);
  if (name === 'make') return makeLead(word, args);
  if (/\.py$/.test(name)) return lead('python', [word.text], word, args);
  const isScript = SCRIPT.test(name) || (word.text.includes('/') && !name.includes('.') && STARTER.test(name));
  return isScript ? lead('script', [word.text], word, args) : undefined;
}

const HINT =
  /\.(?:sh|bash|py)\b|\b(?:ba|da|a|k|z)?sh\b|\bpython|\b(?:honcho|foreman|forego|goreman|overmind|hivemind|supervisord|make)\b|\/[\w.-]*(?:entry|start|run|boot|launch|serve|web|worker)/i;

/** Whether a text may hold a command that leads to a file: most need not be looked into. */
export function mayLead(text: string): boolean {
  return HINT.test(text);
}

function lead(kind: LeadKind, names: readonly string[], word: Word, args: readonly Word[]): Lead {
  return { kind, names, word, args };
}

function moduleNames(name: string): readonly string[] {
  const path = name.replaceAll('.', '/');
  return [`${path}.py`, `${path}/__main__.py`];
}

/** `sh -c` has no file; what it runs is read as the commands of its script. */
function shellLead(args: readonly Word[]): Lead | undefined {
  const index = args.findIndex(({ text }) => !/^[-+]/.test(text));
  const options = args.slice(0, Math.max(index, 0));
  const word = args[index];
  if (word === undefined || word.opaque || options.some(({ text }) => /^-\w*[co]/.test(text))) return undefined;
  return lead('script', [word.text], word, args.slice(index + 1));
}

function pythonLead(args: readonly Word[]): Lead | undefined {
  const index = args.findIndex(({ text }) => !text.startsWith('-'));
  const word = args[index];
  const isPlain = args.slice(0, Math.max(index, 0)).every(({ text }) => /^-[uBbEIOqsSv]+$/.test(text));
  if (word === undefined || word.opaque || !isPlain || !/\.py$/.test(word.text)) return undefined;
  return lead('python', [word.text], word, args.slice(index + 1));
}

function procfileLead(name: string, word: Word, args: readonly Word[]): Lead | undefined {
  const start = args.findIndex(({ text }) => text === 'start' || (name === 'honcho' && text === 'run'));
  if (args[start]?.text === 'run') return undefined;
  const file = behindOption(args, ['-f', '--procfile']);
  const folder = behindOption(args, ['-d', '--app-root', '-r', '--root']);
  const path = file?.text ?? 'Procfile';
  const names = [folder === undefined || path.startsWith('/') ? path : `${folder.text}/${path}`];
  return lead('procfile', names, file ?? word, positionals(args.slice(start + 1), /^-[fdrecpm]$|^--(?!no-)/));
}

function supervisorLead(word: Word, args: readonly Word[]): Lead {
  const file = behindOption(args, ['-c', '--configuration']);
  return lead('supervisor', file === undefined ? SUPERVISOR : [file.text], file ?? word, []);
}

function makeLead(word: Word, args: readonly Word[]): Lead {
  const [file, folder] = [
    behindOption(args, ['-f', '--file', '--makefile']),
    behindOption(args, ['-C', '--directory']),
  ];
  const names = file === undefined ? ['GNUmakefile', 'makefile', 'Makefile'] : [file.text];
  const placed = names.map((name) => (folder === undefined ? name : `${folder.text}/${name}`));
  const targets = positionals(args, /^-[fCjIoW]$|^--(?:file|makefile|directory|jobs)$/);
  return lead(
    'makefile',
    placed,
    file ?? word,
    targets.filter(({ text }) => !text.includes('=')),
  );
}

/** The word behind an option. */
function behindOption(args: readonly Word[], names: readonly string[]): Word | undefined {
  const index = args.findLastIndex(({ text }) => names.includes(text));
  const value = index === -1 ? undefined : args[index + 1];
  return value?.opaque === true ? undefined : value;
}

function positionals(args: readonly Word[], valued: RegExp): readonly Word[] {
  return args.filter(({ text }, index) => !text.startsWith('-') && !valued.test(args[index - 1]?.text ?? ''));
}
