import type { PortAccess, Sockets } from './policy.ts';
import { type PortRange, unitePortRanges } from './port.ts';
import type { Direction, Statement, Transport } from './statement.ts';

/**
 * What one transport may reach: directions absent < list < any, over all sources; `--no-net` mentions both transports and grants nothing.
 *
 * @returns undefined where the transport is not mentioned.
 */
export function settleSockets(
  statements: readonly Statement[],
  transport: Transport,
  noNet: Statement | undefined,
): Sockets | undefined {
  const mention = statements.find(
    (one) => (one.kind === 'transport' || one.kind === 'ports') && one.transport === transport,
  );
  const origin = mention?.origin ?? noNet?.origin;
  if (origin === undefined) return undefined;
  const direction = (which: Direction): PortAccess => {
    const ranges: PortRange[] = [];
    let from = origin;
    for (const one of statements) {
      if (one.kind !== 'ports' || one.transport !== transport || one.direction !== which) continue;
      if (one.ports === 'any') return { kind: 'any' };
      if (ranges.length === 0) from = one.origin;
      if (one.ports !== 'none') ranges.push(one.ports);
    }
    return { kind: 'only', ranges: unitePortRanges(ranges), origin: from };
  };
  return { connect: direction('connect'), bind: direction('bind'), origin };
}

/** Does a mentioned transport restrict anything at all? */
export function restrictsSockets(sockets: Sockets | undefined): boolean {
  return sockets !== undefined && (sockets.connect.kind === 'only' || sockets.bind.kind === 'only');
}

/** Nothing may be reached in either direction: the promise that a filter can keep where Landlock can't. */
export function deniesSockets(sockets: Sockets | undefined): boolean {
  const nothing = (access: PortAccess): boolean => access.kind === 'only' && access.ranges.length === 0;
  return sockets !== undefined && nothing(sockets.connect) && nothing(sockets.bind);
}
