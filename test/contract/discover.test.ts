/** Contract, section 6: grants from a service's own config. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { type Entry, fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { sandbox } from '../support/sandbox.ts';
import { assertSays, refused } from './refused.ts';

/** What is discovered in a config in a fixture: ro and rw paths, relative to the fixture where they are below it. */
async function discovered(root: string, words: readonly string[]): Promise<{ ro: string[]; rw: string[] }> {
  const result = await sandbox(['--print-policy', ...words], { cwd: root });
  assert.deepEqual([result.code, result.stderr], [0, '']);
  const { fs } = parse(result.stdout) as { fs: Record<string, (string | { path: string })[]> };
  const list = (form: string): string[] =>
    (fs[form] ?? []).map((entry) => (typeof entry === 'string' ? entry : entry.path).replace(`${root}/`, ''));
  return { ro: list('ro'), rw: list('rw') };
}

/** A config in the style of identity services. */
const KRATOS = `
dsn: sqlite://db/kratos.sqlite?_fk=true&mode=rwc
identity:
  schemas:
    - {id: default, url: file://schemas/person.json}
    - {id: abs, url: file:///etc/kratos/admin.json}
    - {id: inline, url: base64://eyJ9}
    - {id: web, url: "https://example.com/x.json"}
serve:
  tls: {cert: tls/cert.pem, key: {path: /run/secrets/key.pem}}
  admin.host: file
courier: {templates: "file://with%20space/a.gotmpl#part"}
`;

describe('--discover', () => {
  test('grants every file:// URI read-only, and the directory of sqlite:// read-write', async (t) => {
    const root = fixture(t, { 'etc/kratos.yaml': KRATOS });
    assert.deepEqual(await discovered(root, ['--discover', 'etc/kratos.yaml']), {
      ro: ['etc/schemas/person.json', '/etc/kratos/admin.json', 'etc/with space/a.gotmpl'],
      rw: ['etc/db'],
    });
  });

  test('keys name settings that hold bare paths', async (t) => {
    const root = fixture(t, { 'etc/kratos.yaml': KRATOS });
    const { ro } = await discovered(root, ['--discover', 'etc/kratos.yaml#serve.tls.cert,serve.tls.key.path']);
    assert.deepEqual(ro.slice(3), ['etc/tls/cert.pem', '/run/secrets/key.pem']);
    const whole = await discovered(root, ['--discover', 'etc/kratos.yaml#serve.tls']);
    assert.deepEqual(whole.ro.slice(3), ['etc/tls/cert.pem', '/run/secrets/key.pem']);
  });

  test('a policy file says the same, with keys to read and to write', async (t) => {
    const policy = 'discover: [{config: ./etc/app.json, keys: {ro: [a.b, "c.d"], rw: [data]}}]\n';
    const config = JSON.stringify({ a: { b: ['x', 'y'] }, 'c.d': '/srv/abs', data: 'var', other: '/not' });
    const root = fixture(t, { 'p.yaml': policy, 'etc/app.json': config });
    assert.deepEqual(await discovered(root, ['--policy', 'p.yaml']), {
      ro: ['etc/x', 'etc/y', '/srv/abs'],
      rw: ['etc/var'],
    });
  });

  test('file://x.json is x.json beside the config, not /, and a database in memory is nothing', async (t) => {
    const config =
      'a: file://x.json\nb: "sqlite://:memory:"\nc: "sqlite://file.db?mode=memory"\nd: "sqlite:///data/app/a.db"\n';
    const root = fixture(t, { 'c/config.yaml': config });
    assert.deepEqual(await discovered(root, ['--discover', 'c/config.yaml']), { ro: ['c/x.json'], rw: ['/data/app'] });
  });

  test('opens what the service needs, and no more', async (t) => {
    if (!requireAbi(t, 3)) return;
    const files: Record<string, Entry> = {
      'etc/app.yaml': 'schema: file://schema.json\ndsn: sqlite://../db/app.sqlite\n',
      'etc/schema.json': '{"$ref": "file://other.json"}',
      'etc/other.json': 'not followed',
      'db/app.sqlite': 'data',
    };
    const root = fixture(t, files);
    const script =
      'cat etc/schema.json; echo j >db/app.sqlite-journal && rm db/app.sqlite-journal && echo; cat etc/other.json';
    const result = await sandbox(['--discover', 'etc/app.yaml', '--', 'sh', '-c', script], { cwd: root });
    assert.deepEqual([result.code, result.stdout], [1, `${files['etc/schema.json']}\n`]);
    assert.match(result.stderr, /^cat: etc\/other\.json: Permission denied\n$/);
  });

  test('what a config refers to and is not there is silent', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { 'c.yaml': 'a: file://none.json\nb: sqlite://none/x.db\nc: file://there\n', there: '' });
    const result = await sandbox(['--discover', 'c.yaml', '--', 'echo', 'ran'], { cwd: root });
    assert.deepEqual([result.code, result.stdout, result.stderr], [0, 'ran\n', '']);
  });
});

describe('a config is refused, with its line,', () => {
  const ROWS: readonly [title: string, config: string, place: string][] = [
    ['that refers to /', 'a: 1\nb: file:///\n', '2:1'],
    ['that refers to nothing', 'a: "file://"\n', '1:1'],
    ['that refers to a query only', 'a: "file://?x"\n', '1:1'],
    ['that refers to a top-level directory', 'a: {b: "file:///etc"}\n', '1:5'],
    ['that refers to a top-level directory by ..', 'a: file:///etc/ssl/..\n', '1:1'],
    ['that refers to / by ..', 'a: file:///usr/../\n', '1:1'],
    ['that refers to the home directory', 'a: file:///home/of/mine/\n', '1:1'],
    ['whose database lies in /', 'a: sqlite:///app.db\n', '1:1'],
    ['whose database lies in a top-level directory', 'a:\n- x\n- sqlite:///var/app.db\n', '3:3'],
    ['whose database lies in the home directory', 'a: sqlite:///home/of/mine/app.db\n', '1:1'],
  ];
  for (const [title, config, place] of ROWS) {
    test(title, async (t) => {
      const root = fixture(t, { 'c.yaml': config });
      const options = { cwd: root, env: { HOME: '/home/of/mine' } };
      assertSays(await refused(t, ['--discover', 'c.yaml'], options), 'discover-too-wide', `${root}/c.yaml:${place}`);
    });
  }

  test('that refers to a path with a NUL character, which would end it early', async (t) => {
    for (const text of ['file:///home/of/mine\\0/x', 'file:///home/of/mine%00/x', 'sqlite:///home/of/mine\\0/x/y']) {
      const root = fixture(t, { 'c.yaml': `a: "${text}"\n` });
      const place = `${root}/c.yaml:1:1`;
      assertSays(await refused(t, ['--discover', 'c.yaml'], { cwd: root }), 'discover-zero-byte', place, /\\x00/);
    }
    const cwd = fixture(t, { 'c.yaml': 'a: "x\\0y"\n' });
    assertSays(await refused(t, ['--discover', 'c.yaml#a'], { cwd }), 'discover-zero-byte', `${cwd}/c.yaml:1:1`);
  });

  test('that refers to a path with half of a surrogate pair, which has no bytes', async (t) => {
    for (const text of [
      'file:///home/of/mine/\\ud800',
      'file:///home/\\U0000dfff%41/mine',
      'sqlite:///home/of/\\ude00\\ud83d/y',
    ]) {
      const root = fixture(t, { 'c.yaml': `a: "${text}"\n` });
      const place = `${root}/c.yaml:1:1`;
      assertSays(await refused(t, ['--discover', 'c.yaml'], { cwd: root }), 'discover-half-character', place, /\\u\{d/);
    }
    const cwd = fixture(t, { 'c.yaml': 'a: "x\\ud800y"\n' });
    assertSays(await refused(t, ['--discover', 'c.yaml#a'], { cwd }), 'discover-half-character', `${cwd}/c.yaml:1:1`);
  });

  test('that does not have the key, or holds no text there', async (t) => {
    const cwd = fixture(t, { 'c.yaml': 'a: {b: 1}\n' });
    for (const key of ['a.c', 'a', 'a.b', 'constructor', '__proto__.x']) {
      assertSays(await refused(t, ['--discover', `c.yaml#${key}`], { cwd }), 'discover-key-missing', '--discover');
    }
  });

  test('that is no YAML', async (t) => {
    const cwd = fixture(t, { 'c.yaml': 'a: [\n' });
    assertSays(await refused(t, ['--discover', 'c.yaml'], { cwd }), 'policy-syntax', `${cwd}/c.yaml:2:1`);
  });

  test('that is not there', async (t) => {
    assertSays(await refused(t, ['--discover', '/nowhere/c.yaml']), 'policy-unreadable', '--discover', /ENOENT/);
  });

  test('that would be writable under what it asks for', async (t) => {
    const cwd = fixture(t, { 'etc/c.yaml': 'a: sqlite://app.db\n' });
    assertSays(
      await refused(t, ['--discover', 'etc/c.yaml'], { cwd }),
      'fence-writable',
      '--discover',
      /sqlite|c\.yaml/,
    );
  });
});

describe('a certificate that is renewed by re-pointing a symlink', () => {
  const FILES = {
    'live/cert.pem': { link: '../archive/1.pem' },
    'archive/1.pem': 'one',
    'archive/2.pem': 'two',
    sync: '',
  } as const;
  const SCRIPT = 'cat live/cert.pem; echo; : >ready; while [ -e sync ]; do sleep 0.02; done; cat live/cert.pem';

  /** Renews while a process runs under a policy. Out: what that read before and after. */
  async function renew(root: string, words: readonly string[]): Promise<string> {
    const { existsSync, renameSync, symlinkSync, unlinkSync } = await import('node:fs');
    const running = sandbox(
      [...words, '--rw', join(root, 'w'), '--', 'sh', '-c', SCRIPT.replace('>ready', '>w/ready')],
      { cwd: root },
    );
    while (!existsSync(join(root, 'w/ready'))) await new Promise((resolve) => setTimeout(resolve, 5));
    symlinkSync('../archive/2.pem', join(root, 'live/new'));
    renameSync(join(root, 'live/new'), join(root, 'live/cert.pem'));
    unlinkSync(join(root, 'sync'));
    return (await running).stdout;
  }

  test('a grant on the file binds the old inode: the new one is denied until a restart', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { ...FILES, 'w/x': '' });
    assert.equal(await renew(root, ['--ro', join(root, 'live/cert.pem')]), 'one\n');
    const again = await sandbox(['--ro', join(root, 'live/cert.pem'), '--', 'cat', join(root, 'live/cert.pem')]);
    assert.equal(again.stdout, 'two');
  });

  test('grants on the directories that hold link and target survive it', async (t) => {
    if (!requireAbi(t, 3)) return;
    const root = fixture(t, { ...FILES, 'w/x': '' });
    assert.equal(await renew(root, ['--ro', join(root, 'live'), '--ro', join(root, 'archive')]), 'one\ntwo');
  });
});
