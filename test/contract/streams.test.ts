/** Contract, section 4: what is written where, and that bytes from users are escaped before a terminal sees them. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { sandboxOn } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertSays, refused } from './refused.ts';

/** A name with everything that could fool a terminal or a reader: newline, escape, bidirectional mark, byte that is not UTF-8. */
const ODD = Buffer.concat([Buffer.from('a\nlandlock-run: b\x1b[31m\u202ec"\\'), Buffer.from([0xff, 0x9b])]);
const ODD_SHOWN = 'a\\nlandlock-run: b\\x1b[31m\\u{202e}c\\"\\\\\\xff\\x9b';

function below(root: string, name: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), name]);
}

describe('a run', () => {
  test('writes nothing to stdout, and nothing to stderr when all went well', async (t) => {
    if (!requireAbi(t, 4)) return;
    const words = ['--rw', fixture(t), '--net-connect', '443', '--env-scrub', '--limit', 'nofile=100'];
    const result = await sandbox([...words, '--', 'true']);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, '', '']);
  });

  test("hands COMMAND's stdin, stdout and stderr through, byte for byte", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const out = await sandbox(['--no-net', '--', 'cat'], { stdin: bytes });
    assert.deepEqual([out.stdoutBytes, out.stderr], [bytes, '']);
    const err = await sandbox(['--no-net', '--', 'sh', '-c', 'cat >&2'], { stdin: bytes });
    assert.deepEqual([err.stderrBytes, err.stdout], [bytes, '']);
  });

  test('leaves what it does not read of stdin to COMMAND', async () => {
    const result = await sandbox(['--no-net', '--', 'cat'], { stdin: 'for COMMAND' });
    assert.equal(result.stdout, 'for COMMAND');
  });

  test('a policy on stdin is read to its end', async () => {
    const result = await sandbox(['--policy', '-', '--', 'cat'], { stdin: 'net: none\n' });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, '', '']);
  });

  test('a warning is one line on stderr, and COMMAND runs', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t);
    const words = ['--rw', root, '--rw', '/nowhere/x', '--', 'echo', 'ran'];
    const plain = await sandbox(words);
    assert.deepEqual([plain.code, plain.stdout], [0, 'ran\n']);
    assert.match(plain.stderr, /^landlock-run: --rw: [^\n]*"\/nowhere\/x"[^\n]*ENOENT[^\n]*; [^\n]+\n$/);
    const json = await sandbox(['--json', ...words]);
    const told = JSON.parse(json.stderr) as Record<string, string>;
    assert.deepEqual([told['code'], told['level'], told['origin']], ['path-missing', 'warning', '--rw']);
    assert.deepEqual(Object.keys(told).sort(), ['code', 'level', 'message', 'origin', 'remedy']);
  });
});

describe('reports', () => {
  test('go to stdout, and with --json are one document', async (t) => {
    const root = fixture(t);
    for (const mode of ['--check', '--print-policy']) {
      const result = await sandbox([mode, '--json', '--no-net', '--chdir', root]);
      assert.deepEqual([result.code, result.stderr], [0, '']);
      assert.equal(typeof JSON.parse(result.stdout), 'object');
    }
  });

  test('have no colour in a pipe, and have it with --color always', async () => {
    const words = ['--check', '--no-net'];
    const auto = await sandbox(words, { env: { TERM: 'xterm', FORCE_COLOR: '1', NO_COLOR: undefined } });
    assert.doesNotMatch(auto.stdout, /\x1b/);
    const always = await sandbox([...words, '--color', 'always']);
    assert.match(always.stdout, /\x1b\[32m/);
    const never = await sandbox([...words, '--color', 'never']);
    assert.doesNotMatch(never.stdout, /\x1b/);
  });

  test('have colour on a terminal, unless NO_COLOR is set or TERM is dumb', async (t) => {
    const { cliPath } = await import('../support/paths.ts');
    const script = await run('script', ['--version']).catch(() => undefined);
    if (script?.code !== 0) return t.skip('script(1) is missing: apt-get install bsdutils');
    const onTerminal = async (env: Record<string, string | undefined>): Promise<string> => {
      const words = ['-qec', `${cliPath} --check --no-net`, '/dev/null'];
      return (await run('script', words, { env: { TERM: 'xterm', NO_COLOR: undefined, ...env } })).stdout;
    };
    assert.match(await onTerminal({}), /\x1b\[32m/);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) assert.doesNotMatch(await onTerminal(env), /\x1b/);
    return undefined;
  });
});

describe('a report that cannot be written', () => {
  /** Each mode with a report, and what belongs to it. */
  const REPORTS: readonly (readonly string[])[] = [
    ['--explain', '--no-net'],
    ['--check', '--no-net'],
    ['--why', 'read:/etc/passwd', '--rw', '.'],
    ['--print-policy', '--no-net'],
    ['--import', 'landrun:words'],
    ['--completion', 'bash'],
    ['--help'],
    ['--version'],
    ['--json', '--explain', '--no-net'],
    ['--json', '--check', '--no-net'],
    ['--json', '--why', 'read:/etc/passwd', '--rw', '.'],
    ['--json', '--print-policy', '--no-net'],
  ];
  const FILES = { words: 'landrun --ro /usr true\n' };

  for (const words of REPORTS) {
    const title = words.join(' ');
    const line = words.includes('--json')
      ? /^\{"code":"output-unwritable"[^\n]+\}\n$/
      : /^landlock-run: [^\n]+; [^\n]+\n$/;

    test(`${title}: is one line and 125 where stdout is closed`, async (t) => {
      for (const closed of [[1], [0, 1]] as const) {
        const result = await sandbox(words, { closed, cwd: fixture(t, FILES) });
        assert.equal(result.code, 125);
        assert.match(result.stderr, line);
        assert.match(result.stderr, /closed/);
      }
      const silent = await sandbox(words, { closed: [1, 2], cwd: fixture(t, FILES) });
      assert.equal(silent.code, 125);
    });

    test(`${title}: is one line and 125 where stdout is full`, async (t) => {
      const under = ['sh', '-c', 'exec "$@" >/dev/full', 'sh'];
      const result = await sandbox(words, { under, cwd: fixture(t, FILES) });
      assert.equal(result.code, 125);
      assert.match(result.stderr, line);
      assert.match(result.stderr, /ENOSPC/);
    });

    test(`${title}: is no failure where the reader of stdout has gone away`, async (t) => {
      const leave = 'mkfifo pipe; exec 3<>pipe 4>pipe 3<&-; exec "$@" >&4 4>&-';
      const result = await sandbox(words, { under: ['sh', '-c', leave, 'sh'], cwd: fixture(t, FILES) });
      assert.deepEqual([result.code, result.stderr], [0, '']);
    });
  }

  test('is no matter to a run, which writes none', async () => {
    const result = await sandbox(['--no-net', '--', 'sh', '-c', 'exit 7'], { closed: [0, 1] });
    assert.deepEqual([result.code, result.stderr], [7, '']);
  });

  test('a policy is not read from a stdin that is closed', async (t) => {
    const told = await sandbox(['--policy', '-', '--', 'true'], { closed: [0], cwd: fixture(t) });
    assert.equal(told.code, 125);
    assert.match(told.stderr, /^landlock-run: stdin[^\n]*empty[^\n]*\n$/);
  });
});

describe('bytes from users', () => {
  test('paths of any bytes are granted as they are', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t);
    const directory = below(root, ODD);
    mkdirSync(directory);
    writeFileSync(Buffer.concat([directory, Buffer.from('/x')]), 'inside');
    const script = 'cat "$1/x"; echo new >"$1/y"; cat "$1/y"; ls "$2"';
    const result = await sandbox(['--rw', directory, '--', 'bash', '-c', script, 'bash', directory, root]);
    assert.equal(result.stdout, 'insidenew\n');
    assert.match(result.stderr, /^ls: .*Permission denied\n$/);
  });

  test("COMMAND's name and arguments are bytes end to end", async (t) => {
    const root = fixture(t);
    const program = below(root, ODD);
    writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n', { mode: 0o755 });
    const result = await sandbox(['--no-net', '--', program, ODD, '', 'é', '\n']);
    const expected = [program, ODD, Buffer.alloc(0), Buffer.from('é'), Buffer.from('\n')];
    assert.deepEqual(result.stdoutBytes, Buffer.concat(expected.flatMap((word) => [word, Buffer.from('\n')])));
  });

  const ROWS: readonly [title: string, words: (string | Uint8Array)[], code: string][] = [
    ['a policy that is not there', ['--policy', ODD], 'policy-unreadable'],
    ['a grant that overlaps', ['--rw', '.', '--ro', ODD], 'overlap'],
    ['a port', ['--net-connect', ODD], 'port-invalid'],
    ['a directory to change to', ['--no-net', '--chdir', ODD], 'chdir-failed'],
    ['an unknown option', [Buffer.concat([Buffer.from('--'), ODD])], 'option-unknown'],
    ['an unknown profile', ['--profile', ODD], 'profile-unknown'],
    ['an unknown limit', ['--no-net', '--limit', Buffer.concat([ODD, Buffer.from('=1')])], 'limit-unknown'],
    ['a required path', ['--require-paths', '--ro', ODD], 'path-required'],
  ];
  for (const [title, words, code] of ROWS) {
    test(`${title} is escaped in a message`, async (t) => {
      if (!requireAbi(t, 3)) return;
      const refusal = await refused(t, words, { cwd: fixture(t) });
      assert.equal(refusal.code, code);
      assert.ok(
        refusal.message.includes(code === 'option-unknown' ? (ODD_SHOWN.split('c')[0] ?? '') : ODD_SHOWN),
        refusal.message,
      );
      assert.doesNotMatch(`${refusal.message}${refusal.remedy}`, /[\x00-\x1f\x7f-\x9f\u202e]/);
    });
  }

  test('the name of a COMMAND that is not found is escaped', async () => {
    for (const options of [[], ['--json']]) {
      const result = await sandbox([...options, '--no-net', '--', ODD]);
      assert.equal(result.code, 127);
      const shown = options.length > 0 ? (JSON.parse(result.stderr) as { message: string }).message : result.stderr;
      assert.ok(shown.includes(`"${ODD_SHOWN}"`), shown);
      assert.equal(result.stderrBytes.indexOf('\n'), result.stderrBytes.length - 1);
    }
  });

  test('a policy that is not UTF-8 on the command line cannot be printed as YAML, and that is said', async (t) => {
    const refusal = await refused(t, ['--print-policy', '--ro', ODD], { cwd: fixture(t) }, []);
    assertSays(refusal, 'print-not-text', '--ro', /command line/);
  });
});

describe('a 125 that the kernel causes', () => {
  test('is one line, and with --json one object, as any other', async (t) => {
    const words = ['--ro', '/usr'];
    for (const kernel of ['ENOSYS', 'EOPNOTSUPP', 'EPERM'] as const) {
      const { fakeKernel } = await import('../support/fake-abi.ts');
      assert.match((await refused(t, words, { under: fakeKernel(kernel) })).code, /^landlock-/);
    }
    if (!requireAbi(t, 3)) return;
    const result = await sandboxOn(3, ['--net-connect', '443', '--', 'true']);
    assert.match(result.stderr, /^landlock-run: --net-connect: [^\n]+\n$/);
  });
});
