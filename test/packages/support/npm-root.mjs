/** Debian roots with Node and npm, where the packed npm package is installed as a user would. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { packPackage } from './pack.mjs';
import { makeRoot, nodeBuild } from './root.mjs';

const NPM = '/usr/local/lib/node_modules/npm';

/** Where the package is in a root once it is installed. */
export const INSTALLED = '/work/node_modules/landlock-run';

/** The package, packed. */
export const tarball = packPackage(after);

/** npm as it lies beside the Node that runs this. */
function hostNpm() {
  return join(process.execPath, '../../lib/node_modules/npm');
}

/** A Debian root that has Node and npm, and nothing else. */
export function rootWithNode(t, version) {
  const root = makeRoot(t, 'bookworm');
  root.bind(nodeBuild(version), '/usr/local/bin/node');
  root.bind(hostNpm(), NPM);
  mkdirSync(join(root.path, 'usr/local/bin'), { recursive: true });
  root.put(tarball, '/package.tgz');
  writeFileSync(join(root.path, 'usr/local/bin/npm'), `#!/bin/sh\nexec node ${NPM}/bin/npm-cli.js "$@"\n`, {
    mode: 0o755,
  });
  writeFileSync(join(root.path, 'usr/local/bin/npx'), `#!/bin/sh\nexec node ${NPM}/bin/npx-cli.js "$@"\n`, {
    mode: 0o755,
  });
  return root;
}

/** Installs with npm's defaults, but for the network. */
export const INSTALL =
  'cd /work && npm init --yes >/dev/null && npm install --offline --no-audit --no-fund /package.tgz >/dev/null';

/** The same without any package's scripts. */
export const INSTALL_WITHOUT_SCRIPTS = INSTALL.replace('npm install', 'npm install --ignore-scripts');

/** Asserts that an install said nothing. A recent npm itself names every package that has an install script. */
export function assertInstalled({ code, stderr }) {
  assert.deepEqual([code, stderr.replaceAll(/^npm warn install-scripts.*\n/gm, '')], [0, '']);
}

/** A root with the package in it. In: the test; the release line of Node; how it is installed. */
export function install(t, version, how = INSTALL_WITHOUT_SCRIPTS) {
  const root = rootWithNode(t, version);
  assertInstalled(root.run(how));
  return root;
}
