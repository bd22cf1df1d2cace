/** Laws of policies at random: flags and files say the same, and merging has no surprises. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import type { Policy } from '../../src/policy/policy.ts';
import type { Statement } from '../../src/policy/statement.ts';
import { plainPolicy, renderPolicyYaml } from '../../src/render/policy-yaml.ts';
import { documentOf, flagsOf, type Intent, intent, planOf, sayFlags, sayText, settle } from './intent.ts';

const RUNS = { numRuns: 200 };

function flagPolicy(...ones: readonly Intent[]): Policy | string {
  return settle(ones.flatMap((one) => sayFlags(flagsOf(one))));
}

/** Plans are long: what is shown of two that differ is what they were made from. */
function assertSamePlan(actual: string, expected: string, shown: string): void {
  assert.ok(actual === expected, shown);
}

describe('flags and files make the same policy', () => {
  test('as YAML and as JSON, up to origins', () => {
    fc.assert(
      fc.property(intent, (one) => {
        const plan = planOf(flagPolicy(one));
        const document = documentOf(one);
        assertSamePlan(planOf(settle(sayText(stringify(document)))), plan, stringify(document));
        assertSamePlan(planOf(settle(sayText(JSON.stringify(document)))), plan, JSON.stringify(document));
      }),
      RUNS,
    );
  });

  test('and enough of those policies are none that is refused', () => {
    const plans = fc.sample(intent, 300).map((one) => planOf(flagPolicy(one)));
    assert.ok(plans.filter((plan) => /^[0-9a-f]+$/.test(plan)).length > 60);
  });
});

describe('--print-policy', () => {
  test('reads back the same, as YAML and as JSON, and prints the same again', () => {
    fc.assert(
      fc.property(intent, (one) => {
        const policy = flagPolicy(one);
        if (typeof policy === 'string') return;
        const printed = renderPolicyYaml(policy);
        const again = settle(sayText(printed));
        assertSamePlan(planOf(again), planOf(policy), printed);
        assert.equal(renderPolicyYaml(again as Policy), printed);
        const json = JSON.stringify(plainPolicy(policy));
        assertSamePlan(planOf(settle(sayText(json))), planOf(policy), json);
        assert.deepEqual(parse(printed), JSON.parse(json));
      }),
      RUNS,
    );
  });
});

/** A policy's grants as rights by path, and its ports, for comparison by inclusion. */
function rightsByPath(policy: Policy): Map<string, number> {
  const rights = new Map<string, number>();
  for (const { path, access } of policy.files?.grants ?? []) rights.set(path, (rights.get(path) ?? 0) | access);
  return rights;
}

function assertWider(wide: Policy, narrow: Policy): void {
  if (narrow.files !== undefined) {
    const rights = rightsByPath(wide);
    for (const [path, access] of rightsByPath(narrow)) assert.equal((rights.get(path) ?? 0) & access, access, path);
  }
  for (const transport of ['tcp', 'udp'] as const) {
    for (const which of ['connect', 'bind'] as const) {
      const [wider, one] = [wide[transport]?.[which], narrow[transport]?.[which]];
      if (one === undefined || wider === undefined || wider.kind === 'any') continue;
      assert.equal(one.kind, 'only', `${transport} ${which} any was narrowed by a merge`);
      for (const range of one.kind === 'only' ? one.ranges : []) {
        assert.ok(wider.ranges.some((other) => other.low <= range.low && other.high >= range.high));
      }
    }
  }
}

describe('merging', () => {
  test('grants unite: what one source grants of a category, the merge grants', () => {
    fc.assert(
      fc.property(intent, intent, (one, other) => {
        const [first, second, both] = [flagPolicy(one), flagPolicy(other), flagPolicy(one, other)];
        if (typeof both === 'string') return;
        for (const source of [first, second]) if (typeof source !== 'string') assertWider(both, source);
      }),
      RUNS,
    );
  });

  test('the order of equal sources does not matter', () => {
    fc.assert(
      fc.property(fc.array(intent, { minLength: 2, maxLength: 3 }), (ones) => {
        const forward = flagPolicy(...ones);
        const backward = flagPolicy(...[...ones].reverse());
        assert.equal(typeof forward, typeof backward);
        if (typeof forward === 'string' || typeof backward === 'string') return;
        assert.deepEqual(comparable(forward), comparable(backward));
      }),
      RUNS,
    );
  });

  test('the same source twice is the source', () => {
    fc.assert(
      fc.property(intent, (one) => {
        assertSamePlan(planOf(flagPolicy(one, one)), planOf(flagPolicy(one)), JSON.stringify(one));
      }),
      RUNS,
    );
  });

  test('claims hold: none and --no-net beside a grant of what they deny are refused', () => {
    fc.assert(
      fc.property(intent, (one) => {
        const statements = sayFlags(flagsOf(one));
        const grants = (transport: string, which: string): boolean =>
          statements.some(
            (each) =>
              each.kind === 'ports' &&
              each.transport === transport &&
              each.direction === which &&
              each.ports !== 'none',
          );
        for (const [transport, flag] of [
          ['tcp', '--net'],
          ['udp', '--udp'],
        ] as const) {
          for (const which of ['connect', 'bind'] as const) {
            if (!grants(transport, which)) continue;
            const claim = { name: `${flag}-${which}`, value: 'none' as never };
            assert.equal(typeof settle([...statements, ...sayFlags([claim])]), 'string');
            assert.equal(
              typeof settle([...statements, ...sayFlags([{ name: '--no-net', value: undefined }])]),
              'string',
            );
          }
        }
      }),
      RUNS,
    );
  });

  test('a single value of a smaller rank wins over any of a greater', () => {
    fc.assert(
      fc.property(intent, intent, (flags, file) => {
        const stated = flagPolicy(flags);
        const below = sayText(JSON.stringify(documentOf(file)), 1);
        const both = settle([...below, ...sayFlags(flagsOf(flags))]);
        if (typeof stated === 'string' || typeof both === 'string') return;
        for (const key of ['tmp', 'chdir', 'audit', 'compatibility', 'bare', 'keepCaps', 'noUnix'] as const) {
          if (stated[key]?.origin === undefined) continue;
          assert.equal(both[key]?.value, stated[key].value, key);
        }
        for (const { value } of stated.limits) {
          assert.deepEqual(both.limits.find((one) => one.value.name === value.name)?.value, value);
        }
        const abis = [flags.minAbi, file.minAbi].filter((abi) => abi !== undefined);
        assert.equal(both.minAbi?.value, abis.length > 0 ? Math.max(...abis) : undefined);
      }),
      RUNS,
    );
  });

  test('every restriction or grant of a policy knows where it was asked', () => {
    fc.assert(
      fc.property(intent, (one) => {
        const statements: Statement[] = sayText(JSON.stringify(documentOf(one), undefined, 1));
        for (const statement of statements) {
          assert.equal(statement.origin.kind, 'file');
          if (statement.origin.kind === 'file') assert.ok(statement.origin.line >= 1 && statement.origin.column >= 1);
        }
      }),
      RUNS,
    );
  });
});

/** A policy without what depends on order and means nothing: origins, and the order of lists. */
function comparable(policy: Policy): unknown {
  const plain = plainPolicy(policy);
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, sorted(inner)]),
    );
  };
  return sorted(plain);
}
