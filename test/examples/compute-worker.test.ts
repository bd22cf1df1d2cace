/** What examples/compute-worker.yaml says of sockets. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { projectFile } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';

const PYTHON = '/usr/bin/python3';
/** Tells of each kind whether it opens, and how many interfaces a dump of routing netlink has. */
const SCRIPT = `
import socket, struct
def opens(*kind):
    try: socket.socket(*kind).close(); return True
    except OSError: return False
print([opens(*k) for k in [(socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_UNIX, socket.SOCK_STREAM), (socket.AF_NETLINK, socket.SOCK_RAW, 15)]])
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
s.send(struct.pack("=IHHIIB3x", 20, 18, 0x301, 1, 0, 0))
print(b"lo\\0" in s.recv(65536))
`;

test('the worker has no socket but routing netlink, which lists the interfaces', {
  skip: !existsSync(PYTHON) && `needs ${PYTHON}`,
}, async () => {
  const control = await run(PYTHON, ['-c', SCRIPT]);
  assert.equal(control.stdout, '[True, True, True, True]\nTrue\n');
  const policy = projectFile('examples/compute-worker.yaml');
  const result = await sandbox(['--policy', policy, '--', PYTHON, '-c', SCRIPT]);
  assert.deepEqual([result.stdout, result.stderr], ['[False, False, False, False]\nTrue\n', '']);
  for (const text of ['README.md', 'docs/policy.md', 'man/landlock-run.1', 'examples/compute-worker.yaml']) {
    assert.match(readFileSync(projectFile(text), 'utf8'), /routing netlink|netlink with protocol 0/, text);
  }
});
