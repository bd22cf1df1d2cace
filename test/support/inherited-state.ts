/** What a process in odd state inherits through a program, and what docs/process-state.md says of the differences. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compileC } from './compile-c.ts';
import { projectFile } from './paths.ts';
import { run, type Word } from './run.ts';

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
export function readKnown(): Map<string, boolean> {
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
export async function dumpThrough(words: readonly Word[]): Promise<Map<string, string>> {
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

/** Names of what differs. */
export function differences(a: Map<string, string>, b: Map<string, string>): string[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  const shown = names.map((name) => (/^fd\[(?![012]\])/.test(name) ? 'fd[3] and up' : name));
  return [...new Set(shown)].sort();
}

/** The names that the document lists, of those that are seen by this process. */
export function expected(): string[] {
  return [...readKnown()]
    .filter(([, seen]) => seen)
    .map(([name]) => name)
    .sort();
}
