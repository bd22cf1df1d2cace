/** Certificates are renewed by re-pointing a link: a grant of the file does not survive it, a grant of the directory does. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';

/** Reads the link, has it re-pointed, reads it again: what was read, one entry each. */
async function readAcrossRenewal(root: string, policy: readonly string[]): Promise<string[]> {
  const script =
    'read -r first < "$1"; echo "$first"; read -r renewed; read -r second < "$1" && echo "$second" || echo denied';
  const child = spawn(cliPath, [...policy, '--', 'bash', '-c', script, 'bash', join(root, 'live/cert.pem')], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const lines: string[] = [];
  child.stdout.setEncoding('utf8');
  child.stdout.once('data', () => {
    symlinkSync('../archive/cert-2.pem', join(root, 'live/new'));
    renameSync(join(root, 'live/new'), join(root, 'live/cert.pem'));
    child.stdin.end('renewed\n');
  });
  child.stdout.on('data', (text: string) => lines.push(...text.trimEnd().split('\n')));
  await once(child, 'close');
  return lines;
}

const FILES = {
  'live/cert.pem': { link: '../archive/cert-1.pem' },
  'archive/cert-1.pem': 'one\n',
  'archive/cert-2.pem': 'two\n',
};

test('a grant of the file stays with the old one', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  assert.deepEqual(await readAcrossRenewal(root, ['--ro', join(root, 'live/cert.pem')]), ['one', 'denied']);
});

test('a grant of the directory that holds link and target survives', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, FILES);
  assert.deepEqual(await readAcrossRenewal(root, ['--ro', root]), ['one', 'two']);
});

test('where files are left alone, it survives as well', async (t) => {
  const root = fixture(t, FILES);
  assert.deepEqual(await readAcrossRenewal(root, ['--no-net']), ['one', 'two']);
});
