/** The environment that COMMAND gets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAGS, KIND } from './plan-builder.mjs';
import { runPlan } from './run-plan.mjs';

/** The environment that comes out, as an object; the plan restricts no files. */
function edited(plan, env) {
  const result = runPlan({ requirements: [{ kind: KIND.NET, bits: 2n }], ...plan }, ['/usr/bin/env', '-0'], { env });
  assert.deepEqual([result.status, result.stderr], [0, '']);
  const entries = result.stdout
    .split('\0')
    .slice(0, -1)
    .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]);
  const object = Object.fromEntries(entries);
  for (const name of ['PATH', 'PWD', 'SHLVL', '_', 'OLDPWD']) delete object[name];
  return object;
}

const env = { A_TOKEN: '1', MY_SECRET: '2', LANG: 'C', LC_ALL: 'C', AWS_KEY: '3' };

test('nothing asked, nothing changed', () => assert.deepEqual(edited({}, env), env));

test('scrub globs ignore case, keep globs protect from them', () =>
  assert.deepEqual(edited({ envScrub: ['*token*', '*Secret'], envKeep: ['MY_*'] }, env), {
    MY_SECRET: '2',
    LANG: 'C',
    LC_ALL: 'C',
    AWS_KEY: '3',
  }));

test('keep globs do not ignore case', () =>
  assert.deepEqual(edited({ envScrub: ['*secret'], envKeep: ['my_*'] }, { MY_SECRET: '2' }), {}));

test('clear keeps what keep globs name', () =>
  assert.deepEqual(edited({ flags: FLAGS.ENV_CLEAR, envKeep: ['L?NG', 'LC_*'] }, env), { LANG: 'C', LC_ALL: 'C' }));

test('unset takes what keep globs name; pass names survive everything', () =>
  assert.deepEqual(
    edited({ flags: FLAGS.ENV_CLEAR, envKeep: ['*'], envUnset: ['A*', 'L*'], envPass: ['AWS_KEY', 'LC_ALL'] }, env),
    { MY_SECRET: '2', LC_ALL: 'C', AWS_KEY: '3' },
  ));

test('set replaces, appends, and may hold any byte', () =>
  assert.deepEqual(
    edited({ flags: FLAGS.ENV_CLEAR, envKeep: ['LANG'], envSet: ['LANG=x=y', 'NEW=\xff\n', 'EMPTY='] }, env),
    { LANG: 'x=y', NEW: '\xff\n', EMPTY: '' },
  ));

test('stars in the middle of a glob', () =>
  assert.deepEqual(
    edited({ flags: FLAGS.ENV_CLEAR, envKeep: ['*a*b?c*'] }, { xaxbxbyc: '1', xaxbc: '2', abyc: '3', ab: '4' }),
    { xaxbxbyc: '1', abyc: '3' },
  ));

test('the variables of socket activation go, even by a pass name', () =>
  assert.deepEqual(
    edited(
      { envPass: ['LISTEN_FDS'] },
      { LISTEN_FDS: '1', LISTEN_PID: '1', LISTEN_PIDFDID: '1', LISTEN_FDNAMES: 'x', LISTEN_OTHER: '1' },
    ),
    { LISTEN_OTHER: '1' },
  ));

test('unless listening descriptors are kept', () =>
  assert.deepEqual(edited({ flags: FLAGS.KEEP_FD_LISTEN }, { LISTEN_FDS: '0' }), { LISTEN_FDS: '0' }));
