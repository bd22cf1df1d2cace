/** Bad policy files and bad values: one line on stderr, 125, nothing on stdout, COMMAND not started. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, openSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { cliPath } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { isRoot } from '../support/who.ts';
import { BAD_FILES } from './bad-files.ts';
import { assertSays, refused } from './refused.ts';

test('a policy is not read from a descriptor that the caller has not open, whatever Node has there', async (t) => {
  const link = join(fixture(t), 'link');
  symlinkSync('/proc/self/fd/4', link);
  for (const path of [
    '/dev/fd/3',
    '/dev/fd/4',
    '/dev/fd/5',
    '/proc/self/fd/6',
    '/dev/fd/10',
    '/dev/fd/11',
    '/dev/fd/77',
    '/proc/thread-self/fd/4',
    link,
  ]) {
    assertSays(await refused(t, ['--policy', path]), 'policy-descriptor', '--policy', /no such descriptor open/);
    assertSays(await refused(t, ['--discover', path]), 'policy-descriptor', '--discover', /no such descriptor open/);
  }
});

test('a policy is not read from a standard input that is closed', async (t) => {
  for (const path of ['/dev/stdin', '/dev/fd/0', '/proc/thread-self/fd/0']) {
    const refusal = await refused(t, ['--policy', path], { closed: [0] });
    assertSays(refusal, 'policy-descriptor', '--policy', /no such descriptor open/);
  }
});

describe('a policy file is refused, with line and column, that holds', () => {
  for (const [title, content, code, place, says] of BAD_FILES) {
    test(title, async (t) => {
      const root = fixture(t, { 'policies/p.yaml': content, 'work/y': '' });
      const refusal = await refused(t, ['--policy', '../policies/p.yaml'], { cwd: join(root, 'work') });
      assertSays(refusal, code, `../policies/p.yaml:${place}`, says);
    });
  }

  test('an alias bomb', async (t) => {
    const levels = 'abcdefghij'.split('');
    const lines = levels.map((name, i) => {
      const inner = i === 0 ? '/x' : `*${levels[i - 1]}`;
      return `x-${name}: &${name} [${Array.from({ length: 10 }, () => inner).join(', ')}]`;
    });
    const root = fixture(t, { 'bomb.yaml': `${lines.join('\n')}\nfs: {ro: *j}\n` });
    assertSays(await refused(t, ['--policy', `${root}/bomb.yaml`]), 'policy-syntax', `${root}/bomb.yaml:1:1`, /alias/i);
  });

  test('nesting without end', async (t) => {
    const root = fixture(t, { 'deep.yaml': `fs: ${'['.repeat(100_000)}\n` });
    const refusal = await refused(t, ['--policy', `${root}/deep.yaml`]);
    assert.match(refusal.code, /^policy-(syntax|value)$/);
  });

  test('more than 65,536 rules', async (t) => {
    const paths = Array.from({ length: 100_000 }, (_, i) => `/nowhere/${i}`);
    const root = fixture(t, { 'many.yaml': JSON.stringify({ fs: { ro: paths } }) });
    const refusal = await refused(t, ['--policy', `${root}/many.yaml`]);
    assert.equal(refusal.code, 'too-many-rules');
    assert.match(refusal.message, /65536 is the most/);
  });

  test('more than 32 MiB', async (t) => {
    const root = fixture(t, { 'huge.yaml': `fs: {}\n#${'x'.repeat(32 * 1024 * 1024)}\n` });
    assertSays(await refused(t, ['--policy', `${root}/huge.yaml`]), 'policy-too-large', '--policy', /33554432/);
  });

  test('terminal escapes, which are not handed to the terminal', async (t) => {
    const root = fixture(t, { 'p.yaml': 'fs: {}\n"\\e[31mred\\u202e": 1\n' });
    const refusal = await refused(t, ['--policy', `${root}/p.yaml`]);
    assertSays(refusal, 'policy-key-unknown', `${root}/p.yaml:2:1`, /\\x1b\[31mred\\u\{202e\}/);
  });
});

describe('a policy that cannot be read is refused', () => {
  test('a file that is not there', async (t) => {
    assertSays(await refused(t, ['--policy', '/nowhere/p.yaml']), 'policy-unreadable', '--policy', /ENOENT/, /nowhere/);
  });

  test('a directory', async (t) => {
    const root = fixture(t);
    assertSays(await refused(t, ['--policy', root]), 'policy-not-file', '--policy', /directory/);
  });

  test('a file without read permission', async (t) => {
    const root = fixture(t, { 'p.yaml': { content: 'fs: {}\n', mode: 0 } });
    const words = ['--policy', `${root}/p.yaml`];
    const drop = isRoot() ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--reuid=65534', '--'] : [];
    const can = await sandbox([...words, '--', 'true'], { under: drop });
    if (can.code === 99 || /setpriv/.test(can.stderr)) return t.skip(can.stderr.trim());
    assertSays(await refused(t, words, { under: drop }), 'policy-unreadable', '--policy', /EACCES/);
    return undefined;
  });

  test('a device that never ends, by its name and as stdin', async (t) => {
    assertSays(await refused(t, ['--policy', '/dev/zero']), 'policy-too-large', '--policy');
    const stdin = openSync('/dev/zero', 'r');
    t.after(() => closeSync(stdin));
    assertSays(await refused(t, ['--policy', '-'], { stdin }), 'policy-too-large', '--policy');
  });

  test('a socket', async (t) => {
    const path = join(fixture(t), 'socket');
    const server = createServer().listen(path);
    t.after(() => server.close());
    await once(server, 'listening');
    assertSays(await refused(t, ['--policy', path]), 'policy-unreadable', '--policy', /ENXIO/);
  });

  test('stdin twice', async (t) => {
    const refusal = await refused(t, ['--policy', '-', '--policy', '-'], { stdin: 'fs: {}\n' });
    assertSays(refusal, 'stdin-twice', '--policy');
  });

  test('an empty stdin', async (t) => {
    assertSays(await refused(t, ['--policy', '-']), 'policy-empty', 'stdin:1:1');
  });
});

describe('values on the command line are refused', () => {
  const VALUES: readonly [words: string[], code: string, says: RegExp][] = [
    [['--net-connect', '70000'], 'port-invalid', /"70000"/],
    [['--net-connect', '80-22'], 'port-range-backwards', /did you mean 22-80\?/],
    [['--net-bind', '80,443'], 'port-invalid', /"80,443"/],
    [['--net-bind', ' 80'], 'port-invalid', /" 80"/],
    [['--udp-bind', '1e3'], 'port-invalid', /"1e3"/],
    [['--udp-connect', 'dns'], 'port-invalid', /"dns"/],
    [['--other-net', 'some'], 'word-unknown', /did you mean none/],
    [['--scope', 'signals'], 'word-unknown', /did you mean signal\?/],
    [['--no-scope', 'x11'], 'word-unknown', /abstract-unix-socket/],
    [['--no-net', '--audit', 'on'], 'word-unknown', /off/],
    [['--no-net', '--color', 'maybe'], 'word-unknown', /always/],
    [['--grant', 'read'], 'grant-form', /RIGHTS:PATH/],
    [['--grant', 'read:'], 'grant-form', /RIGHTS:PATH/],
    [['--grant', ':/usr'], 'grant-form', /RIGHTS:PATH/],
    [['--grant', 'reed:/usr'], 'right-unknown', /did you mean read\?/],
    [['--grant', 'read,,exec:/usr'], 'right-unknown', /""/],
    [['--grant', 'constructor:/usr'], 'right-unknown', /"constructor"/],
    [['--profile', 'gti'], 'profile-unknown', /did you mean git\?/],
    [['--profile', '__proto__'], 'profile-unknown', /"__proto__"/],
    [['--no-net', '--min-abi', '0'], 'min-abi-invalid', /"0"/],
    [['--no-net', '--min-abi', '7.5'], 'min-abi-invalid', /"7\.5"/],
    [['--no-net', '--env', '=x'], 'env-invalid', /""/],
    [['--no-net', '--env', 'AWS_*'], 'env-invalid', /--env-keep/],
    [['--no-net', '--env-keep', 'A=1'], 'env-glob-invalid', /"A=1"/],
    [['--no-net', '--env-unset', 'A=1'], 'env-glob-invalid', /"A=1"/],
    [['--no-net', '--keep-fd', '2'], 'descriptor-invalid', /from 3 on/],
    [['--no-net', '--keep-fd', 'all'], 'descriptor-invalid', /"all"/],
    [['--no-net', '--keep-fd', '99999999'], 'descriptor-invalid', /"99999999"/],
    [['--no-net', '--limit', 'nofile'], 'limit-form', /NAME=VALUE/],
    [['--discover', '#key'], 'discover-form', /CONFIG#KEY/],
    [['--deny', '/usr'], 'deny-needless', /no deny/],
  ];
  for (const [words, code, says] of VALUES) {
    test(words.join(' '), async (t) => {
      assertSays(await refused(t, words), code, words.at(-2), says);
    });
  }

  test('--rwfile on a directory', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'd/x': '' });
    assertSays(await refused(t, ['--rwfile', `${root}/d`]), 'path-not-file', '--rwfile', /--rw\b/);
  });

  test('a range of ports and paths beyond 65,536 rules', async (t) => {
    const refusal = await refused(t, ['--net-connect', '0-65535', '--net-bind', '1']);
    assert.equal(refusal.code, 'too-many-rules');
    assert.match(refusal.remedy, /any/);
  });
});

describe('ordinary bytes that only look bad are taken', () => {
  test('a byte order mark and CRLF', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'p.yaml': '\ufefffs:\r\n  ro:\r\n    - ./d\r\n', 'd/x': 'read' });
    const result = await sandbox(['--policy', `${root}/p.yaml`, '--', 'cat', `${root}/d/x`]);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'read', '']);
  });

  test('a pipe, as a shell makes it for --policy <(...)', async (t) => {
    const script = '"$0" --policy <(echo "net: none") -- echo ran';
    const result = await run('bash', ['-c', script, cliPath], {});
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', ''], t.name);
  });

  test('65,536 rules', async (t) => {
    if (!requireAbi(t, 4)) return;
    const result = await sandbox(['--net-connect', '0-65535', '--', 'echo', 'ran']);
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
  });
});
