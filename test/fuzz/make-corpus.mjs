/** Writes the seeds of the plan fuzzer to test/fuzz/corpus: sound plans that between them hold every table, and damaged ones. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { full, patches } from '../native/damaged-plans.mjs';
import { buildPlan, FLAGS, filesPlan, KIND, PATH } from '../native/plan-builder.mjs';

const corpus = join(import.meta.dirname, 'corpus');

/** A list of each kind, one at a time: small seeds that mutations reach into. */
const lists = ['envKeep', 'envUnset', 'envScrub', 'envSet', 'envPass'].map((name) => [
  name,
  buildPlan({ flags: FLAGS.ENV_CLEAR, [name]: name === 'envSet' ? ['A=1', 'PATH=/x::/y'] : ['A*', '?B', 'PATH'] }),
]);

const seeds = [
  ['empty', buildPlan()],
  ['full', buildPlan(full)],
  ['files', buildPlan(filesPlan([{ path: '/a/b', access: 4n, flags: PATH.STATED, origin: '--ro' }]))],
  [
    'beneath',
    buildPlan({
      paths: [
        { path: '/a', access: 4n },
        { path: '/a/b', access: 4n, parent: 0, relative: 3 },
      ],
    }),
  ],
  [
    'ports',
    buildPlan({
      ports: [{ access: 1n, low: 1, high: 9, origin: '--net-bind' }],
      requirements: [{ kind: KIND.NET, bits: 1n }],
    }),
  ],
  [
    'limits',
    buildPlan({
      limits: [{ resource: 7, which: 1, soft: 9n }],
      keep: [3, 9],
      status: 4,
      chdir: '/tmp',
      hint: 'grant \x1b[2J',
    }),
  ],
  ...lists,
  ...Object.entries(patches)
    .slice(0, 12)
    .map(([, patch], index) => [`damaged-${index}`, buildPlan(full, patch)]),
];

mkdirSync(corpus, { recursive: true });
for (const name of readdirSync(corpus)) rmSync(join(corpus, name));
for (const [name, bytes] of seeds) writeFileSync(join(corpus, name), bytes);
