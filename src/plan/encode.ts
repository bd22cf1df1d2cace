import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { describeOrigin, type Origin } from '../diagnostics/origin.ts';
import { VOIDING_CAPABILITIES_MASK } from '../kernel/capabilities.ts';
import { RESOURCE_LIMITS } from '../kernel/resource-limits.ts';
import { WRITE_RIGHTS } from '../kernel/rights.ts';
import { SCRUB_GLOBS } from '../policy/environment.ts';
import type { Policy } from '../policy/policy.ts';
import type { Ruleset } from '../ruleset/ruleset.ts';
import {
  CHDIR_ORIGIN_AT,
  HEADER_SIZE,
  LISTEN_ORIGIN_AT,
  NO_PARENT,
  PATH_FLAGS,
  PLAN_FLAGS,
  PLAN_MAGIC,
  PLAN_VERSION,
  REQUIREMENT_ACTIONS,
  REQUIREMENT_FLAGS,
  REQUIREMENT_KINDS,
  STRINGS_AT,
  TABLES_AT,
} from './format.ts';
import { RowWriter, StringTable } from './writer.ts';

/** Bytes that the native core takes. Made by `encodePlan` only. */
export type Plan = Uint8Array & { readonly __plan: unique symbol };

/** What a run adds to the policy: how to tell things. */
export interface PlanOptions {
  readonly verbose: boolean;
  readonly json: boolean;
  /** Ends the diagnostic of a failed exec; empty for the stock one. */
  readonly execHint: Bytes;
}

/** Ruleset → bytes (docs/plan-format.md). Pure: the same values give the same bytes. */
export function encodePlan(policy: Policy, ruleset: Ruleset, options: PlanOptions): Plan {
  const strings = new StringTable();
  const tables: readonly { rows: Buffer; count: number }[] = [
    encodePaths(ruleset, strings),
    encodePorts(ruleset, strings),
    encodeRequirements(ruleset, strings),
    encodeLimits(policy, strings),
    encodeStrings(policy.env.keep, strings),
    encodeStrings(policy.env.unset, strings),
    encodeStrings(policy.env.mode.value === 'scrub' ? SCRUB_GLOBS.map(bytesOfText) : [], strings),
    encodeStrings(environmentToSet(policy), strings),
    encodeStrings(policy.env.pass, strings),
    encodeKeeps(policy, strings),
  ];
  const chdir = policy.chdir === undefined ? 0 : strings.add(policy.chdir.value);
  const hint = strings.add(options.execHint);
  const chdirOrigin = addOrigin(policy.chdir?.origin, strings);
  const listenOrigin = addOrigin(policy.keepFds.find((fd) => fd.value === 'listen')?.origin, strings);
  const header = Buffer.alloc(HEADER_SIZE);
  let at = HEADER_SIZE;
  const parts: Buffer[] = [header];
  for (const [index, { rows, count }] of tables.entries()) {
    if (count === 0) continue;
    header.writeUInt32LE(at, TABLES_AT + 8 * index);
    header.writeUInt32LE(count, TABLES_AT + 8 * index + 4);
    const padding = Buffer.alloc(-rows.length & 7);
    parts.push(rows, padding);
    at += rows.length + padding.length;
  }
  const stringBytes = strings.bytes();
  header.writeUInt32LE(at, STRINGS_AT);
  header.writeUInt32LE(stringBytes.length, STRINGS_AT + 4);
  header.write(PLAN_MAGIC, 0, 'latin1');
  header.writeUInt32LE(PLAN_VERSION, 8);
  header.writeUInt32LE(at + stringBytes.length, 12);
  header.writeUInt32LE(flagsOf(policy, options), 16);
  header.writeInt32LE(policy.statusFd?.value ?? -1, 20);
  header.writeBigUInt64LE(policy.files !== undefined && !policy.keepCaps.value ? VOIDING_CAPABILITIES_MASK : 0n, 24);
  header.writeUInt32LE(chdir, 40);
  header.writeUInt32LE(hint, 44);
  header.writeUInt32LE(chdirOrigin, CHDIR_ORIGIN_AT);
  header.writeUInt32LE(listenOrigin, LISTEN_ORIGIN_AT);
  return Buffer.concat([...parts, stringBytes]) as Uint8Array as Plan;
}

function flagsOf(policy: Policy, options: PlanOptions): number {
  const set: Record<keyof typeof PLAN_FLAGS, boolean> = {
    files: policy.files !== undefined,
    allowUnsandboxed: policy.allowUnsandboxed.value,
    allowOverlap: policy.allowOverlap.value,
    verbose: options.verbose,
    json: options.json,
    envClear: policy.env.mode.value === 'clear',
    keepPath: policy.keepPath.value,
    keepFdArgs: policy.keepFds.some((fd) => fd.value === 'args'),
    keepFdListen: policy.keepFds.some((fd) => fd.value === 'listen'),
  };
  return maskOf(PLAN_FLAGS, set);
}

function maskOf<Name extends string>(
  bits: Readonly<Record<Name, number>>,
  set: Readonly<Record<Name, boolean>>,
): number {
  return (Object.keys(bits) as Name[]).reduce((mask, name) => (set[name] ? mask | bits[name] : mask), 0);
}

const NO_FLAGS: Record<keyof typeof PATH_FLAGS, boolean> = {
  stated: false,
  required: false,
  optional: false,
  profile: false,
  fileOnly: false,
  makeDirectory: false,
  stdioTerminal: false,
  write: false,
};

function encodePaths(ruleset: Ruleset, strings: StringTable): { rows: Buffer; count: number } {
  const terminal = ruleset.terminalAccess !== 0;
  const count = ruleset.paths.length + (terminal ? 1 : 0);
  const rows = new RowWriter(32 * count);
  for (const rule of ruleset.paths) {
    const flags = maskOf(PATH_FLAGS, {
      ...NO_FLAGS,
      stated: rule.source === 'stated',
      required: rule.required,
      optional: rule.optional,
      profile: rule.source === 'profile',
      fileOnly: rule.fileOnly,
      makeDirectory: rule.makeDirectory,
      write: (rule.access & WRITE_RIGHTS) !== 0,
    });
    rows
      .u64(rule.access)
      .u32(strings.add(rule.path))
      .u32(rule.parent ?? NO_PARENT)
      .u32(rule.relative)
      .u32(addOrigin(rule.origin, strings))
      .u32(flags)
      .u32(0);
  }
  if (terminal) {
    const flags = maskOf(PATH_FLAGS, { ...NO_FLAGS, profile: true, stdioTerminal: true });
    rows.u64(ruleset.terminalAccess).u32(0).u32(NO_PARENT).u32(0);
    rows.u32(strings.addText('profile system')).u32(flags).u32(0);
  }
  return { rows: rows.done(), count };
}

function encodePorts(ruleset: Ruleset, strings: StringTable): { rows: Buffer; count: number } {
  const rows = new RowWriter(24 * ruleset.ports.length);
  for (const rule of ruleset.ports) {
    rows.u64(rule.access).u32(rule.range.low).u32(rule.range.high).u32(addOrigin(rule.origin, strings)).u32(0);
  }
  return { rows: rows.done(), count: ruleset.ports.length };
}

function encodeRequirements(ruleset: Ruleset, strings: StringTable): { rows: Buffer; count: number } {
  const rows = new RowWriter(48 * ruleset.requirements.length);
  for (const one of ruleset.requirements) {
    const { stated, stricter } = one;
    rows.u32(REQUIREMENT_KINDS[one.kind]).u32(REQUIREMENT_ACTIONS[one.unmet]).u64(one.bits).u64(one.alternative);
    rows.u32(addOrigin(one.origin, strings)).u32(strings.addText(one.code));
    rows.u32(strings.addText(one.text)).u32(strings.addText(one.remedy));
    rows.u32(maskOf(REQUIREMENT_FLAGS, { stated, stricter })).u32(0);
  }
  return { rows: rows.done(), count: ruleset.requirements.length };
}

function encodeLimits(policy: Policy, strings: StringTable): { rows: Buffer; count: number } {
  const rows = new RowWriter(32 * policy.limits.length);
  for (const { value, origin } of policy.limits) {
    const which = (value.soft === undefined ? 0 : 1) | (value.hard === undefined ? 0 : 2);
    rows.u32(RESOURCE_LIMITS[value.name]?.number ?? 0).u32(which);
    rows
      .u64(value.soft ?? 0n)
      .u64(value.hard ?? 0n)
      .u32(addOrigin(origin, strings))
      .u32(0);
  }
  return { rows: rows.done(), count: policy.limits.length };
}

function encodeKeeps(policy: Policy, strings: StringTable): { rows: Buffer; count: number } {
  const keeps = policy.keepFds.flatMap(({ value, origin }) => (typeof value === 'number' ? [{ value, origin }] : []));
  const rows = new RowWriter(8 * keeps.length);
  for (const { value, origin } of keeps) rows.u32(value).u32(addOrigin(origin, strings));
  return { rows: rows.done(), count: keeps.length };
}

/** `--env` and `--tmp` as NAME=VALUE; what the user set by name wins over what `--tmp` sets. */
function environmentToSet(policy: Policy): Bytes[] {
  const stated = policy.env.set.map(({ name, value }) => [name, value] as const);
  const names = new Set<string>(stated.map(([name]) => name));
  const tmp = policy.tmp === undefined ? [] : ['TMPDIR', 'TMP', 'TEMP'].filter((name) => !names.has(name));
  return [
    ...tmp.map((name) => `${name}=${policy.tmp?.value ?? ''}` as Bytes),
    ...stated.map(([name, value]) => `${name}=${value}` as Bytes),
  ];
}

function encodeStrings(list: readonly Bytes[], strings: StringTable): { rows: Buffer; count: number } {
  return encodeNumbers(list.map((bytes) => strings.add(bytes)));
}

function encodeNumbers(list: readonly number[]): { rows: Buffer; count: number } {
  const rows = new RowWriter(4 * list.length);
  for (const number of list) rows.u32(number);
  return { rows: rows.done(), count: list.length };
}

function addOrigin(origin: Origin | undefined, strings: StringTable): number {
  return origin === undefined || origin.kind === 'default' ? 0 : strings.addText(describeOrigin(origin));
}
