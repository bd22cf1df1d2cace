/** A plan that is read back says what was written into it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, bytesOfText } from '../../src/base/bytes.ts';
import { describeOrigin } from '../../src/diagnostics/origin.ts';
import { WRITE_RIGHTS } from '../../src/kernel/rights.ts';
import { type DecodedPath, decodePlan } from '../../src/plan/decode.ts';
import { encodePlan, type Plan } from '../../src/plan/encode.ts';
import { type Flag, statementsOfFlags } from '../../src/policy/from-flags.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { settlePolicy } from '../../src/policy/settle.ts';
import { compileRuleset } from '../../src/ruleset/compile.ts';
import type { Ruleset } from '../../src/ruleset/ruleset.ts';

const word = fc.stringMatching(/^[a-z\xff\n]{1,6}$/);
const path = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => `/${words.join('/')}`);
const port = fc.nat({ max: 65_535 }).map(String);

const flag: fc.Arbitrary<[string, string?]> = fc.oneof(
  fc.tuple(fc.constantFrom('--ro', '--rw', '--rwfile', '--unix'), path),
  path.map((value): [string, string] => ['--grant', `read,write:${value}`]),
  fc.tuple(fc.constantFrom('--net-connect', '--net-bind', '--udp-connect'), port),
  word.map((name): [string, string] => ['--env', `${name}=x`]),
  fc.tuple(fc.constantFrom('--env', '--env-keep', '--env-unset'), word),
  fc.constantFrom<[string, string?]>(
    ['--env-scrub'],
    ['--best-effort'],
    ['--allow-unsandboxed'],
    ['--keep-path'],
    ['--keep-caps'],
    ['--keep-fd', '5'],
    ['--keep-fd', 'args'],
    ['--chdir', '/somewhere'],
    ['--tmp', '/temporary'],
    ['--limit', 'nofile=64:128'],
    ['--limit', 'data=unlimited'],
    ['--limit', 'cpu=:60'],
    ['--status-fd', '9'],
    ['--min-abi', '4'],
    ['--audit', 'command'],
    ['--scope', 'pathname-unix-socket'],
  ),
);

const ROOT = bytesOfText('/');

/** A policy of flags, or nothing where they contradict each other. */
function policyOf(given: readonly [string, string?][]): Policy | undefined {
  const flags: Flag[] = given.map(([name, value]) => ({ name, value: value as Bytes | undefined }));
  try {
    return settlePolicy(statementsOfFlags(flags, () => ROOT));
  } catch {
    return undefined;
  }
}

function compare(policy: Policy, ruleset: Ruleset, plan: Plan): void {
  const decoded = decodePlan(plan);
  assert.ok(decoded !== undefined);
  const terminal = ruleset.terminalAccess === 0 ? [] : [['', ruleset.terminalAccess]];
  assert.deepEqual(
    decoded.paths.map((row) => [row.path, row.access]),
    [...ruleset.paths.map((rule) => [rule.path, rule.access]), ...terminal],
  );
  for (const [index, rule] of ruleset.paths.entries()) {
    const row: DecodedPath | undefined = decoded.paths[index];
    assert.deepEqual([row?.parent, row?.origin], [rule.parent, describeOrigin(rule.origin)]);
    assert.deepEqual(row?.flags, {
      stated: rule.source === 'stated',
      required: rule.required,
      optional: rule.optional,
      profile: rule.source === 'profile',
      fileOnly: rule.fileOnly,
      makeDirectory: rule.makeDirectory,
      stdioTerminal: false,
      write: (rule.access & WRITE_RIGHTS) !== 0,
    });
  }
  assert.deepEqual(
    decoded.ports,
    ruleset.ports.map(({ access, range, origin }) => ({ access, ...range, origin: describeOrigin(origin) })),
  );
  assert.deepEqual(
    decoded.requirements.map(({ kind, unmet, bits, alternative, code, text, remedy, flags }) => {
      return { kind, unmet, bits, alternative, code, text, remedy, ...flags };
    }),
    ruleset.requirements.map(({ kind, unmet, bits, alternative, code, text, remedy, stated, stricter }) => {
      return { kind, unmet, bits, alternative, code, text, remedy, stated, stricter };
    }),
  );
  assert.deepEqual(
    decoded.limits.map(({ soft, hard }) => [soft, hard]),
    policy.limits.map(({ value }) => [value.soft, value.hard]),
  );
  assert.deepEqual(
    [decoded.envKeep, decoded.envUnset, decoded.envPass],
    [policy.env.keep, policy.env.unset, policy.env.pass],
  );
  const set = policy.env.set.map(({ name, value }) => `${name}=${value}`);
  assert.deepEqual(decoded.envSet.slice(decoded.envSet.length - set.length), set);
  assert.equal(decoded.envScrub.length > 0, policy.env.mode.value === 'scrub');
  assert.deepEqual([decoded.chdir, decoded.statusFd], [policy.chdir?.value, policy.statusFd?.value]);
  assert.deepEqual(
    decoded.keepFds,
    policy.keepFds.flatMap(({ value }) => (typeof value === 'number' ? [value] : [])),
  );
  assert.equal(decoded.capabilities !== 0n, policy.files !== undefined && !policy.keepCaps.value);
  const { flags } = decoded;
  assert.deepEqual(
    [flags.files, flags.keepPath, flags.keepFdArgs],
    [policy.files !== undefined, policy.keepPath.value, policy.keepFds.some(({ value }) => value === 'args')],
  );
}

test('law: decode(encode(x)) is x', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.array(flag, { minLength: 1, maxLength: 8 }), fc.boolean(), (given, terminals) => {
      const policy = policyOf(given);
      if (policy === undefined) return;
      const ruleset = compileRuleset(policy, { grants: [], terminals });
      compare(
        policy,
        ruleset,
        encodePlan(policy, ruleset, { verbose: false, json: true, execHint: bytesOfText('hint') }),
      );
      compared += 1;
    }),
    { numRuns: 400 },
  );
  assert.ok(compared > 100, `${compared} policies compared`);
});

test('what is cut off or changed is no plan, or another one, and never an exception', () => {
  const policy = policyOf([
    ['--ro', '/usr'],
    ['--net-connect', '443'],
    ['--limit', 'nofile=64'],
  ]);
  assert.ok(policy !== undefined);
  const ruleset = compileRuleset(policy, { grants: [], terminals: true });
  const plan = encodePlan(policy, ruleset, { verbose: false, json: false, execHint: bytesOfText('') });
  for (let size = 0; size < 144; size++) assert.equal(decodePlan(plan.subarray(0, size)), undefined);
  assert.equal(decodePlan(plan.subarray(0, plan.length - 1)), undefined);
  for (let at = 0; at < plan.length; at++) {
    const changed = Uint8Array.from(plan);
    changed[at] = (changed[at] ?? 0) ^ 0xff;
    assert.doesNotThrow(() => decodePlan(changed), `byte ${at}`);
  }
});
