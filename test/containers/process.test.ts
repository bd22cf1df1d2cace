/** COMMAND is the first process of the container: signals, zombies, and nothing of landlock-run beside it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contain, containFreely, docker, IMAGE, LAUNCHER_IMAGE, printed, start } from './docker.ts';

/** Processes of the container by number and name, with nothing but the shell itself. */
const PROCESSES = 'for p in /proc/[0-9]*; do read -r name < "$p/comm" && echo "${p#/proc/} $name"; done';

for (const [what, image] of [
  ['landlock-run', IMAGE],
  ['a compiled launcher', LAUNCHER_IMAGE],
] as const) {
  describe(`COMMAND behind ${what}`, () => {
    test('is process 1, alone', async () => {
      const free = await containFreely([], image, 'bash', '-c', PROCESSES);
      assert.equal(free.stdout, '1 bash\n');
      const { code, stdout, stderr } = await contain([], image, 'bash', '-c', PROCESSES);
      assert.deepEqual([code, stdout, stderr], [0, '1 bash\n', '']);
    });

    test('gets the TERM of docker stop', async (t) => {
      const script = 'trap "exit 42" TERM; echo ready; while :; do read -r -t 1 < /dev/zero || :; done';
      const name = await start(t, [], image, 'bash', '-c', script);
      await printed(name, 'ready');
      assert.equal((await docker('kill', '--signal=TERM', name)).code, 0);
      assert.equal((await docker('wait', name)).stdout, '42\n');
    });

    test('reaps what is left to process 1, so that no zombie stays', async () => {
      // The inner shell ends at once and leaves its child to process 1; fd 3 tells when that has ended.
      const script = `
        mkfifo /tmp/end
        bash -c 'sleep 0.1 > /tmp/end & echo orphan $!' > /tmp/pid
        cat /tmp/end
        read -r word orphan < /tmp/pid
        while [ -e /proc/$orphan ]; do :; done
        echo $word reaped`;
      const { code, stdout, stderr } = await contain(['--tmpfs', '/tmp'], image, 'bash', '-c', script);
      assert.deepEqual([code, stdout, stderr], [0, 'orphan reaped\n', '']);
    });

    test('ends by the signal that ends it', async (t) => {
      const name = await start(t, [], image, 'sleep', '1000');
      assert.equal((await docker('kill', '--signal=KILL', name)).code, 0);
      assert.equal((await docker('wait', name)).stdout, '137\n');
    });

    test('has no capability and cannot gain any', async () => {
      const { code, stdout } = await contain(
        [],
        image,
        'grep',
        '-E',
        '^(CapEff|CapBnd|NoNewPrivs|Seccomp):',
        '/proc/self/status',
      );
      assert.equal(code, 0);
      assert.match(stdout, /CapEff:\t0{16}\nCapBnd:\t0{16}\nNoNewPrivs:\t1\nSeccomp:\t2\n/);
    });
  });
}
