import type { Availability, CheckReport } from '../advice/report-check.ts';
import type { Colour } from './colour.ts';
import { renderDiagnostic } from './diagnostic.ts';
import { section } from './section.ts';

/** The report of --check for a person: the verdict first. */
export function renderCheck(report: CheckReport, colour: Colour): string {
  const { landlock } = report;
  const verdict = report.accepted
    ? colour.green('yes: a run with these options is accepted here')
    : colour.red('no: a run with these options is refused here');
  const kernel = landlock.absent === null ? renderAbi(landlock) : `Landlock is ${landlock.absent}`;
  const errata =
    landlock.errata === null
      ? 'the kernel does not tell'
      : landlock.errata.length > 0
        ? landlock.errata.join(', ')
        : 'none';
  const lines = [
    verdict,
    ...report.diagnostics.map(
      (diagnostic) => `  ${renderDiagnostic(diagnostic, false).replace(/^landlock-run: /, '')}`,
    ),
    '',
    `kernel        ${kernel}`,
    `errata fixed  ${errata}`,
    ...renderRights('files', report.rights.fs, colour),
    ...renderRights('network', report.rights.net, colour),
    ...renderRights('scopes', report.rights.scope, colour),
    `filter        ${renderFilter(report, colour)}`,
    ...renderProofs(report, colour),
    ...section(
      'NOT stopped',
      report.notStopped.map((hole) => hole.text),
      colour,
    ),
    ...section(
      'notes',
      report.lint.map((one) => colour.yellow(renderDiagnostic(one, false).replace(/^landlock-run: /, ''))),
      colour,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function renderAbi(landlock: CheckReport['landlock']): string {
  const known = landlock.linux === null ? '' : ` (as of Linux ${landlock.linux})`;
  return `Landlock ABI ${landlock.abi}${known}${landlock.newer ? ', newer than this program knows' : ''}`;
}

function renderRights(title: string, rights: readonly Availability[], colour: Colour): string[] {
  const has = rights.filter((right) => right.available).map((right) => right.name);
  const lacks = rights.filter((right) => !right.available);
  const lines = [`${title.padEnd(14)}${has.length === 0 ? 'none' : has.join(' ')}`];
  for (const right of lacks) {
    lines.push(
      `${''.padEnd(14)}${colour.yellow(`not here: ${right.name}`)}, since ABI ${right.abi} (Linux ${right.linux})`,
    );
  }
  return lines;
}

function renderFilter(report: CheckReport, colour: Colour): string {
  const lacks = report.filter.filter((feature) => !feature.available);
  if (lacks.length === report.filter.length) return colour.yellow('the kernel takes no seccomp filter');
  return report.filter
    .filter((feature) => feature.available)
    .map((feature) => feature.name)
    .join(' ');
}

function renderProofs(report: CheckReport, colour: Colour): string[] {
  if (report.proofs.length === 0) return [];
  const lines = report.proofs.map((proof) => {
    const mark = proof.ok ? colour.green('as it should be') : colour.red(`WRONG, expected ${proof.expected}`);
    return `  ${`${proof.name} ${proof.subject}`.trim()}: ${proof.observed} (${mark})`;
  });
  return ['', 'tried in a throw-away child under these options', ...lines];
}
