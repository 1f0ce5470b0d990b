import { existsSync } from 'node:fs';

/** What `sh` is on Debian, on Red Hat and its kin, and on Alpine. */
const SHELLS = [
  ['dash', '/bin/dash'],
  ['bash', '/bin/bash --posix'],
  ['busybox', '/bin/busybox sh'],
] as const;

/** In CI all of them must be there; elsewhere those that are. */
export const TRIED = SHELLS.filter(([, command]) => process.env.CI || existsSync(command.split(' ')[0] ?? ''));
