/** Whether Node, and the front, take the code caches of an installed package. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { frontFlags } from '../../../scripts/code-cache.mjs';
import { projectRoot } from './root.mjs';

/* The source as src/host/launcher/load-pack.ts puts it together. */
const COMMON = `
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const dist = process.argv[2] + '/dist/';
const cache = dist + 'cache/' + process.versions.v8 + '-' + process.arch + '/';
const wrap = (text) => '(function (exports, require, module, __filename, __dirname) {' + text + '\\n})';
const read = (name) => readFileSync(dist + name, 'latin1');
const MARK = 32;
`;

const ASK = `
for (const name of readdirSync(cache).sort()) {
  const script = new Script(wrap(read(name)), { filename: dist + name, cachedData: readFileSync(cache + name).subarray(MARK) });
  console.log(name, script.cachedDataRejected ? 'rejected' : 'taken');
}
`;

/* V8 looks at the length of the source alone, so another one of that length will do. */
const REPLACE = `
const name = 'landlock-run.cjs';
const other = "exports.main = () => ({ then(done) { require('node:fs').writeSync(1, 'from the cache\\\\n'); done(0); } });";
const script = new Script(wrap(other.padEnd(read(name).length)), { filename: dist + name });
const made = { exports: {} };
script.runInThisContext()(made.exports, () => ({ writeSync() {} }), made);
made.exports.main().then(() => {});
writeFileSync(cache + name, Buffer.concat([readFileSync(cache + name).subarray(0, MARK), script.createCachedData()]));
`;

function runUnderFlags(root, node, home, text) {
  const script = join(root.path, 'script.cjs');
  writeFileSync(script, COMMON + text);
  const ran = root.run(`${node} ${frontFlags(projectRoot).join(' ')} /script.cjs ${home}`);
  rmSync(script);
  return ran;
}

/** What V8 says of each cache under the front's flags, as lines. In: the root; the Node and the package's directory in it. */
export const askForCaches = (root, node, home) => runUnderFlags(root, node, home, ASK);

/** Puts a cache in the place of the tool's own that is of other code: what is compiled there says so and ends. */
export const replaceCache = (root, node, home) => runUnderFlags(root, node, home, REPLACE);

/** What askForCaches() says where all is well. */
export const ALL_TAKEN = 'landlock-run.cjs taken\npolicy-files.cjs taken\nreports.cjs taken\n';
