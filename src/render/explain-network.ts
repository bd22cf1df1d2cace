import type { DirectionRow, GrantRow, NetworkRow } from '../advice/explanation.ts';
import { pair } from './section.ts';

/** The rows of a report's network section. */
export function renderNetwork({ tcp, udp, other, unix }: NetworkRow, sockets: readonly GrantRow[]): string[] {
  return [
    pair('TCP', renderDirections(tcp)),
    pair('UDP', renderDirections(udp)),
    pair('other sockets', `${other.value}${mark(other.enforced)}`),
    pair('UNIX sockets', unix),
    ...sockets.map((row) => pair('  granted', `${row.path}  (${row.origin})`)),
  ];
}

function renderDirections({ connect, bind }: NetworkRow['tcp']): string {
  if (connect.ports === bind.ports && connect.enforced === bind.enforced) return renderPorts(connect);
  return `connect ${renderPorts(connect)}; bind ${renderPorts(bind)}`;
}

const renderPorts = ({ ports, enforced }: DirectionRow): string => `${ports}${mark(enforced)}`;

const mark = (enforced: boolean): string => (enforced ? '' : ' (NOT enforced on this kernel)');
