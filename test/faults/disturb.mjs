/** Puts every call of a scenario through its errnos, and counts. */
import { documentedErrnos, errnoNumber } from './errnos.mjs';
import { describeSite, inject } from './inject.mjs';
import { verdict } from './verdict.mjs';

/** What was done in all: printed at the end, so that a suite that shrinks is seen. */
export const count = { sites: 0, errnos: new Set(), runs: 0, starts: 0, wrong: 0 };

/** ENOEXEC hands the file to the shell, as execvp(3) does: a shell that reads a program as its script may do anything. */
const isShell = (site, error) => site.call === 'execve' && error === errnoNumber('ENOEXEC');
/** A close(2) that a filter refuses leaves a pipe open, and whoever reads what a child says until its end waits for ever. */
const isEndless = (scenario, site, error) =>
  scenario.collects === true && site.call === 'close' && error === errnoNumber('EPERM');

/**
 * Makes every call fail in turn. In: the scenario; faults that happen in every run, `[site, errno]` or none (what it then
 * does instead is put to the test); a function that names the errnos of a site. Out: what went wrong, a line each.
 */
export function disturb(scenario, before = [], errnosOf = (site) => documentedErrnos(site.call)) {
  const { results: first, sites } = inject(scenario, [['list', ...before]]);
  const [undisturbed] = first;
  const start = before.length === 0 ? 0 : before[0] + 1;
  const faults = sites.slice(start).flatMap((site) =>
    errnosOf(site)
      .filter((error) => !isShell(site, error) && !isEndless(scenario, site, error))
      .map((error) => ({ site, error })),
  );
  const { results } = inject(
    scenario,
    faults.map(({ site, error }) => [...before, site.index, error]),
  );
  count.sites += new Set(faults.map(({ site }) => site)).size;
  return faults.flatMap(({ site, error }, index) => {
    // A run that another program on the machine has held up can take another way; one that never made the call shows nothing, and is made again.
    let result = results[index];
    for (let again = 0; result.hit === 0 && again < 3; again++) {
      [result] = inject(scenario, [[...before, site.index, error]]).results;
    }
    count.runs++;
    count.errnos.add(error);
    const wrong = verdict(scenario, undisturbed, site, error, result);
    if (wrong === undefined) return [];
    count.wrong++;
    if (result.started) count.starts++;
    return [`${describeSite(site)} fails with errno ${error}: ${wrong}`];
  });
}

/** One line for the end of a suite. */
export const summary = () =>
  `${count.sites} sites, ${count.errnos.size} errnos, ${count.runs} runs, ${count.starts} starts after a step that failed`;
