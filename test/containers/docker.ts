/** Runs hardened containers of the images that scripts/containers.sh has built. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type RunResult, run } from '../support/run.ts';

function named(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: this test is run by scripts/containers.sh`);
  return value;
}

/** With Node, landlock-run as the entry point, and a policy: reads /srv/data, writes /tmp, no network. */
export const IMAGE = named('IMAGE');
/** Without Node: a compiled launcher of the same policy is the entry point. */
export const LAUNCHER_IMAGE = named('LAUNCHER_IMAGE');

/** What orchestrators do to a container that they don't trust; the seccomp profile is Docker's own. */
export const HARDENED = ['--cap-drop=ALL', '--security-opt=no-new-privileges', '--read-only', '--network=none'];

/** Runs the docker client. */
export function docker(...words: readonly string[]): Promise<RunResult> {
  return run('docker', words);
}

/** Makes what the tests mount: /srv/data, which the policy grants, and /srv/secret, which it doesn't. Out: options for docker run. */
export function mounts(t: TestContext): string[] {
  const root = mkdtempSync('/tmp/landlock-run-mounts-');
  t.after(() => rmSync(root, { recursive: true, force: true }));
  chmodSync(root, 0o755);
  return ['data', 'secret'].flatMap((name) => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'file'), `${name}\n`);
    return ['--volume', `${join(root, name)}:/srv/${name}`];
  });
}

/** A hardened container of an image, from its start to its end. In: options of docker run, the image, and what its entry point gets. */
export function contain(options: readonly string[], image: string, ...words: readonly string[]): Promise<RunResult> {
  return docker('run', '--rm', ...HARDENED, ...options, image, ...words);
}

/** The same without landlock-run: COMMAND is the entry point. */
export function containFreely(
  options: readonly string[],
  image: string,
  ...words: readonly string[]
): Promise<RunResult> {
  const [command = '', ...rest] = words;
  return contain([...options, `--entrypoint=${command}`], image, ...rest);
}

/** Starts a hardened container that goes on; it is removed after the test. Out: its name. */
export async function start(
  t: TestContext,
  options: readonly string[],
  image: string,
  ...words: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await docker('run', '--detach', ...HARDENED, ...options, image, ...words);
  if (code !== 0) throw new Error(stderr);
  const name = stdout.trim();
  t.after(() => docker('rm', '--force', name));
  return name;
}

/** Waits until a container has printed a line. */
export async function printed(name: string, line: string): Promise<void> {
  for (;;) {
    const { stdout } = await docker('logs', name);
    if (stdout.split('\n').includes(line)) return;
    const { stdout: state } = await docker('inspect', '--format={{.State.Running}}', name);
    if (state.trim() !== 'true') throw new Error(`it ended before it printed ${line}: ${stdout}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Writes a seccomp profile that allows everything but Landlock's calls. Out: options for docker run. */
export function withoutLandlock(t: TestContext, errno: number): string[] {
  const root = mkdtempSync('/tmp/landlock-run-profile-');
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const names = ['landlock_create_ruleset', 'landlock_add_rule', 'landlock_restrict_self'];
  const profile = {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names, action: 'SCMP_ACT_ERRNO', errnoRet: errno }],
  };
  const file = join(root, 'profile.json');
  writeFileSync(file, JSON.stringify(profile));
  return [`--security-opt=seccomp=${file}`];
}
