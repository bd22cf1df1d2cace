/** What --why answers is what the kernel does: for generated grants on a tree with links of every kind. */
import assert from 'node:assert/strict';
import { copyFileSync, linkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { fixture } from '../support/fixture.ts';
import { requireAbi } from '../support/kernel.ts';
import { askKernel, askWhy, idleProgram, type Question } from './kernel.ts';

const DIRECTORIES = ['a', 'a/b', 'a/b/c', 'd', 'linked-dir'];
/** Each a program; `linked` leads into d, `hard` is d/f by another name, `linked-dir` is a/b. */
const FILES = ['f', 'a/f', 'a/b/f', 'a/b/c/f', 'd/f', 'a/linked', 'a/hard', 'linked-dir/f', 'linked-dir/c/f'];
const MISSING = ['a/new', 'd/new', 'linked-dir/new'];

function plant(t: TestContext): string {
  const root = fixture(t, { 'a/b/c': { directory: true }, d: { directory: true } });
  for (const file of FILES.slice(0, 5)) copyFileSync(idleProgram(), join(root, file));
  symlinkSync('../d/f', join(root, 'a/linked'));
  symlinkSync('a/b', join(root, 'linked-dir'));
  linkSync(join(root, 'd/f'), join(root, 'a/hard'));
  return root;
}

function questionsOf(root: string): Question[] {
  const at = (path: string): string => join(root, path);
  return [
    ...FILES.flatMap((path) => [
      { query: at(path), attempt: `read:${at(path)}` },
      { query: `${at(path)}:w`, attempt: `write:${at(path)}` },
      { query: `${at(path)}:x`, attempt: `exec:${at(path)}` },
    ]),
    ...DIRECTORIES.flatMap((path) => [
      { query: `${at(path)}:r`, attempt: `read:${at(path)}` },
      { query: `${at(path)}:w`, attempt: `make:${at(path)}` },
    ]),
    ...MISSING.map((path) => ({ query: `${at(path)}:w`, attempt: `new:${at(path)}` })),
  ];
}

const RIGHTS = ['read', 'write', 'exec', 'create', 'remove', 'read_file', 'write_file', 'read_dir', 'make_reg'];

/** A grant as words of the command line, `@` for the tree's root. */
const grants = fc.oneof(
  fc.tuple(fc.constantFrom('--ro', '--rw'), fc.constantFrom(...DIRECTORIES, ...FILES, 'a/new')),
  fc.tuple(fc.constant('--rwfile'), fc.constantFrom(...FILES)),
  fc
    .tuple(fc.subarray(RIGHTS, { minLength: 1, maxLength: 3 }), fc.constantFrom(...DIRECTORIES, ...FILES))
    .map(([rights, path]): [string, string] => [`--grant ${rights.join(',')}:`, path]),
);

function words(root: string, chosen: readonly (readonly [string, string])[]): string[] {
  return chosen.flatMap(([flag, path]) => {
    const [name = '', prefix = ''] = flag.split(' ');
    return [name, `${prefix}${join(root, path)}`];
  });
}

const RUNS = 20;

test('--why says what the kernel does, and the option that it proposes makes the kernel do it', async (t) => {
  if (!requireAbi(t, 3)) return;
  const counts = { allowed: 0, denied: 0, remedied: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(grants, { minLength: 1, maxLength: 4 }), fc.nat(), async (chosen, pick) => {
      const root = plant(t);
      const questions = questionsOf(root);
      const policy = ['--bare', '--allow-overlap', ...words(root, chosen)];
      const kernel = await askKernel(policy, questions);
      if (kernel === undefined) return; // all of its paths are missing, or a file was asked for and a directory is there
      const answers = await askWhy(policy, questions);
      const told = questions.map(({ attempt }, at) => `${attempt} ${answers[at]?.allowed ? 'allowed' : 'denied'}`);
      assert.deepEqual(
        told,
        questions.map(({ attempt }, at) => `${attempt} ${kernel[at]}`),
      );

      const denied = answers.flatMap((answer, at) => (answer.allowed ? [] : [at]));
      counts.allowed += answers.length - denied.length;
      counts.denied += denied.length;
      const at = denied[pick % Math.max(denied.length, 1)];
      if (at === undefined) return;
      const { remedy, insteadOf } = answers[at] ?? { remedy: '', insteadOf: null };
      assert.notEqual(remedy, '', `${policy.join(' ')}: nothing is proposed for ${questions[at]?.query}`);
      assert.equal(insteadOf, null);
      // a tree of its own: what was tried above has made files
      const again = [...policy, ...remedy.split(' ')];
      assert.deepEqual(await askKernel(again, [questions[at] as Question]), ['allowed'], again.join(' '));
      counts.remedied += 1;
    }),
    { numRuns: RUNS },
  );
  assert.ok(counts.allowed > RUNS && counts.denied > RUNS && counts.remedied > RUNS / 3, JSON.stringify(counts));
});
