/** COMMAND is found and executed as execvp does; what fails is told with its exit code. */
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { FLAGS, FS, FS_READ, filesPlan } from './plan-builder.mjs';
import { runPlan, withFolder } from './run-plan.mjs';

function program(path, text, mode = 0o755) {
  writeFileSync(path, text);
  chmodSync(path, mode);
}

const readable = (path) => ({ path, access: FS_READ });

test('argv arrives byte for byte, argv[0] as given', () => {
  const result = runPlan(filesPlan(), ['sh', '-c', 'printf "%s|" "$0" "$@"', 'zero', '', 'a b', '\xff\n']);
  assert.deepEqual([result.status, result.stdout, result.stderr], [0, 'zero||a b|\xff\n|', '']);
});

test("the exit code, and the death by a signal, are COMMAND's own", () => {
  assert.equal(runPlan(filesPlan(), ['sh', '-c', 'exit 42']).status, 42);
  assert.equal(runPlan(filesPlan(), ['sh', '-c', 'kill -9 $$']).signal, 'SIGKILL');
});

for (const name of ['no-such-command', '/no/such', '', './none', '/etc/passwd/x']) {
  test(`${JSON.stringify(name)} is not found: 127`, () => {
    const result = runPlan(filesPlan([], { status: 4 }), [name]);
    assert.deepEqual([result.status, result.stdout], [127, '']);
    assert.match(result.stderr, /^landlock-run: cannot find the command "[^"]*"; [^\n]*\n$/);
    assert.equal(result.extra, '{"v":1,"event":"exec-failed","code":"command-not-found","exit":127}\n');
  });
}

test('what the policy denies is told from what permissions deny', () =>
  withFolder((folder) => {
    program(`${folder}/denied`, '#!/bin/sh\necho ran\n');
    program(`${folder}/plain`, 'text', 0o644);
    const denied = runPlan(filesPlan([], { status: 4 }), [`${folder}/denied`]);
    assert.equal(denied.status, 126);
    assert.match(
      denied.stderr,
      /^landlock-run: the policy denies executing the command or its interpreter "[^"]*denied": EACCES \(permission denied\); grant it/,
    );
    assert.equal(denied.extra, '{"v":1,"event":"exec-failed","code":"command-denied","exit":126}\n');
    const plain = runPlan(filesPlan([readable(folder)]), [`${folder}/plain`]);
    assert.equal(plain.status, 126);
    assert.match(plain.stderr, /^landlock-run: cannot execute the command "[^"]*plain": EACCES/);
    const directory = runPlan(filesPlan([readable(folder)]), [folder]);
    assert.equal(directory.status, 126);
    assert.match(directory.stderr, /^landlock-run: cannot execute the command "/);
    const granted = runPlan(filesPlan([readable(folder)]), [`${folder}/denied`]);
    assert.deepEqual([granted.status, granted.stdout], [0, 'ran\n']);
  }));

test('the exec hint ends the sentence', () =>
  withFolder((folder) => {
    program(`${folder}/denied`, '');
    const result = runPlan(filesPlan([], { hint: 'add --ro /opt' }), [`${folder}/denied`]);
    assert.match(result.stderr, /EACCES \(permission denied\); add --ro \/opt\n$/);
  }));

test('a missing interpreter is 126', () =>
  withFolder((folder) => {
    program(`${folder}/script`, '#!/no/such/interpreter\n');
    const result = runPlan(filesPlan([readable(folder)]), [`${folder}/script`]);
    assert.equal(result.status, 126);
    assert.match(result.stderr, /its interpreter or loader does not exist "[^"]*script": ENOENT/);
  }));

test('a file of no known format goes to /bin/sh', () =>
  withFolder((folder) => {
    program(`${folder}/script`, 'echo "$0 $1"\n');
    const result = runPlan(filesPlan([readable(folder)]), [`${folder}/script`, 'one']);
    assert.deepEqual([result.status, result.stdout], [0, `${folder}/script one\n`]);
  }));

test('a denied candidate is passed over, and verbose tells it', () =>
  withFolder((folder) => {
    mkdirSync(`${folder}/a`);
    mkdirSync(`${folder}/b`);
    program(`${folder}/a/tool`, '#!/bin/sh\necho a\n');
    program(`${folder}/b/tool`, '#!/bin/sh\necho b\n');
    const env = { PATH: `${folder}/none:${folder}/a:${folder}/b` };
    const result = runPlan(filesPlan([readable(`${folder}/b`)], { flags: FLAGS.VERBOSE }), ['tool'], { env });
    assert.deepEqual([result.status, result.stdout], [0, 'b\n']);
    assert.match(result.stderr, /passed over a candidate for the command "[^"]*\/a\/tool": EACCES/);
    const none = runPlan(filesPlan(), ['tool'], { env });
    assert.equal(none.status, 126);
    assert.match(none.stderr, /"[^"]*\/a\/tool": EACCES/);
  }));

test('COMMAND is looked up in the edited environment; without PATH in /bin:/usr/bin', () =>
  withFolder((folder) => {
    program(`${folder}/tool`, '#!/bin/sh\necho tool\n');
    const edited = runPlan(filesPlan([readable(folder)], { envSet: [`PATH=${folder}`] }), ['tool']);
    assert.deepEqual([edited.status, edited.stdout], [0, 'tool\n']);
    const bare = runPlan(filesPlan([], { flags: FLAGS.ENV_CLEAR }), ['env']);
    assert.deepEqual([bare.status, bare.stdout], [0, '']);
  }));

test('an empty element of PATH is the working directory, which is that of --chdir', () =>
  withFolder((folder) => {
    program(`${folder}/tool`, '#!/bin/sh\npwd\n');
    const result = runPlan(filesPlan([readable(folder)], { chdir: folder }), ['tool'], { env: { PATH: ':/usr/bin' } });
    assert.deepEqual([result.status, result.stdout], [0, `${folder}\n`]);
  }));

test('a working directory that is not there ends the run', () => {
  const result = runPlan(filesPlan([], { chdir: '/no/such' }), ['true']);
  assert.equal(result.status, 125);
  assert.match(result.stderr, /^landlock-run: cannot change to the directory "\/no\/such": ENOENT/);
});

test('an argument list that is too long is 126', () => {
  const result = runPlan(filesPlan(), ['echo', 'x'.repeat(200_000)]);
  assert.equal(result.status, 126);
  assert.match(result.stderr, /cannot execute the command "\/usr\/bin\/echo": E2BIG/);
});

const shownPath = (rows, path, flags = 0) =>
  runPlan(filesPlan(rows, { flags }), ['/bin/sh', '-c', 'echo "$PATH"'], { env: { PATH: path } }).stdout;

test('directories in which nothing may be executed are left out of PATH', () =>
  withFolder((folder) => {
    mkdirSync(`${folder}/bin`);
    const path = `${folder}/bin:/usr/bin:/no/such:/bin:/usr/local/bin/../bin:/etc:`;
    assert.equal(shownPath([], path), '/usr/bin:/no/such:/bin:/usr/local/bin/../bin\n');
    assert.equal(shownPath([], path, FLAGS.KEEP_PATH), `${path}\n`);
    assert.equal(shownPath([readable(folder)], `${folder}/bin:/usr/bin`), `${folder}/bin:/usr/bin\n`);
    assert.equal(shownPath([{ path: folder, access: FS.READ_FILE }], `${folder}/bin:/usr/bin`), '/usr/bin\n');
  }));

test('the directory of a single granted executable stays in PATH, one below it does not', () =>
  withFolder((folder) => {
    mkdirSync(`${folder}/below`);
    copyFileSync('/bin/true', `${folder}/tool`);
    const rows = [{ path: `${folder}/tool`, access: FS.EXECUTE | FS.READ_FILE }];
    assert.equal(shownPath(rows, `${folder}:${folder}/below:/usr/bin`), `${folder}:/usr/bin\n`);
  }));

test('a PATH of which nothing would be left stays: an empty one would mean the working directory', () => {
  assert.equal(shownPath([], '/etc:/var'), '/etc:/var\n');
});
