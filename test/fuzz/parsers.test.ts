/** Any command line, and any bytes as a policy file, come to a sound plan or to a refusal: nothing else, and never a plan that restricts nothing. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { OPTIONS } from '../../src/cli/options.ts';
import { loadNative } from '../../src/host/native.ts';
import type { Plan } from '../../src/plan/encode.ts';
import { fixture } from '../support/fixture.ts';
import { sandbox } from '../support/sandbox.ts';
import { ODD_POLICIES, SOUND_POLICIES, WORDS } from './corpus.ts';
import { type Outcome, readCommandLine, readPolicyText } from './reader.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 600);
const count = { inputs: 0, plans: 0, refusals: 0 };
after(() => process.stdout.write(`fuzz: ${count.inputs} inputs, ${count.plans} plans, ${count.refusals} refusals\n`));

/** Offsets in the plan's header (docs/plan-format.md): count of requirements, mask of filter features. */
const REQUIREMENTS = 48 + 2 * 8 + 4;
const FILTER = 32;

function judge(outcome: Outcome): void {
  count.inputs++;
  if ('refused' in outcome) {
    count.refusals++;
    assert.notEqual(outcome.refused, 'internal');
  }
  if (!('plan' in outcome)) return;
  count.plans++;
  const view = new DataView(outcome.plan.buffer, outcome.plan.byteOffset, outcome.plan.byteLength);
  assert.equal(view.getUint32(12, true), outcome.plan.byteLength);
  assert.ok(view.getUint32(REQUIREMENTS, true) > 0 || view.getBigUint64(FILTER, true) !== 0n, 'it restricts nothing');
}

const option = fc.constantFrom(
  ...OPTIONS.flatMap((row) => (row.short === undefined ? [row.name] : [row.name, row.short])),
);
const anyBytes = fc
  .string({ unit: 'binary', maxLength: 12 })
  .map((text) => Buffer.from(text).toString('latin1').replaceAll('\0', ''));
const word = fc.oneof(
  { weight: 6, arbitrary: option },
  { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: anyBytes },
  { weight: 1, arbitrary: fc.tuple(option, fc.constantFrom(...WORDS)).map(([name, value]) => `${name}=${value}`) },
);

test('any words come to a plan or a refusal', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 9 }), (words) => judge(readCommandLine(words))),
    { numRuns: RUNS },
  );
});

test('options with a value that suits them come to a plan or a refusal', () => {
  const pair = fc
    .tuple(fc.constantFrom(...OPTIONS), fc.constantFrom(...WORDS))
    .map(([row, value]): string[] => (row.value === undefined ? [row.name] : [row.name, value]));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 6 }), (pairs) => judge(readCommandLine([...pairs.flat(), '--', 'true']))),
    { numRuns: RUNS },
  );
});

test('what stands behind -- never changes the plan', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      assert.deepEqual(readCommandLine(['--no-net', '--', ...words]), readCommandLine(['--no-net', '--', 'true']));
    }),
    { numRuns: RUNS },
  );
});

test('an empty value, or one that begins with -, never swallows the option behind it', () => {
  const valued = OPTIONS.filter((row) => row.value !== undefined && row.name !== '--policy');
  for (const { name } of valued) {
    for (const value of ['', '-', '--no-net', '-5']) {
      const outcome = readCommandLine([name, value, '--no-net', '--', 'true']);
      assert.ok('refused' in outcome, `${name} ${JSON.stringify(value)}`);
    }
  }
});

test('any bytes come to a plan or a refusal as a policy file', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => judge(readPolicyText(bytes))),
    { numRuns: RUNS },
  );
});

/** A sound policy with some bytes replaced, taken out or put in, by pieces that mean something in YAML. */
const damaged = fc
  .tuple(
    fc.constantFrom(...SOUND_POLICIES),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        cut: fc.nat(6),
        put: fc.oneof(
          fc.constantFrom(...WORDS, ...': - [ ] { } , # & * ! | > % @ ` " \' ? ~ \n \t'.split(' ')),
          anyBytes,
        ),
      }),
      { maxLength: 4 },
    ),
  )
  .map(([policy, edits]) =>
    edits.reduce((text, { at, cut, put }) => {
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + put + text.slice(from + cut);
    }, policy),
  );

test('a damaged policy comes to a plan or a refusal', () => {
  fc.assert(
    fc.property(damaged, (text) => judge(readPolicyText(Buffer.from(text, 'latin1')))),
    { numRuns: RUNS },
  );
});

test('any JSON comes to a plan or a refusal as a policy', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 3 }), (text) => judge(readPolicyText(Buffer.from(text)))),
    { numRuns: RUNS },
  );
});

for (const [title, text] of Object.entries(ODD_POLICIES)) {
  test(`refused: ${title}`, () => {
    const outcome = readPolicyText(Buffer.from(text, 'latin1'));
    assert.ok('refused' in outcome, JSON.stringify(outcome).slice(0, 200));
  });
}

for (const [index, text] of SOUND_POLICIES.entries()) {
  test(`the corpus has sound policies: number ${index}`, () => {
    assert.ok('plan' in readPolicyText(Buffer.from(text)));
  });
}

test('no plan that the encoder writes is damaged to the decoder', () => {
  const native = loadNative();
  const outcomes = fc.sample(damaged, Math.min(RUNS, 300)).map((text) => readPolicyText(Buffer.from(text, 'latin1')));
  const plans = outcomes.flatMap((outcome) => ('plan' in outcome ? [outcome.plan] : []));
  assert.ok(plans.length > 20, `${plans.length} plans`);
  for (const plan of plans) assert.doesNotMatch(native.check(plan as Plan).output, /damaged/);
});

test('landlock-run starts nothing under a policy file that cannot be understood', async (t) => {
  const policies = Object.entries(ODD_POLICIES);
  const root = fixture(
    t,
    Object.fromEntries(policies.map(([, text], index) => [`${index}.yaml`, Buffer.from(text, 'latin1')])),
  );
  for (const [index, [title]] of policies.slice(0, 12).entries()) {
    const result = await sandbox(['--policy', `${root}/${index}.yaml`, '--', 'touch', `${root}/ran`]);
    assert.deepEqual([result.code, result.stdout], [125, ''], title);
    assert.match(result.stderr, /^landlock-run: [^\n]*\n$/, title);
  }
  assert.equal(existsSync(`${root}/ran`), false);
});
