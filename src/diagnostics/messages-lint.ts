import type { Bytes } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import type { Message } from './message.ts';

/** What `--explain` and `--check` warn about: policies that do what they say, and not what their author most likely meant. */
export const lintMessages = {
  'lint-renewed-link': (path: Bytes, resolved: Bytes): Message => [
    `${quote(path)} is a link to ${quote(resolved)}, and the grant binds that file: once the link is swapped, the new file is denied`,
    'grant the directory that holds link and target, or restart at renewal',
  ],
  'lint-writable-path': (directories: readonly Bytes[]): Message => [
    `writable, and on PATH: ${directories.map(quote).join(', ')}: what COMMAND leaves there is run by later commands`,
    'take it out of PATH, or out of what is writable',
  ],
  'lint-writable-command': (file: Bytes, above: Bytes): Message => [
    `the file that runs, ${quote(file)}, is writable by the grant of ${quote(above)}: the next run starts what this one leaves there`,
    'keep the program outside of what it may write',
  ],
  'lint-no-null': (): Message => ['COMMAND is a shell and cannot write /dev/null', 'add --rwfile /dev/null'],
  'lint-terminal': (): Message => [
    'a terminal is open, and its path is not granted: line editing and /dev/stderr fail',
    'leave --bare out, or add --rwfile /dev/tty',
  ],
  'lint-wide-write': (path: Bytes): Message => [
    `${quote(path)} is granted with write: little is kept from COMMAND`,
    'grant the directories that it works in',
  ],
  'lint-socket-reachable': (path: Bytes, what: string): Message => [
    `${quote(path)} can be connected to: ${what}`,
    'close it with --no-unix, or with --scope pathname-unix-socket where the kernel has Landlock ABI 9',
  ],
  'lint-display': (): Message => [
    'DISPLAY is set, and X11 clients that use the abstract socket are cut off by the scope abstract-unix-socket',
    'add --no-scope abstract-unix-socket, and mind that X11 clients can control each other',
  ],
  'lint-adds-nothing': (path: Bytes, above: Bytes): Message => [
    `${quote(path)} adds nothing to ${quote(above)}, which is granted already; a link that leads outside of it is not followed`,
    'leave it out; to grant what a link leads to, name its target',
  ],
  'lint-trusted-writable': ([first, ...others]: readonly Bytes[], what: string, above: Bytes): Message => [
    `${quote(first ?? above)}, ${what}, is writable by COMMAND by the grant of ${quote(above)}${others.length === 0 ? '' : ` (and ${others.length} more)`}: it decides what the next run does`,
    'install it outside of what is writable',
  ],
};
