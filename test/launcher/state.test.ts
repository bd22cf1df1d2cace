/** COMMAND inherits what it would under `env COMMAND`, but for the differences that docs/process-state.md lists. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { compileC } from '../support/compile-c.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath, projectFile } from '../support/paths.ts';
import { run, type Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

const oddState = compileC('odd-state', ['test/launcher/odd-state.c']);
const dumpState = compileC('dump-state', ['test/launcher/dump-state.c'], ['-static']);

const status = readFileSync('/proc/self/status', 'utf8');
/** What the document says of when a difference is seen → whether that is now. CAP_SYS_ADMIN stands for those that void the policy. */
const SEEN: Readonly<Record<string, boolean>> = {
  always: true,
  'where it was not set': /^NoNewPrivs:\s*0$/m.test(status),
  'with privileges': ((BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(status)?.[1] ?? '0'}`) >> 21n) & 1n) === 1n,
};

/** The known differences of the document: name → whether it is seen by this process. */
function readKnown(): Map<string, boolean> {
  const text = readFileSync(projectFile('docs/process-state.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)];
  return new Map(
    rows.map(([, name = '', when = '']) => {
      const seen = SEEN[when];
      assert.notEqual(seen, undefined, `docs/process-state.md: ${name}: ${when}`);
      return [name, seen === true];
    }),
  );
}

/** What a process in odd state inherits through the words before the dumper: name → value. */
async function dumpThrough(words: readonly Word[]): Promise<Map<string, string>> {
  const result = await run(oddState, [...words, dumpState, 'word']);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  const lines = result.stdout.split('\n').slice(0, -1);
  return new Map(
    lines.map((line) => {
      const [name = '', ...rest] = line.split(' ');
      // Pipes of the test itself, which are new in every run.
      return [name, /^fd\[[12]\]$/.test(name) ? rest.slice(0, -2).join(' ') : rest.join(' ')];
    }),
  );
}

function differences(a: Map<string, string>, b: Map<string, string>): string[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  const shown = names.map((name) => (/^fd\[(?![012]\])/.test(name) ? 'fd[3] and up' : name));
  return [...new Set(shown)].sort();
}

function expected(): string[] {
  return [...readKnown()]
    .filter(([, seen]) => seen)
    .map(([name]) => name)
    .sort();
}

async function launcher(t: TestContext, options: readonly Word[]): Promise<string> {
  const path = join(fixture(t), 'launcher');
  const made = await sandbox([...options, '--compile', path]);
  assert.deepEqual([made.code, made.stdout, made.stderr], [0, '', '']);
  return path;
}

test('the dumper sees the odd state at all', async () => {
  const plain = await dumpThrough(['/usr/bin/env']);
  assert.ok(plain.size > 90, `${plain.size} lines`);
  assert.equal(plain.has('fd[0]'), false);
  assert.deepEqual(
    [3, 9, 17, 200].map((fd) => plain.has(`fd[${fd}]`)),
    [true, true, true, true],
  );
  assert.equal(plain.get('status.SigIgn'), '\t0000008000201803');
  assert.match(plain.get('fd[1]') ?? '', /open 80[12] /);
  assert.equal(plain.get('env.count'), '17');
  assert.match(plain.get('argv[4]') ?? '', /^fffe/);
  assert.equal(plain.get('rlimit[7]')?.split(' ')[0], '100');
});

test('the command line tool', async (t) => {
  if (!requireAbi(t, 3)) return;
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([cliPath, '--ro', '/', '--']);
  assert.deepEqual(differences(plain, ours), expected());
});

test('a compiled launcher', async (t) => {
  if (!requireAbi(t, 3)) return;
  const path = await launcher(t, ['--ro', '/']);
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([path, '--']);
  assert.deepEqual(differences(plain, ours), expected());
});

test('a launcher in a launcher in the command line tool', async (t) => {
  if (!requireAbi(t, 3)) return;
  const path = await launcher(t, ['--ro', '/']);
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([cliPath, '--ro', '/', '--', path, path]);
  assert.deepEqual(differences(plain, ours), expected());
});

test('descriptors of --keep-fd arrive as they were', async (t) => {
  if (!requireAbi(t, 3)) return;
  const plain = await dumpThrough(['/usr/bin/env']);
  for (const words of [
    [cliPath, '--ro', '/', '--keep-fd', '9', '--keep-fd', '200', '--'],
    [await launcher(t, ['--ro', '/', '--keep-fd', '9', '--keep-fd', '200'])],
  ]) {
    const ours = await dumpThrough(words);
    const open = [...ours.keys()].filter((name) => name.startsWith('fd['));
    assert.deepEqual(open, ['fd[1]', 'fd[2]', 'fd[9]', 'fd[200]']);
    assert.equal(ours.get('fd[9]'), plain.get('fd[9]'));
  }
});

test('what is inherited is there for a network policy too, which leaves capabilities alone', async (t) => {
  if (!requireAbi(t, 4)) return;
  const plain = await dumpThrough(['/usr/bin/env']);
  const ours = await dumpThrough([cliPath, '--no-net', '--']);
  const rest = expected().filter((name) => !name.startsWith('status.Cap') && name !== 'personality');
  assert.deepEqual(differences(plain, ours), rest);
});
