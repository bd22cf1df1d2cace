/** landlock-run as the entry point of a hardened container, with Node and as a compiled launcher. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contain, containFreely, docker, IMAGE, LAUNCHER_IMAGE, mounts, withoutLandlock } from './docker.ts';

const DENIED = /Permission denied/;

for (const [what, image] of [
  ['landlock-run', IMAGE],
  ['a compiled launcher', LAUNCHER_IMAGE],
] as const) {
  describe(`${what} as the entry point of a hardened container`, () => {
    test('is an ordinary user', async () => {
      const { stdout, code } = await contain([], image, 'id', '-u');
      assert.deepEqual([code, stdout], [0, '65532\n']);
    });

    test('reads what the policy grants, silently', async (t) => {
      const { code, stdout, stderr } = await contain(mounts(t), image, 'cat', '/srv/data/file');
      assert.deepEqual([code, stdout, stderr], [0, 'data\n', '']);
    });

    test('cannot read what the policy does not grant', async (t) => {
      const volumes = mounts(t);
      const free = await containFreely(volumes, image, 'cat', '/srv/secret/file');
      assert.deepEqual([free.code, free.stdout], [0, 'secret\n']);
      const { code, stdout, stderr } = await contain(volumes, image, 'cat', '/srv/secret/file');
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, DENIED);
    });

    test('writes to a granted tmpfs, and to no other', async () => {
      const options = ['--tmpfs', '/tmp', '--tmpfs', '/scratch:mode=1777'];
      const script = 'echo x > /tmp/x && cat /tmp/x; echo y > /scratch/y && echo wrote';
      const free = await containFreely(options, image, 'sh', '-c', script);
      assert.deepEqual([free.code, free.stdout], [0, 'x\nwrote\n']);
      const { code, stdout, stderr } = await contain(options, image, 'sh', '-c', script);
      assert.deepEqual([code, stdout], [2, 'x\n']);
      assert.match(stderr, DENIED);
    });

    test("COMMAND's own exit status, and 127 where there is none", async () => {
      assert.equal((await contain([], image, 'sh', '-c', 'exit 42')).code, 42);
      const { code, stdout, stderr } = await contain([], image, 'no-such-command');
      assert.deepEqual([code, stdout], [127, '']);
      assert.match(stderr, /^landlock-run: .*no-such-command/);
    });

    for (const [errno, name, says] of [
      [1, 'EPERM', /a seccomp filter around this run refuses/],
      [38, 'ENOSYS', /a seccomp filter hides it/],
    ] as const) {
      test(`is refused where the container's profile answers Landlock with ${name}`, async (t) => {
        const { code, stdout, stderr } = await contain(withoutLandlock(t, errno), image, 'true');
        assert.deepEqual([code, stdout], [125, '']);
        assert.match(stderr, /^landlock-run: [^\n]+\n$/);
        assert.match(stderr, says);
      });
    }
  });
}

describe('the images', () => {
  test('--check accepts the policy in a hardened container, with each proof', async (t) => {
    const words = ['--policy', '/etc/landlock-run/policy.yaml', '--check', '--json'];
    const { code, stdout, stderr } = await contain([...mounts(t), '--entrypoint=landlock-run'], IMAGE, ...words);
    assert.equal(stderr, '');
    const report = JSON.parse(stdout) as { accepted: boolean; proofs: { ok: boolean }[] };
    assert.equal(code, 0);
    assert.equal(report.accepted, true);
    assert.ok(report.proofs.length > 0 && report.proofs.every(({ ok }) => ok), stdout);
  });

  test('--check does not accept it where the profile blocks Landlock', async (t) => {
    const words = ['--policy', '/etc/landlock-run/policy.yaml', '--check', '--json'];
    const { code, stdout } = await contain([...withoutLandlock(t, 1), '--entrypoint=landlock-run'], IMAGE, ...words);
    assert.deepEqual([code, (JSON.parse(stdout) as { accepted: boolean }).accepted], [1, false]);
  });

  test('node runs as COMMAND', async (t) => {
    const script = 'console.log(require("fs").readFileSync("/srv/data/file", "utf8").trim())';
    const { code, stdout, stderr } = await contain(mounts(t), IMAGE, 'node', '-e', script);
    assert.deepEqual([code, stdout, stderr], [0, 'data\n', '']);
  });

  test('the one of the launcher has no Node', async () => {
    const { code, stdout } = await containFreely([], LAUNCHER_IMAGE, 'sh', '-c', 'command -v node || echo none');
    assert.deepEqual([code, stdout], [0, 'none\n']);
  });

  test('the policy and landlock-run belong to root and can be written by nobody else', async () => {
    const script = 'find /opt/landlock-run /etc/landlock-run \\( ! -user 0 -o -perm /022 \\) ! -type l';
    const { code, stdout } = await containFreely([], IMAGE, 'sh', '-c', script);
    assert.deepEqual([code, stdout], [0, '']);
  });

  test('no entry point can be talked out of its policy by options after the image', async (t) => {
    const { code, stderr } = await contain(mounts(t), IMAGE, '--ro', '/', 'cat', '/srv/secret/file');
    assert.equal(code, 127);
    assert.match(stderr, /--ro/);
  });

  test('inherit the default profile of the daemon, which denies user namespaces', async () => {
    const { code } = await containFreely([], IMAGE, 'unshare', '--user', 'true');
    assert.notEqual(code, 0);
    assert.equal((await docker('info', '--format={{.SecurityOptions}}')).stdout.includes('seccomp'), true);
  });
});
