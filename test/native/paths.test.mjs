/** Path rows: what is granted, what is missing, and what leads outside. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { buildPlan, FLAGS, FS, FS_ALL, FS_READ, filesPlan, PATH } from './plan-builder.mjs';
import { addon, runPlan, withFolder } from './run-plan.mjs';

const writable = (path, more = {}) => ({
  path,
  access: FS_ALL,
  origin: '--rw',
  ...more,
  flags: PATH.STATED | PATH.WRITE | (more.flags ?? 0),
});

test('a file is read where it is granted, and not where it is not', () =>
  withFolder((folder) => {
    writeFileSync(`${folder}/data`, 'secret');
    const denied = runPlan(filesPlan(), ['cat', `${folder}/data`]);
    assert.deepEqual([denied.status, denied.stdout], [1, '']);
    assert.match(denied.stderr, /Permission denied/);
    const granted = runPlan(filesPlan([{ path: folder, access: FS_READ }]), ['cat', `${folder}/data`]);
    assert.deepEqual([granted.status, granted.stdout, granted.stderr], [0, 'secret', '']);
  }));

test('a file row grants that file only, and drops the rights of directories', () =>
  withFolder((folder) => {
    writeFileSync(`${folder}/a`, 'a');
    writeFileSync(`${folder}/b`, 'b');
    const result = runPlan(filesPlan([writable(`${folder}/a`)]), [
      'sh',
      '-c',
      `echo x > ${folder}/a && cat ${folder}/a ${folder}/b`,
    ]);
    assert.equal(result.stdout, 'x\n');
    assert.match(result.stderr, /\/b: Permission denied/);
  }));

test('a missing stated path with write is one line, and the run goes on', () =>
  withFolder((folder) => {
    const result = runPlan(filesPlan([writable(`${folder}/no"pe`), writable(folder)]), ['true']);
    assert.deepEqual([result.status, result.stdout], [0, '']);
    assert.equal(
      result.stderr,
      `landlock-run: --rw: nothing is granted, the path does not exist "${folder}/no\\"pe": ENOENT (no such file or directory); create it, correct it, or mark it optional\n`,
    );
  }));

test('an optional missing path, and one without write, are silent; verbose tells them', () =>
  withFolder((folder) => {
    const rows = [
      writable(`${folder}/a`, { flags: PATH.OPTIONAL }),
      { path: `${folder}/b`, access: FS_READ, flags: PATH.STATED },
      writable(folder),
    ];
    assert.equal(runPlan(filesPlan(rows), ['true']).stderr, '');
    const told = runPlan(filesPlan(rows, { flags: FLAGS.VERBOSE }), ['true']).stderr;
    assert.match(told, /skipped a path "[^"]*\/a"/);
    assert.match(told, /skipped a path "[^"]*\/b"/);
  }));

test('ENOTDIR is missing as well', () =>
  withFolder((folder) => {
    writeFileSync(`${folder}/file`, '');
    const result = runPlan(filesPlan([writable(`${folder}/file/x`), writable(folder)]), ['true']);
    assert.equal(result.status, 0);
    assert.match(result.stderr, /ENOTDIR/);
  }));

test('a required missing path ends the run', () => {
  const result = runPlan(
    filesPlan([writable('/no/such', { flags: PATH.REQUIRED, origin: 'p.yaml:3:5' })], { status: 4 }),
    ['echo', 'ran'],
  );
  assert.deepEqual([result.status, result.stdout], [125, '']);
  assert.match(result.stderr, /^landlock-run: p\.yaml:3:5: a required path does not exist "\/no\/such": ENOENT/);
  assert.equal(result.extra, '{"v":1,"event":"refused","code":"path-required"}\n');
});

test('a run none of whose stated paths exists is refused; a profile path does not save it', () => {
  const result = runPlan(filesPlan([{ path: '/no/such', access: FS_READ, flags: PATH.STATED }]), ['echo', 'ran']);
  assert.deepEqual([result.status, result.stdout], [125, '']);
  assert.match(result.stderr, /^landlock-run: none of the stated paths exists "\/no\/such": ENOENT [^\n]+; /);
});

test('a path that cannot be opened for another reason ends the run', () =>
  withFolder((folder) => {
    symlinkSync('loop', `${folder}/loop`);
    const result = runPlan(filesPlan([writable(`${folder}/loop`)]), ['echo', 'ran']);
    assert.deepEqual([result.status, result.stdout], [125, '']);
    assert.match(result.stderr, /cannot open the path to grant it "[^"]*loop": ELOOP/);
  }));

test('a file row that names a directory ends the run', () =>
  withFolder((folder) => {
    const result = runPlan(filesPlan([writable(folder, { flags: PATH.FILE_ONLY })]), ['echo', 'ran']);
    assert.deepEqual([result.status, result.stdout], [125, '']);
    assert.match(result.stderr, /must be one file or device/);
  }));

/** A project in which an earlier run has planted a link to a folder outside. */
function planted(folder) {
  mkdirSync(`${folder}/proj`);
  mkdirSync(`${folder}/home`);
  writeFileSync(`${folder}/home/key`, 'key');
  symlinkSync('../home', `${folder}/proj/build`);
  const parent = 7 + 1; // behind the rows of filesPlan
  const path = `${folder}/proj/build`;
  return [writable(`${folder}/proj`), writable(path, { parent, relative: `${folder}/proj/`.length })];
}

test('a planted link below a writable grant ends the run', () =>
  withFolder((folder) => {
    const result = runPlan(filesPlan(planted(folder)), ['cat', `${folder}/home/key`]);
    assert.deepEqual([result.status, result.stdout], [125, '']);
    assert.match(
      result.stderr,
      /^landlock-run: --rw: refused: a link below a writable grant leads the path out of it "[^"]*build"; /,
    );
  }));

test('with consent it is opened, behind one warning', () =>
  withFolder((folder) => {
    const result = runPlan(filesPlan(planted(folder), { flags: FLAGS.ALLOW_OVERLAP }), ['cat', `${folder}/home/key`]);
    assert.deepEqual([result.status, result.stdout], [0, 'key']);
    assert.equal(result.stderr.split('\n').length, 2);
    assert.match(result.stderr, /is granted all the same/);
  }));

test('a planted link to a file ends the run too, and a link that stays inside does not', () =>
  withFolder((folder) => {
    const rows = planted(folder);
    symlinkSync('../home/key', `${folder}/proj/key`);
    const outside = [rows[0], { ...rows[1], path: `${folder}/proj/key` }];
    assert.equal(runPlan(filesPlan(outside), ['true']).status, 125);
    mkdirSync(`${folder}/proj/real`);
    symlinkSync('real', `${folder}/proj/link`);
    const inside = runPlan(filesPlan([rows[0], { ...rows[1], path: `${folder}/proj/link` }]), ['true']);
    assert.deepEqual([inside.status, inside.stderr], [0, '']);
  }));

test('a row whose parent is missing is missing', () =>
  withFolder((folder) => {
    const rows = [
      writable(`${folder}/gone`, { flags: PATH.OPTIONAL }),
      writable(`${folder}/gone/x`, { parent: 8, relative: `${folder}/gone/`.length, flags: PATH.OPTIONAL }),
      writable(folder),
    ];
    const result = runPlan(filesPlan(rows), ['true']);
    assert.deepEqual([result.status, result.stderr], [0, '']);
  }));

test('a directory to be made is made, 0700, and granted', () =>
  withFolder((folder) => {
    const tmp = `${folder}/tmp`;
    const row = writable(tmp, { flags: PATH.MAKE_DIRECTORY });
    const result = runPlan(filesPlan([row]), ['sh', '-c', `echo x > ${tmp}/y`]);
    assert.deepEqual([result.status, result.stderr], [0, '']);
    assert.equal(statSync(tmp).mode & 0o777, 0o700);
    assert.equal(readFileSync(`${tmp}/y`, 'latin1'), 'x\n');
    assert.equal(runPlan(filesPlan([row]), ['true']).status, 0);
  }));

test('only its last component is made, and nothing else may be in its place', () =>
  withFolder((folder) => {
    const deep = runPlan(filesPlan([writable(`${folder}/a/b`, { flags: PATH.MAKE_DIRECTORY })]), ['true']);
    assert.equal(deep.status, 125);
    assert.match(deep.stderr, /cannot make the directory "[^"]*\/a\/b": ENOENT/);
    writeFileSync(`${folder}/file`, '');
    const taken = runPlan(filesPlan([writable(`${folder}/file`, { flags: PATH.MAKE_DIRECTORY })]), ['true']);
    assert.equal(taken.status, 125);
    assert.match(taken.stderr, /must be a directory/);
    symlinkSync('nowhere', `${folder}/dangling`);
    const dangling = runPlan(filesPlan([writable(`${folder}/dangling`, { flags: PATH.MAKE_DIRECTORY })]), ['true']);
    assert.equal(dangling.status, 125);
    assert.equal(existsSync(`${folder}/nowhere`), false);
  }));

test('a planted link makes no directory outside', () =>
  withFolder((folder) => {
    const [project, link] = planted(folder);
    const row = { ...link, path: `${folder}/proj/build/tmp`, flags: link.flags | PATH.MAKE_DIRECTORY };
    const result = runPlan(filesPlan([project, row]), ['true']);
    assert.equal(result.status, 125);
    assert.match(result.stderr, /leads the path out of it/);
    assert.equal(existsSync(`${folder}/home/tmp`), false);
  }));

test('a check makes no directory, and accepts what a run would make', () =>
  withFolder((folder) => {
    const report = addon.check(buildPlan(filesPlan([writable(`${folder}/tmp`, { flags: PATH.MAKE_DIRECTORY })])));
    assert.deepEqual([report.ok, report.output], [true, '']);
    assert.equal(existsSync(`${folder}/tmp`), false);
    const refused = addon.check(buildPlan(filesPlan([writable(`${folder}/a/b`, { flags: PATH.MAKE_DIRECTORY })])));
    assert.deepEqual([refused.ok, refused.exit], [false, 125]);
  }));

test('a pipe on a path counts as granted', () => {
  const result = runPlan(filesPlan([{ path: '/proc/self/fd/1', access: FS.WRITE_FILE, flags: PATH.STATED }]), [
    'echo',
    'x',
  ]);
  assert.deepEqual([result.status, result.stdout, result.stderr], [0, 'x\n', '']);
});
