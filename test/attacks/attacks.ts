/** Runs attacks (attack.c) on a victim (victim.c): freely, and under a policy. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { compileC } from '../support/compile-c.ts';
import { fixture } from '../support/fixture.ts';
import { projectFile } from '../support/paths.ts';
import { type RunOptions, run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

const PARTS = [
  'attack.c',
  ...['process', 'files', 'namespace', 'ipc', 'kernel', 'metadata'].map((part) => `attack-${part}.c`),
];

/** The program that attacks, and the one that is attacked. */
export const attacker = (): string =>
  compileC(
    'attack',
    PARTS.map((name) => `test/attacks/${name}`),
    ['-lrt'],
  );
const victimProgram = (): string => compileC('victim', ['test/attacks/victim.c'], ['-lrt']);

/** What attack.c and victim.c call a secret. */
const SECRET = 'hunter2';

const PLACE = {
  'work/file': 'ours\n',
  'ro/file': 'to be read\n',
  'out/secret': `${SECRET}\n`,
  'out/link': { link: 'secret' },
  'readable/file': '#!/bin/sh\nexit 0\n',
  'readable/program': { content: '#!/bin/sh\nexit 0\n', mode: 0o755 },
} as const;

/** A process outside with secrets, and the directory that both are about. It ends with the test. */
export interface Victim {
  readonly root: string;
  readonly pid: number;
  /** Words for attack.c. */
  readonly words: readonly string[];
  /** The signals that it has got since it was last asked. */
  signals(): Promise<number[]>;
}

function linesOf(child: ChildProcess): AsyncIterator<string> {
  assert.ok(child.stdout);
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

export async function makeVictim(t: TestContext): Promise<Victim> {
  const root = fixture(t, PLACE);
  // a process group of its own, for attacks on the group
  const child = spawn(victimProgram(), [root], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, SECRET },
  });
  t.after(async () => {
    child.stdin?.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const lines = linesOf(child);
  const announced = await lines.next();
  assert.equal(announced.done, false, 'the victim announces itself');
  const pid = child.pid ?? 0;
  const [address = '', ...rest] = String(announced.value).split(' ');
  return {
    root,
    pid,
    words: [root, `${pid}`, address, ...rest],
    signals: async () => {
      child.stdin?.write('ping\n');
      const seen: number[] = [];
      for (;;) {
        const line = await lines.next();
        assert.equal(line.done, false, 'the victim lives');
        if (line.value === 'pong') return seen;
        seen.push(Number(String(line.value).replace('signal ', '')));
      }
    },
  };
}

/** What attacks came to, by name: `out`, or the errno that was in the way. */
export type Results = ReadonlyMap<string, string>;

const errnoNames = new Map(Object.entries(constants.errno).map(([name, number]) => [`${number}`, name]));

function parse(stdout: string): Results {
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [name = '', what = '', number = ''] = line.split(' ');
        return [
          name,
          what === 'denied' ? (errnoNames.get(number) ?? number) : `${what}${number === '' ? '' : ` ${number}`}`,
        ];
      }),
  );
}

/** Tries attacks without landlock-run. */
export async function freely(victim: Victim, names: readonly string[], options: RunOptions = {}): Promise<Results> {
  const result = await run(attacker(), [...victim.words, ...names], options);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return parse(result.stdout);
}

/** Tries them under a policy; COMMAND must have run. */
export async function under(
  victim: Victim,
  policy: readonly string[],
  names: readonly string[],
  options: RunOptions = {},
): Promise<Results> {
  const result = await sandbox([...policy, '--', attacker(), ...victim.words, ...names], options);
  assert.deepEqual([result.code, result.stderr], [0, '']);
  return parse(result.stdout);
}

/** The policy that attacks are made under, where no other is named: everything in one place, one to read, and /proc. */
export const filesPolicy = ({ root }: Victim): string[] => [
  ...['--rw', `${root}/work`, '--ro', `${root}/ro`, '--grant', `read:${root}/readable`],
  ...['--ro', attacker(), '--ro', '/proc'],
];

/** Every attack that attack.c knows, in its order. */
export function allAttacks(): string[] {
  const names = PARTS.slice(1).flatMap((part) => {
    const text = readFileSync(projectFile(`test/attacks/${part}`), 'utf8');
    return [...text.matchAll(/\{"([a-z0-9-]+)", [a-z_]+\}/g)].map(([, name = '']) => name);
  });
  assert.ok(names.length > 80, `${names.length} attacks`);
  return names;
}

/** What docs/threat-model.md lists as not stopped, by the name of the attack. */
export function documentedAttacks(): Set<string> {
  const text = readFileSync(projectFile('docs/threat-model.md'), 'utf8');
  const section = /^## What is not stopped$([\s\S]*?)^## /m.exec(text)?.[1] ?? '';
  return new Set([...section.matchAll(/`([a-z0-9-]+)`(?=[^|\n]*\|[^|\n]*\|\n)/g)].map(([, name = '']) => name));
}
