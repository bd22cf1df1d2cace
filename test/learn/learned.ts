/** Learns a program in files of its own, for the tests. */
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { parse } from 'yaml';
import { fixture } from '../support/fixture.ts';
import type { RunResult, Word } from '../support/run.ts';
import { sandbox } from '../support/sandbox.ts';
import { isRoot, ORDINARY, ordinaryUser } from '../support/who.ts';
import type { Program } from './programs.ts';

/** The shape of a learned policy that tests look at. */
export interface PolicyFile {
  readonly profiles?: string[];
  fs: Record<string, (string | { path: string; access: string[] })[]>;
  readonly [key: string]: unknown;
}

/** A program that is set up in a directory of its own. */
export interface Setting {
  readonly root: string;
  readonly policy: string;
  readonly command: readonly string[];
  /** Runs landlock-run on the command's own files, as the program's user. */
  landlockRun(...words: Word[]): Promise<RunResult>;
  read(): PolicyFile;
}

/** Sets a program up; undefined where the test was skipped, with the reason. */
export function setUp(t: TestContext, program: Program): Setting | undefined {
  const under = program.ordinary && isRoot() ? ordinaryUser(t) : [];
  if (under === undefined) return undefined;
  const root = fixture(t, { 'beside/secret.txt': 'secret\n' });
  for (const name of ['work', 'policy']) mkdirSync(join(root, name));
  const command = ['bash', '--norc', '-c', program.prepare(root)];
  if (under.length > 0) giveAway(root);
  const home = join(root, 'home');
  mkdirSync(home);
  if (under.length > 0) chownSync(home, ORDINARY, ORDINARY);
  const policy = join(root, 'policy', 'learned.yaml');
  return {
    root,
    policy,
    command,
    landlockRun: (...words) => sandbox(words, { cwd: join(root, 'work'), under, env: { HOME: home, ...PLAIN } }),
    read: () => parse(readFileSync(policy, 'utf8')) as PolicyFile,
  };
}

/** Programs of the distribution, and no settings of the machine's own. */
const PLAIN = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  npm_config_userconfig: '/dev/null',
  PIP_CONFIG_FILE: '/dev/null',
};

function giveAway(directory: string): void {
  chownSync(directory, ORDINARY, ORDINARY);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) giveAway(path);
    else if (entry.isFile()) chownSync(path, ORDINARY, ORDINARY);
  }
}

/** One entry of a policy as its flag says it. */
export interface Entry {
  readonly key: string;
  readonly index: number;
  readonly path: string;
  readonly option: string;
}

/** The entries of a policy that lie below a directory: those that differ from machine to machine are not. */
export function entriesBelow({ fs }: PolicyFile, root: string, home: string): Entry[] {
  return Object.entries(fs).flatMap(([key, list]) =>
    list.flatMap((entry, index): Entry[] => {
      const path = (typeof entry === 'string' ? entry : entry.path).replace(/^~/, home);
      const option = typeof entry === 'string' ? `--${key} ${path}` : `--grant ${entry.access.join(',')}:${path}`;
      return path.startsWith(`${root}/`) && key !== 'unix' ? [{ key, index, path, option }] : [];
    }),
  );
}

/** Writes the policy without one of its entries. Out: the path of the file. */
export function writeWithout(setting: Setting, entry: Entry): string {
  const policy = structuredClone(setting.read());
  policy.fs[entry.key]?.splice(entry.index, 1);
  const path = setting.policy.replace('.yaml', '-reduced.yaml');
  writeFileSync(path, JSON.stringify(policy));
  chmodSync(path, 0o644);
  return path;
}
