import type { Bytes } from '../base/bytes.ts';
import { escapeText, quote } from '../base/escape.ts';
import { type Message, suggest } from './message.ts';

/** The command line. */
export const usageMessages = {
  'option-unknown': (option: string, near: string | undefined): Message => [
    `unknown option ${escapeText(option)}`,
    near === undefined ? 'see landlock-run --help' : `did you mean ${near}?`,
  ],
  'option-foreign': (option: string, tool: string, answer: string): Message => [
    `${escapeText(option)} is an option of ${tool}, not of landlock-run`,
    answer,
  ],
  'option-value-missing': (): Message => ['the option needs a value and none follows', 'see landlock-run --help'],
  'option-value-unexpected': (option: string): Message => [
    `${escapeText(option)} takes no value`,
    'leave out the = and what follows it',
  ],
  'option-value-empty': (): Message => [
    'the value is empty',
    'name a value (an unset variable in a script? quote it and check it first)',
  ],
  'option-value-dash': (value: Bytes): Message => [
    `the value ${quote(value)} begins with - and would hide an option`,
    'name a value; for a path that begins with -, write ./ before it',
  ],
  'command-dash': (word: Bytes): Message => [
    `COMMAND ${quote(word)} begins with -`,
    'put -- before COMMAND, or correct the option',
  ],
  'command-missing': (): Message => [
    'there is no COMMAND to run',
    'add -- COMMAND [ARG...], or see landlock-run --help',
  ],
  'add-command-without': (): Message => [
    'there is no COMMAND whose files could be granted',
    'add -- COMMAND, or leave --add-command out',
  ],
  'command-unwanted': (mode: string): Message => [`${mode} takes no COMMAND`, 'leave COMMAND out'],
  'modes-many': (first: string, second: string): Message => [
    `${first} and ${second} are two modes, and a call has one`,
    'leave one of them out',
  ],
  'shell-unknown': (value: Bytes, known: readonly string[]): Message => [
    `${quote(value)} is no shell that completions are made for`,
    suggest(undefined, known),
  ],
  'not-linux': (platform: string): Message => [
    `Landlock is part of the Linux kernel, and this is ${platform}`,
    'run it on Linux 5.13 or newer',
  ],
  'addon-missing': (tried: string, reason: string): Message => [
    `the native addon cannot be loaded from ${tried}: ${escapeText(reason)}`,
    "build it with npm run build, or install landlock-run again; in a bundled program leave landlock-run out of the bundle (esbuild: external: ['landlock-run'])",
  ],
  'working-directory-gone': (reason: string): Message => [
    `the working directory has no name (${reason}), and a relative path needs it`,
    'change to a directory that exists, or give absolute paths',
  ],
  'output-unwritable': (errno: string): Message => [
    errno === 'EBADF'
      ? 'standard output is closed, or not open for writing (EBADF)'
      : `standard output cannot be written: ${errno}`,
    errno === 'EBADF'
      ? 'leave it open, or send the report to a file'
      : 'make room for the report, or send it elsewhere',
  ],
  'installation-damaged': (reason: string): Message => [
    `cannot load its own files: ${escapeText(reason.split('\n')[0] ?? '')}`,
    'build it with npm run build, or install landlock-run again',
  ],
  internal: (reason: string): Message => [
    `a mistake of landlock-run's own: ${escapeText(reason)}`,
    'nothing ran; please report it with the command line',
  ],
};
