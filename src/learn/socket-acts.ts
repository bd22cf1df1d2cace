import type { Bytes } from '../base/bytes.ts';
import { fsMask } from '../kernel/rights.ts';
import { directoryOf } from '../policy/path.ts';
import type { Act, TraceEvent } from './event.ts';
import type { Processes } from './processes.ts';
import type { Call } from './strace-calls.ts';
import { annotationOf, unescapeText } from './strace-syntax.ts';

/** The calls on sockets that are judged, for strace's -e trace=. */
export const SOCKET_CALLS: readonly string[] = ['socket', 'connect', 'bind', 'sendto', 'sendmsg', 'sendmmsg'];

type Said = Pick<TraceEvent, 'verb' | 'act'>;

/** What a call does with a socket; nothing where it names no address. */
export function socketActs(call: Call, processes: Processes): Said[] {
  if (call.name === 'socket') return [{ verb: 'open socket', act: { kind: 'socket', family: familyOf(call.words) } }];
  const direction = call.name === 'bind' ? 'bind' : 'connect';
  const address = call.words.slice(1).find((word) => word.includes('sa_family='));
  if (address === undefined) return [];
  const unix = unixAddress(address);
  if (unix !== undefined) return unixActs(call, direction, unix, processes);
  const port = /sin6?_port=htons\((\d+)\)/.exec(address)?.[1];
  if (port === undefined) return [];
  const transport = transportOf(call);
  if (transport === undefined) return [];
  return [{ verb: direction, act: { kind: 'port', transport, direction, port: Number(port) } }];
}

function familyOf([domain = '', type = '', protocol = '']: readonly string[]): Extract<
  Act,
  { kind: 'socket' }
>['family'] {
  if (domain === 'AF_UNIX') return 'unix';
  // Sockets of netlink's protocol 0 (routes, addresses) stay open under other_net: none.
  if (domain === 'AF_NETLINK' && protocol === 'NETLINK_ROUTE') return 'unix';
  if (domain !== 'AF_INET' && domain !== 'AF_INET6') return 'other';
  if (/IPPROTO_(?!IP\b|TCP\b|UDP\b|UDPLITE\b|MPTCP\b)/.test(protocol)) return 'other';
  if (type.includes('SOCK_STREAM')) return 'tcp';
  return type.includes('SOCK_DGRAM') ? 'udp' : 'other';
}

/** By the descriptor's annotation (-yy): `<TCP:[...]>`, `<UDPv6:[...]>`. A connection-less send to an address is UDP. */
function transportOf(call: Call): 'tcp' | 'udp' | undefined {
  const kind = annotationOf(call.words[0]) ?? '';
  if (/^TCP/.test(kind)) return 'tcp';
  if (/^UDP/.test(kind)) return 'udp';
  return undefined;
}

/** `{sa_family=AF_UNIX, sun_path="/run/x"}`; an abstract one has `@` before the quote. */
function unixAddress(address: string): { path: Bytes; abstract: boolean } | undefined {
  const parts = /sa_family=AF_UNIX, sun_path=(@?)"((?:[^"\\]|\\.)*)"/s.exec(address);
  return parts === null ? undefined : { path: unescapeText(parts[2] ?? ''), abstract: parts[1] === '@' };
}

function unixActs(
  call: Call,
  direction: 'bind' | 'connect',
  { path, abstract }: { path: Bytes; abstract: boolean },
  processes: Processes,
): Said[] {
  if (abstract) return [{ verb: direction, act: { kind: 'unix', direction, path, abstract } }];
  const absolute = processes.path(call.pid, path);
  const said: Said = { verb: direction, act: { kind: 'unix', direction, path: absolute, abstract } };
  if (direction === 'connect') return [said];
  const needs = [{ path: directoryOf(absolute), access: fsMask('make_sock'), on: 'parent' as const }];
  return [said, { verb: 'make socket', act: { kind: 'path', path: absolute, needs } }];
}

/** kill(2) and its like. */
export const SIGNAL_CALLS: readonly string[] = ['kill', 'tgkill', 'tkill'];

export function signalAct(call: Call): Said | undefined {
  const target = Number.parseInt(call.words[0] ?? '', 10);
  const signal = call.words.at(-1);
  if (!(target > 0) || signal === '0' || signal === undefined) return undefined;
  return { verb: 'signal', act: { kind: 'signal', target } };
}
