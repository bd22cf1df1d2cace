import type { CompiledPath, CompiledReport, CompiledRequirement } from '../advice/report-compiled.ts';
import { counted } from '../base/counted.ts';
import type { Colour } from './colour.ts';
import { shortRights } from './rights.ts';
import { pair, section } from './section.ts';

/** What is in a compiled launcher, for a person. `verbose` lists what profiles grant. */
export function renderCompiled(report: CompiledReport, colour: Colour, verbose: boolean): string {
  const stated = report.paths.filter((row) => !row.profile);
  const profiles = report.paths.filter((row) => row.profile);
  const lines = [
    `${report.launcher}: a launcher for ${report.architecture}`,
    ...section('paths', [...stated.map(renderPath), ...renderProfiles(profiles, verbose)], colour),
    ...section(
      'ports',
      report.ports.map((row) => `${row.ports}  ${row.rights.join(', ')}  (${row.origin})`),
      colour,
    ),
    ...section('needs of the kernel', report.requirements.map(renderRequirement), colour),
    ...section('process', renderProcess(report), colour),
  ];
  return `${lines.join('\n')}\n`;
}

function renderPath({ path, rights, origin, required, optional, fileOnly, made }: CompiledPath): string {
  const stated = { required, optional, 'one file': fileOnly, 'made if missing': made };
  const more = [origin, ...Object.entries(stated).flatMap(([what, is]) => (is ? [what] : []))].join(', ');
  return `${path ?? 'the terminals on descriptors 0, 1, 2'}  ${shortRights({ rights, kind: 'directory' })}  (${more})`;
}

function renderProfiles(rows: readonly CompiledPath[], verbose: boolean): string[] {
  if (verbose) return rows.map(renderPath);
  const names = [...new Set(rows.map((row) => row.origin))].sort();
  return names.map((name) => {
    const count = rows.filter((row) => row.origin === name).length;
    return `${name}: ${counted(count, 'path')} (--verbose lists ${count === 1 ? 'it' : 'them'})`;
  });
}

const UNMET = {
  drop: 'else left out',
  warn: 'else left out, with a warning',
  refuse: 'else the run is refused',
} as const;

function renderRequirement({ kind, names, instead, unmet, origin }: CompiledRequirement): string {
  const stand = instead.length === 0 ? '' : ` or the filter ${instead.join(' ')}`;
  const asked = origin === '' ? '' : `  (${origin})`;
  return pair(kind, `${names.join(' ')}${stand}: ${UNMET[unmet]}${asked}`);
}

function renderProcess(report: CompiledReport): string[] {
  const { environment, limits, diagnostics } = report;
  const rows: readonly (readonly [what: string, value: string])[] = [
    ['files', report.filesRestricted ? '' : 'not restricted'],
    ['working directory', report.chdir ?? ''],
    ['environment', environment.mode === 'inherit' ? '' : environment.mode],
    ['environment keeps', environment.keep.join(' ')],
    ['environment passes', environment.pass.join(' ')],
    ['environment loses', environment.unset.join(' ')],
    ['environment sets', environment.set.join(' ')],
    ['PATH', report.keepPath ? 'stays as it is (--keep-path)' : ''],
    ['limits', limits.map(({ name, soft, hard }) => `${name}=${soft ?? ''}:${hard ?? ''}`).join(' ')],
    ['descriptors kept', report.keepFds.join(' ')],
    ['status descriptor', report.statusFd === null ? '' : String(report.statusFd)],
    ['capabilities lost', renderCapabilities(report)],
    ['consents', report.consents.join(' ')],
    ['messages', [...(diagnostics.json ? ['--json'] : []), ...(diagnostics.verbose ? ['--verbose'] : [])].join(' ')],
  ];
  return rows.filter(([, value]) => value !== '').map(([what, value]) => pair(what, value));
}

/** Where files are not restricted there is nothing that a capability could go round. */
function renderCapabilities({ capabilitiesLost, filesRestricted }: CompiledReport): string {
  if (capabilitiesLost.length === 0 && filesRestricted)
    return 'none (--keep-caps): root can go round the policy, there is no boundary';
  return capabilitiesLost.join(' ');
}
