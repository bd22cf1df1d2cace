/** COMMAND of spawn() inherits what it would of child_process.spawn, but for the differences that docs/process-state.md lists. */
import assert from 'node:assert/strict';
import { spawn as nodeSpawn, type SpawnOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileC } from '../support/compile-c.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { ended, library } from './host.ts';

const dumpState = compileC('dump-state', ['test/launcher/dump-state.c'], ['-static']);
const privileged =
  ((BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`) >> 21n) & 1n) ===
  1n;

/** Of the document's table: but for descriptors, which are the caller's to choose here. */
function known(): string[] {
  const text = readFileSync(projectFile('docs/process-state.md'), 'utf8');
  const rows = [...text.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)];
  // The caller's personality is the ordinary one, so nothing is cleared in it.
  const seen = rows.filter(([, , when]) => when !== 'with privileges' || privileged);
  return seen
    .map(([, name = '']) => name)
    .filter((name) => !['fd[3] and up', 'personality'].includes(name))
    .sort();
}

function parse(text: string): Map<string, string> {
  const lines = text.split('\n').slice(0, -1);
  return new Map(
    lines.map((line) => {
      const [name = '', ...rest] = line.split(' ');
      return [name, /^fd\[/.test(name) ? rest.slice(0, -2).join(' ') : rest.join(' ')];
    }),
  );
}

const cases: Readonly<Record<string, SpawnOptions>> = {
  pipes: {},
  'descriptors from 3 up, argv0, a session of its own': {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'ignore', 'pipe'],
    argv0: 'odd \n word',
    detached: true,
  },
  'an odd environment': { env: { PATH: '/usr/bin:/bin', 'A B': 'ü', EMPTY: '', NODE_OPTIONS: '--no-such' }, cwd: '/' },
};

for (const [name, options] of Object.entries(cases))
  for (const way of ['spawn', 'a prepared sandbox'] as const)
    test(`${way}: ${name}`, async (t) => {
      if (!requireAbi(t, 3)) return;
      const bare = parse((await ended(nodeSpawn(dumpState, ['word', ''], options))).stdout);
      const policy = library.parsePolicy({ fs: { ro: ['/'], rw: [fixture(t)] } });
      const sandbox = await library.prepare(policy);
      const given = options as import('../../src/index.ts').SpawnOptions;
      const child =
        way === 'spawn'
          ? library.spawn(policy, dumpState, ['word', ''], given)
          : sandbox.spawn(dumpState, ['word', ''], given);
      const ours = parse((await ended(child)).stdout);
      sandbox.close();
      assert.ok(bare.size > 80);
      const names = [...new Set([...bare.keys(), ...ours.keys()])];
      // What leaks from the host into the one, and the numbers that every process has of its own.
      const own = (one: string): boolean => /^fd\[\d{2,}\]$|^(?:pid|pgid|pgrp|sid|session|tpgid)$/.test(one);
      const differing = names.filter((one) => bare.get(one) !== ours.get(one) && !own(one));
      assert.deepEqual(differing.sort(), known());
    });
