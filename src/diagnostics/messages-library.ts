import { escapeText } from '../base/escape.ts';
import type { Message } from './message.ts';

/** What the library refuses before the native core has a say. */
export const libraryMessages = {
  'shell-refused': (): Message => [
    'the option `shell` is refused: it would make one text of COMMAND and its arguments, in which every argument is read as shell syntax',
    "name the shell as COMMAND: spawn(policy, 'sh', ['-c', script, 'sh', ...arguments])",
  ],
  'launcher-missing': (tried: readonly string[]): Message => [
    `the spawn helper is not there; tried ${tried.map(escapeText).join(', ')}`,
    "leave landlock-run out of the bundle (esbuild: external: ['landlock-run']; the like elsewhere), or ship its dist/launcher/ARCH/spawn and native/build/Release/landlock_run.node in one directory and name the first with the option `launcher`",
  ],
  'launcher-unsupported': (arch: string): Message => [
    `there is neither spawn helper nor addon for the processor ${escapeText(arch)}`,
    'use x64 or arm64',
  ],
  'spawn-failed': (errno: string, launcher: string): Message => [
    `the process cannot be started (${escapeText(errno)}): the spawn helper ${escapeText(launcher)}`,
    errno === 'EACCES' || errno === 'ENOENT'
      ? 'let the user that COMMAND runs as execute this file, and mount it without noexec'
      : 'pass shorter arguments and a smaller environment, and look at the options `uid` and `gid`',
  ],
  'resources-exhausted': (errno: string, what: string): Message => [
    `this process is refused what a run needs (${escapeText(errno)}): ${escapeText(what)}`,
    errno === 'EMFILE'
      ? 'raise the limit of descriptors (ulimit -n), or run fewer at once'
      : 'raise the limits of processes, descriptors and memory, of the system or of this container, or run fewer at once',
  ],
  'cwd-missing': (directory: string, errno: string): Message => [
    `the working directory ${escapeText(directory)} cannot be entered (${escapeText(errno)})`,
    'make it, or name another one with the option `cwd`',
  ],
  'killed-before-exec': (): Message => [
    'the process was killed before it could become COMMAND',
    'look for who sends signals, or for the out-of-memory killer (dmesg)',
  ],
  aborted: (): Message => [
    'the signal was aborted before COMMAND was started',
    'start it again with a signal of its own',
  ],
  'sandbox-closed': (): Message => ['the prepared sandbox is closed', 'prepare another one, or close it later'],
  'policy-foreign': (what: string): Message => [
    `the policy is ${escapeText(what)}`,
    'pass what loadPolicy() or parsePolicy() of this landlock-run returned, or a plain object of the shape of a policy file',
  ],
  'option-invalid': (name: string, expected: string): Message => [
    `\`${escapeText(name)}\` is not ${expected}`,
    `pass ${expected}`,
  ],
  'wrap-no-option': (what: string): Message => [
    `${escapeText(what)} has no option on the command line`,
    'write the policy to a file, and wrap what loadPolicy(file) returns',
  ],
} as const;
