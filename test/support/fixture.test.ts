/** Fixtures are fresh, reachable, outside what profiles grant, and gone after the test. */
import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from './fixture.ts';
import { ORDINARY, requireCapability } from './who.ts';

test('a fixture holds files, modes, links and directories', (t) => {
  const root = fixture(t, {
    'a/text': 'text',
    'a/bytes': Buffer.from([0xff, 0]),
    tool: { content: '#!/bin/sh\n', mode: 0o755 },
    link: { link: 'a/text' },
    'closed/inside': { directory: true, mode: 0o700 },
  });
  assert.match(root, /^\/tmp\/landlock-run-test-\w{6}$/);
  assert.equal(statSync(root).mode & 0o777, 0o755);
  assert.equal(readFileSync(join(root, 'link'), 'utf8'), 'text');
  assert.deepEqual(readFileSync(join(root, 'a/bytes')), Buffer.from([0xff, 0]));
  assert.equal(readlinkSync(join(root, 'link')), 'a/text');
  assert.equal(statSync(join(root, 'tool')).mode & 0o777, 0o755);
  assert.equal(statSync(join(root, 'closed/inside')).mode & 0o777, 0o700);
});

test('a fixture is gone after its test', async (t) => {
  const roots: string[] = [];
  await t.test('the one that uses it', (inner) => {
    roots.push(fixture(inner, { file: 'x' }), fixture(inner));
    for (const root of roots) assert.ok(existsSync(root));
  });
  assert.equal(roots.length, 2);
  for (const root of roots) assert.ok(!existsSync(root));
});

test('a fixture can belong to the ordinary user', (t) => {
  if (!requireCapability(t, 'CAP_CHOWN')) return;
  const root = fixture(t, { 'a/file': 'x', link: { link: '/nowhere' } }, { owner: ORDINARY });
  for (const path of ['', 'a', 'a/file']) assert.equal(lstatSync(join(root, path)).uid, ORDINARY);
});
