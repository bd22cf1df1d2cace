import type { Bytes } from '../base/bytes.ts';
import { escapeText, quote } from '../base/escape.ts';
import { type Message, pasteable, suggest } from './message.ts';
import { describeOrigin, type Origin } from './origin.ts';

/** What a policy says, and files that say it. */
export const policyMessages = {
  'policy-unreadable': (path: Bytes, reason: string): Message => [
    `cannot read the policy ${quote(path)}: ${reason}`,
    'nothing ran; name a readable file',
  ],
  'policy-descriptor': (path: Bytes): Message => [
    `cannot read the policy ${quote(path)}: the caller has no such descriptor open`,
    'nothing ran; open it in the caller, or name the file itself',
  ],
  'policy-not-file': (path: Bytes): Message => [`the policy ${quote(path)} is a directory`, 'name the YAML file in it'],
  'policy-too-large': (path: Bytes, most: number): Message => [
    `the policy ${quote(path)} is larger than ${most} bytes`,
    'name the right file, or grant directories instead of files',
  ],
  'policy-encoding': (byte: number): Message => [
    `the byte 0x${byte.toString(16).padStart(2, '0')} is not UTF-8`,
    'save the file as UTF-8; a path that is not UTF-8 can be given on the command line',
  ],
  'policy-syntax': (reason: string): Message => [
    `not the YAML of a policy: ${reason}`,
    'correct the file at this place',
  ],
  'policy-empty': (): Message => ['the policy is empty', 'say what it restricts, such as `fs: {rw: [./proj]}`'],
  'policy-key-unknown': (key: string, near: string | undefined, known: readonly string[]): Message => [
    `unknown key "${key}"`,
    suggest(near, known),
  ],
  'policy-value': (place: string, found: string, expected: string): Message => [
    `${place} is ${found}`,
    found === 'empty (null)' ? `write ${expected}, or leave the key out` : `it must be ${expected}`,
  ],
  'extends-cycle': (path: Bytes): Message => [`${quote(path)} extends itself`, 'break the circle of extends'],
  'extends-deep': (depth: number): Message => [
    `extends goes deeper than ${depth} files`,
    'put what is extended into fewer files',
  ],
  'stdin-twice': (): Message => ['stdin is read for a policy already', 'name one of the policies as a file'],
  'print-not-text': (bytes: Bytes): Message => [
    `${quote(bytes)} is not UTF-8, and YAML holds text only`,
    'keep it on the command line',
  ],
  conflict: (what: string, value: string, other: string, origin: Origin | undefined): Message => [
    `${what} is ${value} here and ${other} at ${origin === undefined ? 'another place' : describeOrigin(origin)}`,
    'decide on one of them',
  ],
  'file-and-directory': (path: Bytes): Message => [
    `${quote(path)} is asked for as one file and as a temporary directory`,
    'leave out one of the two',
  ],
  'claim-broken': (granted: string, claimed: string, where: string): Message => [
    `grants ${granted}, but ${where} denies ${claimed}`,
    'leave out one of the two',
  ],
  'restricts-nothing': (): Message => [
    'the policy restricts nothing, so there is nothing to run under',
    'add a restriction, such as --rw DIR or --no-net',
  ],
  'bare-without-files': (): Message => [
    'files are not mentioned, so there is no system profile to leave out',
    'mention files with --ro, --rw or `fs: {}`',
  ],
  'scope-needs-files': (scope: string): Message => [
    `the scope ${scope} is a right on files, and files are not mentioned`,
    'mention files with --ro, --rw or `fs: {}`',
  ],
  'variable-unset': (name: string, text: Bytes): Message => [
    `\${${name}} in ${quote(text)} is unset or empty`,
    `set it, or write \${${name}:-default}`,
  ],
  'expansion-invalid': (text: Bytes): Message => [
    `${quote(text)} holds a $ that means nothing`,
    'write ${NAME}, ${NAME:-default}, or $$ for the character itself',
  ],
  'home-unknown': (): Message => ['the home directory is not known', 'set HOME to an absolute path'],
  'expansion-too-wide': (text: Bytes, path: Bytes): Message => [
    `${quote(text)} comes to ${quote(path)}, with write`,
    'check the variable; to grant that directory on purpose, write it without a variable',
  ],
  overlap: (path: Bytes, where: string, above: Bytes, form: string, instead: readonly Bytes[] | undefined): Message => [
    `${quote(path)} cannot be less writable than ${quote(above)} above it, which ${where} grants: Landlock only adds`,
    insteadOf(form, instead, 'or say --allow-overlap to give it up'),
  ],
  deny: (path: Bytes, where: string, above: Bytes, form: string, instead: readonly Bytes[] | undefined): Message => [
    `cannot deny ${quote(path)} inside ${quote(above)}, which ${where} grants: Landlock only grants`,
    insteadOf(form, instead, 'or leave the deny out'),
  ],
  'deny-needless': (path: Bytes): Message => [
    `Landlock has no deny, and ${quote(path)} needs none: nothing stated grants it`,
    'leave the deny out; what is not granted is denied',
  ],
  'fence-writable': (path: Bytes, where: string, above: Bytes): Message => [
    `the file ${quote(path)} decides the policy and would be writable by COMMAND: ${where} grants ${quote(above)}`,
    'move it out of what is writable, or say --allow-overlap to accept it',
  ],
  'command-writable': (path: Bytes, where: string, above: Bytes, asked: Bytes): Message => [
    `${quote(path)} would have ${quote(asked)} granted, and would be writable by COMMAND: ${where} grants ${quote(above)}`,
    `grant it yourself with ${pasteable('--ro', [asked])}, move the command out of what is writable, or say --allow-overlap to accept it`,
  ],
  'too-many-rules': (count: number, most: number): Message => [
    `the policy comes to ${count} rules, and ${most} is the most`,
    'grant directories instead of files, and any instead of a long range of ports',
  ],
  'discover-too-wide': (path: Bytes): Message => [
    `the config refers to ${quote(path)}, which is too wide to be granted by discovery`,
    'correct the config, or grant it on purpose with --ro or --rw',
  ],
  'discover-zero-byte': (path: Bytes): Message => [
    `the config refers to ${quote(path)}, which no file can be called: it holds a NUL character`,
    'correct the config',
  ],
  'discover-half-character': (text: string): Message => [
    `the config refers to "${escapeText(text)}", which no file can be called: it holds half of a surrogate pair`,
    'correct the config',
  ],
  'discover-key-missing': (key: string, config: Bytes): Message => [
    `${quote(config)} has no path at the key ${quote(key as Bytes)}`,
    'correct the key: dotted, from the top',
  ],
};

function insteadOf(form: string, siblings: readonly Bytes[] | undefined, otherwise: string): string {
  const flag = form === 'tmp' || form === 'grant' || form === 'command' ? '--rw' : `--${form}`;
  if (siblings === undefined) return `grant its siblings one by one instead, ${otherwise}`;
  if (siblings.length === 0) return `nothing else is in there: leave the upper grant out, ${otherwise}`;
  return `instead of the upper grant: ${pasteable(flag, siblings)}; ${otherwise}`;
}
