import type { Bytes } from '../base/bytes.ts';
import { escapeText, quote } from '../base/escape.ts';
import { type Message, shellWord } from './message.ts';

/** By errno: what helps where permissions are not what is in the way. */
const WRITE_REMEDIES: Readonly<Record<string, string>> = {
  EDQUOT: "make room in this user's quota, or name a file on another file system",
  EFBIG: 'raise the limit of file sizes (ulimit -f), or name a file on another file system',
  EISDIR: 'name a file in it: a launcher is one file',
  ENAMETOOLONG: 'name a file with a shorter name',
  ENOENT: 'make its directory first, or name a file in one that is there',
  ENOSPC: 'make room on its file system, or name a file on another one',
  EROFS: 'name a file on a file system that is not mounted read-only',
};

/** Compiled launchers: writing them, and reading them back. */
export const compileMessages = {
  'compile-twice': (): Message => ['a call writes one launcher', 'leave one of the two out'],
  'compiled-alone': (other: string | undefined): Message => [
    other === undefined
      ? '--compiled belongs to --explain'
      : `a launcher holds its whole policy, and ${other} would change nothing of it`,
    other === undefined ? 'add --explain, or leave it out' : `leave ${other} out`,
  ],
  'template-missing': (arch: string, reason: string, isShipped: boolean): Message => [
    `the template of launchers for ${arch} cannot be used: ${escapeText(reason)}`,
    isShipped
      ? "leave landlock-run out of the bundle (esbuild: external: ['landlock-run']; the like elsewhere), or ship its dist/launcher/ARCH/template and dist/launcher/templates.json beside the spawn helper that the option `launcher` names"
      : 'build it with npm run build, or install landlock-run again',
  ],
  'compiled-unwritable': (path: Bytes, reason: string): Message => [
    `cannot write the launcher ${quote(path)}: ${reason}`,
    WRITE_REMEDIES[reason] ?? 'name a file in a directory that this user can write to',
  ],
  'compiled-not-file': (path: Bytes): Message => [
    `${quote(path)} exists, and is or leads to no ordinary file that a launcher could replace`,
    'name another file',
  ],
  'compiled-writable': (path: Bytes, where: string, above: Bytes): Message => [
    `COMMAND could rewrite the launcher ${quote(path)} itself: ${where} grants ${quote(above)}`,
    'keep the launcher outside of what it lets COMMAND write',
  ],
  'compiled-secret': (path: Bytes, name: Bytes): Message => [
    `the launcher ${quote(path)} holds the value of ${quote(name)} as it is, for everybody who can read the file`,
    `hand the variable on when the launcher runs (--env ${shellWord(name)}), or take the file from others (chmod go-r)`,
  ],
  'compiled-unreadable': (path: Bytes, reason: string): Message => [
    `cannot read the launcher ${quote(path)}: ${reason}`,
    'name a file that --compile wrote',
  ],
  'compiled-foreign': (path: Bytes): Message => [
    `${quote(path)} is no compiled launcher`,
    'name a file that --compile wrote',
  ],
  'compiled-damaged': (path: Bytes): Message => [
    `the launcher ${quote(path)} is damaged, and would not run`,
    'write it again with --compile',
  ],
  'compiled-other': (path: Bytes): Message => [
    `the launcher ${quote(path)} was made by another build of landlock-run`,
    'write it again with --compile, or read it with the landlock-run that made it',
  ],
};
