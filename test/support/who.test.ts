/** Programs run as somebody else really are somebody else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './run.ts';
import { capless, ORDINARY, ordinaryUser } from './who.ts';

const STATUS = ['-E', '^(Uid|Gid|Groups|Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs)', '/proc/self/status'];

test('the ordinary user has one uid, one gid, no further group and no capability', async (t) => {
  const under = ordinaryUser(t);
  if (!under) return;
  const { stdout } = await run('grep', STATUS, { under });
  const ids = Array.from({ length: 4 }, () => ORDINARY).join('\t');
  assert.match(stdout, new RegExp(`^Uid:\t${ids}\nGid:\t${ids}\nGroups:\t *\n`));
  assert.match(stdout, /^CapPrm:\t0+\nCapEff:\t0+$/m);
});

test('capless root has no capability in any set, and no_new_privs', async (t) => {
  const under = capless(t);
  if (!under) return;
  const { stdout } = await run('grep', STATUS, { under });
  assert.match(stdout, /^Uid:\t0\t0\t0\t0$/m);
  assert.match(stdout, /^CapInh:\t0+\nCapPrm:\t0+\nCapEff:\t0+\nCapBnd:\t0+\nCapAmb:\t0+\nNoNewPrivs:\t1$/m);
});
