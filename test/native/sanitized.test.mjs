/** The core under the address and undefined-behaviour sanitizers, and linked without libc. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { full, patches } from './damaged-plans.mjs';
import { buildPlan, devNull, FLAGS, FS_ALL, filesPlan, KIND, PATH, systemPaths } from './plan-builder.mjs';
import { root } from './run-plan.mjs';

const folder = mkdtempSync(join(tmpdir(), 'landlock-run-'));
after(() => rmSync(folder, { recursive: true }));
const core = join(root, 'native', 'core');
const sources = readdirSync(core)
  .filter((name) => name.endsWith('.c'))
  .map((name) => join(core, name));
const cc = process.env.CC ?? 'cc';
const strict = ['-std=c11', '-Wall', '-Wextra', '-Werror'];

const program = join(folder, 'core-main');
execFileSync(cc, [
  ...strict,
  '-g',
  '-O1',
  '-fsanitize=address,undefined',
  '-fno-sanitize-recover=all',
  join(root, 'test', 'native', 'core-main.c'),
  ...sources,
  '-o',
  program,
]);

function sanitized(mode, bytes, argv = []) {
  const file = join(folder, 'plan');
  writeFileSync(file, bytes);
  /* Leaks are not looked for: the process is replaced, or ends without its exit handlers. */
  return spawnSync(program, [mode, file, ...argv], {
    encoding: 'latin1',
    env: { PATH: '/usr/bin:/bin', ASAN_OPTIONS: 'detect_leaks=0' },
  });
}

for (const [title, patch] of Object.entries(patches)) {
  test(`sanitizers: ${title}`, () => {
    const result = sanitized('check', buildPlan(full, patch));
    assert.deepEqual([result.status, result.stderr], [0, '']);
    assert.match(result.stdout, /^125 0 0\nlandlock-run: the plan is damaged/);
  });
}

test('sanitizers: a plan cut off at every length', () => {
  const bytes = buildPlan(full);
  for (let size = 0; size < bytes.length; size += 13) {
    const result = sanitized('check', bytes.slice(0, size));
    assert.deepEqual([result.status, result.stderr], [0, ''], `${size} bytes`);
  }
});

test('sanitizers: a check of everything at once', () => {
  const plan = filesPlan([], {
    filter: 7n,
    flags: FLAGS.VERBOSE | FLAGS.JSON,
    envKeep: ['A*b?c*'],
    envScrub: ['*TOKEN*'],
    envSet: ['A=1', 'B=2'],
    envPass: ['PATH'],
    requirements: [
      { kind: KIND.NET, bits: 3n },
      { kind: KIND.SCOPE, bits: 3n },
      { kind: KIND.RESTRICT, bits: 7n },
    ],
    ports: [{ access: 3n, low: 65000, high: 65535 }],
  });
  const result = sanitized('check', buildPlan(plan), ['x', '/dev/fd/1']);
  assert.deepEqual([result.status, result.stderr], [0, '']);
  assert.match(result.stdout, /^0 0 0\n/);
});

test('sanitizers: a run, its PATH edit and a failed exec', () => {
  const plan = buildPlan(filesPlan([], { envSet: ['PATH=/opt:/usr/bin:/bin:'] }));
  assert.equal(sanitized('run', plan, ['echo', 'ran']).stdout, 'ran\n');
  const failed = sanitized('run', plan, ['no-such-command']);
  assert.deepEqual([failed.status, failed.stdout], [127, '']);
  assert.match(failed.stderr, /^landlock-run: cannot find the command "no-such-command"; [^\n]*\n$/);
});

test('sanitizers: more parents are open at once than the soft limit of descriptors allows, and COMMAND gets that limit', () => {
  const rows = [];
  const children = [];
  const writable = { access: FS_ALL, flags: PATH.STATED | PATH.WRITE };
  for (let i = 0; i < 300; i++) {
    const parent = join(folder, 'parents', String(i));
    mkdirSync(join(parent, 'x'), { recursive: true });
    rows.push({ ...writable, path: parent });
    children.push({
      ...writable,
      path: `${parent}/x`,
      parent: systemPaths.length + 1 + i,
      relative: parent.length + 1,
    });
  }
  const file = join(folder, 'many');
  writeFileSync(file, buildPlan(filesPlan([...rows, ...children])));
  const result = spawnSync(
    '/bin/sh',
    ['-c', 'ulimit -Sn 64; exec "$@"', 'sh', program, 'run', file, 'sh', '-c', 'ulimit -Sn'],
    {
      encoding: 'latin1',
      env: { PATH: '/usr/bin:/bin', ASAN_OPTIONS: 'detect_leaks=0' },
    },
  );
  assert.deepEqual([result.status, result.stdout, result.stderr], [0, '64\n', '']);
});

test('sanitizers: a standard descriptor that the caller had closed is closed in COMMAND', () => {
  const file = join(folder, 'closed');
  writeFileSync(file, buildPlan({ paths: [{ path: '/usr' }] }));
  const result = spawnSync(
    '/bin/sh',
    ['-c', 'exec "$@" 0<&-', 'sh', program, 'run', file, '/bin/sh', '-c', 'ls -1 /proc/$$/fd; true'],
    {
      encoding: 'latin1',
      env: { PATH: '/usr/bin:/bin', ASAN_OPTIONS: 'detect_leaks=0' },
    },
  );
  assert.deepEqual([result.status, result.stdout, result.stderr], [0, '1\n2\n', '']);
});

test('sanitizers: a subject of every byte, longer than a message shows', () => {
  const every = Buffer.from(Array.from({ length: 9000 }, (_, at) => 1 + ((at * 7) % 255))).toString('latin1');
  for (const flags of [0, FLAGS.JSON]) {
    const plan = buildPlan({ flags, chdir: `/${every}`, paths: [...systemPaths, devNull] });
    const result = sanitized('check', plan);
    assert.deepEqual([result.status, result.stderr], [0, '']);
    const [, line, end] = result.stdout.split('\n');
    assert.match(line, /cannot change to the directory .*\u00e2\u0080\u00a6.*ENAMETOOLONG/);
    assert.equal(end, '');
    if (flags === FLAGS.JSON) assert.equal(JSON.parse(Buffer.from(line, 'latin1').toString()).code, 'chdir-failed');
  }
});

for (const compiler of [cc, 'aarch64-linux-gnu-gcc', 'x86_64-linux-gnu-gcc']) {
  const there = spawnSync(compiler, ['--version']).status === 0;
  test(`the core links without libc (${compiler})`, { skip: there ? false : 'no such compiler' }, () => {
    const objects = join(folder, compiler);
    mkdirSync(objects, { recursive: true });
    const start = join(objects, 'start.c');
    writeFileSync(
      start,
      `#include "${core}/run.h"
void _start(void);
void *volatile kept[] = {(void *)core_check, (void *)core_probe};
void _start(void) { core_run(0, 0, 0, 0, 0); }
`,
    );
    const freestanding = ['-ffreestanding', '-nostdlib', '-fno-stack-protector', '-fno-pie', '-O2'];
    const made = [...sources, start].map((source) => {
      const object = join(objects, `${basename(source)}.o`);
      execFileSync(compiler, [...strict, ...freestanding, '-c', source, '-o', object]);
      return object;
    });
    execFileSync(compiler, [...freestanding, '-static', '-no-pie', ...made, '-o', join(objects, 'linked')]);
  });
}
