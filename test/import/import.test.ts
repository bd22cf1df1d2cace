import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import type { RunResult } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

interface Imported extends RunResult {
  readonly policy: unknown;
}

async function importText(t: TestContext, kind: string, text: string): Promise<Imported> {
  const root = fixture(t, { 'their.file': text });
  const result = await sandbox(['--import', `${kind}:their.file`], { cwd: root });
  const stdout = result.stdout.replaceAll(root, 'ROOT');
  return { ...result, stdout, policy: stdout === '' ? undefined : parse(stdout) };
}

const JSON_CONFIG = {
  ruleset: [{ handledAccessFs: ['abi.all'], handledAccessNet: ['bind_tcp'], scoped: ['signal'] }],
  variable: [{ name: 'data', literal: ['/srv/a', '/srv/b'] }],
  pathBeneath: [
    { allowedAccess: ['execute', 'read_file', 'read_dir'], parent: ['/usr'] },
    { allowedAccess: ['write_file', 'make_reg'], parent: ['${data}/in', 'relative'] },
  ],
  netPort: [{ allowedAccess: ['bind_tcp'], port: [8080, 443] }],
};

const TOML_CONFIG = `
[[variable]]
name = "data"
literal = ["/srv/a", "/srv/b"]
[[ruleset]]
handled_access_fs = ["abi.all"]
handled_access_net = ["bind_tcp"]
scoped = ["signal"]
[[path_beneath]]
allowed_access = ["execute", "read_file", "read_dir"]
parent = ["/usr"]
[[path_beneath]]
allowed_access = ["write_file", "make_reg"]
parent = ["\${data}/in", "relative"]
[[net_port]]
allowed_access = ["bind_tcp"]
port = [8080, 443]
`;

const EXPECTED = {
  version: 1,
  bare: true,
  fs: {
    grant: [
      { path: '/usr', access: ['execute', 'read_file', 'read_dir'] },
      { path: '/srv/a/in', access: ['write_file', 'make_reg'] },
      { path: '/srv/b/in', access: ['write_file', 'make_reg'] },
      { path: 'ROOT/relative', access: ['write_file', 'make_reg'] },
    ],
  },
  net: { connect: 'any', bind: [443, 8080] },
  scope: { signal: 'on' },
  compatibility: 'best_effort',
};

test('landlockconfig: JSON and TOML come to the same policy, with variables expanded, and nothing is left out', async (t) => {
  for (const text of [JSON.stringify(JSON_CONFIG), TOML_CONFIG]) {
    const { code, policy, stderr } = await importText(t, 'landlockconfig', text);
    assert.deepEqual([code, stderr], [0, '']);
    assert.deepEqual(policy, EXPECTED);
  }
});

test('landlockconfig: rights that it does not handle stay allowed, by a grant on the root', async (t) => {
  const text = '[[path_beneath]]\nallowed_access = ["write_file", "truncate"]\nparent = ["/srv"]\n';
  const { code, policy } = await importText(t, 'landlockconfig', text);
  assert.equal(code, 0);
  const { fs } = policy as { fs: { grant: { path: string; access: string[] }[] } };
  const root = fs.grant.find((one) => one.path === '/');
  assert.ok(
    root?.access.includes('read_file') && !root.access.includes('write_file') && !root.access.includes('truncate'),
  );
});

test('landlockconfig: groups mean the rights of their ABI', async (t) => {
  const text =
    '[[path_beneath]]\nallowed_access = ["v1.all"]\nparent = ["/srv"]\n[[path_beneath]]\nallowed_access = ["v5.read_execute"]\nparent = ["/usr"]\n';
  const { policy } = await importText(t, 'landlockconfig', text);
  const { fs } = policy as { fs: { grant: { path: string; access: string[] }[] } };
  assert.equal(fs.grant[0]?.access.length, 13);
  assert.deepEqual(fs.grant[1]?.access, ['execute', 'read_file', 'read_dir']);
});

test('landlockconfig: what is unknown is named, and the status says that something was left out', async (t) => {
  const text = JSON.stringify({ ...JSON_CONFIG, quietAccess: ['x'], ruleset: [{ scoped: ['signal', 'time'] }] });
  const { code, stderr } = await importText(t, 'landlockconfig', text);
  assert.equal(code, 1);
  assert.match(stderr, /left out: quietAccess/);
  assert.match(stderr, /left out: scope time/);
});

test('landrun: a command line of several lines, with its defaults said', async (t) => {
  const text =
    "#!/bin/sh\nexec /usr/local/bin/landrun --best-effort --rox /usr,/lib --ro '/etc/my app' \\\n  --rw data --rwx=/srv/$$ --bind-tcp 80,443 --env HOME --env CI=1 --log-level debug nginx -g 'daemon off;'\n";
  const broken = await importText(t, 'landrun', text);
  assert.equal(broken.code, 125);
  assert.match(broken.stderr, /a shell would do more/);
  const { code, policy, stderr } = await importText(t, 'landrun', text.replace('/srv/$$', "'/srv/$x'"));
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(policy, {
    version: 1,
    bare: true,
    fs: {
      ro: ['/usr', '/lib'],
      rw: ['/srv/$$x'],
      grant: [
        { path: '/etc/my app', access: ['read'] },
        { path: 'ROOT/data', access: ['read', 'write', 'create', 'remove', 'ioctl_dev'] },
      ],
    },
    net: { connect: [], bind: [80, 443] },
    compatibility: 'best_effort',
    require_paths: true,
    env: { mode: 'clear', pass: ['HOME'], set: { CI: '1' } },
  });
});

test('landrun: what is unrestricted stays so, and what only a command line can ask for is named', async (t) => {
  const { code, policy, stderr } = await importText(
    t,
    'landrun',
    'landrun --unrestricted-filesystem --unrestricted-scoped --connect-tcp 443 curl',
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(policy, {
    version: 1,
    net: { connect: [443], bind: [] },
    scope: { signal: 'off', 'abstract-unix-socket': 'off' },
    env: { mode: 'clear' },
  });
  const left = await importText(t, 'landrun', 'landrun --ldd --add-exec --rw /srv true');
  assert.equal(left.code, 1);
  assert.match(left.stderr, /left out: --add-exec and --ldd: .*--add-command/);
});

test('landrun: an option that it does not have is an error, not skipped', async (t) => {
  const { code, stderr, stdout } = await importText(t, 'landrun', 'landrun --rot /srv true');
  assert.deepEqual([code, stdout], [125, '']);
  assert.match(stderr, /--rot is no option of landrun/);
});

test('sandbox-runtime: writes are carried over, hosts and denied reads are named', async (t) => {
  const text = JSON.stringify({
    filesystem: { denyRead: ['~/.ssh'], allowWrite: ['.', '/srv/out', '/srv/*.log'], denyWrite: ['.env', '/etc'] },
    network: { allowedDomains: ['example.org:443', '*.example.com:8443'], deniedDomains: [] },
    ignoreViolations: {},
  });
  const { code, policy, stderr } = await importText(t, 'sandbox-runtime', text);
  assert.equal(code, 1);
  assert.deepEqual(policy, {
    version: 1,
    fs: { ro: ['/'], rw: ['ROOT', '/srv/out'] },
    net: { connect: [443, 8443], bind: [] },
    no_unix: true,
  });
  for (const what of [
    'ignoreViolations',
    'filesystem.denyRead ~/.ssh',
    'filesystem.allowWrite /srv/\\*.log',
    'filesystem.denyWrite .env',
    'network.allowedDomains example.org:443',
  ]) {
    assert.match(stderr, new RegExp(`left out: ${what}`));
  }
  assert.doesNotMatch(stderr, /denyWrite \/etc/);
});

test('sandbox-runtime: no hosts are no network, and nothing is left out', async (t) => {
  const text = '{"network": {"allowedDomains": []}, "filesystem": {"allowWrite": ["~/out"]}}';
  const { code, policy, stderr } = await importText(t, 'sandbox-runtime', text);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(policy, { version: 1, fs: { ro: ['/'], rw: ['~/out'] }, net: 'none', no_unix: true });
});

const OPENSHELL = `
version: 1
filesystem_policy:
  include_workdir: true
  read_only: [/usr, /etc]
  read_write: [/tmp]
landlock: {compatibility: hard_requirement}
`;

test('OpenShell: the whole policy, and its filesystem section by itself', async (t) => {
  const whole = await importText(t, 'openshell', OPENSHELL);
  assert.deepEqual([whole.code, whole.stderr], [0, '']);
  assert.deepEqual(whole.policy, {
    version: 1,
    bare: true,
    fs: { ro: ['/usr', '/etc'], rw: ['/tmp', 'ROOT'] },
    net: 'none',
  });
  const alone = await importText(
    t,
    'openshell',
    'read_only: [/usr]\nread_write: []\ninclude_workdir: false\ncompatibility: best_effort\n',
  );
  assert.deepEqual(alone.policy, { version: 1, bare: true, fs: { ro: ['/usr'] }, compatibility: 'best_effort' });
  assert.equal(alone.code, 0);
});

test('OpenShell: users, hosts and binaries are named; their ports are kept', async (t) => {
  const more = `${OPENSHELL}process: {run_as_user: sandbox}
network_policies:
  api: {endpoints: [{host: api.example.org, port: 443}], binaries: [{path: /usr/bin/curl}]}
`;
  const { code, policy, stderr } = await importText(t, 'openshell', more);
  assert.equal(code, 1);
  assert.deepEqual((policy as { net: unknown }).net, { connect: [443], bind: [] });
  assert.match(stderr, /left out: process.run_as_user: run setpriv/);
  assert.match(stderr, /left out: network_policies.api/);
});

test('an imported policy runs, and keeps to what it says', async (t) => {
  if (!requireAbi(t, 4)) return;
  const root = fixture(t, { 'data/in.txt': 'in\n', 'secret.txt': 'secret\n' });
  const line = `landrun --best-effort --ignore-missing --rox /usr,/lib,/lib64,/bin --ro ${join(root, 'data')} cat`;
  const { stdout } = await importText(t, 'landrun', line);
  const allowed = await sandbox(['--policy', '-', '--', 'cat', join(root, 'data/in.txt')], { stdin: stdout });
  assert.equal(allowed.stdout, 'in\n', allowed.stderr);
  const denied = await sandbox(['--policy', '-', '--', 'cat', join(root, 'secret.txt')], { stdin: stdout });
  assert.match(denied.stderr, /Permission denied/);
});

test('a file that is not of its kind prints nothing on stdout', async (t) => {
  for (const kind of ['landlockconfig', 'landrun', 'sandbox-runtime', 'openshell']) {
    for (const text of ['', '{', '[]', '"x"', '\u0000']) {
      const { code, stdout } = await importText(t, kind, text);
      assert.deepEqual([code, stdout], [125, ''], `${kind} ${JSON.stringify(text)}`);
    }
  }
});

test('half of a surrogate pair, which has no bytes, is refused and never printed as another name', async (t) => {
  const settings = '{"filesystem": {"allowWrite": ["/srv/\\ud800"]}}';
  const config = '{"pathBeneath": [{"allowedAccess": ["read_file"], "parent": ["/srv/\\ud800"]}]}';
  for (const [kind, text] of [
    ['sandbox-runtime', settings],
    ['landlockconfig', config],
  ] as const) {
    const { code, stdout, stderr } = await importText(t, kind, text);
    assert.deepEqual([code, stdout], [125, '']);
    assert.match(stderr, /^landlock-run: --import: fs\.[^\n]*half of a surrogate pair\n$/);
    const whole = await importText(t, kind, text.replace('\\ud800', '\\ud83d\\ude00'));
    assert.match(whole.stdout, /\/srv\/\u{1f600}/u);
  }
});

test('a kind that is not known is answered with those that are', async () => {
  for (const value of ['bwrap:x', 'landrun', 'landrun:', '__proto__:x']) {
    const { code, stderr } = await sandbox(['--import', value]);
    assert.equal(code, 125);
    assert.match(stderr, /landlockconfig, landrun, sandbox-runtime, openshell/);
  }
});
