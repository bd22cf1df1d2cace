import type { Bytes } from '../base/bytes.ts';
import { counted } from '../base/counted.ts';
import { escapeBytes, escapeText, quote } from '../base/escape.ts';
import type { Message } from './message.ts';

/** Learning, tracing and importing. */
export const learnMessages = {
  'strace-missing': (searched: string): Message => [
    `strace is needed to see what COMMAND does, and is not in ${searched}`,
    'install it: apt-get install strace, dnf install strace, or apk add strace',
  ],
  'strace-failed': (reason: string): Message => [
    `strace could not follow COMMAND: ${reason}`,
    'let the container or kernel.yama.ptrace_scope permit ptrace',
  ],
  'trace-not-text': (word: Bytes): Message => [
    `${quote(word)} is not UTF-8, and cannot be handed through strace`,
    'give COMMAND words that are text, for this run',
  ],
  'trace-variable': (name: Bytes): Message => [
    `the variable ${quote(name)} is not UTF-8, and cannot be handed through strace: it is unset for this run`,
    'give it a value that is text if COMMAND reads it',
  ],
  'trace-stdin': (): Message => ['a policy on stdin is read once, and is needed twice here', 'put it into a file'],
  'learn-not-found': (name: Bytes): Message => [
    `cannot find the command ${quote(name)}`,
    'check its name and PATH; nothing ran',
  ],
  'trace-denied': (
    program: string,
    pid: number,
    operation: string,
    subject: string,
    why: string,
    flag: string,
  ): Message => [
    `denied: ${program} (pid ${pid}): ${operation}${subject === '' ? '' : ` ${subject}`}: ${why}`,
    flag === '' ? 'no option allows it' : `${flag} would allow it`,
  ],
  'trace-more': (count: number, flag: string): Message => [
    `denied: ${count} more of the same kind`,
    flag === '' ? `no option allows ${those(count)}` : `${flag} would allow ${those(count)}`,
  ],
  'audit-denied': (blockers: string, subject: string): Message => [
    `denied, says the kernel's log: ${escapeText(blockers)}${subject === '' ? '' : ` ${subject}`}`,
    '--why tells which grant is missing',
  ],
  'learn-first-run': (command: string): Message => [
    `COMMAND runs twice: now without any restriction, to learn what it does: ${command}`,
    'stop it now if that is not wanted',
  ],
  'learn-second-run': (file: Bytes): Message => [
    `COMMAND runs again, under ${quote(file)}, to prove it`,
    '--no-verify leaves this out',
  ],
  'learn-written': (file: Bytes, observed: number, grants: number, added: number): Message => [
    `${counted(observed, 'path')} seen, ${counted(grants, 'grant')} in ${quote(file)}, ${added} of its lines new`,
    'read it before it is used',
  ],
  'learn-unchanged': (file: Bytes, observed: number): Message => [
    `${counted(observed, 'path')} seen, and ${quote(file)} grants ${observed === 1 ? '' : 'all of '}${those(observed)} already`,
    'nothing was changed',
  ],
  'learn-change': (line: string): Message => [line, 'part of the policy now'],
  'learn-proven': (file: Bytes): Message => [
    `proven: COMMAND succeeded under ${quote(file)}`,
    'run it with --policy from now on',
  ],
  'learn-unverified': (file: Bytes): Message => [
    `${quote(file)} is unproven: COMMAND was not run under it`,
    'learn again without --no-verify',
  ],
  'learn-command-failed': (how: string, file: Bytes): Message => [
    `COMMAND ${how} without any restriction, so ${quote(file)} is unproven`,
    'let it succeed, and learn again into the same file',
  ],
  'learn-proof-failed': (how: string, file: Bytes): Message => [
    `COMMAND ${how} under ${quote(file)}, which is marked unproven`,
    'learn again into the same file, or add what was denied',
  ],
  'learn-left-out': (path: Bytes, who: string, why: string): Message => [
    `${quote(path)} is not granted: ${who}; ${why}`,
    'grant it on purpose if COMMAND needs it',
  ],
  'learn-out-fence': (file: Bytes, above: Bytes): Message => [
    `${quote(file)} was not written: COMMAND writes in ${quote(above)} and could rewrite its own policy`,
    'name a file elsewhere, or say --allow-overlap to accept it',
  ],
  'learn-out-unwritable': (file: Bytes, reason: string): Message => [
    `cannot write ${quote(file)}: ${reason}`,
    'name a file in a directory that exists and that you may write',
  ],
  'learn-out-not-file': (file: Bytes): Message => [
    `${quote(file)} is there and is no regular file`,
    'name a policy file, or one that does not exist yet',
  ],
  'no-verify-alone': (): Message => ['--no-verify belongs to --learn', 'leave it out, or add --learn OUT'],
  'import-form': (value: Bytes, kinds: readonly string[]): Message => [
    `${quote(value)} is not KIND:FILE`,
    `write one of ${kinds.join(', ')}, a colon and the file`,
  ],
  'import-syntax': (file: Bytes, reason: Bytes): Message => [
    `${quote(file)} cannot be read as that kind: ${escapeBytes(reason)}`,
    'correct the file, or name another kind',
  ],
  'import-nothing': (file: Bytes): Message => [
    `${quote(file)} restricts nothing that a policy can say`,
    'name the file that holds the restrictions',
  ],
  'import-left-out': (what: string, why: string): Message => [
    `left out: ${escapeText(what)}: ${why}`,
    'look whether it matters to you',
  ],
};

const those = (count: number): string => (count === 1 ? 'it' : 'them');
