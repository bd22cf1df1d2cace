import type { CompiledReport } from '../advice/report-compiled.ts';
import type { Bytes } from '../base/bytes.ts';
import { escapeBytes } from '../base/escape.ts';
import { VOIDING_CAPABILITIES } from '../kernel/capabilities.ts';
import { filterFeaturesOf } from '../kernel/filter-features.ts';
import { RESOURCE_LIMITS, UNLIMITED } from '../kernel/resource-limits.ts';
import { fsRightsOf, netRightsOf, restrictFlagsOf, scopesOf } from '../kernel/rights.ts';
import type { DecodedPlan, DecodedRequirement } from '../plan/decode.ts';

/** A decoded plan as a report. Pure. */
export function describeCompiled(path: Bytes, architecture: string, plan: DecodedPlan): CompiledReport {
  const list = (items: readonly Bytes[]): string[] => items.map(escapeBytes);
  return {
    v: 1,
    launcher: escapeBytes(path),
    architecture,
    paths: plan.paths.map(({ path: one, access, origin, flags }) => ({
      path: flags.stdioTerminal ? null : escapeBytes(one),
      rights: fsRightsOf(access),
      origin: escapeBytes(origin),
      required: flags.required,
      optional: flags.optional && flags.write,
      fileOnly: flags.fileOnly,
      made: flags.makeDirectory,
      profile: flags.profile,
    })),
    ports: plan.ports.map(({ access, low, high, origin }) => ({
      rights: netRightsOf(access),
      ports: low === high ? String(low) : `${low}-${high}`,
      origin: escapeBytes(origin),
    })),
    requirements: plan.requirements.map((one) => ({
      kind: one.kind,
      names: namesOf(one),
      instead: filterFeaturesOf(one.alternative),
      unmet: one.unmet,
      origin: escapeBytes(one.origin),
    })),
    limits: plan.limits.map(({ resource, soft, hard }) => ({
      name: Object.entries(RESOURCE_LIMITS).find(([, row]) => row.number === resource)?.[0] ?? String(resource),
      soft: shownLimit(soft),
      hard: shownLimit(hard),
    })),
    environment: {
      mode: plan.flags.envClear ? 'clear' : plan.envScrub.length > 0 ? 'scrub' : 'inherit',
      keep: list(plan.envKeep),
      unset: list(plan.envUnset),
      pass: list(plan.envPass),
      // values may be secrets
      set: plan.envSet.map((entry) => escapeBytes(entry.slice(0, entry.indexOf('=')) as Bytes)),
    },
    keepPath: plan.flags.keepPath,
    chdir: plan.chdir === undefined ? null : escapeBytes(plan.chdir),
    keepFds: [
      ...plan.keepFds.map(String),
      ...(plan.flags.keepFdArgs ? ['args'] : []),
      ...(plan.flags.keepFdListen ? ['listen'] : []),
    ],
    statusFd: plan.statusFd ?? null,
    filesRestricted: plan.flags.files,
    capabilitiesLost: Object.entries(VOIDING_CAPABILITIES).flatMap(([name, bit]) =>
      ((plan.capabilities >> BigInt(bit)) & 1n) === 1n ? [name] : [],
    ),
    diagnostics: { json: plan.flags.json, verbose: plan.flags.verbose },
    consents: [
      ...(plan.flags.allowUnsandboxed ? ['--allow-unsandboxed'] : []),
      ...(plan.flags.allowOverlap ? ['--allow-overlap'] : []),
    ],
  };
}

function namesOf({ kind, bits }: DecodedRequirement): string[] {
  switch (kind) {
    case 'fs':
      return fsRightsOf(bits);
    case 'net':
      return netRightsOf(bits);
    case 'scope':
      return scopesOf(bits);
    case 'restrict':
      return restrictFlagsOf(bits);
    case 'abi':
      return [`ABI ${bits}`];
    case 'filter':
      return filterFeaturesOf(bits);
  }
}

function shownLimit(value: bigint | undefined): string | null {
  if (value === undefined) return null;
  return value === UNLIMITED ? 'unlimited' : String(value);
}
