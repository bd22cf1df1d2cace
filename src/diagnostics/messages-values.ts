import type { Bytes } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { type Message, suggest } from './message.ts';

/** Values of options and keys that mean nothing. */
export const valueMessages = {
  'port-invalid': (value: Bytes): Message => [
    `${quote(value)} is not a port`,
    'give a number from 0 to 65535, or LOW-HIGH',
  ],
  'port-range-backwards': (value: Bytes, turned: Bytes): Message => [
    `the range ${quote(value)} ends before it begins`,
    `did you mean ${turned}?`,
  ],
  'grant-form': (value: Bytes): Message => [
    `${quote(value)} is not RIGHTS:PATH`,
    'write the rights, a colon and the path, as in --grant read,exec:/opt/app',
  ],
  'right-unknown': (word: Bytes, near: string | undefined, known: readonly string[]): Message => [
    `${quote(word)} is not a right`,
    suggest(near, known),
  ],
  'word-unknown': (value: Bytes, near: string | undefined, known: readonly string[]): Message => [
    `${quote(value)} is not a value of this option`,
    suggest(near, known),
  ],
  'profile-unknown': (name: string, near: string | undefined, known: readonly string[]): Message => [
    `there is no profile ${quote(name as Bytes)}`,
    suggest(near, known),
  ],
  'limit-form': (value: Bytes): Message => [`${quote(value)} is not NAME=VALUE`, 'write it as in --limit nofile=256'],
  'limit-unknown': (name: Bytes, near: string | undefined, known: readonly string[]): Message => [
    `there is no limit ${quote(name)}`,
    suggest(near, known),
  ],
  'limit-ignored': (name: Bytes, why: string): Message => [
    `the limit ${quote(name)} would limit nothing: ${why}`,
    name === 'rss' ? 'use data, or a cgroup' : 'leave it out',
  ],
  'limit-invalid': (name: Bytes, value: Bytes, unit: string): Message => [
    `${quote(value)} is not a value for the limit ${name}`,
    `give a number of ${unit === 'count' ? 'them' : unit}${unit === 'bytes' ? ' (K, M, G, T allowed)' : ''}, SOFT:HARD or unlimited`,
  ],
  'limit-soft-above-hard': (name: Bytes, value: Bytes): Message => [
    `the limit ${name} of ${quote(value)} has its soft value above its hard one`,
    'write it as SOFT:HARD with SOFT the smaller',
  ],
  'descriptor-invalid': (value: Bytes, remedy: string): Message => [
    `${quote(value)} is not a descriptor that can be named here`,
    remedy,
  ],
  'descriptor-twice': (descriptor: number): Message => [
    `descriptor ${descriptor} cannot both report to the caller and belong to COMMAND`,
    'take another one for --status-fd',
  ],
  'min-abi-invalid': (value: Bytes): Message => [
    `${quote(value)} is not a Landlock ABI`,
    'give a number from 1 on; landlock-run --check prints what this kernel has',
  ],
  'env-invalid': (name: Bytes): Message => [
    `${quote(name)} is not the name of a variable`,
    'write NAME=VALUE or NAME; globs belong to --env-keep and --env-unset',
  ],
  'env-glob-invalid': (glob: Bytes): Message => [
    `${quote(glob)} is not a glob over names`,
    'write a name, with * and ? where anything may stand; values belong to --env',
  ],
  'why-form': (value: Bytes): Message => [
    `${quote(value)} is no question`,
    'write PATH, PATH:rwx, connect:PORT, bind:PORT, udp-connect:PORT or udp-bind:PORT',
  ],
  'discover-form': (value: Bytes): Message => [
    `${quote(value)} is not CONFIG or CONFIG#KEY,...`,
    'write it as in --discover app.yaml#serve.tls.cert',
  ],
};
