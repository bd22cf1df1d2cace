/** What bench:smoke fails at. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { farOff, renderBars } from '../../scripts/bench-bars.mjs';

const row = (ratio, time) => ({ name: 'many', ratio, bar: 11, time, most: 60 });

test('a bar that is met is shown, and one that is missed says so', () => {
  assert.equal(renderBars(row(11, 60)), '11; 60 ms');
  assert.equal(renderBars(row(8, 61)), '11; 60 ms, missed');
  assert.equal(renderBars(row(12, 20)), '11, missed; 60 ms');
  assert.equal(renderBars({ name: 'free', ratio: 99, time: 99 }), '');
});

test('only what misses its bar by more than double is a failure, be it a ratio or a time', () => {
  assert.deepEqual(farOff(row(22, 120)), []);
  assert.deepEqual(farOff(row(22.5, 20)), ['many: 22.50, more than twice its bar of 11']);
  assert.deepEqual(farOff(row(8, 121)), ['many: 121.00 ms, more than twice its bar of 60 ms']);
  assert.deepEqual(farOff({ name: 'free', ratio: 99, time: 99 }), []);
});

test('10,000 path rules have a bar in milliseconds', () => {
  const bench = readFileSync(new URL('../../scripts/bench.mjs', import.meta.url), 'utf8');
  assert.match(bench, /10,000 paths[^}]*most: 60,/);
});

test('bench:smoke is among what is checked before a change is taken', () => {
  const suites = readFileSync(new URL('../../.ci/run', import.meta.url), 'utf8');
  assert.match(suites, /^readonly LONG_SUITES=\(.* bench:smoke:60\)$/m);
});
