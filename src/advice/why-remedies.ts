import { type Bytes, bytesOfText } from '../base/bytes.ts';
import { fsMask, fsRightsOf, type Mask, WRITE_RIGHTS } from '../kernel/rights.ts';
import type { Flag } from '../policy/from-flags.ts';
import { directoryOf, ROOT } from '../policy/path.ts';
import type { PathQuery, PortQuery, WhyQuery } from './why.ts';

/** What remedies are made from. */
export interface RemedyFacts {
  resolve(path: Bytes): Bytes;
  stateOf(path: Bytes): string;
  profilesCovering(resolved: Bytes, access: Mask): readonly string[];
}

/** Flags to add, and one that they take the place of. */
export interface ProposedRemedy {
  readonly add: readonly Flag[];
  readonly leaveOut?: Flag;
}

/**
 * Options that might allow what is denied, the best first: a profile that covers it, the plain option, its narrower or wider kin. They are proposals: who
 * tells one to a user has tried that the policy accepts it and that it allows what was asked.
 */
export function proposeRemedies(query: WhyQuery, facts: RemedyFacts): ProposedRemedy[] {
  const plain = query.kind === 'path' ? pathRemedies(query, facts).map((add) => ({ add })) : portRemedies(query);
  return [...plain, { add: [{ name: '--best-effort', value: undefined }] }];
}

function pathRemedies({ path, access }: PathQuery, facts: RemedyFacts): Flag[][] {
  const flags: Flag[][] = facts
    .profilesCovering(facts.resolve(path), access)
    .map((name) => [{ name: '--profile', value: bytesOfText(name) }]);
  const place = nearestExisting(path, facts);
  if (place === undefined) return flags;
  // As it was asked first; then what it leads to, since a link below a grant with write is not followed out of it.
  for (const at of new Set([place, facts.resolve(place)])) flags.push(...grantsAt(at, access, facts));
  return flags;
}

function grantsAt(place: Bytes, access: Mask, facts: RemedyFacts): Flag[][] {
  const writes = (access & WRITE_RIGHTS) !== 0;
  const isFile = facts.stateOf(place) === 'file';
  const exact: Flag = { name: '--grant', value: `${fsRightsOf(access).join(',')}:${place}` as Bytes };
  const narrow: Flag[][] = !writes
    ? [[{ name: '--ro', value: place }]]
    : isFile && (access & fsMask('execute')) === 0
      ? [[{ name: '--rwfile', value: place }]]
      : [];
  return [...narrow, [{ name: '--rw', value: place }], [exact]];
}

/** The path itself, or the nearest directory above it that exists: a grant on what does not exist is skipped. Never the root. */
function nearestExisting(path: Bytes, { stateOf }: RemedyFacts): Bytes | undefined {
  for (let at = path; at !== ROOT; at = directoryOf(at)) {
    if (stateOf(at) !== 'missing') return at;
  }
  return path === ROOT ? ROOT : undefined;
}

/** What grants a port and what denies it contradict each other, so the claim goes; what else `--no-net` denies stays denied. */
function portRemedies({ transport, direction, port }: PortQuery): ProposedRemedy[] {
  const name = `--${transport === 'tcp' ? 'net' : 'udp'}-${direction}`;
  const none = bytesOfText('none');
  const grant: Flag = { name, value: bytesOfText(String(port)) };
  const other = `--${transport === 'tcp' ? 'udp' : 'net'}-connect`;
  const rest: Flag[] = [
    { name: other, value: none },
    { name: '--other-net', value: none },
  ];
  return [
    { add: [grant] },
    { add: [grant], leaveOut: { name, value: none } },
    { add: [grant, ...rest], leaveOut: { name: '--no-net', value: undefined } },
  ];
}
