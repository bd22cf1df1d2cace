/** Runs programs as somebody else: an ordinary user, or root without any capability. Both need root to begin with. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { cliPath } from './paths.ts';

/** The ordinary user's uid and gid: nobody and nogroup of Debian, whether or not they have an entry in /etc/passwd. */
export const ORDINARY = 65534;

const AS_ORDINARY = ['setpriv', '--reuid', `${ORDINARY}`, '--regid', `${ORDINARY}`, '--clear-groups', '--'];
const CAPLESS = ['setpriv', '--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--'];

/** Whether the test runs as root. Says nothing about its capabilities. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** Skips a test that only root can do, saying so. Out: true if it can go on. */
export function requireRoot(t: TestContext): boolean {
  if (isRoot()) return true;
  t.skip('needs root');
  return false;
}

/** The capabilities that tests ask for, by number (capabilities(7)). */
const CAPABILITIES = { CAP_CHOWN: 0, CAP_SETUID: 7, CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21, CAP_MKNOD: 27 } as const;

/** Skips a test that needs an effective capability, saying so. Out: true if it can go on. */
export function requireCapability(t: TestContext, name: keyof typeof CAPABILITIES): boolean {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  if ((BigInt(`0x${mask}`) >> BigInt(CAPABILITIES[name])) & 1n) return true;
  t.skip(`needs ${name}`);
  return false;
}

/** Why this prefix cannot be used here, or undefined. */
function obstacle(prefix: readonly string[]): string | undefined {
  const [program = '', ...words] = prefix;
  const result = spawnSync(program, [...words, 'test', '-x', cliPath], { encoding: 'utf8' });
  if (result.error) return `${program} is missing: apt-get install util-linux`;
  if (result.status === 0) return undefined;
  return result.stderr.trim() || `${cliPath} is out of that user's reach`;
}

function usable(t: TestContext, prefix: readonly string[]): readonly string[] | undefined {
  if (!requireRoot(t)) return undefined;
  const reason = obstacle(prefix);
  if (reason === undefined) return prefix;
  t.skip(reason);
  return undefined;
}

/**
 * The words to put before a program so that it runs as an ordinary user, for RunOptions.under; undefined after skipping
 * the test with the reason: `const under = ordinaryUser(t); if (!under) return;`
 */
export function ordinaryUser(t: TestContext): readonly string[] | undefined {
  return usable(t, AS_ORDINARY);
}

/** The same for root with no_new_privs and no capability in any set, as in a hardened container. */
export function capless(t: TestContext): readonly string[] | undefined {
  return usable(t, CAPLESS);
}
