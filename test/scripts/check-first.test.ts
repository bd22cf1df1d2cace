/** scripts/check-first.sh lets a script go on where the sandbox works, and only there. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FakeKernel, fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath, projectFile } from '../support/paths.ts';
import { type RunResult, run } from '../support/run.ts';
import { SHELLS, type Shell } from './shells.ts';

interface Circumstances {
  readonly kernel?: FakeKernel;
  readonly path?: string;
}

/** In: a shell, options for check-first.sh. Out: how a script ended that writes a file when it goes on. */
function callFrom(
  t: TestContext,
  shell: Shell,
  options: readonly string[],
  { kernel, path }: Circumstances = {},
): Promise<RunResult> {
  const [program = '', ...words] = shell.words;
  const script = `set -eu; shell=$1; shift; $shell "$@" || exit; echo went on`;
  const check = [shell.words.join(' '), projectFile('scripts/check-first.sh'), ...options];
  return run(program, [...words, '-c', script, 'script', ...check], {
    cwd: fixture(t, { 'proj/a': '' }),
    env: { PATH: path ?? `${dirname(cliPath)}:${process.env['PATH'] ?? ''}` },
    under: kernel === undefined ? [] : fakeKernel(kernel),
  });
}

for (const shell of SHELLS) {
  test(`${shell.name}: a script goes on where the options can be kept`, async (t) => {
    if (!requireAbi(t, 1)) return;
    const result = await callFrom(t, shell, ['--rw', 'proj']);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'went on\n', '']);
  });

  test(`${shell.name}: a script ends with the reason where the kernel has no Landlock`, async (t) => {
    const result = await callFrom(t, shell, ['--rw', 'proj'], { kernel: 'ENOSYS' });
    assert.deepEqual([result.code, result.stdout], [1, '']);
    assert.match(result.stderr, /^check-first: cannot restrict anything: this kernel has no Landlock, .*\n$/);
  });

  test(`${shell.name}: a script ends with the reason where the kernel lacks what the options ask for`, async (t) => {
    if (!requireAbi(t, 4)) return;
    const options = ['--rw', 'proj', '--net-connect', '443'];
    assert.equal((await callFrom(t, shell, options)).code, 0);
    const result = await callFrom(t, shell, options, { kernel: 3 });
    assert.deepEqual([result.code, result.stdout], [1, '']);
    assert.match(result.stderr, /^check-first: --net-connect: cannot enforce TCP by port: .*\n$/);
  });

  test(`${shell.name}: a script ends where the options mean nothing`, async (t) => {
    const result = await callFrom(t, shell, ['--nope']);
    assert.deepEqual([result.code, result.stdout], [125, '']);
    assert.match(result.stderr, /^check-first: landlock-run: unknown option --nope.*\n$/);
  });

  test(`${shell.name}: a script ends where landlock-run is not installed`, async (t) => {
    const result = await callFrom(t, shell, ['--rw', 'proj'], { path: '/nowhere' });
    assert.deepEqual([result.code, result.stdout], [127, '']);
    assert.match(result.stderr, /^check-first: cannot sandbox anything here: PATH has no landlock-run; .*\n$/);
  });
}
