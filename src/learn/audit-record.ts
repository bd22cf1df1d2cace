import { type Bytes, bytesOfLatin1 } from '../base/bytes.ts';

/** A denial as the kernel logged it (audit record 1423, Linux 6.15). */
export interface AuditDenial {
  readonly domain: string;
  /** The kernel's words: `fs.read_file`, `net.connect_tcp`, `scope.signal`, `ptrace`. */
  readonly blockers: string;
  /** The path; undefined where the record has none. */
  readonly path: Bytes | undefined;
  /** What else the record says of the object: `dest=443`, `opid=1`. */
  readonly object: string;
}

/** What a log says of Landlock. */
export interface AuditRecords {
  readonly denials: readonly AuditDenial[];
  /** By domain, the process that restricted itself (record 1424). */
  readonly owners: ReadonlyMap<string, number>;
}

/**
 * Picks Landlock's records out of a log: lines of the kernel log or of auditd's file. Other lines say nothing.
 */
export function parseAuditRecords(lines: Iterable<string>): AuditRecords {
  const denials: AuditDenial[] = [];
  const owners = new Map<string, number>();
  for (const line of lines) {
    const record = /\btype=(?:(1423)|LANDLOCK_ACCESS|(1424)|LANDLOCK_DOMAIN)\b.*?\bdomain=([0-9a-f]+) (.*)$/.exec(line);
    if (record === null) continue;
    const [, access, allocated, domain = '', rest = ''] = record;
    if (allocated !== undefined || (access === undefined && /\bstatus=/.test(rest))) {
      const pid = /\bstatus=allocated\b.*\bpid=(\d+)/.exec(rest)?.[1];
      if (pid !== undefined) owners.set(domain, Number(pid));
      continue;
    }
    const blockers = /^blockers=(\S+)/.exec(rest)?.[1];
    if (blockers === undefined) continue;
    const object = rest.replace(/^blockers=\S+ ?/, '').replace(/(?:path|dev|ino)=(?:"[^"]*"|\S+) ?/g, '');
    denials.push({ domain, blockers, path: pathOf(rest), object: object.trim() });
  }
  return { denials, owners };
}

/** Audit writes a value with odd bytes as hexadecimal, without quotes. */
function pathOf(rest: string): Bytes | undefined {
  const found = /\bpath=(?:"([^"]*)"|((?:[0-9A-F]{2})+)(?=\s|$))/.exec(rest);
  if (found === null) return undefined;
  return bytesOfLatin1(found[1] ?? Buffer.from(found[2] ?? '', 'hex').toString('latin1'));
}
