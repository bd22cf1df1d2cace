/** Options of other tools are answered with what to write here, and what the answer says is understood here. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { foreignOptions } from '../../src/cli/foreign-options.ts';
import { OPTIONS } from '../../src/cli/options.ts';
import { sandbox } from '../support/sandbox.ts';

/** Values for the words that stand for one in an answer. */
const EXAMPLES: Readonly<Record<string, string>> = {
  PATH: '/usr',
  DIR: '/usr',
  PORT: '443',
  'NAME=VALUE': 'A=1',
  NAME: 'A',
  'RIGHTS:PATH': 'read:/usr',
  'read:PATH': 'read:/usr',
  'as=VALUE': 'as=8G',
  'cpu=SECONDS': 'cpu=60',
  'fsize=VALUE': 'fsize=1G',
  'nofile=N': 'nofile=64',
  'nproc=N': 'nproc=64',
  tty: 'tty',
  signal: 'signal',
  'abstract-unix-socket': 'abstract-unix-socket',
};

/** Every option of ours in an answer, with a value where it takes one. */
function optionsIn(answer: string): string[][] {
  return [...answer.matchAll(/(--[a-z-]+)(?: ([^\s,;]+))?/g)].map(([, name = '', value = '']) => {
    const row = OPTIONS.find((one) => one.name === name);
    assert.ok(row !== undefined && row.hidden !== true, `${name} in "${answer}" is no option of ours`);
    if (row.value === undefined) return [name];
    // "grant paths with --ro and --rw" names them without a value
    const example = EXAMPLES[value] ?? EXAMPLES[row.value];
    assert.ok(example !== undefined, `${name} ${value} in "${answer}" has no example`);
    return [name, example];
  });
}

describe('each is answered with the tool and with what to write', () => {
  for (const [name, { tool, answer }] of Object.entries(foreignOptions())) {
    test(`${tool} ${name}`, async () => {
      for (const words of [[name], [`${name}=value`]]) {
        const result = await sandbox([...words, '--', 'true']);
        assert.deepEqual([result.code, result.stdout], [125, '']);
        assert.equal(result.stderr, `landlock-run: ${name} is an option of ${tool}, not of landlock-run; ${answer}\n`);
      }
      assert.ok(!OPTIONS.some((row) => row.name === name), 'it is an option of ours');
    });
  }
});

test('what the answers say to write is understood, each by itself', async () => {
  const answers = [...new Set(Object.values(foreignOptions()).map(({ answer }) => answer))];
  const seen = new Set<string>();
  for (const answer of answers) {
    for (const words of optionsIn(answer)) {
      const line = words.join(' ');
      if (seen.has(line)) continue;
      seen.add(line);
      // beside files, so that it is a policy whatever it says itself; `--no-net` denies what `--net-connect` grants, so each stands alone
      const { code, stderr } = await sandbox(['--print-policy', '--ro', '/', ...words]);
      assert.equal(code, 0, `${line}: ${stderr}`);
    }
  }
  assert.ok(seen.size >= 20, [...seen].join(', '));
});

test('--probe is --check', async () => {
  const probe = await sandbox(['--probe', '--no-net', '--json']);
  const check = await sandbox(['--check', '--no-net', '--json']);
  assert.deepEqual([probe.code, probe.stdout, probe.stderr], [check.code, check.stdout, check.stderr]);
  const other = await sandbox(['--probe', '--explain']);
  assert.equal(other.code, 125);
});
