import type { Bytes } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import { VOIDING_CAPABILITIES } from '../kernel/capabilities.ts';
import { describeLimit } from '../policy/limit.ts';
import type { Policy } from '../policy/policy.ts';
import type { Explanation, VariableRow } from './explanation.ts';
import { variableAfterEdits } from './variables.ts';

/**
 * What COMMAND's process starts with that differs from the caller's. Pure.
 *
 * @param logs the kernel can log denials.
 */
export function explainProcess(policy: Policy, pathWithout: readonly Bytes[], logs: boolean): Explanation['process'] {
  const rows: { what: string; value: string }[] = [];
  const add = (what: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') rows.push({ what, value });
  };
  const { env } = policy;
  const names = (list: readonly Bytes[]): string => [...new Set(list)].map(escapeBytes).join(' ');
  add('working directory', policy.chdir && escapeBytes(policy.chdir.value));
  add('environment', { inherit: '', scrub: 'without what looks like credentials', clear: 'empty' }[env.mode.value]);
  add('environment keeps', names(env.keep));
  add('environment passes', names(env.pass));
  add('environment loses', names(env.unset));
  add('environment sets', names(env.set.map((one) => one.name)));
  add('temporary directory', policy.tmp && escapeBytes(policy.tmp.value));
  add('limits', policy.limits.map(({ value }) => `${value.name}=${describeLimit(value)}`).join(' '));
  add('descriptors kept', policy.keepFds.map((fd) => String(fd.value)).join(' '));
  add('left out of PATH', names(pathWithout));
  const drops = policy.files !== undefined && !policy.keepCaps.value;
  add('capabilities lost', drops ? Object.keys(VOIDING_CAPABILITIES).join(' ') : undefined);
  const { value } = policy.audit;
  add('audit', value === 'off' ? undefined : `${value}${logs ? '' : ' (not on this kernel)'}`);
  return rows;
}

const TEMPORARY = ['TMPDIR', 'TMP', 'TEMP'] as Bytes[];

/** Every variable that COMMAND finds changed, sorted by name. Pure. */
export function explainEnvironment(policy: Policy, caller: ReadonlyMap<Bytes, Bytes>): VariableRow[] {
  const changes = new Map<Bytes, VariableRow['change']>();
  for (const [name, value] of caller) {
    if (variableAfterEdits(name, value, policy.env) === undefined) changes.set(name, 'removed');
  }
  for (const { name } of policy.env.set) changes.set(name, 'set');
  if (policy.tmp !== undefined) for (const name of TEMPORARY) changes.set(name, 'set');
  return [...changes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, change]) => ({ name: escapeBytes(name), change }));
}
