/** Contract, section 4: the kernel is the judge of an exec. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Entry, fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { requireCapability } from '../support/who.ts';

const SYSTEM_PATH = '/usr/bin:/bin';

function script(words: string): Entry {
  return { content: `#!/bin/sh\necho ${words}\n`, mode: 0o755 };
}

/** Runs a command found in PATH both under `env`, the model, and under landlock-run without a files policy. */
async function bothWays(path: string, words: string[], cwd: string): Promise<void> {
  const env = { PATH: path };
  const direct = await run('/usr/bin/env', words, { cwd, env });
  const under = await sandbox(['--no-net', '--', ...words], { cwd, env: { PATH: `${path}:/usr/bin:/bin` } });
  assert.equal(direct.code, 0, direct.stderr);
  assert.deepEqual([under.code, under.stdout], [direct.code, direct.stdout], under.stderr);
}

describe('COMMAND is looked up as execvp does', () => {
  test('in the order of PATH, past files that are no programs', async (t) => {
    const root = fixture(t, {
      'a/tool': 'no program',
      'b/tool/x': '',
      'c/tool': script('third'),
      'd/tool': script('fourth'),
    });
    await bothWays(`${root}/nowhere:${root}/a:${root}/b:${root}/c:${root}/d:${SYSTEM_PATH}`, ['tool'], root);
  });

  test('an empty element of PATH is the working directory', async (t) => {
    const root = fixture(t, { tool: script('here "$0"') });
    for (const path of [`:${SYSTEM_PATH}`, `/nowhere::${SYSTEM_PATH}`]) await bothWays(path, ['tool'], root);
    const last = await sandbox(['--no-net', '--', 'tool'], { cwd: root, env: { PATH: `${SYSTEM_PATH}:` } });
    assert.equal(last.code, 0);
  });

  test('a name with a slash is a path, not searched for', async (t) => {
    const root = fixture(t, { 'a/tool': script('direct'), 'bin/a/tool': script('searched') });
    await bothWays(`${root}/bin:${SYSTEM_PATH}`, ['a/tool'], root);
  });

  test('without PATH in /bin and /usr/bin', async () => {
    const result = await sandbox(['--no-net', '--env-unset', 'PATH', '--', 'env']);
    assert.equal(result.code, 0);
    assert.doesNotMatch(result.stdout, /^PATH=/m);
  });

  test('in the edited environment', async (t) => {
    const root = fixture(t, { 'bin/tool': script('found') });
    const without = await sandbox(['--no-net', '--', 'tool']);
    assert.equal(without.code, 127);
    const result = await sandbox(['--no-net', '--env', `PATH=${root}/bin:${SYSTEM_PATH}`, '--', 'tool']);
    assert.deepEqual([result.code, result.stdout], [0, 'found\n']);
  });

  test('a relative directory of PATH, and a relative COMMAND, start from --chdir', async (t) => {
    const root = fixture(t, { 'sub/bin/tool': script('chdir') });
    const options = { cwd: root, env: { PATH: `bin:${SYSTEM_PATH}` } };
    for (const name of ['tool', 'bin/tool', './bin/tool']) {
      const result = await sandbox(['--no-net', '--chdir', 'sub', '--', name], options);
      assert.deepEqual([name, result.code, result.stdout], [name, 0, 'chdir\n']);
    }
  });

  test('argv[0] is the name as it was given', async () => {
    const words = ['-c', 'tr "\\0" "\\n" </proc/$$/cmdline | head -n 1'];
    for (const name of ['sh', '/bin/sh']) {
      const result = await sandbox(['--no-net', '--', name, ...words]);
      assert.equal(result.stdout, `${name}\n`);
    }
  });
});

describe('files without a format that the kernel knows', () => {
  test('ENOEXEC goes to /bin/sh, with the arguments', async (t) => {
    const root = fixture(t, { plain: { content: 'echo "$0" "$@"\n', mode: 0o755 } });
    const result = await sandbox(['--no-net', '--', `${root}/plain`, 'a b', '']);
    assert.deepEqual([result.code, result.stdout], [0, `${root}/plain a b \n`]);
  });

  test('found in PATH too', async (t) => {
    const root = fixture(t, { 'bin/plain': { content: 'echo shell "$1"\n', mode: 0o755 } });
    const result = await sandbox(['--no-net', '--', 'plain', 'x'], { env: { PATH: `${root}/bin:${SYSTEM_PATH}` } });
    assert.deepEqual([result.code, result.stdout], [0, 'shell x\n']);
  });
});

describe('a candidate that the policy denies', () => {
  const FILES = { 'denied/tool': script('denied'), 'granted/tool': script('granted') };

  test('is passed over, where without the policy it would run; --verbose says which', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, FILES);
    const env = { PATH: `${root}/denied:${root}/granted:${SYSTEM_PATH}` };
    const control = await sandbox(['--no-net', '--', 'tool'], { env });
    assert.equal(control.stdout, 'denied\n');
    const result = await sandbox(['--ro', `${root}/granted`, '--', 'tool'], { env });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'granted\n', '']);
    const verbose = await sandbox(['--verbose', '--ro', `${root}/granted`, '--', 'tool'], { env });
    assert.equal(verbose.stdout, 'granted\n');
    assert.match(
      verbose.stderr,
      new RegExp(`^landlock-run: passed over [^\\n]*"${root}/denied/tool"[^\\n]*EACCES`, 'm'),
    );
  });

  test('the only one is 126 with what was denied and what to do', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, FILES);
    const env = { PATH: `${root}/denied:${SYSTEM_PATH}` };
    const result = await sandbox(['--ro', `${root}/granted`, '--', 'tool'], { env });
    assert.deepEqual([result.code, result.stdout], [126, '']);
    assert.match(result.stderr, /^landlock-run: [^\n]*denied\/tool[^\n]*; [^\n]*--ro[^\n]*\n$/);
  });

  test('a script whose interpreter is denied is 126, and the interpreter granted makes it run', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'bin/tool': { content: 'INTERPRETER', mode: 0o755 }, 'in/x': '' });
    const { copyFileSync, writeFileSync } = await import('node:fs');
    copyFileSync('/bin/dash', `${root}/in/shell`);
    writeFileSync(`${root}/bin/tool`, `#!${root}/in/shell\necho ran\n`, { mode: 0o755 });
    const denied = await sandbox(['--ro', `${root}/bin`, '--', `${root}/bin/tool`]);
    assert.deepEqual([denied.code, denied.stdout], [126, '']);
    const granted = await sandbox(['--ro', `${root}/bin`, '--ro', `${root}/in`, '--', `${root}/bin/tool`]);
    assert.deepEqual([granted.code, granted.stdout, granted.stderr], [0, 'ran\n', '']);
  });

  test('read without execute does not run, with --grant read', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'bin/tool': script('ran') });
    const result = await sandbox(['--grant', `read:${root}/bin`, '--', `${root}/bin/tool`]);
    assert.deepEqual([result.code, result.stdout], [126, '']);
    const granted = await sandbox(['--grant', `read,exec:${root}/bin`, '--', `${root}/bin/tool`]);
    assert.deepEqual([granted.code, granted.stdout], [0, 'ran\n']);
  });
});

describe("COMMAND's PATH", () => {
  const FILES = { 'denied/tool': script('denied'), 'granted/tool': script('granted') };

  test('leaves out directories that the policy does not let search, when files are restricted', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, FILES);
    const env = { PATH: `${root}/denied:${root}/granted:/usr/bin:${root}:/bin` };
    const result = await sandbox(['--ro', `${root}/granted`, '--', 'sh', '-c', 'echo "$PATH"; tool'], { env });
    assert.equal(result.stdout, `${root}/granted:/usr/bin:/bin\ngranted\n`);
  });

  test('so bash, which unlike execvp stops at a denied candidate, finds the granted one; with --keep-path it stops', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, FILES);
    const env = { PATH: `${root}/denied:${root}/granted:/usr/bin:/bin` };
    const words = ['--ro', `${root}/granted`];
    const edited = await sandbox([...words, '--', 'bash', '-c', 'tool'], { env });
    assert.deepEqual([edited.code, edited.stdout], [0, 'granted\n']);
    const kept = await sandbox([...words, '--keep-path', '--', 'bash', '-c', 'echo "$PATH"; tool'], { env });
    assert.deepEqual([kept.code, kept.stdout], [126, `${env.PATH}\n`]);
    assert.match(kept.stderr, /denied\/tool: Permission denied/);
  });

  test('keeps a directory of a granted one that is also bound to where nothing is granted', async (t) => {
    if (!requireAbi(t, 3) || !requireCapability(t, 'CAP_SYS_ADMIN')) return;
    const root = fixture(t, { 'granted/bin/tool': script('granted'), 'bound/x': '' });
    const inside = `mount --bind "$1/granted/bin" "$1/bound" 2>/dev/null || exit 77
      PATH="$1/bound:$1/granted/bin:/usr/bin" exec "$2" --ro "$1/granted" -- sh -c 'echo "$PATH"; tool'`;
    const result = await run('unshare', ['--mount', 'sh', '-c', inside, 'sh', root, cliPath]);
    if (result.code === 77) return t.skip('mounts are not allowed here');
    assert.equal(result.stdout, `${root}/granted/bin:/usr/bin\ngranted\n`);
  });

  test('is left alone where files are not restricted', async (t) => {
    const env = { PATH: `/nowhere:${fixture(t)}:/usr/bin:/bin::` };
    const result = await sandbox(['--no-net', '--', 'sh', '-c', 'echo "$PATH"'], { env });
    assert.equal(result.stdout, `${env.PATH}\n`);
  });
});
