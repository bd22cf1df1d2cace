import { quote } from '../base/escape.ts';
import { diagnose } from '../diagnostics/diagnostic.ts';
import type { AuditDenial } from '../learn/audit-record.ts';
import type { Denial } from '../learn/denials.ts';
import { writeDiagnostic } from './output.ts';

/** So many denials of one remedy are told one by one. */
const TOLD_EACH = 10;

/** Tells on stderr what was denied, each once; what one option would allow is summed up after the first few. */
export function writeDenials(denials: readonly Denial[], json: boolean): void {
  const told = new Map<string, number>();
  for (const { program, pid, operation, subject, reason, flag } of denials) {
    const count = (told.get(flag) ?? 0) + 1;
    told.set(flag, count);
    if (!json && count > TOLD_EACH) continue;
    const said = diagnose('warning', 'trace-denied', undefined, program, pid, operation, subject, reason, flag);
    writeDiagnostic(said, json);
  }
  for (const [flag, count] of told) {
    if (json || count <= TOLD_EACH) continue;
    writeDiagnostic(diagnose('warning', 'trace-more', undefined, count - TOLD_EACH, flag), json);
  }
}

/** Tells what only the kernel's log has: each kind of denial on each object once. */
export function writeAudited(audited: readonly AuditDenial[], json: boolean): void {
  const said = audited.map(
    ({ blockers, path, object }) => [blockers, path === undefined ? object : quote(path)] as const,
  );
  for (const [blockers, subject] of new Map(said.map((one) => [one.join(' '), one] as const)).values()) {
    writeDiagnostic(diagnose('warning', 'audit-denied', undefined, blockers, subject), json);
  }
}
