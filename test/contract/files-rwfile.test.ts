/** `--rwfile PATH`: read, write and ioctl of one existing file or device, no execute. */
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertRefused, claim, deedPath } from './deeds.ts';

const ONE_FILE = (root: string): string[] => ['--rwfile', `${root}/in/script`];

const DEEDS: readonly (readonly [string, (place: string) => readonly string[], string])[] = [
  ['can read the file of --rwfile', (at) => ['read', `${at}/script`], 'ok'],
  ['can write the file of --rwfile', (at) => ['write', `${at}/script`], 'ok'],
  ['can empty the file of --rwfile', (at) => ['empty', `${at}/script`], 'ok'],
  ['can truncate the file of --rwfile', (at) => ['truncate', `${at}/script`], 'ok'],
  ['cannot execute the file of --rwfile', (at) => ['exec', `${at}/script`], 'EACCES'],
  ['cannot remove the file of --rwfile', (at) => ['unlink', `${at}/script`], 'EACCES'],
  ['cannot rename the file of --rwfile', (at) => ['rename', `${at}/script`, `${at}/new`], 'EACCES'],
  ['cannot read the file beside --rwfile', (at) => ['read', `${at}/file`], 'EACCES'],
  ['cannot write the file beside --rwfile', (at) => ['write', `${at}/file`], 'EACCES'],
  ['cannot list the directory of --rwfile', (at) => ['list', at], 'EACCES'],
  ['cannot create a file beside --rwfile', (at) => ['create', `${at}/new`], 'EACCES'],
];

for (const [title, deed, outcome] of DEEDS) {
  claim({ title, policy: ONE_FILE, deed: (root) => deed(`${root}/in`), outcome });
}

claim({
  title: 'can ioctl the device of --rwfile',
  policy: () => ['--rwfile', '/dev/ptmx'],
  deed: () => ['ioctl', '/dev/ptmx'],
  outcome: 'ok',
  abi: 5,
});

test('--rwfile of a directory is refused', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'in/file': 'x' });
  assertRefused(await sandbox(['--rwfile', `${root}/in`, '--', deedPath()]), /: --rwfile: .*is a directory/);
});
