/**
 * Runs the fast tests with node's own runner.
 *
 *   node scripts/run-tests.mjs [NODE-OPTION...] [WORD...]
 *
 * --where-users-differ leaves out the folders whose claims are the same whoever runs them.
 * Options (`--test-name-pattern=...`) go to node; words choose test files: those whose path holds one of them.
 * Exits with the runner's status; with 1 if no file is chosen, so that a misspelt word is no success.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders of test/ that have scripts of their own, because they take minutes and need more than a checkout. */
const SLOW = ['kernels', 'containers'];

/** Folders whose claims are about text and values, and so the same whoever runs them: left out with --where-users-differ. */
const SAME_FOR_ALL = [
  'certificates',
  'diagnostics',
  'discover',
  'docs',
  'examples',
  'explain',
  'fuzz',
  'house',
  'import',
  'learn',
  'library',
  'lint',
  'pages',
  'policy',
  'preflight',
  'trace',
  'why',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const WHERE_USERS_DIFFER = '--where-users-differ';
const args = process.argv.slice(2).filter((arg) => arg !== WHERE_USERS_DIFFER);
const leftOut = process.argv.includes(WHERE_USERS_DIFFER) ? [...SLOW, ...SAME_FOR_ALL] : SLOW;
const options = args.filter((arg) => arg.startsWith('-'));
const words = args.filter((arg) => !arg.startsWith('-'));
const files = [...compiledTests(), ...scriptTests()].filter(isChosen).sort();

if (files.length === 0) {
  console.error(`run-tests: no test file${words.length > 0 ? ` matches ${words.join(', ')}` : ': npm run build'}`);
  process.exit(1);
}
run(files);

function filesBeneath(directory, ending) {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { recursive: true })
    .filter((path) => path.endsWith(ending) && !leftOut.includes(path.split('/')[0]))
    .map((path) => join(directory, path));
}

/** Compiled tests whose source is still there: a build leaves the output of deleted files behind. */
function compiledTests() {
  return filesBeneath('build/test', '.test.js').filter((path) => {
    const source = relative('build', path).replace(/\.js$/, '.ts');
    return existsSync(join(root, source));
  });
}

function scriptTests() {
  return filesBeneath('test', '.test.mjs');
}

function isChosen(path) {
  return words.length === 0 || words.some((word) => path.includes(word));
}

function run(files) {
  const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS, NODE_TEST_CONTEXT, ...env } = process.env;
  const reporter = options.some((option) => option.startsWith('--test-reporter')) ? [] : ['--test-reporter=spec'];
  const limits = [`--test-concurrency=${availableParallelism()}`, '--test-timeout=300000'];
  const seed = process.env.CI ? ['--import', new URL('../test/support/fixed-seed.mjs', import.meta.url).href] : [];
  const runner = spawn(process.execPath, [...seed, '--test', ...reporter, ...limits, ...options, ...files], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  runner.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exit(code);
  });
}
