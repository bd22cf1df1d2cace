/** What is foretold of COMMAND is what the kernel does, for commands of every kind under policies that grant nothing, its files, or the system. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { CommandRow } from '../../src/advice/explanation.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import type { RunOptions } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { requireCapability } from '../support/who.ts';
import { idleProgram } from '../why/kernel.ts';
import { COMMANDS, type CommandCase, plantCommands } from './commands.ts';

const POLICIES: Readonly<Record<string, readonly string[]>> = {
  'nothing granted': ['--bare', '--ro', '@/nothing'],
  'its own directory': ['--bare', '--ro', '@'],
  'the system': ['--ro', '@/nothing'],
  'the system and its directory': ['--ro', '@'],
};

/** How often each came to pass: a table that foretells nothing proves nothing. */
const counts = { runs: 0, fails: 0, unknown: 0, mended: 0 };

async function foretold(
  policy: readonly string[],
  command: readonly string[],
  options: RunOptions,
): Promise<CommandRow> {
  const { stdout, stderr, code } = await sandbox(['--explain', '--json', ...policy, '--', ...command], options);
  const report = JSON.parse(stdout) as { starts: boolean; command: CommandRow };
  assert.equal(stderr, '');
  assert.equal(code, report.command.outcome === 'fails' ? 1 : 0);
  assert.equal(report.starts, code === 0);
  return report.command;
}

/** The words of a proposal, as a shell reads them. */
function wordsOf(proposal: string): string[] {
  const listed = execFileSync('bash', ['-c', `printf '%s\\0' ${proposal}`], { encoding: 'latin1' });
  return listed
    .split('\0')
    .slice(0, -1)
    .map((word) => Buffer.from(word, 'latin1').toString());
}

/** Foretells, runs, and where flags are proposed does both again with them. */
async function judge(
  policy: readonly string[],
  command: readonly string[],
  options: RunOptions,
  garbage = false,
): Promise<void> {
  const started = ({ code, stderr }: { code: number | null; stderr: string }, shown: string): void => {
    if (garbage) assert.doesNotMatch(stderr, /^landlock-run: /, shown);
    else assert.deepEqual([code, stderr], [0, ''], shown);
  };
  const row = await foretold(policy, command, options);
  const result = await sandbox([...policy, '--', ...command], options);
  const { code, stderr, stdout } = result;
  const shown = `${policy.join(' ')} -- ${command.join(' ')}\n${JSON.stringify(row)}\n${code} ${stderr}`;
  assert.equal(stdout, '', shown);
  counts[row.outcome] += 1;
  if (row.outcome === 'unknown') return;
  if (row.outcome === 'runs') {
    started(result, shown);
    return;
  }
  assert.equal(code, row.exit, shown);
  assert.equal(stderr.startsWith('landlock-run: '), row.stage === 'exec', shown);
  if (row.stage === 'exec') {
    assert.match(stderr, /^landlock-run: [^\n]*\n$/, shown);
    if (row.proposal !== '') {
      assert.ok(stderr.includes(`the policy denies ${row.denied[0]?.file}`), shown);
      assert.ok(stderr.trimEnd().endsWith(`add ${row.proposal}`), shown);
    }
  }
  assert.equal(row.proposal !== '', row.denied.length > 0, shown);
  if (row.proposal === '') return;
  const mended = [...policy, ...wordsOf(row.proposal)];
  const after = await foretold(mended, command, options);
  if (row.problems.length > 0 || after.outcome === 'unknown') return; // what no grant mends
  assert.equal(after.outcome, 'runs', `${shown}\n${JSON.stringify(after)}`);
  const again = await sandbox([...mended, '--', ...command], options);
  started(again, `${shown}\n${mended.join(' ')}`);
  counts.mended += 1;
}

function makeTop(t: TestContext): string {
  const top = fixture(t);
  plantCommands(top);
  return top;
}

function optionsFor({ env }: CommandCase, top: string): RunOptions {
  const at = (value: string): string => value.replaceAll('@', top);
  const PATH = ['first', 'second', 'bin']
    .map((name) => join(top, name))
    .join(':')
    .concat(':/usr/bin:/bin');
  const more = Object.fromEntries(Object.entries(env ?? {}).map(([name, value]) => [name, at(value)]));
  return { cwd: top, emptyEnv: true, env: { PATH, HOME: '/nowhere', ...more } };
}

describe('what is foretold is what happens', () => {
  for (const [name, policy] of Object.entries(POLICIES)) {
    test(name, async (t) => {
      if (!requireAbi(t, 1)) return;
      const top = makeTop(t);
      for (const one of COMMANDS) {
        await t.test(one.title, async (inner) => {
          if (one.needs !== undefined && !existsSync(one.needs)) return inner.skip(`${one.needs} is not here`);
          const at = (word: string): string => word.replaceAll('@', top);
          await judge(policy.map(at), one.command.map(at), optionsFor(one, top), one.garbage);
        });
      }
    });
  }

  test('a mount that forbids execution', async (t) => {
    if (!requireCapability(t, 'CAP_SYS_ADMIN')) return;
    const top = fixture(t, { mounted: { directory: true } });
    const mounted = join(top, 'mounted');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'noexec', 'none', mounted]);
    try {
      copyFileSync(idleProgram(), join(mounted, 'static'));
      const row = await foretold(['--ro', top], [join(mounted, 'static')], {});
      assert.deepEqual([row.outcome, row.exit], ['fails', 126]);
      await judge(['--ro', top], [join(mounted, 'static')], {});
      await judge(['--bare', '--ro', mounted], [join(mounted, 'static')], {});
    } finally {
      execFileSync('umount', [mounted]); // before the fixture goes
    }
  });

  test('the table has seen runs, failures and mended ones', (t) => {
    if (!requireAbi(t, 1)) return;
    assert.ok(counts.runs >= 40 && counts.fails >= 40 && counts.mended >= 20, JSON.stringify(counts));
    assert.ok(counts.unknown <= 12, JSON.stringify(counts));
  });
});
