/**
 * Makes the code cache of an installed package, for the Node that runs this: npm's `postinstall`, and part of the Debian package's postinst.
 *
 *   node scripts/install-code-cache.cjs
 *
 * Says nothing where it is made, nor where there is nothing to make it for: on another system, in a checkout. Whatever goes wrong is one line and fails no
 * installation: the status is 0. It must parse in an old Node (12), like dist/front.cjs, and ask nothing of one.
 */
'use strict';

function complain(why) {
  process.stderr.on('error', () => {});
  const reason = why.split('\n')[0].replace(/^Error: /, '');
  process.stderr.write(`landlock-run: no code cache was made, which makes only its start slower: ${reason}\n`);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (process.platform === 'linux') {
  if (major < 20 || (major === 20 && minor < 19)) complain(`Node ${process.versions.node} is too old`);
  else
    import('./code-cache.mjs')
      .then(({ installCodeCache }) => installCodeCache(`${__dirname}/..`))
      .catch((error) => complain(error.message));
}
