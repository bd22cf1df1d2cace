/** What --explain says of each example, as a whole text. To accept a change: UPDATE_GOLDEN=1. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { normaliseText } from '../explain/machine.ts';
import { fakeKernel } from '../support/fake-abi.ts';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { projectFile } from '../support/paths.ts';
import { sandbox } from '../support/sandbox.ts';

/** Directories that the examples speak of, below the policy's own. */
const DIRECTORIES = ['work', 'project', 'site', 'public', 'conf', 'pages', 'log', 'state', 'data', 'sockets'];

for (const policy of readdirSync(projectFile('examples')).filter((name) => name.endsWith('.yaml'))) {
  test(`examples/${policy} explained`, async (t) => {
    if (!requireAbi(t, 7)) return;
    const root = fixture(t);
    for (const directory of DIRECTORIES) mkdirSync(join(root, directory));
    cpSync(projectFile(`examples/${policy}`), join(root, policy));
    const { stdout, stderr } = await sandbox(['--policy', policy, '--explain'], {
      cwd: root,
      emptyEnv: true,
      env: {
        PATH: '/usr/bin:/bin',
        HOME: root,
        NGINX_CONF: `${root}/conf`,
        NGINX_PAGES: `${root}/pages`,
        NGINX_LOG: `${root}/log`,
        NGINX_STATE: `${root}/state`,
        PGDATA: `${root}/data`,
        PGSOCKETS: `${root}/sockets`,
        PGKEY: `${root}/key`,
      },
      under: fakeKernel(7),
    });
    assert.equal(stderr, '');
    // Paths of the machine itself may or may not be there.
    const text = normaliseText(stdout, root).replace(/^ {2}\/(?:etc|run|srv)\/.*\n/gm, '');
    const file = projectFile(`test/examples/golden/${policy.replace('.yaml', '.txt')}`);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
    assert.equal(text, readFileSync(file, 'utf8'));
  });
}
