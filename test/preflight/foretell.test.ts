import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Allows, type Fails, foretell, maskOf } from '../../src/advice/preflight.ts';
import { neededGrants } from '../../src/advice/preflight-grants.ts';
import { type ProposedFlag, proposeFlags } from '../../src/advice/preflight-proposal.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import type { Inspection } from '../../src/executable/inspection.ts';
import { fsMask, GRANT_RIGHTS } from '../../src/kernel/rights.ts';
import { makeElf } from './elf-builder.ts';
import { b, inspectIn } from './table-files.ts';

const LOADER = '/lib64/ld-linux-x86-64.so.2';
const table = {
  '/usr/bin/env': makeElf(),
  '/bin/sh': makeElf(),
  '/usr/bin/x': makeElf({ interpreter: LOADER, needed: ['liba.so'] }),
  '/home/u/bin/x': '#!/usr/bin/env y\n',
  '/home/u/bin/y': makeElf(),
  '/usr/bin/y': makeElf(),
  [LOADER]: Buffer.concat([makeElf({ soname: 'ld-linux-x86-64.so.2' }), Buffer.from('\0/lib64/\0/usr/lib64/\0\0')]),
  '/usr/lib64/liba.so': makeElf(),
};
const PATH = b('/home/u/bin:/usr/bin');
const inspect = (name: string, more: Record<string, string | Buffer> = {}) =>
  inspectIn({ ...table, ...more }, name, { PATH });

/** A policy that grants everything beneath these. */
const only =
  (...trees: string[]): Allows =>
  (path) =>
    trees.some((tree) => path === tree || path.startsWith(`${tree}/`));
const everything: Allows = () => true;
const fails = (inspection: Inspection, allows: Allows): Fails => {
  const got = foretell(inspection, allows);
  assert.equal(got.outcome, 'fails');
  return got as Fails;
};
const denied = (got: Fails) => got.denied.map(({ path }) => path as string);

test('all is granted: the first candidate runs', () => {
  const got = foretell(inspect('x'), everything);
  assert.ok(got.outcome === 'runs' && got.candidate.path === '/home/u/bin/x' && got.passedOver.length === 0);
});

test('a denied candidate is passed over, and so is one that env looks up', () => {
  const system = only('/usr', '/lib64');
  const got = foretell(inspect('x'), system);
  assert.ok(got.outcome === 'runs' && got.candidate.path === '/usr/bin/x');
  assert.deepEqual(
    got.passedOver.map(({ candidate }) => candidate.path),
    ['/home/u/bin/x'],
  );
  const inner = foretell(inspect('x'), only('/usr', '/lib64', '/home/u/bin/x'));
  assert.ok(inner.outcome === 'runs' && inner.candidate.path === '/home/u/bin/x');
  assert.deepEqual(
    inner.passedOver.map(({ candidate }) => candidate.path),
    ['/home/u/bin/y'],
  );
});

test('execute without read_file, or read_file without execute, is denied', () => {
  for (const right of ['execute', 'read_file'] as const) {
    const got = fails(inspect('/usr/bin/y'), (_, access) => (access & ~fsMask(right)) === 0);
    assert.deepEqual([got.code, got.exit, got.stage], ['command-denied', 126, 'exec']);
  }
});

test('a library needs read_file alone', () => {
  const got = foretell(
    inspect('/usr/bin/x'),
    (path, access) => path !== '/usr/lib64/liba.so' || access === fsMask('read_file'),
  );
  assert.equal(got.outcome, 'runs');
});

test('a denied loader fails the exec, a denied library the start', () => {
  const loader = fails(inspect('/usr/bin/x'), only('/usr'));
  assert.deepEqual([loader.code, loader.exit, loader.stage, denied(loader)], ['command-denied', 126, 'exec', [LOADER]]);
  const library = fails(inspect('/usr/bin/x'), only('/usr/bin', '/lib64'));
  assert.deepEqual([library.exit, library.stage, denied(library)], [127, 'start', ['/usr/lib64/liba.so']]);
});

test('all that is denied is told at once, through env', () => {
  const got = fails(inspect('/home/u/bin/x'), () => false);
  assert.deepEqual(denied(got), ['/home/u/bin/x', '/usr/bin/env', '/home/u/bin/y']);
});

test('what env cannot start is its own failure, with its own exit status', () => {
  const missing = fails(inspect('/z', { '/z': '#!/usr/bin/env none\n' }), everything);
  assert.deepEqual([missing.stage, missing.code, missing.exit], ['start', 'command-not-found', 127]);
  const refused = fails(inspect('/home/u/bin/x'), only('/home/u/bin/x', '/usr/bin/env'));
  assert.deepEqual([refused.stage, refused.code, refused.exit], ['start', 'command-denied', 126]);
  const lost = fails(inspect('/z', { '/z': '#!/usr/bin/env w\n', '/usr/bin/w': '#!/none\n' }), everything);
  assert.deepEqual([lost.code, lost.exit], ['interpreter-missing', 127]);
});

test('codes and exits without any policy', () => {
  const tell = (name: string, file?: string | Buffer) => {
    const { code, exit } = fails(inspect(name, file === undefined ? {} : { [name]: file }), everything);
    return [code, exit];
  };
  assert.deepEqual(tell('none'), ['command-not-found', 127]);
  assert.deepEqual(tell('/none'), ['command-not-found', 127]);
  assert.deepEqual(tell('/usr'), ['command-not-executable', 126]);
  assert.deepEqual(tell('/s', '#!/none\n'), ['interpreter-missing', 126]);
  assert.deepEqual(tell('/s', '#!/bin/sh\r\n'), ['interpreter-missing', 126]);
  assert.deepEqual(tell('/s', '#!/usr\n'), ['command-not-executable', 126]);
  assert.deepEqual(tell('/s', makeElf({ interpreter: LOADER, needed: ['libnone.so'] })), [
    'command-not-executable',
    127,
  ]);
});

test('what is not known is not foretold', () => {
  const unknown = makeElf({ interpreter: LOADER, needed: ['libnone.so'], runpath: '/$PLATFORM' });
  assert.equal(foretell(inspect('/s', { '/s': unknown }), everything).outcome, 'unknown');
  assert.equal(foretell(inspect('/s', { '/s': unknown }), only('/none')).outcome, 'fails');
});

test('--add-command: the files that were found, no directory, each with what it needs', () => {
  const exec = fsMask('execute', 'read_file');
  assert.deepEqual(neededGrants(inspect('/usr/bin/x')), [
    { path: '/usr/bin/x', access: exec },
    { path: LOADER, access: exec },
    { path: '/usr/lib64/liba.so', access: fsMask('read_file') },
  ]);
  assert.deepEqual(neededGrants(inspect('none')), []);
});

const flags = (proposal: readonly ProposedFlag[]) => proposal.map(({ flag, value }) => `${flag} ${value}`);

test('proposal: one file by itself, several of a system tree by the tree, several of a directory by the directory', () => {
  const propose = (name: string, allows: Allows) => flags(proposeFlags(fails(inspect(name), allows).denied));
  assert.deepEqual(propose('/home/u/bin/y', only('/usr')), ['--ro /home/u/bin/y']);
  assert.deepEqual(
    propose('/usr/bin/x', () => false),
    ['--ro /usr', `--ro ${LOADER}`],
  );
  assert.deepEqual(propose('/home/u/bin/x', only('/usr/bin/env')), ['--ro /home/u/bin']);
});

test('proposal: a profile first, the one that covers most', () => {
  const got = fails(inspect('/home/u/bin/x'), () => false);
  const covering = (path: Bytes) => (path.startsWith('/home') ? ['few', 'toolchains'] : ['few'].slice(1));
  assert.deepEqual(flags(proposeFlags(got.denied, covering)), ['--profile few', '--ro /usr/bin/env']);
  const most = (path: Bytes) => (path === '/usr/bin/env' ? ['most'] : ['some', 'most']);
  assert.deepEqual(flags(proposeFlags(got.denied, most)), ['--profile most']);
});

test('proposal: never a whole home, top-level or system configuration directory', () => {
  for (const directory of ['', '/home/u', '/root', '/tmp', '/etc', '/srv', '/var/lib', '/run/user/0', '/media/stick']) {
    const need = (name: string) => {
      const path = b(`${directory}/${name}`);
      return { path, resolved: path, access: 'read', role: 'library', needed: true, why: '' } as const;
    };
    assert.deepEqual(flags(proposeFlags([need('a'), need('b')])), [`--ro ${directory}/a`, `--ro ${directory}/b`]);
  }
});

test('law: what is proposed makes it run', () => {
  const names = ['/usr/bin/x', '/home/u/bin/x', 'x', 'y', '/s'];
  const places = [...Object.keys(table), '/usr', '/home/u/bin', '/lib64', '/s'];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.subarray(places), (name, granted) => {
      const inspection = inspect(name, { '/s': 'no format' });
      const before = foretell(inspection, only(...granted));
      if (before.outcome !== 'fails') return;
      assert.ok(before.denied.length > 0);
      const proposal = proposeFlags(before.denied);
      const after = foretell(inspection, (path, access) => {
        const proposed = only(...proposal.map(({ value }) => value))(path, access) && (access & ~GRANT_RIGHTS.ro) === 0;
        return proposed || only(...granted)(path, access);
      });
      assert.equal(after.outcome, 'runs');
      assert.ok(before.denied.every((need) => !only(...granted)(need.resolved, maskOf(need))));
    }),
    { numRuns: 500 },
  );
});
