import type { WhyAnswer, WhyQuery } from '../advice/why.ts';
import type { Bytes } from '../base/bytes.ts';
import { escapeBytes, quote } from '../base/escape.ts';
import { pasteable } from '../diagnostics/message.ts';
import { fsMask, WRITE_RIGHTS } from '../kernel/rights.ts';
import type { Policy } from '../policy/policy.ts';
import { port as portOf } from '../policy/port.ts';
import type { Need, TraceEvent } from './event.ts';
import { type Already, generalise } from './generalise.ts';
import { FORM_ACCESS, type LearnedForm } from './learned.ts';
import { Uses } from './use.ts';
import type { World } from './world.ts';

/** One thing that the policy denied. */
export interface Denial {
  readonly program: string;
  readonly pid: number;
  readonly operation: string;
  /** The path, quoted; `TCP port 443`; `a signal to process 1`. */
  readonly subject: string;
  /** Why, in one sentence. */
  readonly reason: string;
  /** The shortest option that would allow it; empty where none would. */
  readonly flag: string;
}

/** What denials are told apart by. */
export interface DenialFacts {
  readonly policy: Policy;
  readonly already: Already;
  readonly world: World;
  /** Asks the policy (advice/why.ts): errno alone does not say whether it was Landlock or the file's own permissions. */
  ask(query: WhyQuery): WhyAnswer;
  /** What the kernel opens to execute a file, beside it: interpreters and loaders. */
  execNeeds(path: Bytes): readonly Pick<Need, 'path' | 'access'>[];
  hasProcess(pid: number): boolean;
}

/** errno of a Landlock denial (kernel.md), and those with which the filter refuses a socket (filter.md). */
const LANDLOCK_ERRNO: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EXDEV']);
const FILTER_ERRNO: ReadonlySet<string> = new Set(['ENETUNREACH', 'EAFNOSUPPORT', 'EPROTONOSUPPORT']);

/** Is it a denial by the policy, and which? Nothing where the policy allows it: then it was something else's refusal. */
export function denialOf(event: TraceEvent, facts: DenialFacts): Denial | undefined {
  const { act, errno } = event;
  if (errno === undefined) return undefined;
  if (act.kind === 'socket') return FILTER_ERRNO.has(errno) ? deniedSocket(event, act.family, facts) : undefined;
  if (!LANDLOCK_ERRNO.has(errno)) return undefined;
  if (act.kind === 'path') return deniedPath(event, act, facts);
  if (act.kind === 'port') {
    const answer = facts.ask({ ...act, port: portOf(act.port, { kind: 'default' }) });
    if (answer.allowed) return undefined;
    return denial(
      event,
      `${act.transport.toUpperCase()} port ${act.port}`,
      answer.reason,
      portOption(act, facts.policy),
    );
  }
  if (act.kind === 'unix') return deniedUnix(event, act, facts);
  if (act.kind === 'signal') return deniedSignal(event, act.target, facts);
  if (facts.policy.files === undefined) return undefined;
  return denial(event, '', 'no domain that handles files may', '');
}

function denial({ program, pid, verb }: TraceEvent, subject: string, reason: string, flag: string): Denial {
  return { program: escapeBytes(program), pid, operation: verb, subject, reason, flag };
}

function portOption(
  { transport, direction, port }: Extract<TraceEvent['act'], { kind: 'port' }>,
  policy: Policy,
): string {
  const option = `--${transport === 'tcp' ? 'net' : 'udp'}-${direction} ${port}`;
  return policy.noNet.value ? `${option} instead of --no-net` : option;
}

type PathOf<Act> = Extract<Act, { kind: 'path' }>;

function deniedPath(event: TraceEvent, act: PathOf<TraceEvent['act']>, facts: DenialFacts): Denial | undefined {
  const more =
    event.verb === 'execute' ? facts.execNeeds(act.path).map((need) => ({ ...need, on: 'self' as const })) : [];
  for (const need of [...act.needs, ...more]) {
    const asked = judged(need, facts.world);
    const answer = facts.ask({ kind: 'path', ...asked });
    if (answer.allowed) continue;
    const beside = more.includes(need as (typeof more)[number]) ? `, which needs ${quote(need.path)}` : '';
    return denial(event, `${quote(act.path)}${beside}`, answer.reason, remedyFor(event, need, facts));
  }
  return undefined;
}

/** Where a call may have made a file, and there is none, the right on the directory decides. */
function judged({ path, access, on }: Need, world: World): Pick<Need, 'path' | 'access'> {
  const resolved = world.resolve(path);
  if (on !== 'made' || world.kind(resolved) !== 'missing') return { path: resolved, access };
  return { path: resolved.slice(0, resolved.lastIndexOf('/')) as Bytes, access: access | MAKE_REG };
}

const MAKE_REG = fsMask('make_reg');

/** The same rules as --learn: what is proposed for one denial is what would have been learned. */
function remedyFor(event: TraceEvent, need: Need, facts: DenialFacts): string {
  const uses = new Uses(facts.world);
  uses.add({
    ...event,
    act: { kind: 'path', path: need.path, needs: [{ ...need, on: need.on === 'source' ? 'parent' : need.on }] },
  });
  const { grants, profiles } = generalise(uses.all, facts.already, facts.world);
  const options = [
    ...profiles.map((name) => `--profile ${name}`),
    ...grants.map((grant) => optionOf(grant.form, grant.path)),
  ];
  return options.length > 0 ? options.join(' ') : plainOption(need, facts.world);
}

/** Where the rules would grant nothing, because it is too wide or of one process: the option all the same, for who asks on purpose. */
function plainOption(need: Need, world: World): string {
  const { path, access } = judged(need, world);
  if ((access & WRITE_RIGHTS) === 0)
    return optionOf((access & fsMask('execute')) !== 0 ? 'ro' : access === fsMask('read_dir') ? 'list' : 'read', path);
  return optionOf(world.kind(path) === 'directory' ? 'rw' : 'rwfile', path);
}

/** A grant as an option, ready to paste. */
export function optionOf(form: LearnedForm, path: Bytes): string {
  if (form === 'list' || form === 'read') {
    const rights = form === 'list' ? 'read_dir' : 'read';
    return pasteable('--grant', [`${rights}:${path}`]);
  }
  return pasteable(`--${form}`, [path]);
}

function deniedSocket(event: TraceEvent, family: string, { policy }: DenialFacts): Denial | undefined {
  const say = (what: string, flag: string): Denial =>
    denial({ ...event, verb: 'open' }, what, 'the policy denies every such socket', flag);
  if (family === 'unix') return policy.noUnix.value ? say('a UNIX socket', 'leaving out --no-unix') : undefined;
  if (family === 'other') {
    return policy.otherNet.value === 'none'
      ? say('a socket that is neither TCP, UDP nor UNIX', '--other-net any')
      : undefined;
  }
  if (policy.noNet.value) {
    const flag = family === 'tcp' ? '--net-connect PORT or --net-bind PORT' : '--udp-connect any --udp-bind any';
    return say(`a ${family.toUpperCase()} socket`, `${flag} instead of --no-net`);
  }
  return family === 'udp' && policy.udp !== undefined
    ? say('a UDP socket', '--udp-connect any --udp-bind any')
    : undefined;
}

function deniedUnix(
  event: TraceEvent,
  act: Extract<TraceEvent['act'], { kind: 'unix' }>,
  facts: DenialFacts,
): Denial | undefined {
  if (act.abstract) {
    if (!facts.policy.scopes['abstract-unix-socket'].value || event.errno !== 'EPERM') return undefined;
    const reason = 'sockets outside of the domain are out of scope';
    return denial(event, `the abstract socket ${quote(act.path)}`, reason, '--no-scope abstract-unix-socket');
  }
  if (act.direction === 'bind') return undefined;
  const answer = facts.ask({ kind: 'path', path: facts.world.resolve(act.path), access: FORM_ACCESS.unix });
  return answer.allowed ? undefined : denial(event, quote(act.path), answer.reason, optionOf('unix', act.path));
}

function deniedSignal(event: TraceEvent, target: number, facts: DenialFacts): Denial | undefined {
  if (event.errno !== 'EPERM' || !facts.policy.scopes.signal.value || facts.hasProcess(target)) return undefined;
  return denial(event, `process ${target}`, 'processes outside of the domain are out of scope', '--no-scope signal');
}

/** Each denial once: the same program, operation and subject say nothing new. */
export function distinctDenials(denials: readonly Denial[]): Denial[] {
  const key = (one: Denial): string => JSON.stringify([one.program, one.operation, one.subject, one.flag]);
  return [...new Map(denials.map((one) => [key(one), one] as const).reverse()).values()].reverse();
}
