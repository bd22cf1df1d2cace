import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import { sandbox } from '../support/sandbox.ts';

/** What ACME clients keep: versions in one directory, and a link to the newest in another. */
function certificates(t: TestContext): string {
  return fixture(t, {
    'tls/archive/cert1.pem': 'first\n',
    'tls/live/cert.pem': { link: '../archive/cert1.pem' },
    'tls/archive/other.key': 'key\n',
  });
}

/** Writes the next version and re-points the link in one step, as a renewal does. */
function renew(root: string): void {
  writeFileSync(join(root, 'tls/archive/cert2.pem'), 'second\n');
  symlinkSync('../archive/cert2.pem', join(root, 'tls/live/cert.pem.new'));
  renameSync(join(root, 'tls/live/cert.pem.new'), join(root, 'tls/live/cert.pem'));
}

/** A service that reads its certificate each time it gets a line, under a policy. Out: asks it once. */
function startService(t: TestContext, policy: readonly string[], certificate: string) {
  const script = 'while read -r line; do cat "$1" 2>/dev/null || echo denied; done';
  const service = spawn(cliPath, [...policy, '--', 'bash', '-c', script, 'bash', certificate], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => service.stdin.end());
  service.stdout.setEncoding('utf8');
  return async (): Promise<string> => {
    service.stdin.write('again\n');
    const [answer] = (await once(service.stdout, 'data')) as [string];
    return answer;
  };
}

test('a grant on the certificate itself binds the old file: after the renewal the new one is denied', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = certificates(t);
  const certificate = join(root, 'tls/live/cert.pem');
  const ask = startService(t, ['--grant', `read:${certificate}`], certificate);
  assert.equal(await ask(), 'first\n');
  renew(root);
  assert.equal(await ask(), 'denied\n');
});

test('a grant on the directory that holds link and target survives the renewal', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = certificates(t);
  const certificate = join(root, 'tls/live/cert.pem');
  const ask = startService(t, ['--grant', `read:${join(root, 'tls')}`], certificate);
  assert.equal(await ask(), 'first\n');
  renew(root);
  assert.equal(await ask(), 'second\n');
});

test('a grant on the directory of the link alone reads neither version: the target decides', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = certificates(t);
  const certificate = join(root, 'tls/live/cert.pem');
  const ask = startService(t, ['--grant', `read:${join(root, 'tls/live')}`], certificate);
  assert.equal(await ask(), 'denied\n');
  renew(root);
  assert.equal(await ask(), 'denied\n');
});

test('a restart after the renewal reads the new file under the same policy', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = certificates(t);
  const certificate = join(root, 'tls/live/cert.pem');
  const policy = ['--grant', `read:${certificate}`];
  assert.equal((await sandbox([...policy, '--', 'cat', certificate])).stdout, 'first\n');
  renew(root);
  assert.equal((await sandbox([...policy, '--', 'cat', certificate])).stdout, 'second\n');
});

test('a certificate that is replaced by rename, without a link, is lost to a grant on the file too', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = fixture(t, { 'tls/cert.pem': 'first\n' });
  const certificate = join(root, 'tls/cert.pem');
  const onFile = startService(t, ['--grant', `read:${certificate}`], certificate);
  const onDirectory = startService(t, ['--grant', `read:${join(root, 'tls')}`], certificate);
  assert.deepEqual([await onFile(), await onDirectory()], ['first\n', 'first\n']);
  mkdirSync(join(root, 'new'));
  writeFileSync(join(root, 'new/cert.pem'), 'second\n');
  renameSync(join(root, 'new/cert.pem'), certificate);
  assert.deepEqual([await onFile(), await onDirectory()], ['denied\n', 'second\n']);
});

test('--explain warns of a grant on a link, and is content with the directory', async (t) => {
  if (!requireAbi(t, 1)) return;
  const root = certificates(t);
  const codes = async (...policy: string[]): Promise<string[]> => {
    const { stdout } = await sandbox([...policy, '--json', '--explain']);
    const { lint } = JSON.parse(stdout) as { lint: { code: string }[] };
    return lint.map((one) => one.code).filter((code) => code === 'lint-renewed-link');
  };
  const certificate = `read:${join(root, 'tls/live/cert.pem')}`;
  assert.deepEqual(await codes('--grant', certificate), ['lint-renewed-link']);
  assert.deepEqual(await codes('--grant', certificate, '--grant', `read:${join(root, 'tls')}`), []);
});
